"""Why a bill is as high as it is: the API's own sentences, and what may be done next."""

import re

from actions import billing_api
from actions.account_api import NotFound
from actions.billing_types import Explanation, Told
from actions.identity import known
from actions.turn import TopicAction, Turn

_A_YEAR_AGO = re.compile(
    r"\b(?:last year|year ago|than a year|a[nñ]o pasado|hace un a[nñ]o|hace 1 a[nñ]o)\b", re.IGNORECASE
)


class ActionBillExplanation(TopicAction):
    """What made the newest bill differ from the one before, or from a year ago when that was asked."""

    def name(self) -> str:
        return "action_bill_explanation"

    async def answer(self, turn: Turn) -> None:
        try:
            found = await known(turn, self.name(), billing_api.explanation)
        except NotFound:
            turn.say("utter_no_bill_yet")
            return
        if found is None:
            return
        told = _asked_for(turn, found)
        issued_on, due = turn.wording.day(found.bill.issued_on), turn.wording.money(found.due_cents)
        if told is None:
            turn.say("utter_first_bill", issued_on=issued_on, due=due)
        else:
            words = (told.speech if turn.channel == "voice" else told.chat)[turn.language]
            turn.say("utter_bill_explanation", issued_on=issued_on, due=due, explanation=words)
        turn.say("utter_bill_explanation_next")


def _asked_for(turn: Turn, found: Explanation) -> Told | None:
    if found.last is None or (found.last_year is not None and _A_YEAR_AGO.search(turn.text)):
        return found.last_year
    return found.last
