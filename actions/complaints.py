"""Complaints and praise: written down for a lead person, who may call back."""

from actions.intake import begin_intake
from actions.intake_questions import PHONE, optional
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Question
from actions.turn import TopicAction, Turn

COMPLAINT = register(
    Intake(
        topic="complaints",
        intents=("complain", "upset"),
        summary="A complaint or praise about the district or its staff.",
        reason="upset",
        questions=(
            Question("what", Kind.TEXT, {"en": "What happened", "es": "Qué pasó"}),
            Question("on", Kind.DATE, {"en": "Day", "es": "Día"}, days=(-365, 0)),
            optional(Question("where", Kind.TEXT, {"en": "Where", "es": "Dónde"})),
            optional(Question("name", Kind.NAME, {"en": "Name", "es": "Nombre"})),
            optional(PHONE),
        ),
    )
)


class ActionComplaint(TopicAction):
    """Thanked for, then taken down."""

    def name(self) -> str:
        return "action_complaint"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, COMPLAINT, self.name(), opening="utter_complaint")
