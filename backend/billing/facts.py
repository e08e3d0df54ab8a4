"""Gathering what bills are reckoned from, for many accounts in a handful of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import repository, rules
from backend.billing.amounts import Agreement, points_of
from backend.billing.calendar import Rhythm
from backend.district.schemas import Billing
from backend.ledger.bulk import balances_cents
from backend.rates.rules import CustomerClass
from backend.rates.service import RateBook
from backend.reads.limits import limits_of
from backend.reads.registers import Register
from backend.reads.service import reads_between

HISTORY = timedelta(days=430)
FEE_PERIOD = timedelta(days=31)


@dataclass(frozen=True)
class Tariff:
    """The district's rates and its billing policy, made once."""

    book: RateBook
    policy: Billing

    def rhythm(self, cycle: int) -> Rhythm:
        """When a cycle that the policy knows is read."""
        policy = self.policy
        return Rhythm(policy.cycles[cycle], policy.read_window_days, policy.reads_percent_min)

    @property
    def thresholds(self) -> rules.Thresholds:
        """The policy as the rules take it."""
        policy = self.policy
        return rules.Thresholds(
            days_min=policy.days_min,
            days_max=policy.days_max,
            credit_cents=policy.credit_cents,
            bill_high_cents={str(name): cents for name, cents in policy.bill_high_cents.items()},
            limits=limits_of(policy),
        )


class Weather:
    """Evapotranspiration by zone and day, in memory."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._inches: dict[tuple[str, date], Decimal] = {(zone, day): inches for zone, day, inches in rows}

    def __call__(self, zone: str, first: date, last: date) -> tuple[Decimal, int]:
        """Inches from `first` to `last` (both included), and how many of the days are missing."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        known = [self._inches[zone, day] for day in days if (zone, day) in self._inches]
        return sum(known, Decimal(0)), len(days) - len(known)


async def terms(session: AsyncSession, tariff: Tariff, latest: date, since: date | None = None) -> rules.Terms:
    """What the rules need to reckon bills that end on `latest` (and begin on `since` or later)."""
    rows = await repository.weather(session, since or latest - timedelta(days=200), latest)
    rates = {str(name): tariff.book.rates_of(name) for name in CustomerClass}
    return rules.Terms(rates, tariff.thresholds, Weather(rows))


async def gather(
    session: AsyncSession,
    accounts: Sequence[Any],
    latest: date,
    cycle: int | None = None,
    late: timedelta = timedelta(0),
) -> list[rules.Facts]:
    """The facts of each account as of `latest`, in the order of `accounts`; with reads of the days `late` after it."""
    ids = [account.id for account in accounts]
    services = await repository.services(session, ids, latest)
    meter_ids = list({row.meter_id for row in services if row.meter_id is not None})
    reads = await reads_between(session, meter_ids, latest - HISTORY, latest + late)
    agreements, vacant = _agreements(services)
    through = await repository.billed_through(session, ids)
    balances = await balances_cents(session, ids)
    fees: defaultdict[UUID, list[str]] = defaultdict(list)
    since = {account_id: through.get(account_id, latest - FEE_PERIOD) for account_id in ids}
    for account_id, code in await repository.fees_twice(session, since):
        fees[account_id].append(code)
    bases = await repository.basis_before(session, ids, cycle, latest) if cycle is not None else {}
    return [
        rules.Facts(
            account_id=account.id,
            status=account.status,
            service_class=account.service_class,
            closed_on=account.closed_on,
            billing_hold=account.billing_hold,
            agreements=tuple(agreements[account.id]),
            reads=reads,
            billed_through=through.get(account.id),
            balance_cents=balances.get(account.id, 0),
            fees_twice=tuple(fees[account.id]),
            basis_before=bases.get(account.id),
            vacant_agreements=tuple(vacant[account.id]),
        )
        for account in accounts
    ]


def _agreements(
    rows: Sequence[Any],
) -> tuple[defaultdict[UUID, list[Agreement]], defaultdict[UUID, list[UUID]]]:
    agreements: defaultdict[UUID, list[Agreement]] = defaultdict(list)
    vacant: defaultdict[UUID, list[UUID]] = defaultdict(list)
    together: dict[UUID, list[Any]] = {}
    for row in rows:
        together.setdefault(row.agreement_id, []).append(row)
    for agreement_id, meters in together.items():
        first = meters[0]
        registers = [_register(row) for row in meters if row.meter_id is not None]
        agreements[first.account_id].append(
            Agreement(
                agreement_id,
                first.service_class,
                first.started_on,
                first.ended_on,
                first.persons,
                first.landscape_sqft,
                first.zone,
                points_of(registers),
            )
        )
        if first.vacant:
            vacant[first.account_id].append(agreement_id)
    return agreements, vacant


def _register(row: Any) -> Register:
    return Register(row.meter_id, row.digits, row.units_per_count, row.installed_on, row.removed_on, row.size_inches)
