"""Somebody moves out: the last day, and where the final bill goes."""

from actions.identity import ACCOUNT_LEVEL
from actions.intake import begin_intake
from actions.intake_questions import PHONE
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Option, Question
from actions.turn import TopicAction, Turn

STOP_SERVICE = register(
    Intake(
        topic="stop_service",
        intents=("stop_service",),
        summary="Wants to stop water service.",
        level=ACCOUNT_LEVEL,
        questions=(
            Question("stop_on", Kind.DATE, {"en": "Last day", "es": "Último día"}, days=(0, 60)),
            Question(
                "next",
                Kind.CHOICE,
                {"en": "Afterwards", "es": "Después"},
                options=(
                    Option(
                        "moving_in",
                        {"en": "Somebody moves in", "es": "Alguien se muda"},
                        r"\b(mov\w* in|tenant|buyer|new owner|someone|somebody|alguien|inquilin|comprador|nuevo dueñ)",
                    ),
                    Option(
                        "turn_off",
                        {"en": "Turn the water off", "es": "Cerrar el agua"},
                        r"\b(turn\w*\b.*\boff|shut|close|empty|nobody|no one|cerrar|cierr|apag|vac[ií]a|nadie)",
                    ),
                ),
            ),
            Question("mail_to", Kind.ADDRESS, {"en": "Final bill to", "es": "Última factura a"}),
            PHONE,
        ),
    )
)


class ActionStopService(TopicAction):
    """The service of a verified customer ends on a day."""

    def name(self) -> str:
        return "action_stop_service"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, STOP_SERVICE, self.name(), opening="utter_stop_service")
