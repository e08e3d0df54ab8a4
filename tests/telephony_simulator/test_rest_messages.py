"""`/Messages` and who may ask, driven by Twilio's real client; every exchange fits Twilio's OpenAPI file."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from twilio.rest import Client

from tests.telephony_simulator import openapi
from tests.telephony_simulator.rest_client import client_of, off_the_loop, refusal
from tests.telephony_simulator.world import ACCOUNT, DISTRICT, MARIA, Application, Simulator

JOSE = "+15550002222"


@pytest.mark.skipif(
    openapi.of("/2010-04-01/") is None,
    reason=f"Twilio's OpenAPI file is not at ../shared/reference/twilio-oai/{openapi.FILES.name}: "
    "requests and answers are tested, but not held against it",
)
def test_the_openapi_check_finds_what_does_not_fit() -> None:
    specification, path = openapi.of("/2010-04-01/"), f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert specification is not None
    for wrong in ({"form": {"Too": ["x"]}}, {"query": {"Colour": "red"}}, {"body": {"sid": "SM1"}}):
        with pytest.raises((AssertionError, jsonschema.ValidationError)):
            specification.check(
                "POST",
                path,
                **{"query": {}, "form": {}, "status": 201, "body": {"sid": None}, **wrong},  # type: ignore[arg-type]
            )


class TestMessages:
    async def test_are_delivered_and_their_states_told(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        application.twiml("/twilio/sms/status", "")
        callback = f"{application.base}/twilio/sms/status?message_id=42"
        message = await off_the_loop(
            lambda: client.messages.create(
                to=MARIA, from_=DISTRICT, body="Your code is 123456", status_callback=callback
            )
        )
        assert (message.status, message.num_segments, message.direction) == ("queued", "1", "outbound-api")
        assert message.date_created is not None and message.date_created.tzinfo is not None
        await simulator.network.settled()
        hooks = application.at("/twilio/sms/status")
        assert [hook.form["MessageStatus"] for hook in hooks] == ["sending", "sent", "delivered"]
        assert all(hook.signed() and hook.form["MessageSid"] == message.sid for hook in hooks)
        inbox = (await simulator.http.get(f"/api/phones/{MARIA}/messages")).json()
        assert [(each["body"], each["status"]) for each in inbox] == [("Your code is 123456", "delivered")]
        fetched = await off_the_loop(lambda: client.messages(message.sid or "").fetch())
        assert fetched.status == "delivered" and fetched.date_sent is not None

    @pytest.mark.parametrize(
        ("to", "end"), [("+15005551006", ("undelivered", "30006")), ("+15005551034", ("failed", "30034"))]
    )
    async def test_to_numbers_that_fail_later_say_why(
        self, application: Application, simulator: Simulator, client: Client, to: str, end: tuple[str, str]
    ) -> None:
        application.twiml("/status", "")
        await off_the_loop(
            lambda: client.messages.create(
                to=to, from_=DISTRICT, body="x", status_callback=f"{application.base}/status"
            )
        )
        await simulator.network.settled()
        last = application.at("/status")[-1].form
        assert (last["MessageStatus"], last["ErrorCode"]) == end

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"to": "+15005550001"}, 21211),
            ({"to": "+15005550002"}, 21612),
            ({"to": "+15005550003"}, 21408),
            ({"to": "+15005550004"}, 21610),
            ({"to": "+15005550009"}, 21614),
            ({"to": "12"}, 21211),
            ({"from_": "+15005550001"}, 21212),
            ({"from_": "+15005550007"}, 21606),
            ({"from_": "+15005550008"}, 21611),
            ({"body": "x" * 1601}, 21617),
            ({"body": ""}, 21602),
            ({"from_": ""}, 21603),
            ({"media_url": ["not an address"]}, 21620),
        ],
    )
    async def test_are_refused_at_once_with_twilios_numbers(
        self, client: Client, fields: dict[str, Any], code: int
    ) -> None:
        arguments: dict[str, Any] = {"to": MARIA, "from_": DISTRICT, "body": "hello", **fields}
        assert await off_the_loop(lambda: refusal(lambda: client.messages.create(**arguments))) == (400, code)

    async def test_to_a_phone_that_said_stop_are_refused(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        application.twiml("/twilio/sms", "")
        await simulator.http.post("/api/texts", json={"from": MARIA, "body": "STOP"})

        def create() -> Any:
            return client.messages.create(to=MARIA, from_=DISTRICT, body="hello")

        assert await off_the_loop(lambda: refusal(create)) == (400, 21610)
        await simulator.http.post("/api/texts", json={"from": MARIA, "body": "START"})
        assert (await off_the_loop(create)).sid

    async def test_are_listed_by_party_and_day_in_pages(self, simulator: Simulator, client: Client) -> None:
        for index in range(5):
            await off_the_loop(lambda index=index: client.messages.create(to=MARIA, from_=DISTRICT, body=str(index)))  # type: ignore[misc]
        await off_the_loop(lambda: client.messages.create(to=JOSE, from_=DISTRICT, body="other"))
        await simulator.network.settled()
        now = datetime.now(UTC)
        found = await off_the_loop(
            lambda: client.messages.list(to=MARIA, date_sent_after=now - timedelta(minutes=5), page_size=2)
        )
        assert [message.body for message in found] == ["4", "3", "2", "1", "0"]
        assert (
            await off_the_loop(lambda: client.messages.list(to=MARIA, date_sent_before=now - timedelta(minutes=5)))
            == []
        )
        assert len(await off_the_loop(lambda: client.messages.list(date_sent=now))) == 6
        assert len(await off_the_loop(lambda: client.messages.list(from_=DISTRICT, limit=3))) == 3

    async def test_are_redacted_and_deleted(self, client: Client) -> None:
        message = await off_the_loop(lambda: client.messages.create(to=MARIA, from_=DISTRICT, body="secret"))
        sid = message.sid or ""
        assert (await off_the_loop(lambda: client.messages(sid).update(body=""))).body == ""
        assert await off_the_loop(lambda: client.messages(sid).delete()) is True
        assert await off_the_loop(lambda: refusal(lambda: client.messages(sid).fetch())) == (404, 20404)

    async def test_that_are_scheduled_can_be_canceled(self, simulator: Simulator, client: Client) -> None:
        message = await off_the_loop(
            lambda: client.messages.create(
                to=MARIA,
                messaging_service_sid="MG" + "0" * 32,
                body="tomorrow",
                schedule_type="fixed",
                send_at=datetime.now(UTC) + timedelta(days=1),
            )
        )
        assert message.status == "scheduled"
        sid = message.sid or ""
        assert (await off_the_loop(lambda: client.messages(sid).update(status="canceled"))).status == "canceled"
        assert (await off_the_loop(lambda: refusal(lambda: client.messages(sid).update(status="canceled"))))[0] == 409
        assert (await simulator.http.get(f"/api/phones/{MARIA}/messages")).json() == []


class TestAccess:
    async def test_needs_the_right_token(self, simulator: Simulator) -> None:
        wrong = client_of(simulator, password="wrong")
        assert await off_the_loop(lambda: refusal(wrong.messages("SM" + "0" * 32).fetch)) == (401, 20003)
        bare = await simulator.http.get(
            f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", headers={"Authorization": "Bearer x"}
        )
        assert bare.status_code == 401 and bare.json()["more_info"] == "https://www.twilio.com/docs/errors/20003"

    async def test_does_not_reach_other_accounts(self, simulator: Simulator) -> None:
        other = client_of(simulator, account="AC" + "0" * 32)
        assert await off_the_loop(lambda: refusal(other.messages("SM" + "0" * 32).fetch)) == (404, 20404)
