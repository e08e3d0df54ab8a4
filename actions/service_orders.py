"""Work in the field: a meter closed or opened for a repair, and where an order stands."""

from actions import names
from actions.intake import begin_intake
from actions.intake_questions import ADULT_HOME, PHONE, address
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Question
from actions.turn import TopicAction, Turn

FIELD = "field_service"
_DAY = Question("on", Kind.DATE, {"en": "Day", "es": "Día"}, days=(0, 30))
TURN_OFF = register(
    Intake(
        topic="turn_off",
        intents=("request_turn_off",),
        summary="Needs the water closed at the meter for a while.",
        department=FIELD,
        questions=(
            address(),
            _DAY,
            Question("hours", Kind.TEXT, {"en": "Time and how long", "es": "Hora y duración"}),
            ADULT_HOME,
            PHONE,
        ),
    )
)
TURN_ON = register(
    Intake(
        topic="turn_on",
        intents=("request_turn_on",),
        summary="Needs the water opened at the meter after a repair.",
        department=FIELD,
        questions=(address(), _DAY, ADULT_HOME, PHONE),
    )
)


class ActionTurnOff(TopicAction):
    """The meter is to be closed for a repair."""

    def name(self) -> str:
        return "action_turn_off"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, TURN_OFF, self.name(), opening="utter_turn_off")


class ActionTurnOn(TopicAction):
    """The meter is to be opened after a repair."""

    def name(self) -> str:
        return "action_turn_on"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, TURN_ON, self.name(), opening="utter_turn_on")


class ActionOrderStatus(TopicAction):
    """Where an order stands: people see that, so one is offered."""

    def name(self) -> str:
        return "action_order_status"

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_order_status")
        turn.offer(f"{names.OFFER_PERSON}:request")
        turn.go_on_with(names.LISTEN)
