"""The file of a route for the handheld: what each meter showed last, and what to expect."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.reads import handheld
from backend.reads.bounds import Bounds, bounds
from backend.reads.errors import LayoutNotFoundError, ReadRefusedError
from backend.reads.layouts import ReadLayouts
from backend.reads.limits import limits_of
from backend.reads.registers import Read, Register
from backend.reads.rules import Limits
from tests.backend.billing.town import DISTRICT, END, FOLDER, TODAY, Town

LAYOUTS = ReadLayouts.load(FOLDER)


class TestHandheld:
    LIMITS = Limits(class_units_per_day=Decimal("0.4"), low_percent=40, high_percent=200, difference_units_min=6)

    def register(self, **changes: Any) -> Register:
        values: dict[str, Any] = {
            "meter_id": uuid4(),
            "digits": 6,
            "units_per_count": Decimal(1),
            "installed_on": date(2020, 1, 1),
        }
        return Register(**{**values, **changes})

    def test_what_the_next_read_should_lie_between(self) -> None:
        # 100 units in 50 days: 62 in the 31 days to come; between 40 percent and twice of it.
        reads = [Read(date(2026, 8, 31), "actual", 400), Read(date(2026, 10, 20), "actual", 500)]
        assert bounds(self.register(), reads, END, self.LIMITS) == Bounds(reads[1], 524, 624)

    def test_bounds_are_in_counts_of_the_register(self) -> None:
        reads = [Read(date(2026, 8, 31), "actual", 40_000), Read(date(2026, 10, 20), "actual", 50_000)]
        register = self.register(units_per_count=Decimal("0.01"))
        assert bounds(register, reads, END, self.LIMITS) == Bounds(reads[1], 52_480, 62_400)

    def test_bounds_past_the_end_of_the_register(self) -> None:
        reads = [Read(date(2026, 8, 31), "actual", 999_850), Read(date(2026, 10, 20), "actual", 999_950)]
        assert bounds(self.register(), reads, END, self.LIMITS) == Bounds(reads[1], 999_974, 74)

    def test_a_small_use_has_room_for_a_few_units(self) -> None:
        reads = [Read(date(2026, 9, 20), "actual", 497), Read(date(2026, 10, 20), "actual", 500)]
        assert bounds(self.register(), reads, END, self.LIMITS) == Bounds(reads[1], 500, 510)

    def test_a_meter_that_was_never_read(self) -> None:
        assert bounds(self.register(digits=4), [], END, self.LIMITS) == Bounds(None, 0, 9_999)

    async def route(self, town: Town, layout: str = "plain_csv", route: str | None = None) -> handheld.RouteFile:
        policy = limits_of(DISTRICT.policy.billing)
        return await handheld.route_file(
            town.session, LAYOUTS, policy, cycle=1, route=route, layout=layout, read_on=TODAY
        )

    async def test_a_route_in_the_order_in_which_it_is_walked(self, town: Town) -> None:
        await town.home(meter={"serial_number": "LATER", "route": "10", "route_sequence": 20})
        first = await town.home(meter={"serial_number": "FIRST", "route": "10", "route_sequence": 10})
        await town.home(meter={"serial_number": "OTHER", "route": "20", "route_sequence": 5})
        await town.home(meter={"serial_number": "ELSE", "route": "10"}, billing_cycle=2)
        await town.home(meter={"serial_number": "GONE", "route": "10", "removed_on": date(2026, 11, 1)})
        vacant = {"ended_on": date(2026, 10, 20)}
        await town.home(meter={"serial_number": "VACANT", "route": "10", "route_sequence": 30}, service=vacant)
        made = await self.route(town, route="10")
        lines = made.content.split("\r\n")
        (row,) = await town.rows(
            "SELECT a.number, p.street FROM accounts a, premises p WHERE a.id = :a AND p.id = :p",
            a=first.account_id,
            p=first.premise_id,
        )
        # 30 units in 92 days: 11.09 in 34; between 40 percent of it (or 6 units less), and twice of it.
        assert lines[1] == f"10,10,FIRST,{row.number},{row.street},5/8,6,2026-10-20,130,134,153"
        assert [line.split(",")[2] for line in lines[1:-1]] == ["FIRST", "LATER", "VACANT"]
        assert lines[3].split(",")[3] == ""
        assert (made.name, made.meters) == ("route-1-10-2026-11-23.csv", 3)
        assert (await self.route(town)).meters == 4
        assert await handheld.routes(town.session) == [
            handheld.Route(1, "10", 3),
            handheld.Route(1, "20", 1),
            handheld.Route(2, "10", 1),
        ]

    async def test_the_autoread_import_has_its_155_places(self, town: Town) -> None:
        home = await town.home(meter={"serial_number": "RS40001", "route_sequence": 7})
        await town.session.execute(text("UPDATE premises SET street = '1178 Cañón de la Ladera Norte'"))
        (line, end) = (await self.route(town, "autoread")).content.split("\r\n")
        (row,) = await town.rows("SELECT number FROM accounts WHERE id = :id", id=home.account_id)
        assert (len(line), end) == (155, "")
        assert line[:20] == "00000000000000000007"
        assert (line[20:28], line[28:43], line[58:78]) == ("RS40001 ", f"{row.number:<15}", "1178 Canon de la Lad")
        assert (line[103], line[104:114], line[114:124], line[124:134]) == (
            "W",
            "0000000130",
            "0000000134",
            "0000000153",
        )
        assert line[145:155] == "RS40001   "

    async def test_a_number_is_never_cut(self, town: Town) -> None:
        await town.home(meter={"serial_number": "RS40001-LONG"})
        with pytest.raises(ReadRefusedError) as refused:
            await self.route(town, "autoread")
        assert "serial_number 'RS40001-LONG' does not fit into 8 places at 21" in refused.value.detail

    async def test_an_unknown_layout(self, town: Town) -> None:
        with pytest.raises(LayoutNotFoundError):
            await self.route(town, "itron")
