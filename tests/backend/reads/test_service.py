"""Files of reads taken into the database, and single reads keyed in and struck."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from backend.payments.imports import File, ImportRefusedError
from backend.reads import keyed, service
from backend.reads.errors import (
    MeterNotFoundError,
    ReadItemNotFoundError,
    ReadNotFoundError,
    ReadRefusedError,
)
from backend.reads.layouts import ReadLayouts
from backend.reads.service import TakenReads
from tests.backend.billing.town import END, Town
from tests.backend.reads.test_parsing import FOLDER, plain

LAYOUTS = ReadLayouts.load(FOLDER)
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def a_file(*lines: str, name: str = "reads.csv", **trailer: Any) -> File:
    return File(name, plain(*lines, **trailer).encode(), TODAY)


async def take(town: Town, file: File, layouts: ReadLayouts = LAYOUTS) -> TakenReads:
    done = await service.take_reads(town.session, file, layouts=layouts, now=NOW)
    await town.session.commit()
    return done


async def meters(town: Town, *serials: str, **changes: Any) -> list[UUID]:
    """Meters with these serial numbers, each at a house of its own."""
    return [(await town.home(meter={"serial_number": serial, **changes})).meter_id for serial in serials]


async def new_reads(town: Town) -> list[tuple[UUID, date, str, int]]:
    rows = await town.rows("SELECT * FROM meter_reads WHERE read_on > '2026-10-20' ORDER BY read_on, register_value")
    return [(row.meter_id, row.read_on, row.kind, row.register_value) for row in rows]


class TestTaking:
    async def test_a_file_becomes_reads(self, town: Town) -> None:
        one, other = await meters(town, "M1", "M2")
        done = await take(
            town, a_file("M1,,2026-11-20,141,,", "M2,,2026-11-20,142,customer,", "M1,,2026-11-19,,not_read,dog")
        )
        assert (done.line_count, done.taken, done.known, done.set_aside, done.not_read) == (5, 2, 0, 0, 1)
        assert await new_reads(town) == [(one, END, "actual", 141), (other, END, "customer", 142)]
        (noted,) = await town.rows("SELECT * FROM read_items")
        assert (noted.cause, noted.status, noted.note, noted.meter_id) == ("not_read", "noted", "dog", one)

    async def test_the_same_file_twice_is_one_import(self, town: Town) -> None:
        await meters(town, "M1")
        file = a_file("M1,,2026-11-20,141,,", "M9,,2026-11-20,5,,")
        first = await take(town, file)
        second = await take(town, File("renamed.csv", file.content, date(2026, 11, 24)))
        assert (second.import_id, second.is_new) == (first.import_id, False)
        assert (second.taken, second.set_aside) == (first.taken, first.set_aside) == (1, 1)
        assert len(await new_reads(town)) == 1

    async def test_two_at_once_are_one(self, town: Town) -> None:
        await meters(town, "M1")
        await town.session.commit()
        file = a_file("M1,,2026-11-20,141,,")

        async def one() -> TakenReads:
            async with town.database.transaction() as session:
                return await service.take_reads(session, file, layouts=LAYOUTS, now=NOW)

        done = await asyncio.gather(one(), one())
        assert sorted(each.is_new for each in done) == [False, True]
        assert len(await new_reads(town)) == 1

    async def test_a_bad_line_takes_nothing(self, town: Town) -> None:
        await meters(town, "M1")
        await town.session.commit()
        with pytest.raises(ImportRefusedError) as refused:
            await take(town, a_file("M1,,2026-11-20,141,,", "M1,,2026-11-31,1,,"))
        await town.session.rollback()
        assert refused.value.extra["problems"] == [
            {"line": 3, "field": "read_on", "reason": "is not a day written yyyy-mm-dd"}
        ]
        assert (await new_reads(town), await town.rows("SELECT FROM file_imports")) == ([], [])

    async def test_a_value_that_the_register_cannot_show_takes_nothing(self, town: Town) -> None:
        await meters(town, "M1", digits=4)
        await town.session.commit()
        with pytest.raises(ImportRefusedError) as refused:
            await take(town, a_file("M1,,2026-11-20,10000,,"))
        assert refused.value.extra["problems"] == [
            {"line": 2, "field": "register_value", "reason": "has more digits than the register's 4"}
        ]

    async def test_a_file_that_no_layout_is_for(self, town: Town) -> None:
        with pytest.raises(ImportRefusedError) as refused:
            await take(town, a_file("M1,,2026-11-20,1,,", name="minutes.doc"))
        assert "no layout is for a file of this name" in refused.value.extra["problems"][0]["reason"]  # type: ignore[index]

    async def test_an_unknown_meter_waits_for_a_person_or_refuses_the_file_as_the_layout_says(self, town: Town) -> None:
        await meters(town, "M1")
        await town.session.commit()
        file = a_file("M1,,2026-11-20,141,,", "M9,10000018,2026-11-20,5,,")
        strict = LAYOUTS.incoming[0].model_copy(update={"unknown_meter": "refuse"})
        with pytest.raises(ImportRefusedError) as refused:
            await take(town, file, ReadLayouts((strict,), ()))
        await town.session.rollback()
        assert [(p["line"], p["field"]) for p in refused.value.extra["problems"]] == [(3, "serial_number")]  # type: ignore[attr-defined]
        assert (await take(town, file)).set_aside == 1
        (item,) = await service.items(town.session)
        assert (item.cause, item.serial_number, item.account_number, item.register_value, item.line) == (
            "unknown_meter",
            "M9",
            "10000018",
            5,
            3,
        )

    async def test_what_cannot_be_placed_waits_with_its_cause(self, town: Town) -> None:
        gone, mine, keyed_in = await meters(town, "GONE", "MINE", "KEYED")
        await town.session.execute(text("UPDATE meters SET removed_on = '2026-11-01' WHERE id = :id"), {"id": gone})
        await town.read(keyed_in, END, 140)
        done = await take(
            town,
            a_file(
                "GONE,,2026-11-20,141,,",
                "MINE,99999999,2026-11-20,141,,",
                "KEYED,,2026-11-20,141,,",
                "MINE,,2026-11-19,140,,",
            ),
        )
        assert (done.taken, done.set_aside) == (1, 3)
        found = {item.cause: item for item in await service.items(town.session)}
        assert found.keys() == {"meter_not_there", "other_account", "other_value"}
        assert found["other_value"].reads_there == {"actual": 140}
        assert await new_reads(town) == [(mine, date(2026, 11, 19), "actual", 140), (keyed_in, END, "actual", 140)]

    async def test_a_read_that_is_there_already_is_known(self, town: Town) -> None:
        (meter_id,) = await meters(town, "M1")
        await town.read(meter_id, END, 141)
        done = await take(town, a_file("M1,,2026-11-20,141,,"))
        assert (done.taken, done.known, done.set_aside) == (0, 1, 0)

    async def test_an_actual_read_stands_beside_an_estimate_of_that_day(self, town: Town) -> None:
        (meter_id,) = await meters(town, "M1")
        await town.read(meter_id, END, 150, "estimated")
        assert (await take(town, a_file("M1,,2026-11-20,141,,"))).taken == 1
        assert (await take(town, a_file("M1,,2026-11-20,144,estimated,"))).set_aside == 1

    async def test_the_account_may_be_any_that_the_place_has_had(self, town: Town) -> None:
        home = await town.home(meter={"serial_number": "M1"})
        (row,) = await town.rows("SELECT number FROM accounts WHERE id = :id", id=home.account_id)
        padded = f"{row.number:>012}"
        assert (await take(town, a_file(f"M1,{padded},2026-11-20,141,,"))).taken == 1


class TestItems:
    async def waiting(self, town: Town, line: str) -> Any:
        await take(town, a_file(line))
        (item,) = await service.items(town.session)
        return item

    async def decide(self, town: Town, item_id: UUID, **said: Any) -> Any:
        values = {"take": True, "meter_id": None, "note": "It is the new meter", "by": await town.person(), "now": NOW}
        return await service.decide_item(town.session, item_id, **{**values, **said})

    async def test_an_unknown_meter_s_read_is_given_to_a_meter(self, town: Town) -> None:
        (meter_id,) = await meters(town, "M1")
        item = await self.waiting(town, "M9,,2026-11-20,141,,")
        with pytest.raises(ReadRefusedError):
            await self.decide(town, item.id)
        done = await self.decide(town, item.id, meter_id=meter_id)
        assert (done.status, done.meter_id) == ("taken", meter_id)
        assert (await self.decide(town, item.id, meter_id=meter_id)).decided_at == NOW
        assert await new_reads(town) == [(meter_id, END, "actual", 141)]
        assert await service.items(town.session) == []

    async def test_the_better_of_two_values_is_taken_and_the_other_struck(self, town: Town) -> None:
        (meter_id,) = await meters(town, "M1")
        await town.read(meter_id, END, 140)
        item = await self.waiting(town, "M1,,2026-11-20,141,,")
        await self.decide(town, item.id, note="Keyed in wrong")
        assert await new_reads(town) == [(meter_id, END, "actual", 141)]
        (struck,) = await town.rows("SELECT * FROM struck_reads")
        assert (struck.register_value, struck.reason, struck.struck_at) == (140, "Keyed in wrong", NOW)

    async def test_dismissed_it_becomes_nothing(self, town: Town) -> None:
        item = await self.waiting(town, "M9,,2026-11-20,141,,")
        assert (await self.decide(town, item.id, take=False)).status == "dismissed"
        assert await new_reads(town) == []
        with pytest.raises(ReadRefusedError):
            await self.decide(town, item.id)

    async def test_it_needs_a_note_and_an_item(self, town: Town) -> None:
        item = await self.waiting(town, "M9,,2026-11-20,141,,")
        with pytest.raises(ReadRefusedError):
            await self.decide(town, item.id, take=False, note=" ")
        with pytest.raises(ReadItemNotFoundError):
            await self.decide(town, uuid4())


class TestKeyedReads:
    async def enter(self, town: Town, meter_id: UUID, value: int, **changes: Any) -> Any:
        values = {
            "read_on": END,
            "kind": "actual",
            "reason": "Re-read",
            "by": await town.person(),
            "now": NOW,
            **changes,
        }
        return await keyed.enter_read(town.session, meter_id, value=value, **values)

    async def test_a_read_takes_the_place_of_a_wrong_one(self, town: Town) -> None:
        home = await town.home(closing=161)
        entered = await self.enter(town, home.meter_id, 141)
        assert (await self.enter(town, home.meter_id, 141)).id == entered.id
        shown = await keyed.reads_of(town.session, home.meter_id)
        assert [(one.register_value, one.entered_by, one.struck_reason) for one in shown[:3]] == [
            (141, "Dana", None),
            (161, None, "Re-read"),
            (130, None, None),
        ]

    async def test_what_a_register_cannot_show_is_refused(self, town: Town) -> None:
        home = await town.home(meter={"digits": 4, "installed_on": date(2026, 1, 1), "removed_on": date(2026, 11, 10)})
        for value, day in ((10_000, date(2026, 11, 9)), (-1, date(2026, 11, 9)), (5, END), (5, date(2025, 12, 31))):
            with pytest.raises(ReadRefusedError):
                await self.enter(town, home.meter_id, value, read_on=day)
        with pytest.raises(MeterNotFoundError):
            await self.enter(town, uuid4(), 5)

    async def test_a_struck_read_is_kept_with_its_reason(self, town: Town) -> None:
        home = await town.home(closing=161)
        (read,) = await town.rows("SELECT id FROM meter_reads WHERE register_value = 161")
        assert await keyed.account_of_read(town.session, read.id) == home.account_id
        with pytest.raises(ReadRefusedError):
            await keyed.strike_read(town.session, read.id, reason=" ", by=None, now=NOW)
        await keyed.strike_read(town.session, read.id, reason="Meter next door", by=None, now=NOW)
        with pytest.raises(ReadNotFoundError):
            await keyed.strike_read(town.session, read.id, reason="Again", by=None, now=NOW)
        with pytest.raises(ReadNotFoundError):
            await keyed.account_of_read(town.session, read.id)
        run_id = await town.prepare()
        assert (await town.exceptions(run_id, home.account_id)).keys() == {"NO_READ"}

    async def test_the_account_of_a_meter_is_the_one_it_serves_now(self, town: Town) -> None:
        moved_out = date(2026, 9, 20)
        home = await town.home(service={"ended_on": moved_out})
        assert await keyed.account_of_meter(town.session, home.meter_id) == home.account_id
        next_one = await town.account()
        await town.service(next_one, home.premise_id, started_on=date(2026, 9, 25))
        assert await keyed.account_of_meter(town.session, home.meter_id) == next_one
        with pytest.raises(MeterNotFoundError):
            await keyed.account_of_meter(town.session, await town.meter(await town.premise()))
