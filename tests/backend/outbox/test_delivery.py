"""The outbox on good days and bad ones: telephony down, refusing, late; the backend killed."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.outbox.service import enqueue
from ops.embedded import free_port
from tests.backend.conftest import SECRET_KEY, create_database
from tests.backend.living import TELEPHONY, TOKENS, Api, living, settings_for
from tests.backend.workflows.telephone import Telephone, listening

pytestmark = pytest.mark.long

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def own_url(server_url: str, migrated_template: str) -> str:
    """A database of its own: workflows outlive a request, and must not meet another test's tables."""
    return create_database(server_url, f"outbox_{time.monotonic_ns()}", migrated_template)


async def text(api: Api, words: str = "Hello", *, secret: bool = False) -> UUID:
    async with api.app.state.database.transaction() as session:
        return await add(session, words, secret=secret)


async def add(session: AsyncSession, words: str, *, secret: bool = False) -> UUID:
    return await enqueue(
        session,
        channel="sms",
        recipient="+15550001111",
        text=words,
        language="en",
        purpose="answer",
        now=NOW,
        secret=secret,
    )


def row(url: str, message_id: UUID) -> tuple[Any, ...]:
    with psycopg.connect(url) as connection:
        query = "SELECT status, text, provider_message_id, error_code FROM outbound_messages WHERE id = %s"
        found = connection.execute(query, (message_id,)).fetchone()
    assert found is not None
    return found


