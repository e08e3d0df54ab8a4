"""The client: what it makes of refusals, silence and nonsense."""

import asyncio
import time

import pytest
from aiohttp import web

from actions.account_api import AccountApi, NotFound, Refused, Unavailable
from ops.embedded import free_port
from tests.actions.harness import CONVERSATION, Loopback


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [(403, "verification_required", Refused), (423, "locked", Refused), (404, "not_found", NotFound)],
)
async def test_a_refusal_has_its_name(
    api: AccountApi, answers: Loopback, status: int, name: str, kind: type[Refused]
) -> None:
    answers.say("GET", "/balance", {"error": name, "detail": "no"}, status)
    with pytest.raises(kind) as caught:
        await api.balance(CONVERSATION)
    assert (caught.value.status, caught.value.name) == (status, name)


@pytest.mark.parametrize("status", [500, 502, 503, 429])
async def test_a_backend_that_cannot_work_is_unavailable(api: AccountApi, answers: Loopback, status: int) -> None:
    answers.say("GET", "/balance", {"error": "not_now", "detail": ""}, status)
    with pytest.raises(Unavailable):
        await api.balance(CONVERSATION)


@pytest.mark.parametrize("nonsense", ["<html>", "[]", '"x"', "{}", '{"balance_cents": null}'])
async def test_an_answer_that_was_not_agreed_is_unavailable(api: AccountApi, answers: Loopback, nonsense: str) -> None:
    answers.say("GET", "/balance", nonsense)
    with pytest.raises(Unavailable):
        await api.balance(CONVERSATION)


async def test_every_call_carries_the_token_and_its_body(api: AccountApi, answers: Loopback) -> None:
    answers.say("POST", "/verification", {"status": "failed", "verification_level": 0, "attempts_left": 2})
    verification = await api.verify(CONVERSATION, account_number=None, pin="0417")
    assert verification.status == "failed"
    assert answers.bodies("/verification") == [{"account_number": None, "pin": "0417", "zip": None}]


async def test_nobody_there_is_unavailable() -> None:
    alone = AccountApi(f"http://127.0.0.1:{free_port()}", "token")
    await alone.open()
    with pytest.raises(Unavailable):
        await alone.district()
    await alone.close()


async def test_silence_is_unavailable_when_the_time_is_up() -> None:
    never = asyncio.Event()

    async def hold(request: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    async with _serving(hold) as url:
        slow = AccountApi(url, "token", seconds_max=0.2)
        await slow.open()
        started = time.monotonic()
        with pytest.raises(Unavailable):
            await slow.balance(CONVERSATION)
        assert time.monotonic() - started < 2
        await slow.close()
        never.set()


@pytest.mark.parametrize(("method", "calls"), [("GET", 2), ("POST", 1)])
async def test_only_a_call_that_may_be_repeated_is_repeated(method: str, calls: int) -> None:
    seen = 0

    async def hang_up(request: web.Request) -> web.Response:
        nonlocal seen
        seen += 1
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with _serving(hang_up) as url:
        api = AccountApi(url, "token")
        await api.open()
        with pytest.raises(Unavailable):
            await (api.balance(CONVERSATION) if method == "GET" else api.send_code(CONVERSATION))
        await api.close()
    assert seen == calls


class _serving:
    def __init__(self, handler: object) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)  # type: ignore[arg-type]
        self._runner = web.AppRunner(app, shutdown_timeout=1)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        port = free_port()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        return f"http://127.0.0.1:{port}"

    async def __aexit__(self, *exc: object) -> None:
        await self._runner.cleanup()
