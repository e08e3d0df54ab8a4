"""Why a step of billing is refused."""

from datetime import date

from backend.errors import ConflictError, NotFoundError


class RunNotFoundError(NotFoundError):
    """404: there is no such run."""

    def __init__(self) -> None:
        super().__init__("billing_run_not_found", "There is no billing run with this id.")


class PeriodPassedError(ConflictError):
    """409: bills of a cycle go forward in time only."""

    def __init__(self, newest: date) -> None:
        detail = "This cycle has a run of a later period. Correct single bills instead."
        super().__init__("period_passed", detail, newest_period_end=newest)


class NotToPrepareError(ConflictError):
    """409: the policy does not know the cycle, or its period is not over."""

    def __init__(self) -> None:
        detail = "Choose a cycle of [billing.cycles] in policy.toml, and a day up to today."
        super().__init__("nothing_to_prepare", detail)


class AccountNotInRunError(NotFoundError):
    """404: the run knows nothing of this account."""

    def __init__(self) -> None:
        super().__init__("account_not_in_run", "This billing run has neither a draft nor an exception of this account.")


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
        super().__init__("wrong_run_status", detail, run_status=status, needed=needed)


class OpenExceptionsError(ConflictError):
    """409: a cycle with open exceptions cannot be approved or billed."""

    def __init__(self, count: int) -> None:
        detail = "Resolve or release every exception of this run first."
        super().__init__("open_exceptions", detail, open=count)


class SamePersonError(ConflictError):
    """409: who prepared a run, or let an exception of it pass, may not approve it."""

    def __init__(self) -> None:
        detail = "Another person must approve this run than those who prepared it or released an exception of it."
        super().__init__("same_person", detail)


class DoesNotTieError(ConflictError):
    """409: the run's sums do not agree, so nothing of it may go out."""

    def __init__(self, checks: list[str]) -> None:
        detail = "The sums of this run do not agree; its report shows where. Prepare it again."
        super().__init__("run_does_not_tie", detail, checks=checks)


class DecisionError(ConflictError):
    """409: the exception cannot be decided like this."""


class CorrectionError(ConflictError):
    """409: the bill cannot be cancelled or billed again like this."""


class UnusualBillError(ConflictError):
    """409: a person has to let pass what is unusual about this bill, and say why."""

    def __init__(self, findings: list[dict[str, object]]) -> None:
        detail = "Something about this bill is unusual. Look at it, and say why it may go out as it is."
        super().__init__("bill_unusual", detail, findings=findings)


class AccountInApprovedRunError(ConflictError):
    """409: the account's bill is approved and about to go out, so nothing of its days can change now."""

    def __init__(self, period_end: date) -> None:
        detail = (
            f"A bill of this account through {period_end} is approved and goes out with the next nightly update. "
            "Choose a later day, or wait for the bill and cancel it."
        )
        super().__init__("account_in_approved_run", detail, period_end=period_end)
