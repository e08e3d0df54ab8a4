"""The account, its numbers and their webhooks; Verify's codes; Lookup's lines. Each fits Twilio's OpenAPI file."""

from datetime import timedelta
from typing import Any

import pytest
from twilio.rest import Client

from tests.telephony_simulator.rest_client import client_of, off_the_loop, refusal
from tests.telephony_simulator.world import ACCOUNT, DISTRICT, MARIA, Application, Simulator, heard

OTHER = "+15550008888"


class TestNumbers:
    async def test_the_districts_own_has_its_webhooks(self, application: Application, client: Client) -> None:
        (number,) = await off_the_loop(lambda: client.incoming_phone_numbers.list(phone_number=DISTRICT))
        assert number.voice_url == f"{application.base}/twilio/voice"
        assert number.sms_fallback_url == f"{application.base}/twilio/sms/fallback"

    async def test_another_can_be_bought_called_and_texted(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        application.twiml("/other/voice", "<Say>The other line</Say>")
        application.twiml("/other/sms", "<Message>The other inbox</Message>")
        made = await off_the_loop(
            lambda: client.incoming_phone_numbers.create(
                phone_number=OTHER,
                voice_url=f"{application.base}/other/voice",
                sms_url=f"{application.base}/other/sms",
            )
        )
        call = await simulator.http.post("/api/calls", json={"from": MARIA, "to": OTHER, "steps": []})
        assert [event["text"] for event in call.json()["events"] if event["kind"] == "say"] == ["The other line"]
        assert application.at("/other/voice")[0].form["To"] == OTHER
        sent = await simulator.http.post("/api/texts", json={"from": MARIA, "to": OTHER, "body": "hello"})
        assert [reply["body"] for reply in sent.json()["replies"]] == ["The other inbox"]
        assert await off_the_loop(lambda: client.incoming_phone_numbers(made.sid or "").delete()) is True
        missing = await simulator.http.post("/api/calls", json={"from": MARIA, "to": OTHER, "steps": []})
        assert missing.status_code == 404

    async def test_its_webhooks_can_be_changed(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        application.twiml("/elsewhere", "<Say>Elsewhere</Say>")
        sid = simulator.network.number.sid
        changed = await off_the_loop(
            lambda: client.incoming_phone_numbers(sid).update(
                voice_url=f"{application.base}/elsewhere", voice_method="GET"
            )
        )
        assert changed.voice_method == "GET"
        assert heard(await simulator.call()) == ["Elsewhere"] and application.at("/elsewhere")[0].method == "GET"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"phone_number": "+15005550000"}, 21422),
            ({"phone_number": "nothing"}, 21421),
            ({"phone_number": DISTRICT}, 21422),
            ({"phone_number": OTHER, "voice_fallback_url": "https://x.example"}, 21405),
            ({"phone_number": OTHER, "sms_fallback_url": "https://x.example"}, 21406),
        ],
    )
    async def test_are_refused_with_twilios_numbers(self, client: Client, fields: dict[str, Any], code: int) -> None:
        create = client.incoming_phone_numbers.create
        assert await off_the_loop(lambda: refusal(lambda: create(**fields))) == (400, code)

    async def test_the_account_is_shown_without_its_token(self, client: Client) -> None:
        account = await off_the_loop(lambda: client.api.accounts(ACCOUNT).fetch())
        assert (account.sid, account.status, account.auth_token) == (ACCOUNT, "active", "")


