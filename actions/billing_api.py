"""The part of the account API about bills, use, fees and ways to pay, in the name of one conversation each.

Every call raises what the methods of `AccountApi` raise.
"""

from typing import Any
from uuid import UUID

from actions.billing_types import (
    Bill,
    Explanation,
    Fee,
    Payments,
    Rate,
    Reversal,
    ShutOff,
    StatementLink,
    Usage,
    bills_from_json,
    fees_from_json,
)
from actions.option_types import BudgetFacts, Options
from actions.turn import account_api

MONTHS = 25


def _path(conversation_id: str, rest: str) -> str:
    return f"/v1/conversations/{conversation_id}/{rest}"


async def bills(conversation_id: str) -> tuple[Bill, ...]:
    """The account's bills, newest first (level 2)."""
    return await account_api().ask(bills_from_json, "GET", _path(conversation_id, "bills"))


async def explanation(conversation_id: str) -> Explanation:
    """Why the newest bill differs from those before (level 2). A 404: there is no bill yet."""
    return await account_api().ask(Explanation.from_json, "GET", _path(conversation_id, "bills/latest/explanation"))


async def statement_link(conversation_id: str, bill: UUID | None, language: str, *, text: bool) -> StatementLink:
    """A link to a statement (None: the newest), texted to the phone on file if asked (level 2).

    409 `no_text_phone`; a 404: there is no such bill.
    """
    body = {"bill": str(bill) if bill else None, "language": language, "text": text}
    return await account_api().ask(StatementLink.from_json, "POST", _path(conversation_id, "statement-link"), body)


async def usage(conversation_id: str) -> Usage:
    """Use by month, two years back (level 2)."""
    return await account_api().ask(Usage.from_json, "GET", _path(conversation_id, f"usage?months={MONTHS}"))


async def rate(service_class: str) -> Rate:
    """What a class pays today. Public."""
    return await account_api().ask(Rate.from_json, "GET", f"/v1/rates/{service_class}")


async def fees(conversation_id: str) -> tuple[Fee, ...]:
    """The account's fees, newest first (level 2)."""
    return await account_api().ask(fees_from_json, "GET", _path(conversation_id, "fees"))


async def ask_fee_reversal(conversation_id: str, fee: UUID, note: str) -> Reversal:
    """Ask for a fee to be taken back; asking again answers with the request there is (level 2)."""
    body = {"fee_id": str(fee), "note": note}
    return await account_api().ask(Reversal.from_json, "POST", _path(conversation_id, "fee-reversals"), body)


async def shut_off(conversation_id: str) -> ShutOff:
    """Where the account stands towards a shut-off (level 2)."""
    return await account_api().ask(ShutOff.from_json, "GET", _path(conversation_id, "shut-off"))


async def payments(conversation_id: str) -> Payments:
    """The account's payments, newest first (level 2)."""
    return await account_api().ask(Payments.from_json, "GET", _path(conversation_id, "payments"))


async def options(conversation_id: str) -> Options:
    """The ways to pay and to get bills that are on (level 2)."""
    return await account_api().ask(Options.from_json, "GET", _path(conversation_id, "options"))


async def budget_facts(conversation_id: str) -> BudgetFacts:
    """The budget bill, or what it would be and why there is none (level 2)."""
    return await account_api().ask(BudgetFacts.from_json, "GET", _path(conversation_id, "options/budget"))


async def change_option(conversation_id: str, option: str, *, on: bool, terms: dict[str, Any]) -> dict[str, Any]:
    """Turn `autopay`, `budget`, `paperless` or `recurring` on or off (level 3); gives what the API answers.

    The first and the last draw from what is on file; `terms` of the last are `amount_cents` and `day_of_month`.
    409 `option_refused` with a `reason`; a 404: nothing is on file any more.
    """
    if option == "paperless":
        return await _change(conversation_id, "PUT", option, {"paperless": on})
    if not on:
        return await _change(conversation_id, "DELETE", option, None)
    if option in {"autopay", "recurring"}:
        found = await options(conversation_id)
        terms = {**terms, "method_id": found.on_file[1] if found.on_file else None}
    return await _change(conversation_id, "PUT", option, terms)


async def _change(conversation_id: str, method: str, option: str, body: dict[str, Any] | None) -> dict[str, Any]:
    return await account_api().call(method, _path(conversation_id, f"options/{option}"), body)
