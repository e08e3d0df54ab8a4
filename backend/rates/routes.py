"""HTTP of the district's rates: public facts, for whoever answers customers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, PlainSerializer

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.district.service import DistrictDep
from backend.errors import NotFoundError
from backend.rates.rules import CustomerClass
from backend.rates.schemas import ClassName
from backend.rates.service import RateBookDep
from backend.rates.tariff import tariff

Number = Annotated[Decimal, PlainSerializer(str, return_type=str, when_used="json")]
Names = dict[Literal["en", "es"], str]
router = APIRouter(prefix="/v1", tags=["rates"])


class RateNotFoundError(NotFoundError):
    """404: the class has no rate today."""

    def __init__(self) -> None:
        super().__init__("rate_not_found", "No rate of this class is in force today.")


class TierOut(BaseModel):
    """A step of the volume charge; `of_budget`: `up_to` is a share of the water budget, not units."""

    model_config = ConfigDict(from_attributes=True)

    name: Names
    up_to: Number | None
    of_budget: bool
    dollars_per_unit: Number


class AddedOut(BaseModel):
    """What comes on top of each unit."""

    model_config = ConfigDict(from_attributes=True)

    name: Names
    dollars_per_unit: Number


class RateOut(BaseModel):
    """What a class pays today. A unit is a CCF; prices by the unit are dollars as text, to the digit."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "service_class": "residential",
                    "effective_from": "2026-07-01",
                    "period_days": 30,
                    "fixed_cents": {"5/8": 2881, "3/4": 4322},
                    "tiers": [
                        {
                            "name": {"en": "Tier 1", "es": "Nivel 1"},
                            "up_to": "9",
                            "of_budget": False,
                            "dollars_per_unit": "3.47",
                        }
                    ],
                    "added": [],
                    "gallons_per_unit": "748",
                    "as_of": "2026-11-23T18:00:00Z",
                }
            ]
        },
    )

    service_class: ClassName
    effective_from: date
    period_days: int
    fixed_cents: dict[str, int]
    tiers: tuple[TierOut, ...]
    added: tuple[AddedOut, ...]
    gallons_per_unit: Number | None
    as_of: datetime


@router.get("/rates/{service_class}", dependencies=[admits(Kind.ACTIONS, Kind.TELEPHONY, Kind.OPERATOR)])
async def get_rate(service_class: ClassName, now: NowDep, district: DistrictDep, book: RateBookDep) -> RateOut:
    """What a class pays on this day."""
    found = tariff(book, CustomerClass(service_class), district.today(now))
    if found is None:
        raise RateNotFoundError
    return RateOut(
        service_class=service_class,
        effective_from=found.effective_from,
        period_days=found.period_days,
        fixed_cents=found.fixed_cents,
        tiers=tuple(TierOut.model_validate(tier) for tier in found.tiers),
        added=tuple(AddedOut.model_validate(one) for one in found.added),
        gallons_per_unit=found.gallons_per_unit,
        as_of=now,
    )
