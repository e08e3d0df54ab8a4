"""Too little or too much pressure: one tap or all, alone or with the neighbors."""

from actions.intake import begin_intake
from actions.intake_questions import PHONE, address
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Option, Question
from actions.turn import TopicAction, Turn

PRESSURE = register(
    Intake(
        topic="pressure",
        intents=("report_pressure",),
        summary="Reports trouble with water pressure.",
        department="water_quality",
        reason="above_authority",
        questions=(
            Question(
                "where",
                Kind.CHOICE,
                {"en": "Where", "es": "Dónde"},
                options=(
                    Option(
                        "one_tap", {"en": "One tap", "es": "Una llave"}, r"\b(one|only|just|single|una|sola|solo)\b"
                    ),
                    Option(
                        "whole_house",
                        {"en": "Whole house", "es": "Toda la casa"},
                        r"\b(whole|all|every\w*|toda|todas)\b",
                    ),
                ),
            ),
            Question(
                "neighbors",
                Kind.YES_NO,
                {"en": "Neighbors too", "es": "También vecinos"},
                when=lambda known: known.get("where") == "whole_house",
                optional=True,
            ),
            Question("since", Kind.TEXT, {"en": "Since", "es": "Desde"}),
            address(),
            PHONE,
        ),
    )
)


class ActionPressure(TopicAction):
    """The questions that tell a broken main from a clogged tap."""

    def name(self) -> str:
        return "action_pressure"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, PRESSURE, self.name(), opening="utter_pressure")
