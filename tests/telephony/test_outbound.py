"""Texts the backend sends: through Twilio's real client, each once, with failures told apart."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.telephony.conftest import CUSTOMER, OUR_NUMBER, OUTBOUND_TOKEN, World, make_settings, running_telephony
from tests.telephony.faults import Fault, Server
from tests.telephony.servers import Backend, Engine


class Twilio:
    """Plays Twilio's REST: takes messages, lists them, refuses or breaks on demand."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.refuse: tuple[int, int] | None = None
        self.take_then_break = False
        self.authorizations: set[str] = set()
        path = "/2010-04-01/Accounts/{account}/Messages.json"
        one = "/2010-04-01/Accounts/{account}/Messages/{sid}.json"
        self.server = Server([web.post(path, self._create), web.get(path, self._list), web.get(one, self._fetch)])

    async def _create(self, request: web.Request) -> web.Response:
        self.authorizations.add(request.headers["Authorization"])
        if self.refuse is not None:
            status, code = self.refuse
            return web.json_response({"code": code, "message": "no", "status": status}, status=status)
        form = await request.post()
        now = format_datetime(datetime.now(UTC))
        message = {
            "sid": f"SM{len(self.messages):032x}",
            "body": form["Body"],
            "to": form["To"],
            "from": form["From"],
            "status": "queued",
            "date_created": now,
            "status_callback": form.get("StatusCallback"),
        }
        self.messages.append(message)
        if self.take_then_break and request.transport is not None:
            request.transport.abort()
        return web.json_response(message, status=201)

    async def _fetch(self, request: web.Request) -> web.Response:
        found = [m for m in self.messages if m["sid"] == request.match_info["sid"]]
        if not found:
            return web.json_response({"code": 20404, "message": "not found", "status": 404}, status=404)
        return web.json_response(found[0])

    async def _list(self, request: web.Request) -> web.Response:
        found = [m for m in self.messages if m["to"] == request.query["To"]]
        return web.json_response({"messages": found, "page": 0, "page_size": 50, "next_page_uri": None})


@pytest.fixture
async def twilio() -> AsyncIterator[Twilio]:
    playing = Twilio()
    await playing.server.start()
    yield playing
    await playing.server.stop()


@pytest.fixture
async def sending(
    neighbours: tuple[Engine, Backend], redis_url: str, tmp_path: Path, twilio: Twilio
) -> AsyncIterator[World]:
    engine, backend = neighbours
    settings = make_settings(engine, backend, tmp_path, redis_url=redis_url, twilio_api_url=twilio.server.url)
    async with aiohttp.ClientSession() as http:
        world = World(engine, backend, settings, http)
        async with running_telephony(world):
            yield world


async def send(world: World, message_id: str = "m-1", **more: Any) -> tuple[int, dict[str, Any]]:
    body = {
        "message_id": message_id,
        "channel": "sms",
        "to": CUSTOMER,
        "text": "Your code is 123456.",
        "language": "en",
    }
    headers = {"Authorization": f"Bearer {OUTBOUND_TOKEN}"}
    async with world.http.post(world.url + "/outbound/messages", json=body | more, headers=headers) as response:
        return response.status, await response.json()


async def test_a_text_leaves_through_twilio(sending: World, twilio: Twilio) -> None:
    status, answer = await send(sending)
    assert (status, answer["status"]) == (202, "queued")
    (message,) = twilio.messages
    assert answer["provider_message_id"] == message["sid"]
    assert (message["to"], message["from"], message["body"]) == (CUSTOMER, OUR_NUMBER, "Your code is 123456.")
    assert message["status_callback"] == f"{sending.settings.public_url}/twilio/sms/status?message_id=m-1"
    assert all(a.startswith("Basic ") for a in twilio.authorizations)


async def test_the_same_id_is_one_text(sending: World, twilio: Twilio) -> None:
    answers = await asyncio.gather(*(send(sending) for _ in range(5)))
    answers.append(await send(sending))
    assert len({answer["provider_message_id"] for _, answer in answers}) == 1
    assert len(twilio.messages) == 1
    await send(sending, "m-2")
    assert len(twilio.messages) == 2


