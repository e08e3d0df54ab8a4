"""Nights in a living backend: begun by the clock or by a person, held up, hurried on, taken up again."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest

from backend.nightly.rules import STEPS
from backend.settings import Settings
from backend.workflows.nightly import pause_seconds
from tests.backend.conftest import create_database
from tests.backend.living import ACTIONS, OPERATOR, Api, living, settings_for

CALIFORNIA = ZoneInfo("America/Los_Angeles")
MONDAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=CALIFORNIA)
NIGHT = datetime(2026, 11, 24, 1, 15, tzinfo=CALIFORNIA)
DISTRICT = Path(__file__).parents[3] / "district"


@pytest.fixture
def own_url(server_url: str, migrated_template: str) -> str:
    """A database of its own: workflows outlive a request, and must not meet another test's tables."""
    return create_database(server_url, f"nights_{time.monotonic_ns()}", migrated_template)


@pytest.fixture
def settings(own_url: str, valkey_url: str, tmp_path: Path) -> Settings:
    """A backend with workflows, over a district's files that the test may spoil."""
    folder = Path(shutil.copytree(DISTRICT, tmp_path / "district"))
    return settings_for(own_url, valkey_url, workflows=True, home=tmp_path, district_dir=folder)


@asynccontextmanager
async def at(settings: Settings, moment: datetime) -> AsyncIterator[Api]:
    """The backend from `moment` on."""
    url = settings.database_url.get_secret_value()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO demo_clock VALUES (1, extract(epoch FROM %s - now()))", [moment])
    async with living(settings) as api:
        await until(lambda: api.app.state.workflows.ready)
        yield api


