"""What may stand in `district/*.toml`; pydantic says what is wrong with the rest."""

import re
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from backend.district.calling import Calling
from backend.district.charges import Authority, Fees, LeakAdjustmentPolicy, PaymentOptions, ShutOff
from backend.district.money import Payments
from backend.district.openings import Opening, opening
from backend.district.queue import Phone, QueuePolicy
from backend.district.texting import Texting

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InTwoLanguages(_Strict):
    """Words in English and in Spanish."""

    en: Text
    es: Text


OpeningField = Annotated[Opening | None, BeforeValidator(opening)]


class Hours(_Strict):
    """The office's week; a day without hours is closed."""

    monday: OpeningField = None
    tuesday: OpeningField = None
    wednesday: OpeningField = None
    thursday: OpeningField = None
    friday: OpeningField = None
    saturday: OpeningField = None
    sunday: OpeningField = None
    closed_friday: date | None = None

    @field_validator("closed_friday")
    @classmethod
    def _is_friday(cls, value: date | None) -> date | None:
        if value is not None and value.weekday() != 4:
            raise ValueError(f"{value} is not a Friday")
        return value


class Holidays(_Strict):
    """A calendar of the `holidays` package, and the holidays in it that the office keeps, named in Spanish."""

    country: str
    subdivision: str | None = None
    kept: dict[str, Text]


class Closure(_Strict):
    """A day of its own on which the office is closed."""

    date: date
    name: InTwoLanguages


class Location(_Strict):
    """A place customers can go to."""

    name: InTwoLanguages
    address: Text
    hours: InTwoLanguages


class DistrictSettings(_Strict):
    """`district.toml`."""

    name: Text
    short_name: Text
    website: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
    phone: Phone
    emergency_phone: Phone
    time_zone: str
    language: Literal["en", "es"]
    hours: Hours
    holidays: Holidays
    closures: tuple[Closure, ...] = ()
    locations: Annotated[tuple[Location, ...], Field(min_length=1)]

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise ValueError(f"{value!r} is not a time zone, which look like America/Los_Angeles") from unknown
        return value


class Department(_Strict):
    """One entry of `departments.toml`."""

    name: InTwoLanguages
    purpose: InTwoLanguages
    phone: Phone
    hours: Literal["office", "always"]
    line: Literal["queue", "phone"] = "phone"


class Verification(_Strict):
    """How many guesses, how long a lock and a code last."""

    attempts: Annotated[int, Field(ge=1, le=10)]
    lock_minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    code_minutes: Annotated[int, Field(ge=1, le=60)]
    codes_per_hour: Annotated[int, Field(ge=1, le=20)]


Priority = Annotated[int, Field(ge=0, le=5)]


class Priorities(_Strict):
    """The urgency of a case by its reason: 0 an emergency, 1 urgent, then the others."""

    emergency: Priority
    upset: Priority
    assistant_unavailable: Priority
    backend_unavailable: Priority
    verification_locked: Priority
    above_authority: Priority
    asked_for_person: Priority
    two_failed_turns: Priority
    wrong_department: Priority
    request: Priority
    other: Priority


Cents = Annotated[int, Field(ge=0, le=100_000_000)]
Percent = Annotated[int, Field(ge=1, le=10_000)]


ServiceClass = Literal["residential", "multifamily", "commercial", "irrigation", "fire_line"]


