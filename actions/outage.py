"""Water that is away: what the district knows of it, before anybody is asked or sent anywhere.

When a main breaks hundreds call with the same words. Once it is announced (the emergency switch), "no water" is
answered with what was announced; the emergency line stays free for what nobody knows yet.
"""

import re

from actions import names
from actions.account_types import District
from actions.turn import TopicAction, Turn, account_api

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


def known_outage(district: District | None, turn: Turn) -> str:
    """What the district has announced of water that is away; empty when it announced none."""
    announced = district.notices if district else ()
    return " ".join(notice.text[turn.language] for notice in announced if notice.no_water)


def tells_of_known_outage(turn: Turn, district: District | None) -> bool:
    """Whether "no water" was answered with what is announced. What sounds like more than that never is."""
    announced = known_outage(district, turn)
    if not announced or not _NO_WATER.search(turn.text) or _MORE_THAN_THAT.search(turn.text):
        return False
    turn.close_forms()
    _tell(turn, announced)
    return True


def _tell(turn: Turn, announced: str) -> None:
    turn.say("utter_outage_known", announced=announced)
    turn.offer(f"{names.OFFER_ACTION}:action_emergency")


class ActionOutage(TopicAction):
    """Whether the water is away somewhere and when it comes back."""

    def name(self) -> str:
        return "action_outage"

    async def answer(self, turn: Turn) -> None:
        announced = known_outage(await account_api().district(), turn)
        if announced:
            _tell(turn, announced)
        else:
            turn.say("utter_outage_none")
            turn.offer(f"{names.OFFER_ACTION}:action_emergency")
