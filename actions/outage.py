"""Water that is away: what the district knows of it, before anybody is asked or sent anywhere.

When a main breaks hundreds call with the same words. Once it is announced (the emergency switch), "no water" is
answered with what was announced; the emergency line stays free for what nobody knows yet.
"""

import asyncio
import re

from actions import names
from actions.account_api import AccountApiError
from actions.turn import TopicAction, Turn, account_api

SECONDS_MAX = 1.0
_REPORT = f"{names.OFFER_ACTION}:action_emergency"
_NO_WATER = re.compile(
    r"\bno (?:\w+ )?water\b|\b(?:without|lost|out of|any) (?:\w+ )?water\b|"
    r"\bwater(?:'s| is| went| has been| just went)? (?:\w+ )?(?:out|off|gone)\b|\bnothing comes out\b|\boutage\b|"
    r"\bsin (?:\w+ )?agua\b|\bno (?:hay|tengo|tenemos|sale|cae|(?:me |nos )?llega|viene) (?:\w+ )?(?:agua|nada)\b|"
    r"\b(?:fue|cortaron|quitaron|acab[oó]) el agua\b|\bcorte de agua\b",
    re.IGNORECASE,
)
_MORE_THAN_THAT = re.compile(
    r"burst|broke|break|flood|gush|spray|shoot|geyser|hydrant|sewage|sewer|sink|inund|revent|romp|rot[ao]\b|chorro|brot|"
    r"hidrante|drenaje|aguas negras|hund",
    re.IGNORECASE,
)


async def announced_outage(turn: Turn) -> str:
    """What the district has announced of water that is away where the customer is; empty when it announced none.

    :raises AccountApiError: the backend is out.
    """
    notices = await account_api().notices(turn.conversation_id)
    return " ".join(notice.text[turn.language] for notice in notices if notice.no_water)


async def tells_of_known_outage(turn: Turn) -> bool:
    """Whether "no water" was answered with what is announced.

    What sounds like more than that never is, nor who says so once more: they mean something else. And the emergency
    number does not wait for a backend that does not answer.
    """
    if turn.offered == _REPORT or not _NO_WATER.search(turn.text) or _MORE_THAN_THAT.search(turn.text):
        return False
    try:
        async with asyncio.timeout(SECONDS_MAX):
            announced = await announced_outage(turn)
    except (AccountApiError, TimeoutError):
        return False
    if announced:
        turn.close_forms()
        _tell(turn, announced)
    return bool(announced)


def _tell(turn: Turn, announced: str) -> None:
    """Not twice in one answer: a new thread begins with what is announced, before the assistant's words."""
    if turn.metadata.get("is_new"):
        turn.say("utter_outage_just_told")
    else:
        turn.say("utter_outage_known", announced=announced)
    turn.offer(_REPORT)


class ActionOutage(TopicAction):
    """Whether the water is away somewhere and when it comes back."""

    def name(self) -> str:
        return "action_outage"

    async def answer(self, turn: Turn) -> None:
        announced = await announced_outage(turn)
        if announced:
            _tell(turn, announced)
        else:
            turn.say("utter_outage_none")
            turn.offer(_REPORT)
