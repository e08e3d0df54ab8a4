"""What may stand in `district/rates.toml`."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.district.schemas import InTwoLanguages, Text

Dollars = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)]
Width = Annotated[Decimal, Field(gt=0, le=1_000_000)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
ClassName = Literal["residential", "multifamily", "commercial", "irrigation", "fire_line"]
MeterSize = Literal["5/8", "3/4", "1", "1-1/2", "2", "3", "4", "6", "8", "10"]
Days = Annotated[int, Field(ge=1, le=400)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Dated(_Strict):
    """In force from a day to a day (both included); without an end, until something else is."""

    effective_from: date
    effective_to: date | None = None


class TierFile(_Strict):
    """A step of the volume charge; without `up_to` it takes all the rest and must be the last."""

    name: Code
    of: Literal["units", "indoor", "budget"] = "units"
    up_to: Width | None = None
    dollars_per_unit: Dollars


class BudgetFile(_Strict):
    """`[budget]`: what an efficient customer needs; a rate may have one of its own."""

    gallons_per_unit: Annotated[Decimal, Field(gt=0, le=10_000)]
    gallons_per_person_day: Annotated[Decimal, Field(gt=0, le=500)]
    plant_factor: Annotated[Decimal, Field(gt=0, le=2)]


class RateFile(_Dated):
    """One `[[rates]]`: what a class pays."""

    service_class: ClassName
    period_days: Days
    regular_days: tuple[Days, Days]
    tiers_scale_with_days: bool = True
    budget: bool | BudgetFile = False
    """True: the district's own; a table: this rate's."""
    fixed_dollars: Annotated[dict[MeterSize, Dollars], Field(min_length=1)]
    tiers: Annotated[tuple[TierFile, ...], Field(min_length=1)]


class PassThroughFile(_Dated):
    """One `[[pass_throughs]]`: a cost of others, by the unit or by the standard period."""

    code: Code
    name: InTwoLanguages
    classes: Annotated[tuple[ClassName, ...], Field(min_length=1)]
    dollars_per_unit: Dollars = Decimal(0)
    dollars_per_period: Dollars = Decimal(0)


class DroughtFile(_Dated):
    """One `[[droughts]]`: a declared stage. It always ends; a declaration that is renewed is a new one."""

    stage: Annotated[int, Field(ge=1, le=6)]
    effective_to: date
    classes: Annotated[tuple[ClassName, ...], Field(min_length=1)]
    outdoor_factor: Annotated[Decimal, Field(ge=0, le=1)]
    surcharge_dollars_per_unit: Dollars


class Words(_Strict):
    """`[words]`: what lines of a bill are called. `{size}`, `{stage}` are filled in."""

    fixed: InTwoLanguages
    drought: InTwoLanguages
    tiers: dict[Code, InTwoLanguages]


class RatesFile(_Strict):
    """`rates.toml`."""

    adopted_by: Text
    budget: BudgetFile
    rates: Annotated[tuple[RateFile, ...], Field(min_length=1)]
    pass_throughs: tuple[PassThroughFile, ...] = ()
    droughts: tuple[DroughtFile, ...] = ()
    words: Words
