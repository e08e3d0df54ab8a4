"""What is offered while a form is open: a yes or no answers the offer, never the form's question behind it."""

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.identity import ActionIdentityHelp
from actions.intake import ValidateIntakeForm
from actions.serve import registered_actions
from actions.turn import FormValidation
from tests.actions.harness import Loopback, Tell
from tests.actions.test_intake import asking
from tests.actions.test_pay import OPEN

OFFER = {names.OFFER: f"{names.OFFER_ACTION}:action_fee_reversal_ask"}
VALIDATIONS = sorted(
    name
    for name, run in registered_actions().items()
    if isinstance(run.__self__, FormValidation)  # type: ignore[attr-defined]
)


def test_every_form_is_tried() -> None:
    assert len(VALIDATIONS) >= 7


@pytest.mark.parametrize("intent", ["affirm", "deny"])
@pytest.mark.parametrize("name", VALIDATIONS)
async def test_the_form_steps_aside(api: AccountApi, answers: Loopback, run: Tell, name: str, intent: str) -> None:
    validation = registered_actions()[name].__self__  # type: ignore[attr-defined]
    slots = {**asking("confirm")["slots"], **OPEN["slots"], **OFFER, names.REQUESTED_SLOT: "asked"}
    said = await run(validation, intent=intent, form=name.removeprefix("validate_"), slots=slots)
    assert said.slots == {names.REQUESTED_SLOT: "asked"}
    assert said.names == [] and answers.asked == []


async def test_the_form_does_not_ask_beside_what_was_offered(api: AccountApi, run: Tell) -> None:
    said = await run(ActionIdentityHelp(), intent="do_not_know", **OPEN)
    assert said.names == ["utter_offer_person"]
    assert said.next == names.LISTEN


async def test_an_answer_to_the_form_takes_the_offer_back(api: AccountApi, run: Tell) -> None:
    asked = asking("address")
    asked["slots"] |= OFFER
    said = await run(ValidateIntakeForm(), intent="nlu_fallback", text="120 oak street", **asked)
    assert said.slots[names.OFFER] is None
    assert said.slots[names.INTAKE_ASKED] == "start_on"


async def test_what_is_no_answer_leaves_the_offer(api: AccountApi, run: Tell) -> None:
    asked = asking("address")
    asked["slots"] |= OFFER
    said = await run(ValidateIntakeForm(), intent="ask_hours", text="when are you open?", **asked)
    assert names.OFFER not in said.slots
