"""Texts from phones: the webhook, the replies, opt-outs, and the inbox that outlives a restart."""

import asyncio
import json
from typing import Any

import pytest
from fastapi import Response

from telephony.simulator.settings import Settings
from tests.telephony_simulator.world import DISTRICT, MARIA, Application, Simulator, running


async def text(simulator: Simulator, body: str, **more: Any) -> dict[str, Any]:
    """One text from Maria's phone."""
    response = await simulator.http.post("/api/texts", json={"from": MARIA, "body": body, **more})
    assert response.status_code == 200, response.text
    return dict(response.json())


async def inbox(simulator: Simulator) -> list[dict[str, Any]]:
    return list((await simulator.http.get(f"/api/phones/{MARIA}/messages")).json())


class TestWebhook:
    @pytest.mark.parametrize(
        "body", ["what's my balance?", "", "🚰💧", "مرحبا", "x" * 10_000, "nul\x00nul", "a=b&c=d+e"]
    )
    async def test_is_signed_whatever_the_words(
        self, application: Application, simulator: Simulator, body: str
    ) -> None:
        application.twiml("/twilio/sms", "<Message>Hello</Message>")
        answer = await text(simulator, body)
        (hook,) = application.at("/twilio/sms")
        assert hook.signed() and hook.form["Body"] == body
        expected = {"From": MARIA, "To": DISTRICT, "NumMedia": "0", "MessageSid": answer["message_sid"], "ToCity": ""}
        assert expected.items() <= hook.form.items()
        assert hook.form["SmsSid"] == hook.form["SmsMessageSid"] == hook.form["MessageSid"]
        assert answer["status"] == 200 and [reply["body"] for reply in answer["replies"]] == ["Hello"]

    async def test_carries_pictures(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/sms", "")
        answer = await text(simulator, "", media=["https://media.example/leak.jpg"])
        form = application.at("/twilio/sms")[0].form
        assert answer["message_sid"].startswith("MM")
        assert (form["NumMedia"], form["MediaUrl0"]) == ("1", "https://media.example/leak.jpg")

    async def test_may_be_delivered_again_with_the_same_sid(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.twiml("/twilio/sms", "<Message>Once</Message>")
        sid = "SM" + "b" * 32
        await asyncio.gather(*(text(simulator, "hello", message_sid=sid) for _ in range(3)))
        assert [hook.form["MessageSid"] for hook in application.at("/twilio/sms")] == [sid] * 3


class TestReply:
    async def test_is_delivered_with_its_segments(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/sms", "<Message>First</Message><Message><Body>" + "í" * 71 + "</Body></Message>")
        answer = await text(simulator, "hello")
        first, second = await inbox(simulator)
        assert [first["sid"], second["sid"]] == [reply["sid"] for reply in answer["replies"]]
        assert (first["segments"], first["encoding"]) == (1, "GSM-7")
        assert (second["segments"], second["encoding"]) == (2, "UCS-2")
        assert (first["from"], first["direction"], first["status"]) == (DISTRICT, "outbound-reply", "delivered")

    async def test_reports_its_states_to_its_callback(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/sms", '<Message statusCallback="/twilio/sms/status?id=7">Hello</Message>')
        application.twiml("/twilio/sms/status", "")
        await text(simulator, "hello")
        await simulator.network.settled()
        hooks = application.at("/twilio/sms/status")
        assert [hook.form["MessageStatus"] for hook in hooks] == ["sending", "sent", "delivered"]
        assert all(hook.signed() and hook.url.endswith("?id=7") for hook in hooks)

    async def test_may_come_from_another_document(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/sms", "<Redirect>/other</Redirect>")
        application.twiml("/other", "<Message>From there</Message>")
        assert (await text(simulator, "hello"))["replies"][0]["body"] == "From there"

    async def test_that_is_too_long_is_not_sent(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/sms", f"<Message>{'x' * 1601}</Message>")
        assert (await text(simulator, "hello"))["replies"] == []
        assert simulator.network.alerts.latest()[0]["code"] == 21617

    async def test_comes_from_the_fallback_when_the_webhook_fails(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.answers["/twilio/sms"] = Response("", 500)
        assert (await text(simulator, "hello"))["status"] == 404
        application.twiml("/twilio/sms/fallback", "<Message>We have your text</Message>")
        answer = await text(simulator, "hello")
        assert answer["replies"][0]["body"] == "We have your text"
        hook = application.at("/twilio/sms/fallback")[-1]
        assert hook.form["ErrorCode"] == "11200" and hook.signed()


class TestOptOut:
    async def test_drops_replies_until_start(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/sms", "<Message>From the district</Message>")
        stopped = await text(simulator, " Stop ")
        assert [reply["body"][:41] for reply in stopped["replies"]] == ["You have successfully been unsubscribed. "]
        assert application.at("/twilio/sms")[0].form["Body"] == " Stop "
        assert (await text(simulator, "hello?"))["replies"] == []
        assert simulator.network.alerts.latest()[0]["code"] == 21610
        started = await text(simulator, "START")
        assert [reply["body"][:20] for reply in started["replies"]] == ["You have successfull", "From the district"]

    async def test_is_not_asked_for_by_a_sentence(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/sms", "<Message>Sure</Message>")
        assert len((await text(simulator, "stop please"))["replies"]) == 1
        assert [reply["body"] for reply in (await text(simulator, "yes"))["replies"]] == ["Sure"]


class TestInbox:
    async def test_outlives_a_restart(self, application: Application, settings: Settings) -> None:
        application.twiml("/twilio/sms", "<Message>Remember me</Message>")
        async with running(settings) as simulator:
            await text(simulator, "hello")
            await text(simulator, "stop")
        async with running(settings) as simulator:
            assert [message["body"][:11] for message in await inbox(simulator)] == ["Remember me", "You have su"]
            assert simulator.network.opt_outs.blocked(MARIA, DISTRICT)
        assert oct(settings.state_file.stat().st_mode)[-3:] == "600"

    async def test_shows_what_the_phone_sent_only_when_asked(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.twiml("/twilio/sms", "<Message>two</Message>")
        await text(simulator, "one")
        assert [message["body"] for message in await inbox(simulator)] == ["two"]
        thread = await simulator.http.get(f"/api/phones/{MARIA}/messages", params={"sent": True})
        assert [message["body"] for message in thread.json()] == ["one", "two"]

    async def test_is_followed_live(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/sms", "<Message>later</Message>")
        await text(simulator, "before")
        async with simulator.http.stream("GET", f"/api/phones/{MARIA}/stream") as stream:
            lines = stream.aiter_lines()

            async def bodies(count: int) -> list[str]:
                found: list[str] = []
                while len(found) < count:
                    line = await anext(lines)
                    if line.startswith("data: "):
                        found.append(json.loads(line[6:])["body"])
                return found

            assert await bodies(2) == ["before", "later"]
            await text(simulator, "now")
            assert await bodies(2) == ["now", "later"]
