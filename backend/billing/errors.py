"""Why a step of billing is refused."""

from backend.errors import ConflictError, NotFoundError


class RunNotFoundError(NotFoundError):
    """404: there is no such run."""

    def __init__(self) -> None:
        super().__init__("billing_run_not_found", "There is no billing run with this id.")


class ExceptionNotFoundError(NotFoundError):
    """404: there is no such exception."""

    def __init__(self) -> None:
        super().__init__("billing_exception_not_found", "There is no exception with this id in the billing ledger.")


class BillNotFoundError(NotFoundError):
    """404: there is no such bill."""

    def __init__(self) -> None:
        super().__init__("bill_not_found", "There is no bill with this id.")


class WrongRunStatusError(ConflictError):
    """409: the run is at another step."""

    def __init__(self, status: str, needed: str) -> None:
        detail = f"This billing run is {status}; it must be {needed} for this."
        super().__init__("wrong_run_status", detail, status=status, needed=needed)


class OpenExceptionsError(ConflictError):
    """409: a cycle with open exceptions cannot be approved or billed."""

    def __init__(self, count: int) -> None:
        detail = "Resolve or release every exception of this run first."
        super().__init__("open_exceptions", detail, open=count)


class SamePersonError(ConflictError):
    """409: who prepared a run may not approve it."""

    def __init__(self) -> None:
        super().__init__("same_person", "Another person than the one who prepared this run must approve it.")


class DecisionError(ConflictError):
    """409: the exception cannot be decided like this."""


class CorrectionError(ConflictError):
    """409: the bill cannot be cancelled or billed again like this."""
