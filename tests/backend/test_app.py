"""The application as a whole: who is let in, how it refuses, what it says about itself, what it survives."""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from backend.access import PUBLIC_PATHS, Kind, Tokens, UnauthorizedError
from backend.migrations import upgrade
from backend.settings import Settings, driver_url
from ops.embedded import as_user, free_port, postgres_command, postgres_system_user, prepare_postgres
from tests.backend.living import (
    ACTIONS,
    OPERATOR,
    TELEPHONY,
    TOKENS,
    Api,
    api,
    database_url,
    living,
    settings_for,
    shared_url,
    valkey_url,
)

__all__ = ["api", "database_url", "shared_url", "valkey_url"]


class TestPrincipals:
    async def test_nobody_without_a_token(self, api: Api) -> None:
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": f"Basic {TOKENS['telephony']}"}):
            answer = await api.client.post("/v1/turns", json={}, headers=headers)
            assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")

    async def test_nobody_at_another_s_door(self, api: Api) -> None:
        talk = "/v1/conversations/00000000-0000-0000-0000-000000000000"
        for method, path, headers in (
            ("POST", "/v1/turns", ACTIONS),
            ("POST", f"{talk}/verification", TELEPHONY),
            ("GET", f"{talk}/balance", TELEPHONY),
            ("GET", f"{talk}/messages", OPERATOR),
        ):
            answer = await api.client.request(method, path, json={}, headers=headers)
            assert (answer.status_code, answer.json()["error"]) == (403, "wrong_principal")

    async def test_every_route_asks_who_is_there(self, api: Api) -> None:
        paths = api.app.openapi()["paths"]
        asked = 0
        for path, methods in paths.items():
            for method in methods:
                filled = path.replace("{conversation_id}", "x").replace("{turn_id}", "x").replace("{message_id}", "x")
                answer = await api.client.request(method, filled)
                assert path in PUBLIC_PATHS or answer.status_code == 401, f"{method} {path}"
                asked += 1
        assert asked > 15

    def test_an_empty_token_admits_nobody(self) -> None:
        tokens = Tokens({Kind.TELEPHONY: ""})
        with pytest.raises(UnauthorizedError):
            tokens.principal("Bearer ")


class TestErrors:
    async def test_one_format(self, api: Api) -> None:
        for answer, status, error in (
            (await api.client.get("/v1/nowhere"), 404, "not_found"),
            (await api.client.get("/v1/turns"), 405, "method_not_allowed"),
            (await api.client.post("/v1/turns", content=b"{", headers=TELEPHONY), 422, "malformed"),
        ):
            assert (answer.status_code, answer.json()["error"]) == (status, error)
            assert answer.json()["detail"]

    async def test_a_nul_is_no_fault_of_ours(self, api: Api) -> None:
        answer = await api.said("before\x00after")
        assert answer.status_code == 201 and answer.json()["text"] == "beforeafter"

    @pytest.mark.parametrize("text", ["", "👍🏽👩‍👩‍👧‍👦", "مرحبا، كم رصيدي؟", "x" * 10_000])
    async def test_any_words_are_taken(self, api: Api, text: str) -> None:
        answer = await api.said(text)
        assert answer.status_code == 201 and answer.json()["text"] == text


class TestHealth:
    async def test_alive_ready_measured(self, api: Api) -> None:
        assert (await api.client.get("/healthz")).status_code == 200
        assert (await api.client.get("/readyz")).json() == {"status": "ready"}
        await api.said("hello")
        metrics = (await api.client.get("/metrics")).text
        assert 'headgate_backend_requests_total{route="/v1/turns",status="201"} 1.0' in metrics

    async def test_what_is_missing_is_named(self, database_url: str) -> None:
        nowhere = f"redis://127.0.0.1:{free_port()}/0"
        async with living(settings_for(database_url, nowhere)) as api:
            answer = await api.client.get("/readyz")
            assert (answer.status_code, answer.json()["missing"]) == (503, ["redis"])
            assert (await api.said("hello")).status_code == 201

    async def test_the_documentation_has_examples(self, api: Api) -> None:
        assert (await api.client.get("/docs")).status_code == 200
        schema = (await api.client.get("/openapi.json")).json()
        assert schema["components"]["schemas"]["TurnIn"]["examples"]


def test_the_address_gets_its_driver() -> None:
    assert driver_url("postgresql://a@b/c") == driver_url("postgres://a@b/c") == "postgresql+psycopg://a@b/c"


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="HEADGATE_SECRET_KEY"):
        Settings(database_url="postgresql://", redis_url="redis://", secret_key="short")  # type: ignore[arg-type]


class Server:
    """A PostgreSQL of its own that a test can stop and start."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.log = folder, free_port(), folder.parent / "postgres.log"
        prepare_postgres(folder, "a password for tests")
        self.url = f"postgresql://headgate:a%20password%20for%20tests@127.0.0.1:{self.port}/postgres"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [*postgres_command(self.folder, self.port), "-c", "fsync=off"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **as_user(postgres_system_user()))
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise AssertionError("PostgreSQL did not start")

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(2)
        self.process.wait(20)


@contextmanager
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="headgate-tests-") as folder:
        made = Server(Path(folder) / "data")
        made.start()
        try:
            yield made
        finally:
            made.stop()


async def test_a_restart_of_postgresql_under_load(valkey_url: str) -> None:
    """While it is away: 503 in the one format, never a fault. Afterwards: the first request works."""
    with server() as postgres:
        upgrade(postgres.url)
        async with living(settings_for(postgres.url, valkey_url)) as api:
            assert {r.status_code for r in await asyncio.gather(*(api.said("hello") for _ in range(8)))} == {201}
            seen: set[int] = set()
            going = True

            async def keep_writing() -> None:
                while going:
                    answer = await api.said("hello")
                    seen.add(answer.status_code)
                    if answer.status_code != 201:
                        assert answer.json()["error"] == "database_unavailable"
                        await asyncio.sleep(0.02)

            writers = [asyncio.create_task(keep_writing()) for _ in range(4)]
            await asyncio.to_thread(postgres.stop)
            assert (await api.said("hello")).status_code == 503
            assert (await api.client.get("/readyz")).json()["missing"] == ["database"]
            await asyncio.to_thread(postgres.start)
            assert (await api.said("hello")).status_code == 201
            going = False
            await asyncio.gather(*writers)
            assert seen <= {201, 503}


async def test_a_restart_while_nobody_asks_is_not_noticed(valkey_url: str) -> None:
    with server() as postgres:
        upgrade(postgres.url)
        async with living(settings_for(postgres.url, valkey_url)) as api:
            await asyncio.gather(*(api.said("hello") for _ in range(6)))
            await asyncio.to_thread(postgres.stop)
            await asyncio.to_thread(postgres.start)
            answers = await asyncio.gather(*(api.said("hello") for _ in range(6)))
            assert {answer.status_code for answer in answers} == {201}
