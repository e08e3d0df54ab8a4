"""What commands and the page ask for: texts, scripted calls, inboxes, errors."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any

import aiohttp
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from telephony.simulator.calls.exchange import ScriptedCall
from telephony.simulator.calls.scripted import ScriptedLine
from telephony.simulator.calls.steps import FORMS, STEPS_MAX, BadStep, Step, parse_step
from telephony.simulator.errors import SimulatorError
from telephony.simulator.messaging.segments import count_segments
from telephony.simulator.network import Network
from telephony.simulator.state.messages import Message
from telephony.simulator.state.numbers import PhoneNumber
from telephony.simulator.values import WITHHELD, normalise_number
from telephony.simulator.web.session import User

router = APIRouter(prefix="/api")

BODY_CHARACTERS_MAX = 20_000
KEEP_ALIVE_SECONDS = 15.0


class Text(BaseModel):
    """A text that a phone sends. A repeated `message_sid` is the same text delivered again."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    sender: str = Field(alias="from")
    to: str | None = None
    body: str = Field("", max_length=BODY_CHARACTERS_MAX)
    media: list[str] = Field(default_factory=list, max_length=10)
    message_sid: str | None = Field(None, pattern=r"^(SM|MM)[0-9a-fA-F]{32}$")


class Script(BaseModel):
    """A call that a phone makes, to one of the account's numbers. `from` may be `anonymous`.

    `verstat` is what the carrier says about the calling number; empty: nothing. `query` is added to the address of
    the number's voice webhook for this call.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    caller: str = Field(alias="from")
    to: str | None = None
    steps: list[str] = Field(default_factory=list, max_length=STEPS_MAX)
    query: str = Field("", pattern=r"^[\w.=&-]*$", max_length=200)
    verstat: str | None = Field(
        None, pattern=r"^(|No-TN-Validation|TN-Validation-(Passed|Failed)(-[ABC])?(-[A-Za-z]+)?)$"
    )


@router.post("/texts")
async def send_text(request: Request, user: User, text: Text) -> dict[str, Any]:
    """One signed webhook for one text, and the replies that came of it."""
    network: Network = request.app.state.network
    number = called_number(network, text.to)
    answered = await network.inbound.receive(number, _phone(text.sender), text.body, text.media, text.message_sid)
    return answered.as_dict()


@router.post("/calls")
async def call(request: Request, user: User, script: Script) -> dict[str, Any]:
    """A scripted call to the district, from the first ring to the end."""
    network: Network = request.app.state.network
    caller = WITHHELD if script.caller == WITHHELD else _phone(script.caller)
    number = called_number(network, script.to)
    if script.query:
        number = replace(number, voice_url=f"{number.voice_url}?{script.query}")
    done = await network.exchange.call_with_script(caller, steps_of(script.steps), number, script.verstat)
    return done.as_dict()


@router.get("/calls/{sid}/events")
async def answered_call(request: Request, user: User, sid: str) -> dict[str, Any]:
    """What a prepared phone heard when the district called it; so far, while `ended` is empty."""
    network: Network = request.app.state.network
    done = network.exchange.finished.get(sid)
    going_on = network.facilities.live.get(sid)
    if done is None and going_on is not None and isinstance(going_on.line, ScriptedLine):
        done = ScriptedCall(sid, going_on.line.events, "")
    if done is None:
        raise SimulatorError(404, "call_not_found", "No prepared phone has a call of that SID")
    return done.as_dict()


@router.get("/phones")
async def phones(request: Request, user: User) -> dict[str, Any]:
    """The district's number, its desks that calls are transferred to, and the demonstration customers.

    `available` is false while the backend is down.
    """
    network: Network = request.app.state.network
    found = await _ask_backend(network, "/v1/demo/customers")
    customers = found if isinstance(found, list) else (found or {}).get("customers", [])
    facts = await _ask_backend(network, "/v1/district")
    departments = facts.get("departments", []) if isinstance(facts, dict) else []
    return {
        "district": network.number.phone_number,
        "available": found is not None,
        "customers": customers,
        "desks": [{"name": each["name"], "phone": each["phone"]} for each in departments if each.get("phone")],
    }


async def _ask_backend(network: Network, path: str) -> Any:
    """What the backend tells the operator; None when it does not."""
    token = network.settings.operator_token.get_secret_value()
    url = network.settings.backend_url.rstrip("/") + path
    try:
        async with network.backend.get(url, headers={"Authorization": f"Bearer {token}"}) as response:
            return await response.json() if response.status == 200 else None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None


@router.get("/phones/{phone}/messages")
async def inbox(request: Request, user: User, phone: str, sent: bool = False) -> list[dict[str, Any]]:
    """The texts delivered to a phone, oldest first; with `sent=true` also those it sent."""
    network: Network = request.app.state.network
    return [_as_dict(message) for message in network.messages.thread(_phone(phone), sent_too=sent)]


@router.get("/phones/{phone}/stream")
async def stream(request: Request, user: User, phone: str, after: Annotated[str, Query()] = "") -> StreamingResponse:
    """Server-sent events: the phone's thread after the message `after` (or Last-Event-ID), then live."""
    network: Network = request.app.state.network
    last = request.headers.get("Last-Event-ID", after)
    return StreamingResponse(_events(network, _phone(phone), last), media_type="text/event-stream")


@router.get("/errors")
async def errors(request: Request, user: User) -> list[dict[str, Any]]:
    """Twilio's errors and warnings about our webhooks and TwiML, newest first."""
    network: Network = request.app.state.network
    return network.alerts.latest()


async def _events(network: Network, phone: str, last: str) -> AsyncIterator[str]:
    with network.hub.follow(phone) as news:
        thread = network.messages.thread(phone, sent_too=True)
        known = [message.sid for message in thread]
        seen = set(known[: known.index(last) + 1]) if last in known else set()
        for message in thread:
            if message.sid not in seen:
                yield _event(message)
        seen.update(known)
        while True:
            try:
                message = await asyncio.wait_for(news.get(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if message.sid not in seen:
                seen.add(message.sid)
                yield _event(message)


def _event(message: Message) -> str:
    return f"id: {message.sid}\nevent: message\ndata: {json.dumps(_as_dict(message))}\n\n"


def _as_dict(message: Message) -> dict[str, Any]:
    segments = count_segments(message.body)
    return {
        "sid": message.sid,
        "from": message.sender,
        "to": message.recipient,
        "body": message.body,
        "media": list(message.media),
        "direction": message.direction,
        "at": message.created_at.isoformat(),
        "status": message.status,
        "segments": segments.count,
        "encoding": segments.encoding,
    }


def _phone(text: str) -> str:
    phone = normalise_number(text)
    if phone is None:
        raise SimulatorError(422, "not_a_phone_number", "Use a number such as +15550001111")
    return phone


def called_number(network: Network, number: str | None) -> PhoneNumber:
    """The number that is called or texted: the district's own, if none is named. Raises 404."""
    if number is None:
        return network.number
    found = network.numbers.find(_phone(number))
    if found is None:
        raise SimulatorError(404, "number_not_found", "The account has no such number")
    return found


def steps_of(texts: list[str]) -> list[Step]:
    """Written steps as steps. Raises 422."""
    try:
        return [parse_step(text) for text in texts]
    except BadStep as error:
        raise SimulatorError(422, "not_a_step", f"{error} is no step; use {FORMS}") from None
