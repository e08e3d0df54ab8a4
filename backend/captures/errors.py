"""Why a payment on a call is refused."""

from backend.errors import ConflictError, NotFoundError


class CaptureNotFoundError(NotFoundError):
    """404 `capture_not_found`."""

    def __init__(self) -> None:
        super().__init__("capture_not_found", "There is no such payment on a call.")


class CaptureOpenError(ConflictError):
    """409 `capture_open`: the caller is keying in a card already."""

    def __init__(self) -> None:
        super().__init__("capture_open", "A card is being keyed in on this call already. Cancel that first.")


class AccountWantedError(ConflictError):
    """409 `account_wanted`: nobody has said which account is paid for."""

    def __init__(self) -> None:
        super().__init__("account_wanted", "Give the number of the account to pay for.")
