"""`<Pay>` and agent-assisted payments: every Result, the connector, and no card digit where anybody could see it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import Response

from telephony.simulator.calls.exchange import ScriptedCall
from telephony.simulator.pay.fields import PaymentFields, card_type_of, mask_card, passes_luhn
from tests.telephony_simulator.world import Application, Hook, Simulator, codes, heard

GOOD, DECLINED = "4242424242424242", "4000000000000002"
EXPIRY = f"12{(datetime.now(UTC).year + 2) % 100:02d}"


def pay(application: Application, attributes: str = 'chargeAmount="42.50"', prompts: str = "") -> None:
    application.twiml(
        "/twilio/voice", f'<Pay action="/paid" statusCallback="/stage" {attributes}>{prompts}</Pay><Say>Next verb</Say>'
    )
    application.twiml("/paid", "<Say>Thank you</Say>")
    application.twiml("/stage", "")


def keyed(card: str = GOOD, expiry: str = EXPIRY, code: str = "123", postal: str = "92599") -> list[str]:
    return [f"press:{card}", f"press:{expiry}", f"press:{code}", f"press:{postal}#"]


def result(application: Application) -> dict[str, str]:
    """What the action was told."""
    (hook,) = application.at("/paid")
    assert hook.signed() and hook.method == "POST"
    return hook.form


def everything(application: Application, call: ScriptedCall) -> str:
    """Whatever anybody could have seen of a payment."""
    events = json.dumps(call.as_dict())
    return events + json.dumps([hook.form for hook in application.hooks])


class TestResults:
    async def test_a_charge(self, application: Application, simulator: Simulator) -> None:
        pay(application)
        call = await simulator.call(*keyed())
        told = result(application)
        assert told["Result"] == "success" and told["PaymentConfirmationCode"].startswith("ch_")
        assert told["PaymentToken"].startswith("tok_") and told["ProfileId"].startswith("cus_")
        assert (told["PaymentCardNumber"], told["PaymentCardType"]) == ("xxxx-xxxx-xxxx-4242", "visa")
        assert (told["ExpirationDate"], told["SecurityCode"], told["PaymentCardPostalCode"]) == (EXPIRY, "***", "92599")
        assert heard(call)[-1] == "Thank you"
        assert GOOD not in everything(application, call) and '"123"' not in everything(application, call)

    async def test_a_token_alone(self, application: Application, simulator: Simulator) -> None:
        pay(application, 'tokenType="payment-method" securityCode="false" postalCode="false"')
        await simulator.call(f"press:{GOOD}", f"press:{EXPIRY}")
        told = result(application)
        assert told["PaymentToken"].startswith("pm_") and "PaymentConfirmationCode" not in told

    async def test_a_bank_account(self, application: Application, simulator: Simulator) -> None:
        pay(application, 'paymentMethod="ach-debit" chargeAmount="10"')
        await simulator.call("press:110000000", "press:000123456789#")
        told = result(application)
        assert told["Result"] == "success" and told["BankRoutingNumber"] == "110000000"
        assert told["BankAccountNumber"] == "**********89" and told["BankAccountType"] == "consumer-checking"

    @pytest.mark.parametrize(
        ("card", "code", "words"),
        [
            (DECLINED, "64012", "card_declined"),
            ("4000000000009995", "64012", "insufficient_funds"),
            ("4000000000000119", "64008", "processing_error"),
            ("4539578763621486", "64022", None),
        ],
    )
    async def test_the_connector_refuses(
        self, application: Application, simulator: Simulator, card: str, code: str, words: str | None
    ) -> None:
        pay(application)
        await simulator.call(*keyed(card))
        told = result(application)
        assert told["Result"] == "payment-connector-error"
        assert (told["PayErrorCode"], told.get("ConnectorError")) == (code, words)

    async def test_the_connector_is_away(self, application: Application, simulator: Simulator) -> None:
        await simulator.conditions(pay_connector="unavailable")
        pay(application)
        await simulator.call(*keyed())
        assert (result(application)["Result"], result(application)["PayErrorCode"]) == (
            "payment-connector-error",
            "64002",
        )

    async def test_star_ends_it(self, application: Application, simulator: Simulator) -> None:
        pay(application)
        await simulator.call("press:4242*")
        assert result(application)["Result"] == "caller-interrupted-with-star"

    async def test_the_caller_hangs_up(self, application: Application, simulator: Simulator) -> None:
        pay(application)
        await simulator.call(f"press:{GOOD}", "hangup")
        told = result(application)
        assert (told["Result"], told["CallStatus"]) == ("caller-hung-up", "completed")

    async def test_too_many_failed_attempts_ask_the_action(
        self, application: Application, simulator: Simulator
    ) -> None:
        pay(application, 'maxAttempts="2"')
        call = await simulator.call("press:4242424242424241", "press:4000111122223333")
        assert result(application)["Result"] == "too-many-failed-attempts" and heard(call)[-1] == "Thank you"
        errors = [hook.form.get("ErrorType") for hook in application.at("/stage")]
        assert errors == ["invalid-card-number", "invalid-card-number"]

    async def test_too_many_failed_attempts_go_on_with_the_next_verb(
        self, application: Application, simulator: Simulator
    ) -> None:
        await simulator.conditions(pay_after_max_attempts="next_verb")
        pay(application, 'maxAttempts="1"')
        call = await simulator.call("press:1234567890123456")
        assert not application.at("/paid") and heard(call)[-1] == "Next verb"

    @pytest.mark.parametrize(
        ("attributes", "code"),
        [
            ('chargeAmount="-5"', "64003"),
            ('chargeAmount="1000001"', "64003"),
            ('paymentConnector="nobody"', "64004"),
            ('tokenType="forever"', "64006"),
            ('paymentMethod="cash"', "64013"),
            ('maxAttempts="9"', "64020"),
        ],
    )
    async def test_a_wrong_attribute_is_a_validation_error(
        self, application: Application, simulator: Simulator, attributes: str, code: str
    ) -> None:
        pay(application, attributes)
        call = await simulator.call()
        told = result(application)
        assert (told["Result"], told["PayErrorCode"]) == ("validation-error", code) and int(code) in codes(call)


class TestFields:
    async def test_each_is_asked_again_in_its_own_words(self, application: Application, simulator: Simulator) -> None:
        prompts = (
            '<Prompt for="payment-card-number"><Say>Your card number</Say></Prompt>'
            '<Prompt for="payment-card-number" errorType="invalid-card-number"><Say>Not a card number</Say></Prompt>'
            '<Prompt for="payment-card-number" attempt="3" errorType="timeout"><Say>Last time</Say></Prompt>'
            '<Prompt for="security-code" cardType="amex"><Say>The four digits in front</Say></Prompt>'
        )
        pay(application, 'maxAttempts="3" postalCode="92599"', prompts)
        call = await simulator.call(
            "press:4242424242424241", "silence", "press:378282246310005", f"press:{EXPIRY}", "press:1234"
        )
        said = heard(call)
        assert said[:3] == ["Your card number", "Not a card number", "Last time"]
        assert "The four digits in front" in said and result(application)["Result"] == "success"
        assert result(application)["PaymentCardNumber"] == "xxxx-xxxxxx-x0005"

    async def test_a_stage_is_told_as_it_ends(self, application: Application, simulator: Simulator) -> None:
        pay(application, 'maxAttempts="2"')
        await simulator.call(f"press:{GOOD}", "press:0120", f"press:{EXPIRY}", "press:123", "press:92599#")
        stages = [
            (hook.form["For"], hook.form["Attempt"], hook.form.get("ErrorType")) for hook in application.at("/stage")
        ]
        assert stages == [
            ("payment-card-number", "1", None),
            ("expiration-date", "1", "invalid-date"),
            ("expiration-date", "2", None),
            ("security-code", "1", None),
            ("postal-code", "1", None),
            ("payment-processing", "1", None),
        ]
        assert all("From" not in hook.form and hook.signed() for hook in application.at("/stage"))

    async def test_spanish_is_spoken(self, application: Application, simulator: Simulator) -> None:
        pay(application, 'language="es-US"')
        call = await simulator.call("press:*")
        assert heard(call)[0] == "Marque el número de su tarjeta."

    @pytest.mark.parametrize(
        ("number", "brand"),
        [("4242424242424242", "visa"), ("5555555555554444", "mastercard"), ("2223003122003222", "mastercard"),
         ("378282246310005", "amex"), ("6011111111111117", "discover"), ("9999", "")],
    )  # fmt: skip
    def test_brands(self, number: str, brand: str) -> None:
        assert card_type_of(number) == brand

    def test_check_digits_and_masks(self) -> None:
        assert passes_luhn(GOOD) and not passes_luhn("4242424242424241")
        assert mask_card("378282246310005") == "xxxx-xxxxxx-x0005"

    @pytest.mark.parametrize(
        ("name", "digits", "error"),
        [
            ("payment-card-number", "6011111111111117", "invalid-card-type"),
            ("expiration-date", "1326", "invalid-date"),
            ("expiration-date", "1026", "invalid-date"),
            ("expiration-date", "1126", None),
            ("security-code", "12", "invalid-security-code"),
            ("postal-code", "925", "invalid-postal-code"),
            ("bank-routing-number", "110000001", "invalid-bank-routing-number"),
            ("bank-account-number", "123", "invalid-bank-account-number"),
            ("payment-card-number", "", "input-timeout"),
        ],
    )
    def test_rules(self, name: str, digits: str, error: str | None) -> None:
        fields = PaymentFields(postal_code_length_min=5)
        assert fields.check(name, digits, datetime(2026, 11, 23, tzinfo=UTC).date()) == error


async def test_a_generic_connector_is_the_processors_own(application: Application, simulator: Simulator) -> None:
    bodies: list[dict[str, Any]] = []

    def processor(hook: Hook) -> Response:
        bodies.append({"authorization": hook.headers.get("authorization"), "path": hook.path})
        answer = {"charge_id": "ch_77", "error_code": None, "error_message": None, "parameters": {"batch": "12"}}
        return Response(json.dumps(answer), media_type="application/json")

    application.answers["/processor"] = processor
    settings = {"url": f"{application.base}/processor", "user": "twilio", "password": "not-a-secret"}
    assert (await simulator.http.put("/api/connectors/Bank", json=settings)).status_code == 204
    pay(application, 'chargeAmount="42.50" paymentConnector="Bank"')
    await simulator.call(*keyed())
    told = result(application)
    assert (told["Result"], told["PaymentConfirmationCode"], told["PayConnector_batch"]) == ("success", "ch_77", "12")
    assert bodies[0]["authorization"].startswith("Basic ")
