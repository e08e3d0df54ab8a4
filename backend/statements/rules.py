"""Why one bill differs from another: each cause in cents, and the causes add up to the difference exactly.

The earlier bill is turned into the later one step by step, one thing at a time: length of the period, drought, prices,
meters, water budget, use, what estimates missed. Prices are compared at the use of the earlier bill, and use at the
prices of the later one, so that "use: $10 more" is what this water costs today. What each step changes is that cause's
share, so nothing is counted twice and nothing is left. Causes come in the order in which a clerk would look.
Nothing here says what water was used for: a register cannot know.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol, TypeVar
from uuid import UUID

from backend.statements.reckoning import ServiceBilled
from backend.statements.steps import Cause, of_service

YEAR = timedelta(days=365)
SAME_MONTH_DAYS = 20
"""How far the middle of a period may be from that of a year later to be the same month."""
ORDER = (
    "period",
    "estimated_read",
    "catch_up_read",
    "rate_change",
    "fixed_charge",
    "pass_through",
    "drought_surcharge",
    "household",
    "weather",
    "meter_size",
    "service_started",
    "service_ended",
    "previous_balance",
    "credit",
    "fees",
    "adjustments",
    "usage",
    "charges",
    "other",
    "budget_bill",
    "budget_settled",
    "payment_plan",
)
"""Length of the period, reads, prices and weather, what was owed, then use: the order of a high-bill conversation."""


@dataclass(frozen=True, slots=True)
class Billed:
    """A bill with all that made its amount due.

    `carried_cents` was unpaid from before (negative: a credit). Since the bill before came `fees` (by code; taken back:
    negative) and `adjustments_cents`. `levelled_cents` is what a budget bill put off of this one (negative) or asked
    for ahead, `settled_cents` what fell due of earlier ones. `planned_cents` of it all wait for later installments.
    """

    bill_id: UUID
    start: date
    end: date
    issued_on: date
    services: tuple[ServiceBilled, ...]
    new_charges_cents: int
    units: Decimal
    carried_cents: int = 0
    fees: Mapping[str, int] = field(default_factory=dict)
    adjustments_cents: int = 0
    levelled_cents: int = 0
    settled_cents: int = 0
    planned_cents: int = 0

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def fees_cents(self) -> int:
        return sum(self.fees.values())

    @property
    def due_cents(self) -> int:
        """What the statement asks for."""
        since = self.fees_cents + self.adjustments_cents + self.levelled_cents + self.settled_cents
        return self.carried_cents + since + self.new_charges_cents - self.planned_cents

    @property
    def middle(self) -> date:
        return self.start + (self.end - self.start) / 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """A bill beside an earlier one: `difference_cents` is the sum of the causes."""

    later: Billed
    earlier: Billed
    causes: tuple[Cause, ...]

    @property
    def difference_cents(self) -> int:
        return self.later.due_cents - self.earlier.due_cents


class OfAPeriod(Protocol):
    """What has a period, known by its middle."""

    @property
    def middle(self) -> date: ...


Dated = TypeVar("Dated", bound=OfAPeriod)


def year_before(later: OfAPeriod, earlier: Iterable[Dated]) -> Dated | None:
    """Of `earlier` bills the one for the same time last year, if there is one."""
    wanted = later.middle - YEAR
    near = [bill for bill in earlier if abs((bill.middle - wanted).days) <= SAME_MONTH_DAYS]
    return min(near, key=lambda bill: abs((bill.middle - wanted).days), default=None)


def compare(later: Billed, earlier: Billed) -> Comparison:
    """Every cause that changed what is asked for, in `ORDER`; shares of nothing are left out."""
    found = [*_of_services(later, earlier), *_of_account(later, earlier)]
    causes = sorted((cause for cause in found if cause.cents), key=lambda cause: ORDER.index(cause.code))
    return Comparison(later, earlier, tuple(causes))


def _of_account(later: Billed, earlier: Billed) -> list[Cause]:
    """What is not of this period's water: balance, fees, adjustments, leveling."""
    owed, owed_before = max(later.carried_cents, 0), max(earlier.carried_cents, 0)
    credit, credit_before = min(later.carried_cents, 0), min(earlier.carried_cents, 0)
    names = tuple(code for code, cents in (later.fees or earlier.fees).items() if cents)
    planned = {"now": later.planned_cents, "before": earlier.planned_cents}
    fees = {"names": names, "now": later.fees_cents, "before": earlier.fees_cents}
    return [
        Cause("previous_balance", owed - owed_before, {"now": owed, "before": owed_before}),
        Cause("credit", credit - credit_before, {"now": credit, "before": credit_before}),
        Cause("fees", later.fees_cents - earlier.fees_cents, fees),
        Cause("adjustments", later.adjustments_cents - earlier.adjustments_cents),
        Cause("budget_bill", later.levelled_cents - earlier.levelled_cents),
        Cause("budget_settled", later.settled_cents - earlier.settled_cents),
        Cause("payment_plan", earlier.planned_cents - later.planned_cents, planned),
    ]


def _of_services(later: Billed, earlier: Billed) -> list[Cause]:
    pairs = _pairs(later.services, earlier.services)
    if not pairs:
        facts = {"units_a_day": later.units / later.days, "units_a_day_before": earlier.units / earlier.days}
        return [Cause("charges", later.new_charges_cents - earlier.new_charges_cents, facts)]
    found = [cause for now, then in pairs for cause in of_service(now, then)]
    # A bill from before its lines were kept, or one that is more than its lines: what they do not say.
    unsaid = later.new_charges_cents - sum(one.cents for one in later.services)
    unsaid -= earlier.new_charges_cents - sum(one.cents for one in earlier.services)
    return [*_together(found, len(pairs) > 1), Cause("other", unsaid)]


Pair = tuple[ServiceBilled | None, ServiceBilled | None]


def _pairs(later: Sequence[ServiceBilled], earlier: Sequence[ServiceBilled]) -> list[Pair]:
    """Each service beside itself on the earlier bill; one that was not there yet, or is not there any more, alone."""
    if not later or not earlier:
        return []
    before = {one.key: one for one in earlier}
    pairs: list[Pair] = [(one, before.pop(one.key, None)) for one in later]
    return [*pairs, *((None, one) for one in before.values())]


def _together(causes: Sequence[Cause], many: bool) -> list[Cause]:
    """What several services have in common ("the price changed on July 1") is one cause."""
    if not many:
        return [replace(cause, service=None) for cause in causes]
    merged: list[Cause] = []
    for cause in causes:
        same = next((n for n, one in enumerate(merged) if (one.code, one.facts) == (cause.code, cause.facts)), None)
        if same is None or cause.code in ("service_started", "service_ended"):
            merged.append(cause)
            continue
        one = merged[same]
        parts = Counter(one.parts)
        parts.update(cause.parts)
        merged[same] = Cause(one.code, one.cents + cause.cents, one.facts, dict(parts))
    return merged
