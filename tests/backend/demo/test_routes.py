"""The demonstration over HTTP: its customers and its clock, for the operator and nobody else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from backend.access import Tokens
from backend.clock import Clock
from backend.database import Database
from backend.demo.routes import router
from backend.district.service import District
from backend.errors import install_error_handlers
from backend.settings import Settings
from tests.backend.conftest import SECRET_KEY

DISTRICT = Path(__file__).parents[3] / "district"
SITUATIONS = [
    "past_due",
    "autopay",
    "nsf",
    "spanish_speaker",
    "landlord",
    "tenant",
    "leak",
    "payment_plan",
    "commercial",
    "closed_with_credit",
    "medical_protection",
    "new_move_in",
    "locked",
]


def settings(url: str, *, demo: bool = True) -> Settings:
    return Settings(
        database_url=SecretStr(url),
        redis_url=SecretStr("redis://127.0.0.1:1/0"),
        secret_key=SecretStr(SECRET_KEY),
        operator_token=SecretStr("an operator's token"),
        actions_token=SecretStr("the action server's token"),
        demo=demo,
        district_dir=DISTRICT,
    )


@asynccontextmanager
async def running(chosen: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The slice's routes with the real clock, tokens, errors and database."""
    app = FastAPI()
    app.state.settings, app.state.district = chosen, District.load(chosen.district_dir)
    app.state.tokens, app.state.clock = Tokens.from_settings(chosen), Clock()
    app.state.database = Database.from_settings(chosen)
    install_error_handlers(app)
    app.include_router(router)
    async with app.state.database.transaction() as session:
        await app.state.clock.load(session)
    headers = {"Authorization": "Bearer an operator's token"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://backend", headers=headers) as client:
        yield client
    await app.state.database.close()


@pytest.fixture
async def operator(seeded_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with running(settings(seeded_url)) as client:
        yield client


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with running(settings(database_url)) as client:
        yield client


def moment(answer: httpx.Response) -> datetime:
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(answer.json()["now"])


class TestCustomers:
    async def test_are_one_for_each_situation(self, operator: httpx.AsyncClient) -> None:
        await operator.put("/v1/demo/clock", json={"now": "2026-11-23T18:00:00Z"})
        listed = (await operator.get("/v1/demo/customers")).json()
        assert [one["situation"] for one in listed] == SITUATIONS
        by_situation = {one["situation"]: one for one in listed}
        assert by_situation["past_due"] == {
            "situation": "past_due",
            "name": "Denise Carver",
            "phone": "+19515550101",
            "email": "denise.demo@example.com",
            "service_address": "11801 Mesquite Ln, Rio Seco",
            "zip": "92594",
            "account_number": "10000378",
            "pin": by_situation["past_due"]["pin"],
            "language": "en",
            "balance_cents": 22_417,
        }
        assert all(len(one["pin"]) == 4 and one["pin"].isdigit() for one in listed)
        assert by_situation["closed_with_credit"]["balance_cents"] == -5_489

    async def test_are_none_before_the_seeding(self, empty: httpx.AsyncClient) -> None:
        assert (await empty.get("/v1/demo/customers")).json() == []


class TestClock:
    async def test_is_real_at_first(self, empty: httpx.AsyncClient) -> None:
        answer = await empty.get("/v1/demo/clock")
        assert answer.json()["real"] is True
        assert abs(moment(answer) - datetime.now(UTC)) < timedelta(seconds=5)

    async def test_runs_on_from_where_it_was_set(self, empty: httpx.AsyncClient) -> None:
        christmas = datetime(2026, 12, 25, 3, 0, tzinfo=UTC)
        answer = await empty.put("/v1/demo/clock", json={"now": "2026-12-24T19:00:00-08:00"})
        assert answer.json()["real"] is False
        first, second = moment(answer), moment(await empty.get("/v1/demo/clock"))
        assert christmas <= first < second < christmas + timedelta(seconds=30)

    async def test_a_time_without_a_zone_is_the_districts(self, empty: httpx.AsyncClient) -> None:
        answer = await empty.put("/v1/demo/clock", json={"now": "2026-07-04T10:00:00"})
        assert answer.json()["now"].startswith("2026-07-04T10:00:0")
        assert answer.json()["now"].endswith("-07:00")

    async def test_stays_set_when_the_backend_starts_again(self, database_url: str) -> None:
        async with running(settings(database_url)) as client:
            await client.put("/v1/demo/clock", json={"now": "2030-06-01T00:00:00Z", "real": False})
        async with running(settings(database_url)) as client:
            assert moment(await client.get("/v1/demo/clock")).year == 2030

    async def test_can_be_real_again(self, empty: httpx.AsyncClient) -> None:
        await empty.put("/v1/demo/clock", json={"now": "2030-01-01T00:00:00Z"})
        answer = await empty.put("/v1/demo/clock", json={"now": None, "real": True})
        assert answer.json()["real"] is True
        assert abs(moment(answer) - datetime.now(UTC)) < timedelta(seconds=5)

    @pytest.mark.parametrize(
        "body",
        [{}, {"now": "tomorrow"}, {"now": "2026-12-24T19:00:00Z", "real": True}],
    )
    async def test_refuses_what_is_not_a_moment(self, empty: httpx.AsyncClient, body: dict[str, object]) -> None:
        answer = await empty.put("/v1/demo/clock", json=body)
        assert (answer.status_code, answer.json()["error"]) == (422, "malformed")


class TestOutsideTheDemonstration:
    @pytest.mark.parametrize(("method", "path"), [("GET", "customers"), ("GET", "clock"), ("PUT", "clock")])
    async def test_everything_is_refused(self, database_url: str, method: str, path: str) -> None:
        async with running(settings(database_url, demo=False)) as client:
            answer = await client.request(method, f"/v1/demo/{path}", json={"real": True})
        assert (answer.status_code, answer.json()["error"]) == (403, "demonstration_only")


class TestPrincipals:
    async def test_others_than_the_operator_are_refused(self, empty: httpx.AsyncClient) -> None:
        headers = {"Authorization": "Bearer the action server's token"}
        assert (await empty.get("/v1/demo/customers", headers=headers)).status_code == 403

    async def test_nobody_is_refused(self, empty: httpx.AsyncClient) -> None:
        assert (await empty.get("/v1/demo/customers", headers={"Authorization": ""})).status_code == 401