async def until(true: Callable[[], Any], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(true):
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


def read(path: Path) -> str:
    return path.read_text()


def write(path: Path, words: str) -> None:
    path.write_text(words)


def nights(url: str) -> list[tuple[date, bool, str | None]]:
    """Every night on record: its date, whether it is finished, what is in its way."""
    with psycopg.connect(url) as connection:
        query = "SELECT business_date, finished_at IS NOT NULL, problem FROM nightly_runs ORDER BY business_date"
        return connection.execute(query).fetchall()


def steps(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT * FROM nightly_steps ORDER BY business_date, step, part").fetchall()


def order_of_ends(url: str) -> list[date]:
    with psycopg.connect(url) as connection:
        query = "SELECT business_date FROM nightly_steps WHERE step = 'summary' ORDER BY done_at"
        return [row[0] for row in connection.execute(query)]


async def ask(api: Api, day: object = None, headers: dict[str, str] = OPERATOR) -> httpx.Response:
    return await api.client.post("/v1/nightly", json={"business_date": day and str(day)}, headers=headers)


async def look(api: Api, day: date) -> httpx.Response:
    return await api.client.get(f"/v1/nightly/{day}", headers=OPERATOR)


class TestByTheClock:
    async def test_a_night_begins_at_its_time_once_however_the_clock_jumps(
        self, own_url: str, settings: Settings
    ) -> None:
        async with at(settings, MORNING) as api:
            await until(lambda: _planned(own_url))
            assert nights(own_url) == []
            await api.clock(NIGHT)
            await until(lambda: nights(own_url) == [(MONDAY, True, None)])
            done = steps(own_url)
            for moment in (MORNING, NIGHT, NIGHT + timedelta(hours=1)):
                await api.clock(moment)
                assert (await ask(api, MONDAY)).status_code == 200
            assert steps(own_url) == done

    async def test_missed_nights_are_made_up_for_in_order_when_the_backend_is_back(
        self, own_url: str, settings: Settings
    ) -> None:
        with psycopg.connect(own_url, autocommit=True) as connection:
            connection.execute("INSERT INTO nightly_schedule (first, since) VALUES (%s, %s)", [MONDAY, MONDAY])
        week = [MONDAY + timedelta(days=n) for n in range(4)]
        async with at(settings, NIGHT + timedelta(days=3)):
            await until(lambda: nights(own_url) == [(day, True, None) for day in week])
        assert order_of_ends(own_url) == week


def _planned(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT since FROM nightly_schedule").fetchone() is not None


class TestWhenAPersonAsks:
    async def test_it_runs_now_and_a_second_time_finds_nothing_to_do(self, own_url: str, settings: Settings) -> None:
        async with at(settings, MORNING) as api:
            begun = await ask(api)
            assert begun.status_code == 202
            assert begun.json()["business_date"] == str(MONDAY)
            await until(lambda: nights(own_url) == [(MONDAY, True, None)])
            told = (await look(api, MONDAY)).json()
            assert (told["status"], told["problem"]) == ("finished", None)
            assert [step["step"] for step in told["steps"]] == list(STEPS)
            assert {step["status"] for step in told["steps"]} == {"done"}
            assert told["summary"]["trial_balance_cents"] == 0
            again = await ask(api, MONDAY)
            assert (again.status_code, again.json()) == (200, told)

    async def test_what_cannot_be_is_refused_in_words(self, own_url: str, settings: Settings) -> None:
        async with at(settings, MORNING) as api:
            future, old = await ask(api, "2026-11-24"), await ask(api, "2020-02-29")
            assert (future.status_code, future.json()["error"]) == (409, "business_date_in_future")
            assert (old.status_code, old.json()["error"]) == (409, "business_date_too_old")
            for wrong in ("2026-02-29", "yesterday", "2026-11-23T10:00:00", 20):
                assert (await ask(api, wrong)).status_code == 422
            assert (await ask(api, MONDAY, ACTIONS)).status_code == 403
            assert (await ask(api, MONDAY, {})).status_code == 401
            assert (await look(api, MONDAY)).json()["error"] == "night_not_found"
        assert nights(own_url) == []

    async def test_without_workflows_nothing_is_begun(self, own_url: str, settings: Settings) -> None:
        async with living(settings.model_copy(update={"workflows": False})) as api:
            refused = await ask(api)
        assert (refused.status_code, refused.json()["error"]) == (503, "workflows_not_ready")
        assert nights(own_url) == []


class TestHeldUp:
    @pytest.fixture
    def policy(self, settings: Settings) -> Path:
        return settings.district_dir / "policy.toml"

    async def test_it_says_why_is_tried_again_and_goes_on_when_a_person_asks(
        self, own_url: str, settings: Settings, policy: Path
    ) -> None:
        sound = read(policy)
        async with at(settings, MORNING) as api:
            write(policy, sound.replace("flat_cents = 1000", "flat_cents = -1"))
            await ask(api)
            await until(lambda: nights(own_url)[0][2] is not None)
            told = (await look(api, MONDAY)).json()
            assert told["status"] == "waiting"
            assert told["problem"].startswith("Files from the inbox: the district's files need a correction (")
            assert "fees.late.flat_cents" in told["problem"]
            write(policy, sound)
            assert (await ask(api)).status_code == 202
            await until(lambda: nights(own_url) == [(MONDAY, True, None)], seconds=20)

    async def test_a_backend_that_stops_meanwhile_takes_it_up_by_itself_when_it_is_back(
        self, own_url: str, settings: Settings, policy: Path
    ) -> None:
        sound = read(policy)
        async with at(settings, MORNING) as api:
            write(policy, sound + "\n[nonsense]\n")
            await ask(api)
            await until(lambda: nights(own_url)[0][2] is not None)
        assert [finished for _, finished, _ in nights(own_url)] == [False]
        write(policy, sound)
        async with living(settings):
            await until(lambda: nights(own_url) == [(MONDAY, True, None)])


def test_pauses_grow_to_a_minute() -> None:
    assert [pause_seconds(attempt) for attempt in (0, 1, 2, 5, 6, 100)] == [1.0, 2.0, 4.0, 32.0, 60.0, 60.0]
