"""One JSON call: what each way of failing is called, and how long nobody is waited for."""

import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing, suppress

import aiohttp
import pytest
from aiohttp import web

from telephony import http_json
from telephony.http_json import Refused, Unavailable, call_json, make_session


async def _answer(request: web.Request) -> web.Response:
    """As the path says: `/STATUS/BODY`."""
    return web.Response(status=int(request.match_info["status"]), text=request.match_info["body"])


@pytest.fixture
async def address() -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_get("/{status}/{body:.*}", _answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with make_session() as made:
        yield made


@pytest.fixture
def nobody_accepts() -> Iterator[str]:
    """A port whose queue is full: packets that ask for a connection get lost, as on a machine that is gone."""
    with ExitStack() as sockets:
        listener = sockets.enter_context(closing(socket.create_server(("127.0.0.1", 0), backlog=0)))
        for _ in range(8):
            waiting = sockets.enter_context(closing(socket.socket()))
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


async def _told(session: aiohttp.ClientSession, url: str, seconds: float = 5.0) -> object:
    return await call_json(session, "GET", url, token="t", seconds=seconds)


@pytest.mark.parametrize(("path", "given"), [("200/7", 7), ("200/null", None), ("201/[]", [])])
async def test_an_answer_is_its_json(session: aiohttp.ClientSession, address: str, path: str, given: object) -> None:
    assert await _told(session, f"{address}/{path}") == given


@pytest.mark.parametrize(
    ("path", "reason"),
    [("500/x", "status_500"), ("503/{}", "status_503"), ("429/{}", "status_429"), ("200/x", "not_json")],
)
async def test_asking_later_is_right(session: aiohttp.ClientSession, address: str, path: str, reason: str) -> None:
    with pytest.raises(Unavailable) as told:
        await _told(session, f"{address}/{path}")
    assert told.value.reason == reason


@pytest.mark.parametrize(
    ("path", "error"), [('404/{"error":"gone"}', "gone"), ("403/x", "refused"), ("400/[]", "refused")]
)
async def test_asking_again_brings_the_same(
    session: aiohttp.ClientSession, address: str, path: str, error: str
) -> None:
    with pytest.raises(Refused) as told:
        await _told(session, f"{address}/{path}")
    assert (str(told.value.status), told.value.error) == (path[:3], error)


async def test_nobody_there_is_known_at_once(session: aiohttp.ClientSession) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(Unavailable) as told:
        await _told(session, f"http://127.0.0.1:{port}/", seconds=60)
    assert told.value.reason == "down" and time.monotonic() - began < 2


async def test_a_connection_that_does_not_come_is_given_up_before_the_answers_time_is_over(
    session: aiohttp.ClientSession, nobody_accepts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_json, "CONNECT_SECONDS", 0.2)
    began = time.monotonic()
    with pytest.raises(Unavailable) as told:
        await _told(session, nobody_accepts, seconds=60)
    assert told.value.reason == "down" and 0.2 <= time.monotonic() - began < 10


def test_a_lost_packet_is_sent_again_before_a_connection_is_given_up() -> None:
    assert http_json.CONNECT_SECONDS > 1.0 + 0.5, "RFC 6298: after one second, and then there is the way back"
