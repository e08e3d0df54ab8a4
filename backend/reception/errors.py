"""Why the front desk cannot do something."""

from backend.errors import ConflictError, NotFoundError


class VisitNotFoundError(NotFoundError):
    """404 `visit_not_found`."""

    def __init__(self) -> None:
        super().__init__("visit_not_found", "There is no such visit any more.")


class VisitRefusedError(ConflictError):
    """409 `visit_refused`; `reason`: `nobody`, `too_far`, `no_badge`, `badge_in_use`, `no_approval`, `over`,
    `not_here`."""

    def __init__(self, reason: str, detail: str, **extra: object) -> None:
        super().__init__("visit_refused", detail, reason=reason, **extra)