async def until(true: Callable[[], Awaitable[bool] | bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        found = true()
        if (await found) if isinstance(found, Awaitable) else found:
            return
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


async def ready(api: Api) -> bool:
    return (await api.client.get("/readyz")).status_code == 200


async def test_delivered_once_with_the_token(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        settings = settings_for(own_url, valkey_url, workflows=True, telephony_url=f"http://127.0.0.1:{port}")
        async with living(settings) as api:
            await until(lambda: ready(api))
            message_id = await text(api, "Your code is 123456", secret=True)
            await until(lambda: row(own_url, message_id)[0] == "sent")
    assert row(own_url, message_id) == ("sent", "", f"SM-{str(message_id)[:8]}", None)
    assert [asked["message_id"] for asked in telephone.asked] == [str(message_id)]
    assert telephone.asked[0]["text"] == "Your code is 123456" and telephone.asked[0]["to"] == "+15550001111"
    assert telephone.headers[0]["Authorization"] == f"Bearer {TOKENS['outbound']}"


async def test_texts_to_one_person_go_in_their_order(own_url: str, valkey_url: str) -> None:
    """Written in the same moment or while the first is on its way: the second never overtakes it."""
    telephone = Telephone()
    telephone.slow = {"one": 0.5}
    with listening(telephone) as port:
        settings = settings_for(own_url, valkey_url, workflows=True, telephony_url=f"http://127.0.0.1:{port}")
        async with living(settings) as api:
            await until(lambda: ready(api))
            async with api.app.state.database.transaction() as session:
                for words in ("one", "two"):
                    await add(session, words)
            await text(api, "three")
            await until(lambda: len(telephone.asked) == 3)
    assert [asked["text"] for asked in telephone.asked] == ["one", "two", "three"]


async def test_telephony_down_then_failing_then_up(own_url: str, valkey_url: str) -> None:
    telephone, port = Telephone(), free_port()
    telephone.statuses = [500, 429, 202]
    settings = settings_for(own_url, valkey_url, workflows=True, telephony_url=f"http://127.0.0.1:{port}")
    async with living(settings) as api:
        await until(lambda: ready(api))
        message_id = await text(api)
        await asyncio.to_thread(_no_answer_yet, own_url, message_id)
        with listening(telephone, port):
            await until(lambda: row(own_url, message_id)[0] == "sent")
    assert {asked["message_id"] for asked in telephone.asked} == {str(message_id)}
    assert len(telephone.asked) == 3


def _no_answer_yet(url: str, message_id: UUID) -> None:
    assert row(url, message_id)[0] == "pending"


async def test_a_refusal_is_final(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    telephone.statuses = [400]
    with listening(telephone) as port:
        settings = settings_for(own_url, valkey_url, workflows=True, telephony_url=f"http://127.0.0.1:{port}")
        async with living(settings) as api:
            await until(lambda: ready(api))
            message_id = await text(api)
            await until(lambda: row(own_url, message_id)[0] == "failed")
    assert row(own_url, message_id)[3] == "http_400" and len(telephone.asked) == 1


async def test_what_a_crash_left_behind_is_swept_up(own_url: str, valkey_url: str) -> None:
    """Committed, but the process died before the workflow was started."""
    async with living(settings_for(own_url, valkey_url, workflows=False)) as api:
        message_id = await text(api)
    telephone = Telephone()
    with listening(telephone) as port:
        settings = settings_for(own_url, valkey_url, workflows=True, telephony_url=f"http://127.0.0.1:{port}")
        async with living(settings):
            await until(lambda: row(own_url, message_id)[0] == "sent")
    assert len(telephone.asked) == 1


async def test_a_lost_callback_is_only_a_late_one(own_url: str, valkey_url: str) -> None:
    """Nobody told what became of two texts: a minute later the carrier is asked, and a landline is learned."""
    telephone = Telephone()
    with listening(telephone) as port:
        settings = settings_for(own_url, valkey_url, workflows=True, telephony_url=f"http://127.0.0.1:{port}")
        async with living(settings) as api:
            await until(lambda: ready(api))
            arrived, failed = await text(api), await text(api)
            await until(lambda: all(row(own_url, each)[0] == "sent" for each in (arrived, failed)))
            sids = {each: str(row(own_url, each)[2]) for each in (arrived, failed)}
            with psycopg.connect(own_url) as connection:
                for place, (each, sid) in enumerate(sids.items()):
                    connection.execute(
                        "UPDATE outbound_messages SET look_at = now(), provider_message_id = %s WHERE id = %s",
                        (f"{sid}-{place}", each),
                    )
            telephone.texts = {
                f"{sids[arrived]}-0": {"status": "delivered", "error_code": None},
                f"{sids[failed]}-1": {"status": "failed", "error_code": "30006"},
            }
            await until(lambda: row(own_url, arrived)[0] == "delivered" and row(own_url, failed)[0] == "failed")
    assert row(own_url, failed)[3] == "30006"
    with psycopg.connect(own_url) as connection:
        assert connection.execute("SELECT unreachable FROM text_numbers").fetchone() == ("landline",)


async def test_a_killed_backend_loses_nothing_and_repeats_nothing(own_url: str, valkey_url: str) -> None:
    telephone, outbound_port = Telephone(), free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": own_url,
        "REDIS_URL": valkey_url,
        "HEADGATE_SECRET_KEY": SECRET_KEY,
        "HEADGATE_TELEPHONY_TOKEN": TOKENS["telephony"],
        "HEADGATE_ACTIONS_TOKEN": TOKENS["actions"],
        "HEADGATE_OUTBOUND_TOKEN": TOKENS["outbound"],
        "HEADGATE_TELEPHONY_URL": f"http://127.0.0.1:{outbound_port}",
        "HEADGATE_CONSOLE": "false",
        "PYTHONPATH": str(ROOT),
    }
    async with living(settings_for(own_url, valkey_url)) as api:
        waiting = [await text(api, f"message {n}") for n in range(3)]
    first = await _backend(environment)
    await until(lambda: all(_tried(own_url, message_id) for message_id in waiting))
    first.kill()
    await asyncio.to_thread(first.wait)
    assert all(row(own_url, message_id)[0] == "pending" for message_id in waiting)
    with listening(telephone, outbound_port):
        second = await _backend(environment)
        try:
            await until(lambda: all(row(own_url, message_id)[0] == "sent" for message_id in waiting))
        finally:
            second.terminate()
            assert await asyncio.to_thread(second.wait, 20) is not None
    assert sorted(asked["message_id"] for asked in telephone.asked) == sorted(map(str, waiting))


async def _backend(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    port = free_port()
    settings = {**environment, "HEADGATE_BACKEND_PORT": str(port)}
    command = [sys.executable, "-m", "backend"]
    process = await asyncio.to_thread(
        lambda: subprocess.Popen(command, env=settings, cwd=ROOT, stdout=subprocess.DEVNULL)
    )

    async def answers() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
        except httpx.HTTPError:
            return False

    await until(answers)
    return process


def _tried(url: str, message_id: UUID) -> bool:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT attempts FROM outbound_messages WHERE id = %s", (message_id,)).fetchone()
    return found is not None and found[0] > 0


class TestStatusReports:
    async def report(self, api: Api, message_id: object, **body: Any) -> httpx.Response:
        told = {"statuses": [{"message_id": str(message_id), **body}]}
        return await api.client.post("/v1/message-statuses", json=told, headers=TELEPHONY)

    async def test_a_late_word_never_takes_back_a_final_one(self, api: Api, database_url: str) -> None:
        message_id = await text(api)
        assert (await self.report(api, message_id, status="delivered", provider_message_id="SM1")).status_code == 200
        late = await self.report(api, message_id, status="sent", provider_message_id="SM1")
        assert late.json() == {"unknown": []}
        assert row(database_url, message_id)[0] == "delivered"

    async def test_a_failure_keeps_its_code(self, api: Api, database_url: str) -> None:
        message_id = await text(api)
        await self.report(api, message_id, status="failed", provider_message_id="SM1", error_code="30003")
        assert row(database_url, message_id)[3] == "30003"

    async def test_a_message_that_is_not_ours(self, api: Api) -> None:
        answer = await self.report(api, "00000000-0000-0000-0000-000000000000", status="sent")
        assert (answer.status_code, answer.json()["unknown"]) == (200, ["00000000-0000-0000-0000-000000000000"])
