"""Somebody moves within the district: stop at one place, start at another, one account holder."""

from actions.identity import ACCOUNT_LEVEL
from actions.intake import begin_intake
from actions.intake_questions import OCCUPANT, PHONE, address
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Question
from actions.turn import TopicAction, Turn

TRANSFER_SERVICE = register(
    Intake(
        topic="transfer_service",
        intents=("transfer_service",),
        summary="Wants to transfer service to a new address.",
        level=ACCOUNT_LEVEL,
        questions=(
            address("New address", "Dirección nueva"),
            Question("start_on", Kind.DATE, {"en": "Start at the new place", "es": "Inicio en el lugar nuevo"}),
            Question("stop_on", Kind.DATE, {"en": "Last day at the old place", "es": "Último día en el anterior"}),
            OCCUPANT,
            PHONE,
        ),
    )
)


class ActionTransferService(TopicAction):
    """The service of a verified customer moves with them."""

    def name(self) -> str:
        return "action_transfer_service"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, TRANSFER_SERVICE, self.name(), opening="utter_transfer_service")