async def test_the_same_id_after_redis_was_emptied_is_one_text(sending: World, twilio: Twilio) -> None:
    await send(sending)
    assert sending.services is not None
    await sending.services.store.flushall()
    await send(sending)
    assert len(twilio.messages) == 1


async def test_a_text_that_arrived_without_an_answer_is_not_sent_again(sending: World, twilio: Twilio) -> None:
    twilio.take_then_break = True
    status, answer = await send(sending)
    assert (status, answer["error"]) == (503, "twilio_unavailable")
    twilio.take_then_break = False
    status, answer = await send(sending)
    assert (status, answer["provider_message_id"]) == (202, twilio.messages[0]["sid"])
    assert len(twilio.messages) == 1


async def test_a_text_that_never_arrived_is_sent_when_twilio_is_back(sending: World, twilio: Twilio) -> None:
    await twilio.server.stop()
    assert (await send(sending))[0] == 503
    await twilio.server.start()
    assert (await send(sending))[0] == 202
    assert len(twilio.messages) == 1


async def test_an_unknown_end_is_not_resent_too_soon(sending: World, twilio: Twilio) -> None:
    twilio.server.fault = Fault(cut=True)
    assert (await send(sending))[0] == 503
    twilio.server.fault = None
    # It may still be under way: "not there yet" is no answer.
    assert (await send(sending))[0] == 503
    assert twilio.messages == []


@pytest.mark.parametrize(
    ("refusal", "status", "error"),
    [
        ((400, 21610), 422, "refused_by_twilio"),
        ((400, 21211), 422, "refused_by_twilio"),
        ((401, 20003), 503, "twilio_unavailable"),
        ((429, 20429), 503, "twilio_unavailable"),
        ((500, 20500), 503, "twilio_unavailable"),
    ],
)
async def test_final_refusals_and_others_are_told_apart(
    sending: World, twilio: Twilio, refusal: tuple[int, int], status: int, error: str
) -> None:
    twilio.refuse = refusal
    got, answer = await send(sending)
    assert (got, answer["error"]) == (status, error)
    assert "123456" not in str(answer)


async def test_a_very_long_text_goes_in_parts(sending: World, twilio: Twilio) -> None:
    await send(sending, text="A sentence of words. " * 160)
    await send(sending, text="A sentence of words. " * 160)
    assert len(twilio.messages) == 3
    assert all(len(m["body"]) <= 1_600 for m in twilio.messages)
    assert [bool(m["status_callback"]) for m in twilio.messages] == [False, False, True]


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic x", f"Bearer {OUTBOUND_TOKEN}x"])
async def test_only_the_backend_may_send(sending: World, twilio: Twilio, token: str) -> None:
    headers = {"Authorization": token} if token else {}
    body = {"message_id": "m", "channel": "sms", "to": CUSTOMER, "text": "x"}
    async with sending.http.post(sending.url + "/outbound/messages", json=body, headers=headers) as response:
        assert response.status == 401
    assert twilio.messages == []


@pytest.mark.parametrize(
    "more", [{"to": "951"}, {"to": None}, {"text": "  "}, {"channel": "fax"}, {"message_id": "a b"}]
)
async def test_what_cannot_be_sent_is_refused_for_good(sending: World, more: dict[str, Any]) -> None:
    status, answer = await send(sending, **more)
    assert status == 422
    assert answer["error"] and answer["detail"]


async def test_what_became_of_a_text_can_be_asked(sending: World, twilio: Twilio) -> None:
    _, sent = await send(sending)
    sid = sent["provider_message_id"]
    twilio.messages[0] |= {"status": "undelivered", "error_code": 30006}
    headers = {"Authorization": f"Bearer {OUTBOUND_TOKEN}"}
    for asked, status, told in (
        (sid, 200, {"status": "failed", "error_code": "30006"}),
        ("SM" + "f" * 32, 404, None),
    ):
        async with sending.http.get(f"{sending.url}/outbound/messages/{asked}", headers=headers) as answer:
            assert answer.status == status
            assert told is None or await answer.json() == told
    async with sending.http.get(f"{sending.url}/outbound/messages/{sid}") as answer:
        assert answer.status == 401
