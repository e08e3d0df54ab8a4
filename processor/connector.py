"""The payment connector of the sandbox: where Twilio's `<Pay>` sends what a caller keyed in, and gets a token for it.

It knows the test cards and accounts by their well-known numbers and takes no others. What is kept is which of them it
was, never a number; nothing of a body is logged.
"""

import base64
import binascii
import hmac
from typing import Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, SecretStr

from processor.cards import BANK_ACCOUNT, CARD, METHODS, TestMethod
from processor.errors import ProcessorError
from processor.settings import Settings
from processor.shop import ShopDep

USER = "connector"
TEST_ROUTING = "110000000"
TEST_STARTS = {CARD: ("424242", "400000", "555555"), BANK_ACCOUNT: ("000",)}
CARD_LENGTH = 16


def connector_only(request: Request) -> None:
    """Basic auth, as a generic connector is set up with in Twilio's console.

    :raises ProcessorError: 401.
    """
    settings: Settings = request.app.state.settings
    expected = f"{USER}:{settings.operator_token.get_secret_value()}".encode()
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        presented = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        presented = b""
    if scheme.lower() != "basic" or not hmac.compare_digest(presented, expected):
        raise ProcessorError(401, "unauthorized", "Send the connector's user and password by Basic authentication.")


router = APIRouter(prefix="/v1/connector", dependencies=[Depends(connector_only)], tags=["connector"])


class KeyedIn(BaseModel):
    """What Twilio posts. Only tokens are made here: the charge comes from the merchant."""

    model_config = ConfigDict(extra="ignore")

    method: Literal["tokenize", "charge"]
    cardnumber: SecretStr | None = None
    bank_routing_number: SecretStr | None = None
    bank_account_number: SecretStr | None = None


@router.post("")
async def take(body: KeyedIn, shop: ShopDep) -> dict[str, Any]:
    """A token for a test card or account, or why there is none, in the connector's own words."""
    if body.method == "charge":
        return _refusal("charge_not_offered", "Tokens only: charge them over the merchant's interface.")
    method = _card(body.cardnumber) if body.cardnumber else _account(body)
    if method is None:
        return _refusal("not_a_test_number", "Only the test cards and accounts of the documentation are taken here.")
    if method.refused_at_setup:
        return _refusal(method.decline or "refused", "The bank refused this card.")
    till = shop.till
    return {"token_id": till.people.add_method(method, None, till.controls.now()), "error_code": None}


def _refusal(code: str, message: str) -> dict[str, Any]:
    return {"token_id": None, "error_code": code, "error_message": message}


def _card(number: SecretStr) -> TestMethod | None:
    digits = number.get_secret_value()
    if len(digits) != CARD_LENGTH or not digits.startswith(TEST_STARTS[CARD]):
        return None
    return _method(CARD, digits)


def _account(body: KeyedIn) -> TestMethod | None:
    routing = body.bank_routing_number.get_secret_value() if body.bank_routing_number else ""
    digits = body.bank_account_number.get_secret_value() if body.bank_account_number else ""
    if routing != TEST_ROUTING or not digits.startswith(TEST_STARTS[BANK_ACCOUNT]):
        return None
    return _method(BANK_ACCOUNT, digits)


def _method(kind: str, digits: str) -> TestMethod | None:
    return next((one for one in METHODS.values() if one.kind == kind and digits.endswith(one.last4)), None)
