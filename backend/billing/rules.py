"""One account's row of the preliminary billing ledger, and everything in it that a person must look at. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.billing.amounts import DAY, Agreement, Weather, agreement_lines, budget_problems, weather_of_parts
from backend.rates.rules import Line, Rate, UnknownMeterSizeError
from backend.reads.registers import Read
from backend.reads.rules import Finding, Limits, RegisterUse, closing_day, use_of_point

EXCEPTION_CODES = (
    "NO_READ", "ZERO_USE", "STOPPED", "HIGH", "LOW", "SAME_USE", "ROLLOVER", "NEGATIVE", "INACTIVE_USE", "EXCHANGE",
    "MULT_CHANGED", "EST_RUN", "NO_PREV", "DUP_READ", "DAYS", "RATE_MISS", "HOLD", "BUDGET", "BILL_HIGH", "CREDIT_BAL",
    "FEE_DUP",
)  # fmt: skip
CANNOT_RELEASE = frozenset({"RATE_MISS"})
"""There is no amount to bill until the cause is mended; the account can be held, so that the others are billed."""


FINAL_PENDING = "final bill pending"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is unusual about a bill; see `[billing]` in policy.toml."""

    days_min: int
    days_max: int
    credit_cents: int
    bill_high_cents: Mapping[str, int]
    limits: Mapping[str, Limits]
    """By service class."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an account before its bill is reckoned."""

    account_id: UUID
    status: str
    service_class: str
    closed_on: date | None
    billing_hold: str | None
    agreements: tuple[Agreement, ...]
    reads: Mapping[UUID, Sequence[Read]]
    billed_through: date | None
    """The last day that was billed; None before the first bill."""
    balance_cents: int = 0
    fees_twice: tuple[str, ...] = ()
    basis_before: Mapping[str, Any] | None = None
    """`basis` of the draft before this one."""
    vacant_agreements: tuple[UUID, ...] = ()
    """Agreements that have ended, and whose place nobody has taken over."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the district charges (rates by service class), what it holds unusual, and the weather."""

    rates: Mapping[str, list[Rate]]
    thresholds: Thresholds
    weather: Weather
    known_lines: dict[tuple[object, ...], list[Line]] = field(default_factory=dict)
    """Equal services cost the same: what has been reckoned once."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of the bill, and the agreement (as text, as it is kept) and class of service that it is for."""

    agreement_id: str
    service_class: str
    line: Line


@dataclass(slots=True)
class Draft:
    """What the bill will be; `amount_cents` is the sum of its lines."""

    account_id: UUID
    service_class: str
    period: tuple[date, date]
    units: int = 0
    is_estimated: bool = False
    lines: list[DraftLine] = field(default_factory=list)
    meters: list[dict[str, Any]] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def amount_cents(self) -> int:
        return sum(each.line.amount_cents for each in self.lines)

    @property
    def basis(self) -> dict[str, Any]:
        return {"meters": self.meters, "services": self.services}


def draft_bill(facts: Facts, latest: date, terms: Terms) -> Draft | None:
    """The regular bill that ends with the reads about `latest`; None when no day is left to bill."""
    start = first_day(facts)
    if start is None or start > latest:
        return None
    window = terms.thresholds.limits[facts.service_class].window_days
    days = [
        day
        for agreement in facts.agreements
        for point in agreement.points
        for register in point
        if (day := closing_day(facts.reads.get(register.meter_id, ()), latest, window)) is not None
    ]
    end = max(days, default=latest)
    return draft_period(facts, (start, end), terms) if end >= start else None


def draft_period(facts: Facts, period: tuple[date, date], terms: Terms) -> Draft:
    """The bill of exactly `period` (both days included)."""
    draft = Draft(facts.account_id, facts.service_class, period)
    for agreement in facts.agreements:
        first = max(period[0], agreement.started_on)
        last = min(period[1], agreement.ended_on or period[1])
        if first <= last:
            _add_agreement(draft, facts, agreement, (first, last), terms)
    _look_at_bill(draft, facts, terms.thresholds)
    return draft


def first_day(facts: Facts) -> date | None:
    """The day after the last bill, or the first day of service."""
    if facts.billed_through is not None:
        return facts.billed_through + DAY
    return min((agreement.started_on for agreement in facts.agreements), default=None)


def _add_agreement(draft: Draft, facts: Facts, agreement: Agreement, period: tuple[date, date], terms: Terms) -> None:
    limits = terms.thresholds.limits[agreement.service_class]
    number, estimated = len(draft.services) + 1, False
    multipliers = {
        UUID(meter["meter_id"]): Decimal(meter["units_per_count"])
        for meter in (facts.basis_before or {}).get("meters", ())
    }
    units = 0
    for point in agreement.points:
        span = (period[0] - DAY, period[1])
        begins = period[0] == agreement.started_on
        used = use_of_point(point, facts.reads, span, limits, multipliers, begins=begins)
        units += used.units
        estimated |= used.is_estimated
        draft.findings += used.findings
        draft.meters += [_meter(use, number) for use in used.uses]
    draft.units += units
    draft.is_estimated |= estimated
    service = _service(agreement, period, units) | {"is_estimated": estimated}
    rates = terms.rates.get(agreement.service_class, [])
    try:
        if not agreement.points:
            raise LookupError("the premise has no meter")
        lines = _lines(rates, agreement, units, period, terms)
        has_budget = any(rate.budget for rate in rates)
        problems = budget_problems(rates, agreement, period, terms.weather) if has_budget else {}
    except (LookupError, UnknownMeterSizeError) as missing:
        draft.findings.append(Finding("RATE_MISS", None, {"problem": str(missing)}))
        return
    draft.lines += [DraftLine(service["agreement_id"], agreement.service_class, line) for line in lines]
    if has_budget:
        problems |= _budget_changes(service, facts.basis_before)
    if problems:
        draft.findings.append(Finding("BUDGET", None, problems))
    inches = [str(part) for part in weather_of_parts(rates, agreement, period, terms.weather)]
    draft.services.append(service | {"et_inches": inches})


