"""Why a change of service is refused."""

from backend.errors import ConflictError, NotFoundError


class ServiceRefusedError(ConflictError):
    """409 `service_refused`: it cannot be so. `reason` names why, the detail what to do."""

    def __init__(self, reason: str, detail: str, **extra: object) -> None:
        super().__init__("service_refused", detail, reason=reason, **extra)


class AgreementNotFoundError(NotFoundError):
    """404: the account has no such service agreement."""

    def __init__(self) -> None:
        super().__init__("agreement_not_found", "This account has no such service. Look at its list of services.")


class PremiseNotFoundError(NotFoundError):
    """404: no such premise."""

    def __init__(self) -> None:
        detail = "We serve no place with this address. Check it; a new connection begins with Engineering."
        super().__init__("premise_not_found", detail)
