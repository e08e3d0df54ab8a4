"""The action server over HTTP, as the engine calls it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web

from actions.account_api import AccountApi
from actions.serve import create_app
from ops.embedded import free_port
from tests.actions.harness import CONVERSATION, Loopback

SECRET_WORDS = "my pin is 0417"


@pytest.fixture
async def server(answers: Loopback) -> AsyncIterator[str]:
    runner = web.AppRunner(create_app(AccountApi(answers.url, "actions-token")))
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


def call(action: str, **tracker: Any) -> dict[str, Any]:
    state = {
        "sender_id": CONVERSATION,
        "slots": {"language": "en"},
        "latest_message": {"intent": {"name": "ask_hours"}, "entities": [], "text": SECRET_WORDS},
        "events": [],
        "active_loop": {},
        **tracker,
    }
    return {"next_action": action, "sender_id": CONVERSATION, "tracker": state, "version": "3.6.21"}


async def test_an_action_call_is_answered_in_rasas_protocol(server: str) -> None:
    async with ClientSession() as session, session.post(f"{server}/webhook", json=call("action_hours")) as response:
        body = await response.json()
    assert response.status == 200
    assert [one["response"] for one in body["responses"]] == ["utter_hours", "utter_open_now"]
    assert body["events"][-1] == {"event": "followup", "timestamp": None, "name": "action_listen"}


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (json.dumps(call("action_unknown")), 404, "unknown_action"),
        ("{", 422, "malformed_call"),
        ("[]", 422, "malformed_call"),
        ("{}", 422, "malformed_call"),
    ],
)
async def test_what_cannot_be_run_is_named(server: str, body: str, status: int, error: str) -> None:
    async with ClientSession() as session, session.post(f"{server}/webhook", data=body) as response:
        answer = await response.json()
    assert (response.status, answer["error"]) == (status, error)


async def test_an_action_that_raises_says_where_and_never_what_was_said(
    server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with ClientSession() as session:
        response = await session.post(f"{server}/webhook", json=call("action_hours", slots=[SECRET_WORDS]))
        answer = await response.json()
    assert (response.status, answer["error"]) == (500, "action_raised")
    logged = capsys.readouterr().out
    assert "actions.turn" in logged
    assert SECRET_WORDS not in logged + json.dumps(answer)


async def test_alive_and_ready(server: str, answers: Loopback) -> None:
    async with ClientSession() as session:
        async with session.get(f"{server}/healthz") as healthy:
            assert healthy.status == 200
        async with session.get(f"{server}/readyz") as waiting:
            assert (waiting.status, (await waiting.json())["error"]) == (503, "backend_unavailable")
        answers.say("GET", "/readyz", {"status": "ready"})
        async with session.get(f"{server}/readyz") as ready:
            assert ready.status == 200
