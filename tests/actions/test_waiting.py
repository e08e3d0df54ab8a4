"""Two requests in one message: first one, then the other, and nothing is forgotten."""

import re
from pathlib import Path
from typing import Any

import pytest

from actions import names, waiting
from actions.account_api import AccountApi
from actions.balance import ActionBalance
from actions.conversation import ActionCancel, ActionDeny
from actions.fee_reversal import ActionFeeReversal, ActionFeeReversalAsk
from actions.hours import ActionHours
from actions.identity import ValidateIdentityForm
from actions.knowledge import ActionKnowledge
from tests.actions.harness import Loopback, Tell
from tests.actions.test_balance import BALANCE

ROOT = Path(__file__).parents[2]
SECOND = [("next_request", "ask_hours")]


def rules() -> dict[str, str]:
    """Which action answers each intent, as the rules have it."""
    found: dict[str, str] = {}
    for path in (ROOT / "data/rules").glob("*.yml"):
        found |= dict(re.findall(r"intent: (\w+)\s+- action: (\w+)", path.read_text()))
    return found


def test_what_may_wait_is_answered_by_the_action_of_its_rule() -> None:
    answered = rules()
    assert {intent: request.action for intent, request in waiting.REQUESTS.items()} == {
        intent: answered[intent] for intent in waiting.REQUESTS
    }


async def test_the_second_comes_by_itself(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/balance", BALANCE)
    said = await run(ActionBalance(), intent="ask_balance", entities=SECOND, slots={"verification_level": 2})
    assert said.names[-1] == "utter_request_next"
    assert (said.next, said.slots[names.WAITING]) == ("action_hours", None)


async def test_the_second_waits_while_the_first_needs_an_identity(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    said = await run(ActionBalance(), intent="ask_balance", entities=SECOND)
    assert said.variables("utter_request_waits")["request"] == "our hours"
    assert (said.next, said.slots[names.WAITING]) == (names.IDENTITY_FORM, "ask_hours")
    answers.say("GET", "/balance", BALANCE)
    later = await run(ActionBalance(), slots={"verification_level": 2, "waiting_request": "ask_hours"})
    assert later.next == "action_hours"


async def test_a_locked_identity_asks_its_question_first(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/verification", {"error": "locked", "detail": ""}, 423)
    said = await run(
        ValidateIdentityForm(),
        entities=[("digits", "44124412"), ("digits", "0417")],
        slots={"requested_slot": "identity_account", "waiting_request": "ask_hours"},
        form="identity_form",
    )
    assert said.names == ["utter_identity_locked"]
    assert said.next == names.LISTEN


async def test_an_answer_of_the_same_message_does_not_wait_for_itself(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    said = await run(ActionHours(), intent="ask_balance", entities=SECOND, after_action="action_balance")
    assert said.next == names.LISTEN
    assert "utter_request_next" not in said.names


async def test_a_general_question_waits_with_its_article(api: AccountApi, answers: Loopback, run: Tell) -> None:
    article = {
        "slug": "ccf",
        "text": {"en": "One unit is 748 gallons.", "es": "Una unidad es 748 galones."},
        "link": {"en": None, "es": None},
        "facts": {},
    }
    answers.say("GET", "/v1/knowledge/ccf", article)
    second: list[tuple[str, Any]] = [("next_request", "ask_knowledge/ccf")]
    said = await run(ActionHours(), intent="ask_hours", entities=second)
    assert (said.next, said.slots[names.ARTICLE_ASKED]) == ("action_knowledge", "ccf")
    told = await run(ActionKnowledge(), intent="ask_hours", slots={"article_asked": "ccf"}, after_action="action_hours")
    assert told.variables("utter_knowledge")["answer"] == "One unit is 748 gallons."


@pytest.mark.parametrize("answered", ["yes", "no"])
async def test_an_offer_is_answered_before_the_second_comes(
    api: AccountApi, answers: Loopback, run: Tell, answered: str
) -> None:
    fee = {
        "id": "01936f3e-5a00-7c00-8000-000000000001",
        "code": "late",
        "amount_cents": 1000,
        "charged_on": "2026-11-02",
        "state": "charged",
    }
    answers.say("GET", "/fees", {"fees": [fee]})
    answers.say("POST", "/fee-reversals", {"status": "pending", "code": "late", "amount_cents": 1000})
    slots: dict[str, Any] = {"verification_level": 2}
    offered = await run(ActionFeeReversal(), intent="request_fee_reversal", entities=SECOND, slots=slots)
    assert (offered.next, offered.slots[names.WAITING]) == (names.LISTEN, "ask_hours")
    slots |= {"waiting_request": "ask_hours", "offer": offered.slots[names.OFFER]}
    action = ActionFeeReversalAsk() if answered == "yes" else ActionDeny()
    said = await run(action, intent="affirm" if answered == "yes" else "deny", slots=slots)
    assert said.names[-1] == "utter_request_next"
    assert said.next == "action_hours"


@pytest.mark.parametrize("what", ["cancel", "backend"])
async def test_giving_up_forgets_the_second(api: AccountApi, answers: Loopback, run: Tell, what: str) -> None:
    if what == "cancel":
        said = await run(ActionCancel(), intent="cancel", slots={"waiting_request": "ask_hours"})
    else:
        answers.say("GET", "/balance", "", 503)
        said = await run(ActionBalance(), intent="ask_balance", entities=SECOND, slots={"verification_level": 2})
    assert said.slots[names.WAITING] is None
    assert said.next == names.LISTEN