class Billing(_Strict):
    """How bills are made, and what the preliminary billing ledger holds up for a person to look at.

    Usage is compared by the day (units are CCF) with the same season last year, else with the recent months.
    """

    due_days: Annotated[int, Field(ge=1, le=60)]
    read_window_days: Annotated[int, Field(ge=0, le=15)]
    reads_percent_min: Annotated[int, Field(ge=0, le=100)]
    estimates_max: Annotated[int, Field(ge=0, le=12)]
    days_min: Annotated[int, Field(ge=1, le=120)]
    days_max: Annotated[int, Field(ge=1, le=120)]
    high_percent: Percent
    low_percent: Annotated[int, Field(ge=0, le=100)]
    difference_units_min: Annotated[int, Field(ge=0, le=1_000)]
    same_use_units_min: Annotated[int, Field(ge=1, le=1_000)]
    stopped_periods: Annotated[int, Field(ge=2, le=12)]
    rollover_percent: Percent
    credit_cents: Cents
    bill_high_cents: dict[ServiceClass, Cents]
    class_units_per_day: dict[ServiceClass, Annotated[Decimal, Field(ge=0, le=100_000)]]
    cycles: dict[Annotated[int, Field(ge=1, le=99)], Annotated[int, Field(ge=1, le=28)]]
    """Billing cycle → the day of the month on which its meters are read, until a run has set its rhythm."""

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.days_min > self.days_max:
            raise ValueError("days_min is more than days_max")
        return self

    @model_validator(mode="after")
    def _every_class(self) -> Self:
        for name, values in (
            ("bill_high_cents", self.bill_high_cents),
            ("class_units_per_day", self.class_units_per_day),
        ):
            if missing := sorted(set(get_args(ServiceClass)) - values.keys()):
                raise ValueError(f"add {', '.join(missing)} to {name}")
        return self


class ServiceDays(_Strict):
    """From how long ago until how far ahead a service can be started or stopped."""

    back_days_max: Annotated[int, Field(ge=0, le=400)] = 90
    ahead_days_max: Annotated[int, Field(ge=0, le=400)] = 60


class StatementMessage(_Strict):
    """A box on statements, from a day to a day (issued on, both included), for customers of some classes or of all.

    `high_use`: where much more was used than at the same time last year. `{phone}` and `{website}` are filled in.
    """

    when: Literal["always", "high_use"]
    title: InTwoLanguages
    text: InTwoLanguages
    first_on: date | None = None
    last_on: date | None = None
    classes: tuple[Literal["residential", "multifamily", "commercial", "irrigation", "fire_line"], ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_on and self.last_on and self.last_on < self.first_on:
            raise ValueError("last_on is before first_on")
        return self

    @field_validator("text")
    @classmethod
    def _names_known_places(cls, words: InTwoLanguages) -> InTwoLanguages:
        for said in (words.en, words.es):
            if unknown := set(re.findall(r"{(\w*)}", said)) - {"phone", "website"}:
                raise ValueError(f"{{{unknown.pop()}}} stands for nothing here; write {{phone}} or {{website}}")
        return words


class Statements(_Strict):
    """Statements: what the district says on them, and how long a link to one lives.

    Whoever has a link can open it, so it does not live long. Use of `high_use_percent` of that of the same time last
    year, or else of the bill before, is high.
    """

    link_days: Annotated[int, Field(ge=1, le=90)]
    high_use_percent: Annotated[int, Field(ge=110, le=1_000)]
    messages: tuple[StatementMessage, ...] = ()


class Arrangements(_Strict):
    """Payment arrangements: days after an installment is due before the plan counts as broken."""

    grace_days: Annotated[int, Field(ge=0, le=60)]


class LowIncome(_Strict):
    """How long a household counts as one of a low income after it said so (HSC 116914)."""

    months: Annotated[int, Field(ge=1, le=60)]


class Nightly(_Strict):
    """The nightly update: when the night of a business date begins, and how many missed ones are made up for."""

    starts: time
    closed_days: bool
    catch_up_nights: Annotated[int, Field(ge=1, le=366)]

    @field_validator("starts")
    @classmethod
    def _in_the_morning(cls, value: time) -> time:
        if value.hour >= 12 or value.tzinfo is not None:
            raise ValueError("the night of a day starts in the morning after: write a time from 00:00 to 11:59")
        return value


class Callers(_Strict):
    """Callers who are told politely that we do not take the call: numbers, and who calls without end."""

    calls_an_hour: Annotated[int, Field(ge=1, le=1_000)]
    blocked: frozenset[Phone]


class Policy(_Strict):
    """`policy.toml`. Slices to come add their tables."""

    verification: Verification
    priorities: Priorities
    fees: Fees
    low_income: LowIncome
    leak_adjustment: LeakAdjustmentPolicy
    authority: Authority
    options: PaymentOptions
    payments: Payments
    billing: Billing
    service: ServiceDays = ServiceDays()
    statements: Statements
    arrangements: Arrangements
    shutoff: ShutOff
    nightly: Nightly
    texting: Texting
    calling: Calling
    queue: QueuePolicy
    callers: Callers
