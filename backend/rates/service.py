"""The district's adopted rates, read once at start from `rates.toml` and answered from memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from pydantic import TypeAdapter

from backend.district.files import DistrictFileError, read_toml
from backend.district.schemas import InTwoLanguages
from backend.rates import checks, schedule
from backend.rates.rules import CustomerClass, Rate
from backend.rates.schemas import RatesFile

FILE_NAME = "rates.toml"


@dataclass(frozen=True)
class RateBook:
    """Every rate of every class, drought stages and pass-through charges worked in."""

    adopted_by: str
    rates: Mapping[CustomerClass, tuple[Rate, ...]]
    words: Mapping[str, InTwoLanguages]
    """Line code ("fixed", "volume:1", "pass_through:state_fee", "drought") → what the line is called."""

    @classmethod
    def load(cls, folder: Path) -> "RateBook":
        """Read and check `rates.toml` in `folder`.

        :raises DistrictFileError: it is missing or wrong; the message names file, line and remedy.
        """
        read = read_toml(folder / FILE_NAME, TypeAdapter(RatesFile))
        problems = [read.problem(place, what) for place, what in checks.mistakes(read.value)]
        if problems:
            raise DistrictFileError("\n".join(problems))
        rates = {found: schedule.rates_of(read.value, found) for found in CustomerClass}
        return cls(read.value.adopted_by, rates, dict(_words(read.value)))

    def rates_of(self, customer_class: str) -> list[Rate]:
        """The rates of a class in the order of their dates; none for a class without rates."""
        if customer_class not in set(CustomerClass):
            return []
        return list(self.rates.get(CustomerClass(customer_class), ()))

    def gallons_per_unit(self) -> Decimal | None:
        """Gallons in a billing unit, as the published formulas have it."""
        found = (rate.budget.gallons_per_unit for rates in self.rates.values() for rate in rates if rate.budget)
        return next(found, None)

    def line_name(self, code: str, detail: str, language: str) -> str:
        """What a bill's line is called; `detail` fills in the meter's size or the drought's stage."""
        words = self.words.get(code)
        if words is None:
            return code
        name = words.es if language == "es" else words.en
        return name.format(size=detail, stage=detail)

    def changes_between(self, customer_class: str, start: date, end: date) -> list[date]:
        """The days after `start` up to `end` on which another rate of the class takes effect."""
        days = [rate.effective_from for rate in self.rates_of(customer_class)]
        return [day for day in days if start < day <= end]


def _words(file: RatesFile) -> Iterator[tuple[str, InTwoLanguages]]:
    yield "fixed", file.words.fixed
    yield "drought", file.words.drought
    for name, words in file.words.tiers.items():
        yield f"volume:{name}", words
    for item in file.pass_throughs:
        yield f"pass_through:{item.code}", item.name
        yield f"pass_through_fixed:{item.code}", item.name


async def _rate_book(request: Request) -> RateBook:
    book: RateBook = request.app.state.rate_book
    return book


RateBookDep = Annotated[RateBook, Depends(_rate_book)]
