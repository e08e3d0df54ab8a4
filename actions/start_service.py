"""Water at a new place: what customer service needs to open an account."""

from actions.intake import begin_intake
from actions.intake_questions import OCCUPANT, PHONE, address
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Question
from actions.turn import TopicAction, Turn

START_SERVICE = register(
    Intake(
        topic="start_service",
        intents=("start_service",),
        summary="Wants to start water service.",
        questions=(
            address("Service address", "Dirección del servicio"),
            Question("start_on", Kind.DATE, {"en": "Start date", "es": "Fecha de inicio"}, days=(0, 60)),
            Question("name", Kind.NAME, {"en": "Name", "es": "Nombre"}),
            OCCUPANT,
            PHONE,
            Question("email", Kind.EMAIL, {"en": "E-mail", "es": "Correo"}, optional=True),
        ),
    )
)


class ActionStartService(TopicAction):
    """Somebody moves in, or needs water where there is none."""

    def name(self) -> str:
        return "action_start_service"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, START_SERVICE, self.name(), opening="utter_start_service")
