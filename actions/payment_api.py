"""The part of the account API about paying, in the name of one conversation each.

Every call raises what the methods of `AccountApi` raise; the refusals have the names of backend/offers/errors.py.
"""

from typing import Any
from uuid import UUID

from actions.payment_types import (
    Asked,
    Charge,
    Offer,
    Page,
    balance_from_json,
    confirmed_from_json,
    ended_from_json,
    status_from_json,
)
from actions.turn import account_api


def _path(conversation_id: str, rest: str) -> str:
    return f"/v1/conversations/{conversation_id}/{rest}"


async def offer(conversation_id: str, wanted: dict[str, Any]) -> Offer:
    """Offer what is `wanted`: `purpose` or `amount_cents` (neither: what is due), and `account_id` of several."""
    return await account_api().ask(Offer.from_json, "POST", _path(conversation_id, "payment-offers"), wanted)


async def accept(conversation_id: str, offer_id: UUID) -> Charge:
    """Agree to an offer: charged once, however often this is asked."""
    path = _path(conversation_id, f"payment-offers/{offer_id}/acceptance")
    return await account_api().ask(Charge.from_json, "POST", path, {})


async def agree(conversation_id: str, offer_id: UUID) -> None:
    """Agree to an offer of paying by keys: what is keyed in now is charged."""
    await account_api().call("POST", _path(conversation_id, f"payment-offers/{offer_id}/agreement"), {})


async def decline(conversation_id: str, offer_id: UUID) -> str:
    """No, thank you; how the offer stands: `accepted` when it was paid already."""
    path = _path(conversation_id, f"payment-offers/{offer_id}/refusal")
    return await account_api().ask(status_from_json, "POST", path, {})


async def new_balance(conversation_id: str, offer_id: UUID) -> int | None:
    """What is owed after a payment, in cents; None for whoever may not hear it."""
    path = _path(conversation_id, f"payment-offers/{offer_id}/receipt")
    return await account_api().ask(balance_from_json, "GET", path)


async def payment(conversation_id: str, offer_id: UUID) -> Charge:
    """How the payment of an offer goes."""
    path = _path(conversation_id, f"payment-offers/{offer_id}/payment")
    return await account_api().ask(Charge.from_json, "GET", path)


async def link(conversation_id: str, account_number: str | None, wanted: dict[str, Any]) -> Page:
    """A page to pay what is `wanted` on: `amount_cents`, a `purpose` that it suggests, or neither: it is typed there.

    A 404: there is no account of that number.
    """
    body = {
        "account_number": account_number,
        "amount_cents": wanted.get("amount_cents"),
        "purpose": wanted.get("purpose"),
    }
    return await account_api().ask(Page.from_json, "POST", _path(conversation_id, "payment-links"), body)


async def method_page(conversation_id: str) -> Page:
    """A page to save a card or bank account on (level 2, or an enrolled phone)."""
    return await account_api().ask(Page.from_json, "POST", _path(conversation_id, "method-setups"), {})


async def ask_to_enrol(conversation_id: str) -> Asked:
    """Ask the phone to agree to paying by text (level 2)."""
    return await account_api().ask(Asked.from_json, "POST", _path(conversation_id, "text-enrolments"), {})


async def confirm_enrolment(conversation_id: str) -> tuple[str, ...]:
    """The phone agrees. A 404: it was not asked lately."""
    path = _path(conversation_id, "text-enrolments/confirmation")
    return await account_api().ask(confirmed_from_json, "POST", path, {})


async def end_enrolment(conversation_id: str) -> int:
    """No more paying by text (level 2, or from the phone itself)."""
    return await account_api().ask(ended_from_json, "DELETE", _path(conversation_id, "text-enrolments"))
