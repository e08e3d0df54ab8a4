"""Charging fees: the amounts are the district's (`[fees]` of policy.toml), the caps are the law's."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.database import announce
from backend.district.charges import Fees
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.fees import delinquency, late, repository, rules
from backend.ledger import service as ledger
from backend.models.fee import FEE_CODES, FeeCharge

DESCRIPTIONS = {
    **{kind.code: kind.description for kind in (late.LATE, delinquency.DELINQUENT, delinquency.TAG)},
    "reconnection": "Reconnection fee",
    "returned_payment": "Returned payment fee",
}
LISTED_MAX = 50


class FeeNotDueError(ConflictError):
    """409 `fee_not_due`: the rules charge nothing here."""

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
    now: datetime

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
    worked_at: datetime | None = None,
) -> FeeCharge:
    """Charge the fee `code` (one of `FEE_CODES`) by the district's policy, once for each key and each cause.

    `caused_by_entry_id` is the entry of the bill (`late`) or of the payment (`returned_payment`) it is for.
    `delinquent_processing` and `tag` are for the oldest bill that is past due, whatever is said: once while it is so.
    `worked_at` (None: `now`) is when the service was restored: a reconnection costs more outside office hours.

    :raises ValueError: no such code. :raises ledger.ReceivableNotFoundError: no such account.
    :raises FeeNotDueError: the rules charge nothing: nothing is past due, the bill is not late, the account is on hold.
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
    cause = await _cause(session, account_id, code, caused_by_entry_id, charged_on)
    open_then = district.is_open(worked_at or now)
    charge = _Charge(code, account_id, customer_id, cause, charged_on, open_then, now)
    amount_cents = await _amount(session, charge, district)
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


async def charge_by_hand(
    session: AsyncSession,
    account_id: UUID,
    code: str,
    *,
    caused_by_entry_id: UUID | None,
    worked_at: datetime | None,
    idempotency_key: str,
    now: datetime,
    district: District,
) -> Fee:
    """Charge a fee today, due after the policy's days; as `charge_fee`, whose errors it raises."""
    today = district.today(now)
    made = await charge_fee(
        session,
        account_id=account_id,
        code=code,
        charged_on=today,
        due_on=today + timedelta(days=district.policy.fees.due_days),
        caused_by_entry_id=caused_by_entry_id,
        idempotency_key=idempotency_key,
        now=now,
        district=district,
        worked_at=worked_at,
    )
    announce(session, "money", account_id=account_id)
    shown = (fee for fee in await fees_of(session, account_id) if fee.id == made.id)
    return next(shown, Fee(made.id, made.code, made.amount_cents, made.charged_on, "charged"))


def _same(known: FeeCharge, account_id: UUID, code: str, key: str) -> FeeCharge:
    if (known.account_id, known.code) != (account_id, code):
        raise ledger.IdempotencyConflictError(key)
    return known


async def _cause(session: AsyncSession, account_id: UUID, code: str, named: UUID | None, day: date) -> UUID | None:
    """What the fee is for, which has none of this code yet."""
    if code in delinquency.OF_DELINQUENCY:
        named = await repository.oldest_unpaid_bill(session, account_id, day)
    earlier = named and await repository.fee_by_cause(session, code, named)
    if earlier:
        raise FeeAlreadyChargedError(earlier.id)
    return named


async def _amount(session: AsyncSession, charge: _Charge, district: District) -> int:
    fees = district.policy.fees
    if charge.code == "late":
        return await _late_amount(session, charge, district)
    if charge.code == "returned_payment":
        count = await repository.returned_before(session, charge.customer_id, charge.charged_on)
        terms = fees.returned_payment
        return rules.returned_payment_fee_cents(terms.first_cents, terms.later_cents, count)
    if charge.code == "reconnection":
        low_income = await repository.is_low_income(session, charge.account_id, charge.charged_on)
        return rules.reconnection_fee_cents(
            _reconnection_terms(fees), office_is_open=charge.office_is_open, low_income=low_income
        )
    await _require_delinquent(session, charge)
    cents = fees.tag_cents if charge.code == delinquency.TAG.code else fees.delinquent_processing_cents
    if not cents:
        raise FeeNotDueError("The district's policy has no such fee: its amount in policy.toml is 0.")
    return cents


async def _require_delinquent(session: AsyncSession, charge: _Charge) -> None:
    """These two belong to the way to a shut-off, which a hold stops (HSC 116908, Gov. Code 60372)."""
    if await repository.is_held(session, charge.account_id, charge.charged_on):
        raise FeeNotDueError("A hold covers this account: nothing of the way to a shut-off may be charged now.")
    owed = await accounts.balance(session, charge.account_id, charge.now, charge.charged_on)
    if owed.past_due_cents <= 0:
        raise FeeNotDueError("Nothing on this account is past due.")
    if charge.caused_by_entry_id is None:
        raise FeeNotDueError("No bill of this account is past due: what is owed are fees.")


async def _late_amount(session: AsyncSession, charge: _Charge, district: District) -> int:
    entry_id, charged_on = charge.caused_by_entry_id, charge.charged_on
    bill = entry_id and await late.late_bill(session, charge.account_id, entry_id, charged_on, district)
    if not bill:
        raise FeeNotDueError(
            "No late fee is due on this bill: it is not late or does not stand, too little of it is unpaid, a payment"
            " is on its way, or the account is on hold, protected or keeps to its payment plan."
        )
    await late.keep_waiver(session, bill, charged_on)
    return bill.cents


def _reconnection_terms(fees: Fees) -> rules.ReconnectionTerms:
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


async def bill_entry(session: AsyncSession, account_id: UUID, bill_id: UUID) -> UUID:
    """The entry that charged this bill of the account: the cause of a late fee.

    :raises FeeNotDueError: the account has no such bill.
    """
    found = await repository.bill_entry(session, account_id, bill_id)
    if found is None:
        raise FeeNotDueError("This account has no such bill. Ask for its list of bills.")
    return found


async def reversible_fee(session: AsyncSession, account_id: UUID, fee_id: UUID | None, code: str | None = None) -> UUID:
    """The named fee of this account, or its newest (of `code`) that was not taken back, one asked for included.

    :raises FeeNotFoundError: the account has no such fee.
    """
    for fee in await fees_of(session, account_id):
        if fee.id == fee_id or (fee_id is None and fee.state != "reversed" and code in (None, fee.code)):
            return fee.id
    raise FeeNotFoundError
