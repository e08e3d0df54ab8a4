"""Danger to people or a broken main: what to do comes first, before anything else is asked."""

from actions.account_api import AccountApiError
from actions.district_types import District
from actions.emergency_place import ask_for_place
from actions.fallback import say_not_understood
from actions.outage import tells_of_known_outage
from actions.person import file_hand_off
from actions.turn import TopicAction, Turn, account_api, logger

SURE = 0.75


async def _district() -> District | None:
    """The emergency number does not change: one heard before is as good and quicker."""
    try:
        return account_api().last_known_district() or await account_api().district()
    except AccountApiError:
        return None


async def _file_case(turn: Turn, *, asks_where: bool) -> None:
    try:
        filed = await file_hand_off(turn, "emergency", assistant_continues=True)
    except AccountApiError as error:
        logger.warning("emergency not filed", conversation_id=turn.conversation_id, error=type(error).__name__)
        return
    turn.say("utter_emergency_case", reference=turn.wording.reference(filed.reference))
    if asks_where:
        ask_for_place(turn)


class ActionEmergency(TopicAction):
    """A main break, flooding, sewage or no water: the emergency line, and on a call straight to it.

    When that is a guess, the customer hears the number and is asked again; nothing is set in motion. An outage that is
    announced is told, and the line stays free.
    """

    def name(self) -> str:
        return "action_emergency"

    async def answer(self, turn: Turn) -> None:
        district = await _district()
        if turn.confidence < SURE and district is not None:
            turn.say("utter_emergency_perhaps", emergency_phone=turn.wording.phone(district.emergency_phone))
            say_not_understood(turn)
            return
        if await tells_of_known_outage(turn):
            return
        turn.close_forms()
        if district is None:
            turn.say("utter_emergency_without_number")
        elif turn.channel == "voice":
            turn.say("utter_emergency_connecting", emergency_phone=turn.wording.phone(district.emergency_phone))
            turn.command("transfer", department="emergency", number=district.emergency_phone)
        else:
            turn.say("utter_emergency", emergency_phone=turn.wording.phone(district.emergency_phone))
        await _file_case(turn, asks_where=True)


class ActionGasSmell(TopicAction):
    """Gas: leave, then 911 and the gas company. The district has no gas and connects nobody."""

    def name(self) -> str:
        return "action_gas_smell"

    async def answer(self, turn: Turn) -> None:
        turn.close_forms()
        turn.say("utter_gas_smell")
        await _file_case(turn, asks_where=False)
