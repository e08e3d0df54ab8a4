"""A bill is contested: while the review is open, nothing is shut off for it (Gov. Code 60372, HSC 116908(b))."""

from actions.identity import ACCOUNT_LEVEL
from actions.intake import begin_intake
from actions.intake_questions import PHONE
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Question
from actions.turn import TopicAction, Turn

APPEAL = register(
    Intake(
        topic="appeal",
        intents=("dispute_bill",),
        summary="Disputes a bill and asks for a review. Place a dispute hold: no shut-off while it is open.",
        level=ACCOUNT_LEVEL,
        reason="above_authority",
        questions=(
            Question("bill", Kind.TEXT, {"en": "Bill", "es": "Factura"}),
            Question("why", Kind.TEXT, {"en": "What is wrong", "es": "Qué está mal"}),
            Question("wanted", Kind.TEXT, {"en": "Wanted", "es": "Lo que pide"}),
            PHONE,
        ),
    )
)


class ActionAppeal(TopicAction):
    """The right is said first, then everything is taken down."""

    def name(self) -> str:
        return "action_appeal"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, APPEAL, self.name(), opening="utter_appeal")
