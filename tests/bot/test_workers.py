"""Several workers of one engine: one port, one model, one conversation at a time, and nothing lost when one dies."""

import asyncio
import os
import secrets
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.settings import SettingsError, read_settings
from bot.workers import WORKERS_MAX, default_workers
from tests.bot.conftest import serving_actions
from tests.bot.harness import Actions
from tests.bot.test_channel import TOKEN, Served, body, start


class WatchedActions(Actions):
    """Notes whether two calls of one conversation were ever in at once."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: set[str] = set()
        self.together = 0

    async def webhook(self, request: web.Request) -> web.Response:
        conversation = (await request.json())["sender_id"]
        self.together += conversation in self.inside
        self.inside.add(conversation)
        for _ in range(20):
            await asyncio.sleep(0)
        self.inside.discard(conversation)
        return await super().webhook(request)


@pytest.fixture
async def actions() -> AsyncIterator[WatchedActions]:
    watched = WatchedActions()
    async with serving_actions(watched):
        yield watched


@pytest.fixture
def served(model: Path, redis_url: str, tmp_path: Path, actions: WatchedActions) -> Iterator[Served]:
    variables = {"HEADGATE_ENGINE_WORKERS": "2", "HEADGATE_ACTIONS_URL": actions.url.removesuffix("/webhook")}
    engine = start(model, redis_url, tmp_path, **variables)
    yield engine
    engine.process.terminate()
    engine.process.wait(20)


@pytest.fixture
async def http(served: Served) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that makes a connection for each request, once the engine is ready."""
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector, headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        while not await answers(session, served):
            assert served.process.poll() is None, served.log.read_text()
        yield session


async def answers(session: aiohttp.ClientSession, served: Served) -> bool:
    try:
        async with session.get(f"{served.url}/readyz") as response:
            return response.status == 200
    except aiohttp.ClientConnectionError:
        await asyncio.sleep(0.02)
        return False


async def post(session: aiohttp.ClientSession, served: Served, **fields: Any) -> dict[str, Any]:
    async with session.post(f"{served.url}/webhooks/headgate/turn", json=body(**fields)) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


def workers_of(served: Served) -> list[int]:
    """The children of the engine's first process."""
    pid = served.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def until(told: Any) -> None:
    deadline = time.monotonic() + 30
    while not told():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_turns_of_one_conversation_never_run_at_once_whichever_worker_has_them(
    http: aiohttp.ClientSession, served: Served, actions: WatchedActions
) -> None:
    names = [secrets.token_hex(8) for _ in range(3)]
    turns = [post(http, served, text="what's my balance", conversation_id=name) for name in names * 8]
    replies = await asyncio.gather(*turns)
    assert all(answer["replies"][-1]["text"] == "You owe $1." for answer in replies)
    assert len(actions.calls) == len(turns)
    assert actions.together == 0


async def test_a_worker_that_dies_is_followed_by_another_and_takes_nothing_with_it(
    http: aiohttp.ClientSession, served: Served
) -> None:
    conversation = secrets.token_hex(8)
    asked = await post(http, served, text="my account number", conversation_id=conversation)
    assert asked["replies"][-1]["text"] == "Which number?"
    before = workers_of(served)
    assert len(before) == 2
    for doomed in before:
        os.kill(doomed, signal.SIGKILL)
    await until(lambda: len(set(workers_of(served)) - set(before)) == 2)
    while not await answers(http, served):
        pass
    told = await post(http, served, text="4412 4412", conversation_id=conversation)
    assert told["replies"][-1]["text"] == "Got 44124412."


async def test_the_first_customer_waits_for_nothing_to_be_loaded(http: aiohttp.ClientSession, served: Served) -> None:
    """The encoder of sentences is there before anybody speaks, and is the same memory in all of them."""
    assert len(workers_of(served)) == 2
    for pid in (served.process.pid, *workers_of(served)):
        assert "/encoder/" in Path(f"/proc/{pid}/maps").read_text()


async def test_no_worker_outlives_the_first_process(http: aiohttp.ClientSession, served: Served) -> None:
    workers = workers_of(served)
    served.process.kill()
    served.process.wait()
    await until(lambda: not any(map(is_alive, workers)))
    assert [pid for pid in workers if is_alive(pid)] == []


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 2), (4, 4), (64, WORKERS_MAX)])
def test_there_is_one_for_each_core_when_nobody_says(cores: int, workers: int) -> None:
    assert default_workers(cores) == workers


@pytest.mark.parametrize("given", ["0", "-1", "many", "99"])
def test_a_number_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("HEADGATE_ENGINE_TOKEN", TOKEN)
    monkeypatch.setenv("HEADGATE_ENGINE_WORKERS", given)
    with pytest.raises(SettingsError, match="HEADGATE_ENGINE_WORKERS"):
        read_settings()
