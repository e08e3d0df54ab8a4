"""What a customer asks before a shut-off, and after one. Callers have checked who is asking."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import holds, low_income
from backend.accounts import service as accounts
from backend.charges.service import on_its_way_cents
from backend.district.service import District
from backend.emergency import facts as emergency
from backend.fees import rules as fees
from backend.ledger import reports
from backend.shutoff import rules


@dataclass(frozen=True, slots=True)
class ReconnectionFee:
    """What turning the water on again costs this household, in office hours and outside them."""

    within_hours_cents: int
    outside_hours_cents: int
    office_is_open: bool
    low_income: bool


@dataclass(frozen=True, slots=True)
class ShutOff:
    """Where the account stands. `earliest_on` is None unless something is past due and nothing protects the account.

    `protections`: `payment_pending` (money is on its way), `medical_protection`, `arrangement`, `emergency` (shut-offs
    are stood down there), or the kind of a live hold.
    """

    status: str
    past_due_cents: int
    oldest_due_on: date | None
    earliest_on: date | None
    notice_business_days: int
    protections: tuple[str, ...]
    reconnection: ReconnectionFee
    as_of: datetime


async def shut_off(session: AsyncSession, account_id: UUID, *, now: datetime, district: District) -> ShutOff:
    """The account's standing as of `now`.

    :raises accounts.AccountNotFoundError: no such account.
    """
    today, policy = district.today(now), district.policy.shutoff
    facts = await accounts.account_facts(session, account_id)
    balance = await accounts.balance(session, account_id, now, today)
    oldest = await reports.oldest_due_on(session, account_id, today) if balance.past_due_cents > 0 else None
    protections = await _protections(session, account_id, balance, now=now, today=today)
    standing = rules.Standing(facts.status == "active", balance.past_due_cents, oldest, protections)
    status = rules.status(standing, today, policy.past_due_days)
    threatened = oldest is not None and status in {rules.NOT_YET, rules.POSSIBLE}
    return ShutOff(
        status=status,
        past_due_cents=balance.past_due_cents,
        oldest_due_on=oldest,
        earliest_on=_earliest(district, oldest, policy.past_due_days) if threatened and oldest else None,
        notice_business_days=policy.notice_business_days,
        protections=protections,
        reconnection=await _reconnection(session, account_id, now, district),
        as_of=now,
    )


async def _protections(
    session: AsyncSession, account_id: UUID, balance: accounts.Balance, *, now: datetime, today: date
) -> tuple[str, ...]:
    found = []
    if await on_its_way_cents(session, account_id):
        found.append("payment_pending")
    if balance.medical_protection:
        found.append("medical_protection")
    if balance.arrangement is not None:
        found.append("arrangement")
    if await emergency.shut_offs_stood_down(session, now, account_id):
        found.append("emergency")
    live = [hold.kind for hold in await holds.holds_of(session, account_id, today) if hold.is_live]
    return (*found, *dict.fromkeys(live))


def _earliest(district: District, oldest: date, past_due_days: int) -> date:
    return rules.earliest_day(oldest, past_due_days, lambda day: district.office(day.year).hours_on(day) is not None)


async def _reconnection(session: AsyncSession, account_id: UUID, now: datetime, district: District) -> ReconnectionFee:
    declared = await low_income.declarations_of(session, account_id, district.today(now))
    is_low_income = any(one.is_live for one in declared)
    policy = district.policy.fees.reconnection
    terms = fees.ReconnectionTerms(
        policy.within_hours_cents,
        policy.outside_hours_cents,
        policy.low_income_within_cents_max,
        policy.low_income_outside_cents_max,
    )
    return ReconnectionFee(
        within_hours_cents=fees.reconnection_fee_cents(terms, office_is_open=True, low_income=is_low_income),
        outside_hours_cents=fees.reconnection_fee_cents(terms, office_is_open=False, low_income=is_low_income),
        office_is_open=district.is_open(now),
        low_income=is_low_income,
    )
