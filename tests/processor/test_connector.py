"""The payment connector: a token for each test card and account, and nothing for any other number."""

from typing import Any

import pytest

from processor.connector import USER
from tests.processor.shop import OPERATOR, Processor

CARD = {"method": "tokenize", "cardnumber": "4242424242424242", "cvv": "123", "expiry_month": "12"}
ACCOUNT = {"method": "tokenize", "bank_routing_number": "110000000", "bank_account_number": "000123456789"}


async def post(processor: Processor, body: dict[str, Any], password: str = OPERATOR) -> Any:
    return await processor.http.post("/v1/connector", json=body, auth=(USER, password))


@pytest.mark.parametrize(
    ("body", "kind", "last4"),
    [
        (CARD, "card", "4242"),
        ({**CARD, "cardnumber": "4000000000000002"}, "card", "0002"),
        (ACCOUNT, "bank_account", "6789"),
    ],
)
async def test_a_token_that_the_merchant_charges(processor: Processor, body: Any, kind: str, last4: str) -> None:
    told = (await post(processor, body)).json()
    method = await processor.get(f"/methods/{told['token_id']}")
    assert (method["kind"], method["last4"], told["error_code"]) == (kind, last4, None)
    charge = {"reference": "a", "amount_cents": 4_250, "method": told["token_id"]}
    assert (await processor.post("/charges", charge, "a")).status_code == (402 if last4 == "0002" else 201)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**CARD, "cardnumber": "4111111111111111"}, "not_a_test_number"),
        ({**CARD, "cardnumber": "4000000000000127"}, "incorrect_details"),
        ({**ACCOUNT, "bank_routing_number": "021000021"}, "not_a_test_number"),
        ({**ACCOUNT, "bank_account_number": "9876543210"}, "not_a_test_number"),
        ({**CARD, "method": "charge"}, "charge_not_offered"),
    ],
)
async def test_no_token(processor: Processor, body: Any, code: str) -> None:
    answer = await post(processor, body)
    assert (answer.status_code, answer.json()["error_code"], answer.json()["token_id"]) == (200, code, None)


async def test_only_for_whoever_has_the_password(processor: Processor) -> None:
    assert (await post(processor, CARD, "wrong")).status_code == 401
    assert (await processor.post("/connector", CARD)).status_code == 401, "the merchant's key is none"
    malformed = await post(processor, {"method": "steal", "cardnumber": CARD["cardnumber"]})
    assert malformed.status_code == 422 and CARD["cardnumber"] not in malformed.text
