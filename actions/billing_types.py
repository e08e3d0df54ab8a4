"""What the account API answers about bills, use, fees and ways to pay, as frozen values. Money is integer cents."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from actions.account_types import moment

GALLONS_PER_UNIT = Decimal(748)
"""A unit is 100 cubic feet."""


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill of the account."""

    id: UUID
    issued_on: date

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(UUID(body["id"]), date.fromisoformat(body["issued_on"]))


def bills_from_json(body: dict[str, Any]) -> tuple[Bill, ...]:
    """The bills, newest first."""
    return tuple(Bill.from_json(one) for one in body["bills"])


@dataclass(frozen=True, slots=True)
class Told:
    """A comparison in the API's own words, by language: for reading and for listening."""

    chat: dict[str, str]
    speech: dict[str, str]
    difference_cents: int

    @classmethod
    def from_json(cls, body: dict[str, Any] | None) -> "Told | None":
        if body is None:
            return None
        words = body["words"]
        return cls(
            chat={language: words[language]["chat"] for language in ("en", "es")},
            speech={language: words[language]["speech"] for language in ("en", "es")},
            difference_cents=body["difference_cents"],
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """The newest bill, what it asks for, and why it differs from the last and from a year before (or None)."""

    bill: Bill
    due_cents: int
    last: Told | None
    last_year: Told | None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        bill, told = body["bill"], (Told.from_json(body[name]) for name in ("last", "last_year"))
        return cls(Bill.from_json(bill), bill["due_cents"], *told)


@dataclass(frozen=True, slots=True)
class StatementLink:
    """A link that opens the statement until it expires; `sent_to` is the masked phone it was texted to."""

    url: str
    expires_at: datetime
    sent_to: str | None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(body["url"], datetime.fromisoformat(body["expires_at"]), body["sent_to"])


@dataclass(frozen=True, slots=True)
class Period:
    """Use from one read to the next; `month` is "2026-11", units are CCF."""

    month: str
    first_day: date
    last_day: date
    units: Decimal
    gallons_a_day: int
    is_estimated: bool

    @property
    def gallons(self) -> int:
        """What the meter counted, to the gallon."""
        return int((self.units * GALLONS_PER_UNIT).to_integral_value())

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(
            month=body["month"],
            first_day=date.fromisoformat(body["first_day"]),
            last_day=date.fromisoformat(body["last_day"]),
            units=Decimal(str(body["units"])),
            gallons_a_day=body["gallons_a_day"],
            is_estimated=body["is_estimated"],
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """Periods of use, newest first, and the classes that the account's meters serve."""

    periods: tuple[Period, ...]
    service_classes: tuple[str, ...]

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        classes = dict.fromkeys(meter["service_class"] for meter in body["meters"])
        return cls(tuple(Period.from_json(one) for one in body["periods"]), tuple(classes))


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of the volume charge, up to so many units (None: the rest) or to a share of the water budget."""

    name: dict[str, str]
    up_to: Decimal | None
    of_budget: bool
    dollars_per_unit: Decimal

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        up_to = body["up_to"]
        width = None if up_to is None else Decimal(up_to)
        return cls(body["name"], width, body["of_budget"], Decimal(body["dollars_per_unit"]))


@dataclass(frozen=True, slots=True)
class Rate:
    """What a class pays today. `fixed_cents` by meter size, `added` is dollars on top of each unit."""

    service_class: str
    fixed_cents: dict[str, int]
    tiers: tuple[Tier, ...]
    added: tuple[tuple[dict[str, str], Decimal], ...]
    gallons_per_unit: Decimal | None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        gallons = body["gallons_per_unit"]
        return cls(
            service_class=body["service_class"],
            fixed_cents=dict(body["fixed_cents"]),
            tiers=tuple(Tier.from_json(one) for one in body["tiers"]),
            added=tuple((one["name"], Decimal(one["dollars_per_unit"])) for one in body["added"]),
            gallons_per_unit=None if gallons is None else Decimal(gallons),
        )


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee on the account; `state`: charged, reversal_pending or reversed."""

    id: UUID
    code: str
    amount_cents: int
    charged_on: date
    state: str

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        charged_on = date.fromisoformat(body["charged_on"])
        return cls(UUID(body["id"]), body["code"], body["amount_cents"], charged_on, body["state"])


def fees_from_json(body: dict[str, Any]) -> tuple[Fee, ...]:
    """The fees, newest first."""
    return tuple(Fee.from_json(one) for one in body["fees"])


@dataclass(frozen=True, slots=True)
class Reversal:
    """What became of a request to take a fee back: posted, pending or declined."""

    status: str
    code: str
    amount_cents: int

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(body["status"], body["code"], body["amount_cents"])


@dataclass(frozen=True, slots=True)
class ShutOff:
    """Where the account stands: `status` closed, nothing_due, protected, not_yet or possible; fees in cents."""

    status: str
    past_due_cents: int
    earliest_on: date | None
    notice_business_days: int
    protections: tuple[str, ...]
    within_hours_cents: int
    outside_hours_cents: int
    office_is_open: bool
    low_income: bool

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        fee, earliest = body["reconnection"], body["earliest_on"]
        return cls(
            status=body["status"],
            past_due_cents=body["past_due_cents"],
            earliest_on=date.fromisoformat(earliest) if earliest else None,
            notice_business_days=body["notice_business_days"],
            protections=tuple(body["protections"]),
            within_hours_cents=fee["within_hours_cents"],
            outside_hours_cents=fee["outside_hours_cents"],
            office_is_open=fee["office_is_open"],
            low_income=fee["low_income"],
        )


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that arrived; `status`: posted, returned or voided."""

    amount_cents: int
    received_on: date
    status: str


@dataclass(frozen=True, slots=True)
class Payments:
    """The account's payments, newest first, as of a time."""

    listed: tuple[Payment, ...]
    as_of: datetime | None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        listed = tuple(
            Payment(one["amount_cents"], date.fromisoformat(one["received_on"]), one["status"])
            for one in body["payments"]
        )
        return cls(listed, moment(body["as_of"]))
