"""A meter that may be wrong: read again, or tested."""

from actions.identity import ACCOUNT_LEVEL
from actions.intake import begin_intake
from actions.intake_questions import PHONE, optional
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Option, Question
from actions.turn import TopicAction, Turn

METER_CHECK = register(
    Intake(
        topic="meter_check",
        intents=("request_meter_check",),
        summary="Wants the meter read again or tested.",
        level=ACCOUNT_LEVEL,
        department="field_service",
        questions=(
            Question(
                "which",
                Kind.CHOICE,
                {"en": "Wanted", "es": "Pedido"},
                options=(
                    Option(
                        "reread",
                        {"en": "Read it again", "es": "Leerlo otra vez"},
                        r"\b(read|reread|leer|lean|lea|lectura|otra vez)",
                    ),
                    Option("test", {"en": "Test it", "es": "Probarlo"}, r"\b(test|probar|prueb|prueben)"),
                ),
            ),
            Question("why", Kind.TEXT, {"en": "Reason", "es": "Motivo"}),
            optional(Question("reading", Kind.DIGITS, {"en": "Reading now", "es": "Lectura actual"})),
            PHONE,
        ),
    )
)


class ActionMeterCheck(TopicAction):
    """A crew reads the meter again, or tests it."""

    def name(self) -> str:
        return "action_meter_check"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, METER_CHECK, self.name(), opening="utter_meter_check")
