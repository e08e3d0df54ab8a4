"""Visitors of the office: registered beforehand; a person lets them in."""

from actions.intake import begin_intake
from actions.intake_questions import optional
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Question
from actions.turn import TopicAction, Turn

VISITOR = register(
    Intake(
        topic="visitors",
        intents=("register_visitor",),
        summary="A visitor to expect at the front desk. Tell the host; check name and badge at the door.",
        questions=(
            Question("name", Kind.NAME, {"en": "Name", "es": "Nombre"}),
            optional(Question("company", Kind.TEXT, {"en": "Company", "es": "Empresa"})),
            Question("host", Kind.NAME, {"en": "Visits", "es": "Visita a"}),
            Question("on", Kind.DATE, {"en": "Day", "es": "Día"}, days=(0, 90)),
            Question("purpose", Kind.TEXT, {"en": "Purpose and time", "es": "Motivo y hora"}),
        ),
    )
)


class ActionVisitor(TopicAction):
    """Somebody has an appointment, or stands in the lobby."""

    def name(self) -> str:
        return "action_visitor"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, VISITOR, self.name(), opening="utter_visitor")
