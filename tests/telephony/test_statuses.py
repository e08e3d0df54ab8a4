"""What became of many texts, told to the backend in few calls, once each, in whatever order it comes."""

import asyncio
import uuid

from tests.telephony.conftest import CUSTOMER, World
from tests.telephony.faults import Fault


async def callback(world: World, message_id: str, status: str, **more: str) -> int:
    form = {"MessageSid": "SM1", "MessageStatus": status, "To": CUSTOMER, **more}
    return (await world.post(f"/twilio/sms/status?message_id={message_id}", form)).status


async def test_a_burst_is_few_calls_and_each_is_on_record_when_twilio_hears_so(world: World) -> None:
    ids = [str(uuid.uuid4()) for _ in range(60)]
    answers = await asyncio.gather(
        *(callback(world, one, status) for one in ids for status in ("delivered", "sent", "delivered"))
    )
    assert set(answers) == {204}
    final = [told["message_id"] for told in world.backend.statuses if told["status"] == "delivered"]
    assert sorted(final) == sorted(ids)
    assert world.backend.calls["POST message-statuses"] < 60


async def test_an_error_keeps_its_code(world: World) -> None:
    one = str(uuid.uuid4())
    await callback(world, one, "undelivered", ErrorCode="30006")
    (told,) = world.backend.statuses
    assert (told["status"], told["error_code"], told["provider_message_id"]) == ("failed", "30006", "SM1")


async def test_what_the_backend_did_not_take_is_told_again_with_the_next_callback(world: World) -> None:
    one = str(uuid.uuid4())
    world.backend.server.fault = Fault(status=503)
    assert await callback(world, one, "delivered") == 204
    world.backend.server.fault = None
    assert await callback(world, one, "delivered") == 204
    assert [told["status"] for told in world.backend.statuses] == ["delivered"]


async def test_a_message_id_that_is_none_goes_no_further(world: World) -> None:
    assert await callback(world, "m-1%20OR%201", "delivered") == 204
    assert world.backend.statuses == []