def _lines(rates: list[Rate], agreement: Agreement, units: int, period: tuple[date, date], terms: Terms) -> list[Line]:
    meters = tuple(tuple((each.size_inches, each.removed_on) for each in point) for point in agreement.points)
    household = (agreement.persons, agreement.landscape_sqft, agreement.zone)
    key = (agreement.service_class, meters, household, units, period)
    found = terms.known_lines.get(key)
    if found is None:
        found = terms.known_lines[key] = agreement_lines(rates, agreement, units, period, terms.weather)
    return found


def _service(agreement: Agreement, period: tuple[date, date], units: int) -> dict[str, Any]:
    return {
        "agreement_id": str(agreement.agreement_id),
        "service_class": agreement.service_class,
        "first": str(period[0]),
        "last": str(period[1]),
        "units": units,
        "persons": agreement.persons,
        "landscape_sqft": agreement.landscape_sqft,
    }


def _meter(use: RegisterUse, service: int) -> dict[str, Any]:
    return {
        "service": service,
        "meter_id": str(use.register.meter_id),
        "opening": [str(use.opening.read_on), use.opening.kind, use.opening.value] if use.opening else None,
        "closing": [str(use.closing.read_on), use.closing.kind, use.closing.value],
        "made_up": use.is_made_up,
        "counts": use.counts,
        "units": use.units,
        "units_per_count": str(use.register.units_per_count),
    }


def _budget_changes(service: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, object]:
    for old in (before or {}).get("services", ()):
        if old["agreement_id"] == service["agreement_id"] and "persons" in old:
            return {f"{name}_was": old[name] for name in ("persons", "landscape_sqft") if old[name] != service[name]}
    return {}


def _look_at_bill(draft: Draft, facts: Facts, thresholds: Thresholds) -> None:
    """What is unusual about the bill as a whole."""
    days = (draft.period[1] - draft.period[0]).days + 1
    found = draft.findings
    if not thresholds.days_min <= days <= thresholds.days_max:
        found.append(Finding("DAYS", None, {"days": days}))
    most = thresholds.bill_high_cents[facts.service_class]
    if draft.amount_cents > most:
        found.append(Finding("BILL_HIGH", None, {"amount_cents": draft.amount_cents, "limit_cents": most}))
    if facts.balance_cents < -thresholds.credit_cents:
        found.append(Finding("CREDIT_BAL", None, {"credit_cents": -facts.balance_cents}))
    if facts.fees_twice:
        found.append(Finding("FEE_DUP", None, {"fees": list(facts.fees_twice)}))
    if facts.billing_hold is not None:
        found.append(Finding("HOLD", None, {"hold": facts.billing_hold}))
    elif facts.agreements and all(a.ended_on is not None and a.ended_on <= draft.period[1] for a in facts.agreements):
        found.append(Finding("HOLD", None, {"hold": FINAL_PENDING}))


def undrafted_findings(facts: Facts) -> list[Finding]:
    """An active account with no day left to bill is in order, unless nothing could ever be billed to it."""
    if facts.agreements:
        return []
    return [Finding("RATE_MISS", None, {"problem": "the account has no service agreement"})]


def unusual_outside_run(findings: Sequence[Finding]) -> list[Finding]:
    """What a person must let pass of a bill outside the cycle, whose days are what they are."""
    return [
        found
        for found in findings
        if found.code != "DAYS" and not (found.code == "HOLD" and found.detail.get("hold") == FINAL_PENDING)
    ]


def made_up_reads(meters: Sequence[Mapping[str, Any]]) -> list[tuple[UUID, date, int]]:
    """The estimates that become reads when the bill goes out: meter, day, register value."""
    return [
        (UUID(meter["meter_id"]), date.fromisoformat(meter["closing"][0]), int(meter["closing"][2]))
        for meter in meters
        if meter["made_up"]
    ]


def line_values(drafted: DraftLine) -> dict[str, Any]:
    """A line as it is kept: numbers as text, so that nothing is rounded on the way."""
    line = drafted.line
    return {
        "agreement_id": drafted.agreement_id,
        "service_class": drafted.service_class,
        "code": line.code,
        "detail": line.detail,
        "quantity": str(line.quantity),
        "dollars_each": str(line.dollars_each),
        "amount_cents": line.amount_cents,
    }
