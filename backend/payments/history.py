"""The payments of an account, newest first, with what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.payments import history_repository, return_rules
from backend.payments.return_rules import NextStep

LISTED_MAX = 60


@dataclass(frozen=True, slots=True)
class Returned:
    """Why the bank gave a payment back, and what may be tried next.

    `present_again_until`: the last day on which the same debit may be sent once more; None when it may not.
    """

    reason_code: str
    meaning: str
    returned_on: date
    next_step: str
    present_again_until: date | None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment. `status`: posted, returned or voided; `returned` is set when the bank gave it back.

    `refundable_cents` can go back to the card or bank account that was charged for it.
    """

    payment_id: UUID
    confirmation_number: int
    method: str
    amount_cents: int
    received_on: date
    status: str
    reference: str | None
    void_asked: bool
    returned: Returned | None
    refundable_cents: int = 0

    @property
    def returned_on(self) -> date | None:
        """The day the bank gave it back."""
        return self.returned.returned_on if self.returned else None


async def payments_of(
    session: AsyncSession, account_id: UUID, today: date, *, limit: int = LISTED_MAX
) -> list[PaymentRow]:
    """The account's payments as of `today`, newest first, at most 60."""
    rows = await history_repository.payments_of(session, account_id, today, min(limit, LISTED_MAX))
    return [_row(row, rows, today) for row in rows]


def _row(row: RowMapping, rows: Sequence[RowMapping], today: date) -> PaymentRow:
    return PaymentRow(
        payment_id=row["id"],
        confirmation_number=row["confirmation_number"],
        method=row["method"],
        amount_cents=row["amount_cents"],
        received_on=row["received_on"],
        status=row["status"],
        reference=row["bank_reference"],
        void_asked=row["void_asked"],
        returned=_returned(row, rows, today),
        refundable_cents=row["refundable_cents"],
    )


def _returned(row: RowMapping, rows: Sequence[RowMapping], today: date) -> Returned | None:
    if row["reason_code"] is None:
        return None
    rule = return_rules.rule_of(row["reason_code"])
    return Returned(
        reason_code=row["reason_code"],
        meaning=rule.meaning,
        returned_on=row["returned_on"],
        next_step=row["next_step"] or rule.next_step.value,
        present_again_until=_again_until(row, rows, today) if rule.next_step is NextStep.RE_PRESENT else None,
    )


def _again_until(row: RowMapping, rows: Sequence[RowMapping], today: date) -> date | None:
    """The same debit is one of the same amount: nothing else tells a new presentment from a new payment."""
    kind = (row["method"], row["amount_cents"])
    same = [one for one in rows if (one["method"], one["amount_cents"]) == kind and one["status"] != "voided"]
    if same[0]["id"] != row["id"]:
        return None  # It was sent again since.
    presented = []
    for one in same:
        if one["reason_code"] is None or return_rules.rule_of(one["reason_code"]).next_step is not NextStep.RE_PRESENT:
            break
        presented.append(one["received_on"])
    return return_rules.present_again_until(presented, today)
