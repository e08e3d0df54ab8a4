"""Signatures, segments, opt-out words, steps of a script: the parts without a network."""

import pytest
from twilio.request_validator import RequestValidator

from telephony.simulator.calls.steps import BadStep, HangUp, Press, Say, Silence, Wait, parse_step
from telephony.simulator.messaging.keywords import keyword_of
from telephony.simulator.messaging.segments import count_segments
from telephony.simulator.overrides import BadRetryPolicy, split_overrides
from telephony.simulator.signature import sign

CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}


class TestSignature:
    @pytest.mark.parametrize(
        ("url", "parameters", "signature"),
        [
            ("https://mycompany.com/myapp.php?foo=1&bar=2", CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            ("https://mycompany.com:443/myapp.php?foo=1&bar=2", CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ],
    )
    def test_is_that_of_the_published_vectors(self, url: str, parameters: dict[str, str], signature: str) -> None:
        assert sign(url, parameters, "12345") == signature

    def test_counts_each_value_of_a_repeated_parameter_once(self) -> None:
        repeated = {"Digits": ["5678", "1234", "1234"], "Sid": "CA123"}
        assert sign("https://a.example/x", repeated, "t") == sign(
            "https://a.example/x", {"Digits": ["1234", "5678"], "Sid": "CA123"}, "t"
        )

    @pytest.mark.parametrize(
        "parameters", [{}, {"Body": "", "FromCity": ""}, {"Body": "Grüße 水 🌊", "b": "2", "B": "1"}]
    )
    def test_is_accepted_by_the_official_validator(self, parameters: dict[str, str]) -> None:
        url = "https://district.example/twilio/sms?x=1"
        assert RequestValidator("secret").validate(url, parameters, sign(url, parameters, "secret"))


class TestSegments:
    @pytest.mark.parametrize(
        ("body", "encoding", "count"),
        [
            ("", "GSM-7", 1),
            ("a" * 160, "GSM-7", 1),
            ("a" * 161, "GSM-7", 2),
            ("a" * 306, "GSM-7", 2),
            ("a" * 307, "GSM-7", 3),
            ("€" * 80, "GSM-7", 1),
            ("€" * 81, "GSM-7", 2),
            ("ñ" * 160, "GSM-7", 1),
            ("í" * 70, "UCS-2", 1),
            ("í" * 71, "UCS-2", 2),
            ("🚰" * 35, "UCS-2", 1),
            ("🚰" * 36, "UCS-2", 2),
            ("水" * 134, "UCS-2", 2),
            ("水" * 135, "UCS-2", 3),
        ],
    )
    def test_follow_the_alphabet(self, body: str, encoding: str, count: int) -> None:
        segments = count_segments(body)
        assert (segments.encoding, segments.count) == (encoding, count)


class TestKeywords:
    @pytest.mark.parametrize(
        ("body", "keyword"),
        [
            (" stop ", "STOP"),
            ("Cancel", "STOP"),
            ("REVOKE", "STOP"),
            ("yes", "START"),
            ("unstop", "START"),
            ("Info", "HELP"),
            ("STOP PLEASE", None),
            ("stop.", None),
            ("", None),
        ],
    )
    def test_are_whole_single_words(self, body: str, keyword: str | None) -> None:
        assert keyword_of(body) == keyword


class TestSteps:
    @pytest.mark.parametrize(
        ("text", "step"),
        [
            ("say:what's my balance", Say("what's my balance")),
            ("say@0.62:pay: my bill", Say("pay: my bill", 0.62)),
            ("press:1234#", Press("1234#")),
            ("wait:2.5", Wait(2.5)),
            ("silence", Silence()),
            ("hangup", HangUp()),
        ],
    )
    def test_are_read(self, text: str, step: object) -> None:
        assert parse_step(text) == step

    @pytest.mark.parametrize("text", ["say:", "say:  ", "say@2:x", "press:12a", "press:", "wait:x", "dance", ""])
    def test_are_refused_when_they_make_no_sense(self, text: str) -> None:
        with pytest.raises(BadStep):
            parse_step(text)


class TestOverrides:
    def test_default_to_one_retry_of_a_failed_connection(self) -> None:
        url, overrides = split_overrides("https://a.example/x?y=1")
        assert url == "https://a.example/x?y=1"
        assert (overrides.retries, overrides.retries_on("ct"), overrides.retries_on("5xx")) == (1, True, False)

    def test_are_read_from_the_fragment_and_brought_into_bounds(self) -> None:
        url, overrides = split_overrides("https://a.example/x#rc=9&rp=5xx,rt&rt=50")
        assert url == "https://a.example/x"
        assert (overrides.retries, overrides.read_ms) == (5, 100)
        assert overrides.retries_on("5xx") and not overrides.retries_on("ct")

    def test_with_an_unknown_policy_are_refused(self) -> None:
        with pytest.raises(BadRetryPolicy):
            split_overrides("https://a.example/x#rp=sometimes")