class TestVerify:
    async def test_a_code_arrives_and_is_checked(self, simulator: Simulator, client: Client) -> None:
        service = await off_the_loop(lambda: client.verify.v2.services.create(friendly_name="Rio Seco"))
        mine = client.verify.v2.services(service.sid or "")
        sent = await off_the_loop(lambda: mine.verifications.create(to=MARIA, channel="sms"))
        assert (sent.status, sent.channel, sent.valid) == ("pending", "sms", False)
        (text,) = (await simulator.http.get(f"/api/phones/{MARIA}/messages")).json()
        code = text["body"].rsplit(" ", 1)[1]
        assert text["body"].startswith("Your Rio Seco verification code is: ") and len(code) == 6
        assert await off_the_loop(client.messages.list) == []
        wrong = await off_the_loop(lambda: mine.verification_checks.create(to=MARIA, code="000000x"))
        assert wrong.status == "pending"
        right = await off_the_loop(lambda: mine.verification_checks.create(to=MARIA, code=code))
        assert (right.status, right.valid) == ("approved", True)
        again = await off_the_loop(lambda: refusal(lambda: mine.verification_checks.create(to=MARIA, code=code)))
        assert again == (404, 20404)

    async def test_too_many_checks_and_sends_are_refused(self, client: Client) -> None:
        service = await off_the_loop(lambda: client.verify.v2.services.create(friendly_name="Rio Seco", code_length=4))
        mine = client.verify.v2.services(service.sid or "")

        def send() -> Any:
            return mine.verifications.create(to=MARIA, channel="sms")

        for _ in range(5):
            await off_the_loop(send)
        assert await off_the_loop(lambda: refusal(send)) == (429, 60203)

        def check() -> Any:
            return mine.verification_checks.create(to=MARIA, code="x")

        for _ in range(5):
            await off_the_loop(check)
        assert await off_the_loop(lambda: refusal(check)) == (429, 60202)

    async def test_a_code_lives_ten_minutes(self, simulator: Simulator, client: Client) -> None:
        service = await off_the_loop(lambda: client.verify.v2.services.create(friendly_name="Rio Seco"))
        mine = client.verify.v2.services(service.sid or "")
        sent = await off_the_loop(lambda: mine.verifications.create(to=MARIA, channel="sms"))
        verifications = simulator.network.verifications
        stored = verifications.get(verifications.services[service.sid or ""], sent.sid or "")
        assert stored is not None
        stored.created_at -= timedelta(minutes=11)
        assert (await off_the_loop(lambda: mine.verifications(sent.sid or "").fetch())).status == "expired"

    @pytest.mark.parametrize(
        ("fields", "answer"),
        [
            ({"to": MARIA, "channel": "pigeon"}, (400, 60200)),
            ({"to": "nobody", "channel": "sms"}, (400, 60200)),
            ({"to": "+15005551006", "channel": "sms"}, (403, 60205)),
            ({"to": MARIA, "channel": "sms", "custom_code": "1234"}, (403, 60204)),
        ],
    )
    async def test_refuses_what_twilio_refuses(
        self, client: Client, fields: dict[str, Any], answer: tuple[int, int]
    ) -> None:
        service = await off_the_loop(lambda: client.verify.v2.services.create(friendly_name="Rio Seco"))
        create = client.verify.v2.services(service.sid or "").verifications.create
        assert await off_the_loop(lambda: refusal(lambda: create(**fields))) == answer

    async def test_needs_the_password(self, simulator: Simulator) -> None:
        stranger = client_of(simulator, password="wrong")
        create = stranger.verify.v2.services.create
        assert await off_the_loop(lambda: refusal(lambda: create(friendly_name="x"))) == (401, 20003)


class TestLookup:
    @pytest.mark.parametrize(
        ("number", "kind"), [(MARIA, "mobile"), ("+15005551006", "landline"), ("+15005551007", "nonFixedVoip")]
    )
    async def test_tells_the_kind_of_line(self, client: Client, number: str, kind: str) -> None:
        numbers = client.lookups.v2.phone_numbers(number)
        found = await off_the_loop(lambda: numbers.fetch(fields="line_type_intelligence,line_status"))
        assert found.valid is True and found.line_type_intelligence["type"] == kind
        assert found.caller_name is None

    async def test_tells_what_is_no_number(self, client: Client) -> None:
        found = await off_the_loop(lambda: client.lookups.v2.phone_numbers("12").fetch())
        assert found.valid is False
