"""Charging fees: the amounts are the district's (`[fees]` of policy.toml), the caps are the law's."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.charges import Fees
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.fees import repository, rules
from backend.ledger import service as ledger
from backend.models.fee import FEE_CODES, FeeCharge

DESCRIPTIONS = {
    "late": "Late fee",
    "delinquent_processing": "Delinquent processing charge",
    "tag": "Notice tag fee",
    "reconnection": "Reconnection fee",
    "returned_payment": "Returned payment fee",
}
LISTED_MAX = 50


class FeeNotDueError(ConflictError):
    """409: the rules charge nothing here."""

    def __init__(self, detail: str) -> None:
        super().__init__("fee_not_due", detail)


class FeeAlreadyChargedError(ConflictError):
    """409: this bill or payment has its fee; there is one for each cause."""

    def __init__(self, fee_id: UUID) -> None:
        detail = "This fee was charged before for the same bill or payment. Nothing was charged."
        super().__init__("fee_already_charged", detail, fee_id=fee_id)


class FeeNotFoundError(NotFoundError):
    """404: there is no such fee."""

    def __init__(self) -> None:
        super().__init__("fee_not_found", "There is no such fee. Check its id.")


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee as it is shown. `state`: `charged`, `reversal_pending` or `reversed`."""

    id: UUID
    code: str
    amount_cents: int
    charged_on: date
    state: str


@dataclass(frozen=True, slots=True)
class _Charge:
    """What the amount of a fee depends on."""

    code: str
    account_id: UUID
    customer_id: UUID
    caused_by_entry_id: UUID | None
    charged_on: date
    office_is_open: bool

    def posted(self, amount_cents: int, entry_id: UUID) -> FeeCharge:
        """The fee, as its entry charged it."""
        return FeeCharge(
            account_id=self.account_id,
            code=self.code,
            amount_cents=amount_cents,
            charged_on=self.charged_on,
            entry_id=entry_id,
            caused_by_entry_id=self.caused_by_entry_id,
        )


async def charge_fee(
    session: AsyncSession,
    *,
    account_id: UUID,
    code: str,
    charged_on: date,
    due_on: date,
    caused_by_entry_id: UUID | None,
    idempotency_key: str,
    now: datetime,
    district: District,
) -> FeeCharge:
    """Charge the fee `code` (one of `FEE_CODES`) by the district's policy, once for each key and each cause.

    `caused_by_entry_id` is the entry of the bill (`late`) or of the payment (`returned_payment`) it is for.

    :raises ValueError: no such code. :raises ledger.ReceivableNotFoundError: no such account.
    :raises FeeNotDueError: the rules charge nothing: too little is unpaid, or the bill is not late.
    :raises FeeAlreadyChargedError: the cause has this fee, under another key.
    :raises ledger.IdempotencyConflictError: the key was used before for something else.
    """
    if code not in FEE_CODES:
        raise ValueError(f"no fee is called {code}")
    customer_id = await repository.lock_customer(session, account_id)
    if customer_id is None:
        raise ledger.ReceivableNotFoundError
    known = await repository.fee_by_key(session, idempotency_key)
    if known is not None:
        return _same(known, account_id, code, idempotency_key)
    if caused_by_entry_id is not None:
        earlier = await repository.fee_by_cause(session, code, caused_by_entry_id)
        if earlier is not None:
            raise FeeAlreadyChargedError(earlier.id)
    charge = _Charge(code, account_id, customer_id, caused_by_entry_id, charged_on, district.is_open(now))
    amount_cents = await _amount(session, charge, district.policy.fees)
    posted = await ledger.post_fee(
        session,
        account_id=account_id,
        amount_cents=amount_cents,
        description=DESCRIPTIONS[code],
        effective_on=charged_on,
        due_on=due_on,
        idempotency_key=idempotency_key,
        now=now,
    )
    fee = charge.posted(amount_cents, posted.entry_id)
    await repository.add_fee(session, fee)
    return fee


def _same(known: FeeCharge, account_id: UUID, code: str, key: str) -> FeeCharge:
    if (known.account_id, known.code) != (account_id, code):
        raise ledger.IdempotencyConflictError(key)
    return known


async def _amount(session: AsyncSession, charge: _Charge, fees: Fees) -> int:
    if charge.code == "late":
        return await _late_amount(session, fees, charge.caused_by_entry_id, charge.charged_on)
    if charge.code == "returned_payment":
        count = await repository.returned_before(session, charge.customer_id, charge.charged_on)
        terms = fees.returned_payment
        return rules.returned_payment_fee_cents(terms.first_cents, terms.later_cents, count)
    if charge.code == "reconnection":
        low_income = await repository.is_low_income(session, charge.account_id, charge.charged_on)
        return rules.reconnection_fee_cents(
            reconnection_terms(fees), office_is_open=charge.office_is_open, low_income=low_income
        )
    return fees.tag_cents if charge.code == "tag" else fees.delinquent_processing_cents


async def _late_amount(session: AsyncSession, fees: Fees, entry_id: UUID | None, charged_on: date) -> int:
    bill = None if entry_id is None else await repository.bill_of_entry(session, entry_id, charged_on)
    if bill is None:
        raise FeeNotDueError("A late fee is for a bill that stands. Name the bill's entry.")
    if (charged_on - bill["due_date"]).days <= fees.late.grace_days:
        raise FeeNotDueError("This bill is not late yet.")
    unpaid = rules.unpaid_of_bill_cents(bill["bill_cents"], bill["balance_cents"], bill["due_later_cents"])
    amount_cents = rules.late_fee_cents(late_terms(fees), unpaid)
    if amount_cents == 0:
        raise FeeNotDueError("Too little of this bill is unpaid for a late fee.")
    return amount_cents


def late_terms(fees: Fees) -> rules.LateTerms:
    """The late fee's amounts for the rules."""
    late = fees.late
    return rules.LateTerms(late.flat_cents, late.percent, late.minimum_cents, late.least_owed_cents)


def reconnection_terms(fees: Fees) -> rules.ReconnectionTerms:
    """The reconnection fee's amounts for the rules."""
    terms = fees.reconnection
    return rules.ReconnectionTerms(
        terms.within_hours_cents,
        terms.outside_hours_cents,
        terms.low_income_within_cents_max,
        terms.low_income_outside_cents_max,
    )


async def fees_of(session: AsyncSession, account_id: UUID, limit: int = LISTED_MAX) -> list[Fee]:
    """The fees of an account, newest first, with what became of each."""
    rows = await repository.fees_of(session, account_id, min(limit, LISTED_MAX))
    return [Fee(row["id"], row["code"], row["amount_cents"], row["charged_on"], _state(row)) for row in rows]


def _state(row: RowMapping) -> str:
    if row["is_reversed"]:
        return "reversed"
    return "reversal_pending" if row["reversal"] == "pending" else "charged"


async def account_of(session: AsyncSession, fee_id: UUID) -> UUID:
    """The account that the fee is on.

    :raises FeeNotFoundError: no such fee.
    """
    fee = await session.get(FeeCharge, fee_id)
    if fee is None:
        raise FeeNotFoundError
    return fee.account_id


async def reversible_fee(session: AsyncSession, account_id: UUID, fee_id: UUID | None) -> UUID:
    """The named fee of this account, or its newest that was not taken back, one that is asked for included.

    :raises FeeNotFoundError: the account has no such fee.
    """
    for fee in await fees_of(session, account_id):
        if fee.id == fee_id or (fee_id is None and fee.state != "reversed"):
            return fee.id
    raise FeeNotFoundError
