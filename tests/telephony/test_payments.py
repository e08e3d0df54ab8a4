"""The card processor's webhooks: passed on byte for byte, refused or put off as the backend says."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.telephony.conftest import TELEPHONY_TOKEN, World
from tests.telephony.faults import Fault, Server

BODY = b'{"id": "evt_1",  "type": "charge.succeeded"}'
SIGNED = {"Processor-Signature": "t=1,v1=ab", "Content-Type": "application/json", "X-Other": "not passed on"}


class Heard:
    """What a backend of this test was sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        return web.json_response({"error": "notification_refused"}, status=self.status)


@pytest.fixture
async def heard(world: World) -> AsyncIterator[Heard]:
    """The backend's place for notifications, beside the other one."""
    made = Heard()
    server = Server([web.post("/v1/payment-notifications", made.take)])
    await server.start()
    assert world.services is not None
    world.services.backend._url = server.url
    yield made
    await server.stop()


async def test_body_and_signature_arrive_untouched(world: World, heard: Heard) -> None:
    answer = await world.raw("/payments/notifications", BODY, SIGNED)
    assert answer.status == 200
    assert heard.bodies == [BODY]
    (headers,) = heard.headers
    assert headers["processor-signature"] == "t=1,v1=ab"
    assert headers["authorization"] == f"Bearer {TELEPHONY_TOKEN}"
    assert "x-other" not in headers


async def test_stripes_signature_too(world: World, heard: Heard) -> None:
    assert (await world.raw("/payments/notifications", BODY, {"Stripe-Signature": "t=1,v1=cd"})).status == 200
    assert heard.headers[0]["stripe-signature"] == "t=1,v1=cd"


async def test_what_nobody_signed_goes_no_further(world: World, heard: Heard) -> None:
    assert (await world.raw("/payments/notifications", BODY, {})).status == 403
    assert heard.bodies == []


async def test_what_the_backend_refuses_is_refused(world: World, heard: Heard) -> None:
    heard.status = 403
    assert (await world.raw("/payments/notifications", BODY, SIGNED)).status == 403


async def test_far_too_much_is_not_read_to_its_end(world: World, heard: Heard) -> None:
    answer = await world.raw("/payments/notifications", b"x" * 600_000, SIGNED)
    assert (answer.status, heard.bodies) == (413, [])


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(cut=True)])
async def test_a_backend_that_is_away_makes_the_processor_send_it_again(world: World, fault: Fault) -> None:
    world.backend.server.fault = fault
    assert (await world.raw("/payments/notifications", BODY, SIGNED)).status == 503
