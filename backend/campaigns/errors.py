"""What campaigns refuse."""

from backend.errors import ConflictError, NotFoundError


class CampaignNotFoundError(NotFoundError):
    """404 `campaign_not_found`."""

    def __init__(self) -> None:
        super().__init__("campaign_not_found", "There is no such campaign.")


class CampaignStateError(ConflictError):
    """409 `campaign_state`: it is `status`, so this cannot be done with it."""

    def __init__(self, status: str) -> None:
        super().__init__("campaign_state", f"This campaign is {status}.", reason=status)


class CampaignTextError(ConflictError):
    """409 `campaign_text`; `reason`: `empty`, `too_long`, `unknown_place`, `unfinished`; `language` says which."""

    def __init__(self, reason: str, language: str, place: str = "") -> None:
        detail = "Write what customers are to read, in both languages."
        super().__init__("campaign_text", detail, reason=reason, language=language, place=place)


class NobodyError(ConflictError):
    """409 `campaign_nobody`: nobody is in the audience whom a text reaches."""

    def __init__(self) -> None:
        super().__init__("campaign_nobody", "No text would go out. Choose another audience.")
