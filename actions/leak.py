"""A leak on the customer's side: what to do now, and a credit after the repair."""

from actions.identity import ACCOUNT_LEVEL
from actions.intake import begin_intake
from actions.intake_questions import PHONE
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Question
from actions.turn import TopicAction, Turn

LEAK_CREDIT = register(
    Intake(
        topic="leak_credit",
        intents=("request_leak_credit",),
        summary="Asks for a credit after a leak.",
        level=ACCOUNT_LEVEL,
        reason="above_authority",
        questions=(
            Question("what", Kind.TEXT, {"en": "What leaked", "es": "Qué tenía la fuga"}),
            Question("fixed_on", Kind.DATE, {"en": "Repaired on", "es": "Reparado el"}, days=(-365, 0)),
            Question("receipt", Kind.YES_NO, {"en": "Receipt", "es": "Recibo"}),
            PHONE,
        ),
    )
)


class ActionHomeLeak(TopicAction):
    """Stop the water, find the leak, fix it."""

    def name(self) -> str:
        return "action_home_leak"

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_home_leak")


class ActionLeakCredit(TopicAction):
    """A person decides on the credit; everything they need is gathered."""

    def name(self) -> str:
        return "action_leak_credit"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, LEAK_CREDIT, self.name(), opening="utter_leak_credit")
