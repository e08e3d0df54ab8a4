"""The signature of every Twilio route: golden vectors, forgeries, and nothing stored on a 403."""

import hashlib
import json
from urllib.parse import urlencode

import pytest
from fastapi.routing import APIRoute
from starlette.requests import Request

from telephony.app import create_app
from telephony.errors import TelephonyError
from telephony.twilio.signature import SignatureCheck, parse_form
from tests.telephony.conftest import CUSTOMER, World, sign

TOKEN = "12345"
BASE = "https://mycompany.com"
PARAMS = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}


def request(path: str, query: str, signature: str | None) -> Request:
    headers = [(b"x-twilio-signature", signature.encode())] if signature is not None else []
    scope = {"type": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode()}
    return Request(scope | {"headers": headers})


@pytest.mark.parametrize(
    ("base", "pairs", "signature"),
    [
        (BASE, list(PARAMS.items()), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (BASE + ":443", list(PARAMS.items()), "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ("http://mycompany.com:80", list(PARAMS.items()), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (
            BASE,
            [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")],
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        ),
    ],
)
def test_twilios_own_vectors_are_accepted(base: str, pairs: list[tuple[str, str]], signature: str) -> None:
    check = SignatureCheck(TOKEN, base)
    form = check.form(request("/myapp.php", "foo=1&bar=2", signature), urlencode(pairs).encode())
    assert form.get("Digits") in ("1234", "5678")


def test_twilios_json_vector_is_accepted_and_its_body_checked() -> None:
    body = b'{"property": "value", "boolean": true}'
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    assert query.startswith("bodySHA256=0a1ff763") and query.endswith("6620")
    check = SignatureCheck(TOKEN, BASE)
    signed = request("/myapp.php", query + "&foo=1", sign(f"{BASE}/myapp.php?{query}&foo=1", [], TOKEN))
    check.form(signed, body)
    with pytest.raises(TelephonyError):
        check.form(signed, body.replace(b"true", b"false"))
    with pytest.raises(TelephonyError):
        check.form(signed, urlencode(PARAMS).encode())


def test_blank_fields_are_part_of_the_signature() -> None:
    pairs = [("Body", ""), ("FromCity", ""), ("From", CUSTOMER)]
    check = SignatureCheck(TOKEN, BASE)
    signed = request("/x", "", sign(BASE + "/x", pairs, TOKEN))
    assert check.form(signed, urlencode(pairs).encode()).has("FromCity")
    with pytest.raises(TelephonyError):
        check.form(signed, urlencode([*pairs[1:], ("City", "")]).encode())


def test_a_websocket_handshake_is_signed_over_its_wss_address() -> None:
    check = SignatureCheck(TOKEN, BASE)
    check.handshake(request("/relay", "", sign("wss://mycompany.com/relay", [], TOKEN)), "/relay")
    with pytest.raises(TelephonyError):
        check.handshake(request("/relay", "", sign("https://mycompany.com/relay", [], TOKEN)), "/relay")
    with pytest.raises(TelephonyError):
        check.handshake(request("/relay", "", None), "/relay")


@pytest.mark.parametrize("body", [b"\xff\xfe=%ff&%00", b"&&&=", b"a" * 70_000, b"a=1&" * 600])
def test_a_body_that_is_no_form_is_read_or_refused(body: bytes) -> None:
    try:
        parse_form(body)
    except ValueError:
        assert body.count(b"&") > 500


TWILIO_PATHS = [
    "/twilio/voice",
    "/twilio/voice/turn?n=1",
    "/twilio/voice/wait",
    "/twilio/voice/dial-result",
    "/twilio/voice/status",
    "/twilio/voice/fallback",
    "/twilio/voice/relay-ended",
    "/twilio/voice/line/wait?language=en&n=2",
    "/twilio/voice/line/keys",
    "/twilio/voice/line/number",
    "/twilio/voice/line/callback?phone=%2B19515550177",
    "/twilio/voice/line/music",
    "/twilio/voice/line/left",
    "/twilio/voice/line/dialled",
    "/twilio/voice/line/person-left",
    "/twilio/voice/line/again",
    "/twilio/voice/line/join?conference=case-1",
    "/twilio/voice/leg?leg=1",
    "/twilio/voice/leg/keys?leg=1&role=lead",
    "/twilio/voice/leg/over?leg=1",
    "/twilio/voice/leg/words?words=nobody_home",
    "/twilio/voice/leg/status?leg=1",
    "/twilio/voice/notice?message_id=m-1",
    "/twilio/voice/notice/answer?message_id=m-1",
    "/twilio/voice/notice/status?message_id=m-1",
    "/twilio/voice/voicemail",
    "/twilio/voice/voicemail/status",
    "/twilio/voice/voicemail/words",
    "/twilio/voice/recorded",
    "/twilio/voice/pay",
    "/twilio/voice/assisted",
    "/twilio/sms",
    "/twilio/sms/status?message_id=m-1",
    "/twilio/sms/fallback",
]


def test_every_twilio_route_is_in_this_list(world: World) -> None:
    routes = {r.path for r in _routes(world) if r.path.startswith("/twilio")}
    assert routes == {path.partition("?")[0] for path in TWILIO_PATHS}


def _routes(world: World) -> list[APIRoute]:
    found: list[APIRoute] = []
    pending = list(create_app(world.settings).routes)
    while pending:
        route = pending.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        pending += getattr(getattr(route, "original_router", None), "routes", [])
    return found


@pytest.mark.parametrize("path", TWILIO_PATHS)
async def test_a_forged_or_missing_signature_is_refused_and_stores_nothing(world: World, path: str) -> None:
    form = {"MessageSid": "SM1", "CallSid": "CA1", "From": CUSTOMER, "To": "+1", "Body": "hi", "MessageStatus": "sent"}
    body = urlencode(form)
    right = sign(world.settings.public_url + path, list(form.items()))
    forged: list[dict[str, str]] = [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "ÿ".encode("latin-1").decode("latin-1")},
        {"X-Twilio-Signature": sign(world.settings.public_url + path, list(form.items()), "another token")},
        {"X-Twilio-Signature": sign("https://elsewhere.example" + path, list(form.items()))},
    ]
    for headers in forged:
        heard = await world.raw(path, body, headers)
        assert heard.status == 403
        assert json.loads(heard.body)["error"] == "bad_signature"
    tampered = await world.raw(path, body.replace("hi", "pay"), {"X-Twilio-Signature": right})
    assert tampered.status == 403
    assert world.backend.turns == {} and world.backend.hand_offs == [] and world.backend.statuses == []


async def test_the_public_address_counts_and_not_the_one_asked(world: World) -> None:
    form = [("MessageSid", "SM1"), ("From", CUSTOMER), ("To", "+1"), ("Body", "hi")]
    headers = {"X-Twilio-Signature": sign("http://evil.example/twilio/sms", form), "Host": "evil.example"}
    headers["X-Forwarded-Host"] = "evil.example"
    assert (await world.raw("/twilio/sms", urlencode(form), headers)).status == 403
