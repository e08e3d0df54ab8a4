"""Files of evapotranspiration: whole or not at all, once, and then a water budget can be billed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.nightly import inbox
from backend.payments.imports import File, ImportRefusedError, taken_files
from backend.weather.service import take_weather
from tests.backend.billing.town import DISTRICT, NOW, TODAY, Town, cents

PERIOD = [date(2026, 10, 21) + timedelta(days=n) for n in range(31)]


@pytest.fixture
def town(engine: AsyncEngine, session: AsyncSession) -> Town:
    return Town(engine, session)


def weather(*lines: str, header: str = "date,zone,et_inches") -> bytes:
    return "\n".join([header, *lines, ""]).encode()


async def take(town: Town, content: bytes, name: str = "valley.et.csv") -> tuple[bool, int, int]:
    done = await take_weather(town.session, File(name, content, TODAY), district=DISTRICT, now=NOW)
    return done.is_new, done.line_count, done.posted


async def test_a_water_budget_is_billed_after_its_weather_came(town: Town) -> None:
    irrigated = {"service_class": "irrigation", "persons": 0, "landscape_sqft": 4_000}
    home = await town.home(closing=142, service_class="irrigation", service=irrigated)
    first = await town.prepare()
    assert (await town.exceptions(first, home.account_id))["BUDGET"] == {"weather_days": 31}
    content = weather(*(f"{day},Valley,0.150" for day in PERIOD))
    assert await take(town, content) == (True, 32, 31)
    await town.rows("DELETE FROM billing_exceptions RETURNING id")
    await town.rows("DELETE FROM bill_drafts RETURNING run_id")
    await town.rows("DELETE FROM billing_runs RETURNING id")
    run_id = await town.prepare()
    assert "BUDGET" not in await town.exceptions(run_id, home.account_id)
    draft = await town.draft(run_id, home.account_id)
    # 4.65 in x 4,000 sq ft x 0.6 x 0.6234 / 748 = 9.30 units in budget; up to 11.63 inefficient; the rest excessive.
    volumes = {code: amount for code, amount in cents(draft.lines).items() if code.startswith("volume")}
    assert volumes == {"volume:in_budget": 3_227, "volume:inefficient": 1_188, "volume:excessive": 363}


async def test_the_same_file_is_one_import_and_a_later_one_mends(town: Town) -> None:
    await town.premise()
    content = weather("2026-11-20,Valley,0.112", "2026-11-21,Valley,0.1")
    assert await take(town, content) == (True, 3, 2)
    assert await take(town, content.replace(b"\n", b"\r\n"), "again.et.csv") == (False, 3, 2)
    assert await take(town, weather("2026-11-20,Valley,0.112", "2026-11-21,Valley,0.105")) == (True, 3, 1)
    rows = await town.rows("SELECT inches FROM evapotranspiration ORDER BY day")
    assert [row.inches for row in rows] == [Decimal("0.112"), Decimal("0.105")]
    assert [one.kind for one in await taken_files(town.session)] == ["weather", "weather"]


@pytest.mark.parametrize(
    ("lines", "line", "field", "reason"),
    [
        (("2026-11-24,Valley,0.1",), 2, "date", "in the future"),
        (("2026-02-29,Valley,0.1",), 2, "date", "is not a day"),
        (("2020-11-20,Valley,0.1",), 2, "date", "more than 800 days ago"),
        (("2026-11-20,Coast,0.1",), 2, "zone", "they are Valley"),
        (("2026-11-20,Valley,-0.1",), 2, "et_inches", "is not inches"),
        (("2026-11-20,Valley,NaN",), 2, "et_inches", "is not inches"),
        (("2026-11-20,Valley,0.1234",), 2, "et_inches", "three decimals"),
        (("2026-11-20,Valley,3.8",), 2, "et_inches", "millimeters"),
        (("2026-11-20,Valley,0.1", "2026-11-20,Valley,0.2"), 3, "date", "is there twice"),
        (("2026-11-20,Valley",), 2, "line", "3 fields"),
        ((), 1, "file", "no days"),
    ],
)
async def test_a_file_with_a_bad_line_is_refused_whole(
    town: Town, lines: tuple[str, ...], line: int, field: str, reason: str
) -> None:
    await town.premise()
    good = "2026-11-19,Valley,0.1"
    with pytest.raises(ImportRefusedError) as refused:
        await take(town, weather(*lines, *([good] if lines else [])))
    (problem,) = refused.value.problems
    assert (problem.line, problem.field) == (line, field)
    assert reason in problem.reason
    assert await town.rows("SELECT day FROM evapotranspiration") == []
    assert await town.rows("SELECT id FROM file_imports") == []


async def test_another_header(town: Town) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        await take(town, weather("2026-11-20,Valley,0.1", header="day,zone,inches"))
    assert refused.value.problems[0].field == "header"


def test_its_name_says_what_it_is() -> None:
    assert inbox.kind_of("Valley-2026-11.ET.CSV") == "weather"
    assert inbox.kind_of("counter.csv") == "payments"
