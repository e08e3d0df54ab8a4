"""The way to the action server: one kept-alive session, small requests, no failure unseen.

Rasa swallows a failed action and goes on as if nothing had been wrong (performance.md of any
load test shows an empty answer). Here every failure is noted for the turn it belongs to.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import aiohttp
import ujson
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

ANSWER_SECONDS_MAX = 6.0
TURNS_SENT = 4
REJECTED = 400
"""How the action server says that an action does not want to run: a normal answer."""

_failures: ContextVar[list[str] | None] = ContextVar("action_failures", default=None)


@contextmanager
def noting_failures() -> Iterator[list[str]]:
    """Gives a list that gets the kind of every failure inside the block."""
    noted: list[str] = []
    token = _failures.set(noted)
    try:
        yield noted
    finally:
        _failures.reset(token)


def note_failure(kind: str) -> None:
    """An action could not be reached or did not do its work."""
    noted = _failures.get()
    if noted is not None:
        noted.append(kind)


class MalformedActionResultError(Exception):
    """The action server answered something that is not a result."""


def check_action_result(result: Any) -> bool:
    """Whether `result` has the shape of an answer of the action server.

    :raises MalformedActionResultError: it does not, and what is wrong.
    """
    if not isinstance(result, dict):
        raise MalformedActionResultError("the result is not an object")
    events, responses = result.get("events", []), result.get("responses", [])
    if not isinstance(events, list) or not all(isinstance(event, dict) and "event" in event for event in events):
        raise MalformedActionResultError("events must be a list of objects with the key event")
    if not isinstance(responses, list) or not all(isinstance(response, dict) for response in responses):
        raise MalformedActionResultError("responses must be a list of objects")
    return True


def trim_tracker(tracker: dict[str, Any]) -> dict[str, Any]:
    """The tracker with the events of the last `TURNS_SENT` turns only."""
    events: list[dict[str, Any]] = tracker["events"]
    turns = 0
    for at in range(len(events) - 1, -1, -1):
        turns += events[at]["event"] == "user"
        if turns == TURNS_SENT:
            return {**tracker, "events": events[at:]}
    return tracker


class ActionServer(EndpointConfig):
    """The action endpoint that Rasa's remote actions call."""

    def __init__(self, url: str) -> None:
        """`url` of the webhook."""
        super().__init__(url, enable_selective_domain=True)
        self._session: aiohttp.ClientSession | None = None

    def _kept_session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS_MAX),
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
                headers={"Content-Type": "application/json"},
            )
        return self._session

    async def request(  # the one way in which Rasa calls it
        self, method: str = "post", json: dict[str, Any] | None = None, **ignored: Any
    ) -> Any:
        """Send one action call, return the decoded answer.

        :raises ClientResponseError: an answer that is no success.
        :raises aiohttp.ClientError: no answer in time, or nobody there.
        """
        body = json or {}
        body["tracker"] = trim_tracker(body["tracker"])
        try:
            status, reason, content = await self._post(ujson.dumps(body).encode())
        except asyncio.TimeoutError as error:
            note_failure("timeout")
            raise aiohttp.ServerTimeoutError("the action server took too long") from error
        except aiohttp.ClientError as error:
            note_failure(type(error).__name__)
            raise
        if status >= 400:
            if status != REJECTED:
                note_failure(f"status {status}")
            raise ClientResponseError(status, reason, content.decode(errors="replace"))
        try:
            return ujson.loads(content)
        except ValueError:
            note_failure("not JSON")
            raise

    async def _post(self, body: bytes) -> tuple[int, str, bytes]:
        """A kept connection may have been closed by a restart just now: then once more."""
        try:
            return await self._post_once(body)
        except aiohttp.ServerDisconnectedError:
            return await self._post_once(body)

    async def _post_once(self, body: bytes) -> tuple[int, str, bytes]:
        async with self._kept_session().post(self.url, data=body) as response:
            return response.status, response.reason or "", await response.read()

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
