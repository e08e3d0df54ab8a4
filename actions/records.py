"""Requests that are not about water: public records, the press, lawyers, claims for damages."""

from actions.intake import begin_intake
from actions.intake_questions import PHONE, address, optional
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Question
from actions.person import hand_off
from actions.turn import TopicAction, Turn

_NAME = Question("name", Kind.NAME, {"en": "Name", "es": "Nombre"})
RECORDS = register(
    Intake(
        topic="records",
        intents=("request_records",),
        summary="A public records request. An answer is due within ten days (Gov. Code 7922.535).",
        department="records",
        questions=(
            Question("what", Kind.TEXT, {"en": "Records", "es": "Registros"}),
            optional(_NAME),
            Question("email", Kind.EMAIL, {"en": "E-mail", "es": "Correo"}, optional=True),
            optional(PHONE),
        ),
    )
)
PRESS = register(
    Intake(
        topic="press",
        intents=("press_inquiry",),
        summary="A question from the press. Answer before the deadline.",
        department="board_clerk",
        questions=(
            Question("name", Kind.TEXT, {"en": "Who", "es": "Quién"}),
            Question("about", Kind.TEXT, {"en": "Story", "es": "Nota"}),
            Question("deadline", Kind.TEXT, {"en": "Deadline", "es": "Fecha límite"}),
            PHONE,
        ),
    )
)
CLAIM = register(
    Intake(
        topic="claim",
        intents=("file_claim",),
        summary="Claims damage by the district. Send the claim form; the customer has six months (Gov. Code 911.2).",
        department="board_clerk",
        reason="above_authority",
        questions=(
            Question("what", Kind.TEXT, {"en": "Damage", "es": "Daño"}),
            Question("on", Kind.DATE, {"en": "Day", "es": "Día"}, days=(-365, 0)),
            address(),
            _NAME,
            PHONE,
        ),
    )
)


class ActionRecords(TopicAction):
    """Public records: anybody may ask."""

    def name(self) -> str:
        return "action_records"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, RECORDS, self.name(), opening="utter_records")


class ActionPress(TopicAction):
    """A reporter: the person who speaks for the district calls back."""

    def name(self) -> str:
        return "action_press"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, PRESS, self.name(), opening="utter_press")


class ActionLegal(TopicAction):
    """Lawyers, courts, threats of a suit: a person at once, and not a word on the matter."""

    def name(self) -> str:
        return "action_legal"

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_legal")
        await hand_off(turn, "above_authority", department="board_clerk")


class ActionClaim(TopicAction):
    """Damage that the district may have caused."""

    def name(self) -> str:
        return "action_claim"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, CLAIM, self.name(), opening="utter_claim")
