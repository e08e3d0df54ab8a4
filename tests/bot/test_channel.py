"""The engine as telephony meets it: a process of its own, over HTTP."""

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.bot.conftest import ROOT, free_port

TOKEN = secrets.token_urlsafe(24)
SECRET_WORDS = "balance for Evangelina Quartermaine please"


class Served:
    """A running engine: where it is, its process, its log."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.process = process
        self.log = log


def start(model: Path, redis_url: str, folder: Path, **variables: str) -> Served:
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "REDIS_URL": redis_url,
        "HEADGATE_ENGINE_PORT": str(port),
        "HEADGATE_ENGINE_TOKEN": TOKEN,
        "HEADGATE_ACTIONS_URL": "http://127.0.0.1:9",
        "HEADGATE_ENGINE_WORKERS": "1",
        **variables,
    }
    log = folder / "engine.log"
    command = [sys.executable, "-m", "bot.serve", "--model", str(model)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    return Served(port, process, log)


@pytest.fixture(scope="module")
def served(model: Path, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    engine = start(model, redis_url, tmp_path_factory.mktemp("served"))
    yield engine
    engine.process.terminate()
    engine.process.wait(20)


@pytest.fixture
async def http(served: Served) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with the token, once the engine is ready."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        deadline = time.monotonic() + 60
        while True:
            assert served.process.poll() is None, served.log.read_text()
            assert time.monotonic() < deadline, "the engine did not get ready"
            try:
                async with session.get(f"{served.url}/readyz") as response:
                    if response.status == 200:
                        break
                    assert response.status == 503
                    assert (await response.json())["error"] == "not_ready"
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)
        yield session


def body(text: str = "hello", **fields: Any) -> dict[str, Any]:
    return {
        "conversation_id": secrets.token_hex(8),
        "turn_id": secrets.token_hex(8),
        "channel": "sms",
        "language": "en",
        "kind": "message",
        "text": text,
        "payload": None,
        "is_new": True,
        "verification_level": 0,
        "calling_number_on_file": True,
        "after_hours": False,
        **fields,
    }


async def post(http: aiohttp.ClientSession, served: Served, **options: Any) -> tuple[int, dict[str, Any]]:
    async with http.post(f"{served.url}/webhooks/headgate/turn", **options) as response:
        return response.status, await response.json()


async def test_a_turn_is_answered_in_the_shape_of_the_contract(http: aiohttp.ClientSession, served: Served) -> None:
    status, answer = await post(http, served, json=body())
    assert status == 200
    assert set(answer) == {"replies", "language", "action_failed"}
    assert set(answer["replies"][0]) == {"text", "choices", "attachments", "commands"}
    assert [reply["text"] for reply in answer["replies"]] == ["Automated assistant.", "Hello."]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
async def test_nobody_else_is_let_in(http: aiohttp.ClientSession, served: Served, header: str) -> None:
    status, answer = await post(http, served, json=body(), headers={"Authorization": header})
    assert (status, answer["error"]) == (401, "unauthorized")


@pytest.mark.parametrize("content", ["", "no json", "[]", json.dumps({"text": "hello"})])
async def test_what_is_no_turn_is_malformed(http: aiohttp.ClientSession, served: Served, content: str) -> None:
    status, answer = await post(http, served, data=content)
    assert (status, answer["error"]) == (422, "malformed_turn")
    assert answer["detail"]


async def test_an_action_server_that_is_down_is_told(http: aiohttp.ClientSession, served: Served) -> None:
    status, answer = await post(http, served, json=body("what's my balance"))
    assert (status, answer["action_failed"], answer["replies"]) == (200, True, [])


@pytest.mark.parametrize("path", ["/webhooks/rest/webhook", "/model/parse", "/conversations/x/tracker", "/version"])
async def test_there_is_no_other_way_in(http: aiohttp.ClientSession, served: Served, path: str) -> None:
    async with http.post(f"{served.url}{path}", json={"sender": "x", "message": "hello"}) as response:
        assert response.status == 404


async def test_the_log_has_ids_and_no_words(http: aiohttp.ClientSession, served: Served) -> None:
    sent = body(SECRET_WORDS)
    await post(http, served, json=sent)
    log = served.log.read_text()
    assert sent["turn_id"] in log
    for word in ("evangelina", "quartermaine"):
        assert word not in log.lower()


async def test_tensorflow_is_not_loaded(http: aiohttp.ClientSession, served: Served) -> None:
    maps = Path(f"/proc/{served.process.pid}/maps").read_text()
    assert "site-packages" in maps
    assert "tensorflow" not in maps


async def test_a_killed_engine_loses_nothing_of_a_conversation(
    model: Path, redis_url: str, tmp_path: Path, http: aiohttp.ClientSession, served: Served
) -> None:
    doomed = start(model, redis_url, tmp_path)
    conversation = secrets.token_hex(8)
    try:
        deadline = time.monotonic() + 60
        while True:
            assert time.monotonic() < deadline, doomed.log.read_text()
            try:
                asked = body("my account number", conversation_id=conversation)
                status, answer = await post(http, doomed, json=asked)
                if status == 200:
                    break
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
        assert answer["replies"][-1]["text"] == "Which number?"
    finally:
        doomed.process.send_signal(signal.SIGKILL)
        doomed.process.wait()
    repeated = await post(http, served, json=asked)
    assert repeated == (200, answer)
    _, next_answer = await post(http, served, json=body("4412 4412", conversation_id=conversation))
    assert next_answer["replies"][-1]["text"] == "Got 44124412."


@pytest.mark.parametrize("token", ["", "short"])
def test_it_does_not_start_without_a_token(model: Path, token: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REDIS_URL": "redis://127.0.0.1:9/0"}
    environment["HEADGATE_ENGINE_TOKEN"] = token
    command = [sys.executable, "-m", "bot.serve", "--model", str(model)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "HEADGATE_ENGINE_TOKEN" in done.stderr
