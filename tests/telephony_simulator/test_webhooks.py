"""How webhooks are sent, and what happens when they fail."""

import socket

import pytest
from fastapi import Response

from telephony.simulator.requester import FetchFailed
from tests.telephony_simulator.world import DISTRICT, MARIA, Application, Hook, Simulator, codes, free_port, heard


class TestRequest:
    async def test_of_a_call_is_signed_and_complete(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", "<Hangup/>")
        call = await simulator.call()
        (hook,) = application.at("/twilio/voice")
        assert hook.signed()
        assert hook.method == "POST"
        assert hook.headers["content-type"] == "application/x-www-form-urlencoded; charset=UTF-8"
        assert hook.headers["user-agent"] == "TwilioProxy/1.1"
        assert hook.headers["x-home-region"] == "us1"
        assert "i-twilio-idempotency-token" not in hook.headers
        assert hook.form["CallSid"] == call.call_sid
        expected = {
            "From": MARIA,
            "Caller": MARIA,
            "To": DISTRICT,
            "Called": DISTRICT,
            "CallStatus": "ringing",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
            "FromZip": "",
            "ToCity": "",
            "StirVerstat": "TN-Validation-Passed-A",
        }
        assert expected.items() <= hook.form.items()

    async def test_of_a_withheld_number_says_anonymous(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", "<Hangup/>")
        await simulator.http.post("/api/calls", json={"from": "anonymous", "steps": []})
        assert application.at("/twilio/voice")[0].form["From"] == "anonymous"

    async def test_keeps_cookies_for_the_length_of_the_call(
        self, application: Application, simulator: Simulator
    ) -> None:
        cookie = Response("<Response><Redirect>/next</Redirect></Response>", media_type="text/xml")
        cookie.set_cookie("seat", "12")
        application.answers["/twilio/voice"] = cookie
        application.twiml("/next", "<Hangup/>")
        await simulator.call()
        await simulator.call()
        assert [hook.headers.get("cookie") for hook in application.at("/next")] == ["seat=12", "seat=12"]
        assert "cookie" not in application.at("/twilio/voice")[1].headers

    async def test_follows_redirects_ten_at_most(self, application: Application, simulator: Simulator) -> None:
        application.answers["/twilio/voice"] = Response(status_code=307, headers={"Location": "/moved"})
        application.twiml("/moved", "<Say>Here</Say>")
        assert heard(await simulator.call()) == ["Here"]
        (moved,) = application.at("/moved")
        assert moved.method == "POST" and moved.signed() and moved.form["From"] == MARIA
        application.answers["/moved"] = Response(status_code=302, headers={"Location": "/moved"})
        assert codes(await simulator.call())[0] == 11215


class TestRetry:
    async def test_happens_once_when_there_is_no_connection(self, simulator: Simulator) -> None:
        requester, port = simulator.network.requester, free_port()
        with pytest.raises(FetchFailed) as failed:
            await requester.fetch(f"http://127.0.0.1:{port}/", "POST", {}, requester.cookies())
        assert failed.value.code == 11205

    async def test_of_a_server_error_happens_only_when_asked_for(
        self, application: Application, simulator: Simulator
    ) -> None:
        def second_time_lucky(hook: Hook) -> Response:
            lucky = "i-twilio-idempotency-token" in hook.headers
            return Response("<Response/>" if lucky else "", 200 if lucky else 503, media_type="text/xml")

        application.answers["/shaky"] = second_time_lucky
        requester = simulator.network.requester
        with pytest.raises(FetchFailed):
            await requester.fetch(f"{application.base}/shaky", "POST", {"a": ""}, requester.cookies())
        assert len(application.at("/shaky")) == 1
        fetched = await requester.fetch(f"{application.base}/shaky#rc=1&rp=5xx", "POST", {"a": ""}, requester.cookies())
        assert fetched.status == 200 and len(application.at("/shaky")) == 3
        assert all(hook.signed() for hook in application.at("/shaky"))

    async def test_gives_up_on_a_server_that_never_answers(self, simulator: Simulator) -> None:
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/#rt=100"
            requester = simulator.network.requester
            with pytest.raises(FetchFailed) as failed:
                await requester.fetch(url, "POST", {}, requester.cookies())
        assert (failed.value.code, failed.value.detail) == (11200, "no answer in time")

    @pytest.mark.parametrize(
        ("url", "code"), [("ftp://a.example/x", 11100), ("http://my_host.example/x", 11210), ("http://a/#rp=x", 11243)]
    )
    async def test_is_not_tried_with_an_address_twilio_refuses(self, simulator: Simulator, url: str, code: int) -> None:
        requester = simulator.network.requester
        with pytest.raises(FetchFailed) as failed:
            await requester.fetch(url, "POST", {}, requester.cookies())
        assert failed.value.code == code


BAD_ANSWERS = {
    "status 500": (Response("", 500), 11200),
    "status 403": (Response("", 403), 11200),
    "empty": (Response("", media_type="text/xml"), 11770),
    "not XML": (Response("<Response><Say>", media_type="text/xml"), 12100),
    "an entity": (
        Response('<!DOCTYPE r [<!ENTITY a "b">]><Response>&a;</Response>', media_type="text/xml"),
        12100,
    ),
    "XML of the future": (Response('<?xml version="2.0"?><Response/>', media_type="text/xml"), 12101),
    "another root": (Response("<Twiml/>", media_type="text/xml"), 12102),
    "JSON": (Response("{}", media_type="application/json"), 12300),
    "too large": (Response("<Response>" + " " * 70_000 + "</Response>", media_type="text/xml"), 11750),
}


class TestFailure:
    @pytest.mark.parametrize("name", BAD_ANSWERS)
    async def test_is_recorded_and_the_fallback_asked(
        self, application: Application, simulator: Simulator, name: str
    ) -> None:
        bad, code = BAD_ANSWERS[name]
        application.answers["/twilio/voice"] = bad
        application.twiml("/twilio/voice/fallback", "<Say>We will call you back</Say>")
        call = await simulator.call()
        assert codes(call) == [code] and heard(call) == ["We will call you back"]
        (hook,) = application.at("/twilio/voice/fallback")
        assert hook.form["ErrorCode"] == str(code) and hook.form["ErrorUrl"] == f"{application.base}/twilio/voice"
        assert hook.signed()

    async def test_of_the_fallback_too_ends_the_call_with_an_apology(
        self, application: Application, simulator: Simulator
    ) -> None:
        call = await simulator.call()
        assert codes(call) == [11200, 11200] and call.ended == "error"
        assert heard(call) == ["We are sorry, an application error has occurred. Goodbye."]

    async def test_of_plain_text_is_none_it_is_read_aloud(self, application: Application, simulator: Simulator) -> None:
        application.answers["/twilio/voice"] = Response("We are closed", media_type="text/plain")
        call = await simulator.call()
        assert heard(call) == ["We are closed"] and call.ended == "hung_up"
