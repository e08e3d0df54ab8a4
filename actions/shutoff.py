"""A shut-off for non-payment: when it can be, what stops it, and a person at once when it is today."""

import re
from typing import Any

from actions import billing_api
from actions.billing_types import ShutOff
from actions.identity import known
from actions.person import hand_off
from actions.turn import TopicAction, Turn

_TODAY = re.compile(
    r"\b(?:today|right now|this morning|this afternoon|tonight|in an hour|outside|at my (?:door|house)|"
    r"hoy|ahora mismo|ahorita|esta ma[nñ]ana|esta tarde|afuera|en mi (?:puerta|casa))\b",
    re.IGNORECASE,
)


class ActionShutoff(TopicAction):
    """Where the account stands, before what day nothing happens, and how to stop it."""

    def name(self) -> str:
        return "action_shutoff"

    async def answer(self, turn: Turn) -> None:
        if turn.intent == "report_shutoff_today" or (turn.intent == "ask_shutoff" and _TODAY.search(turn.text)):
            turn.say("utter_shutoff_today")
            await hand_off(turn, "above_authority", details=[_off_today(turn)])
            return
        found = await known(turn, self.name(), billing_api.shut_off)
        if found is not None:
            _say(turn, found)


def _off_today(turn: Turn) -> dict[str, Any]:
    """The detail that puts the case ahead of others today."""
    label = {"en": "Shut-off on", "es": "Corte el"}
    return {"name": "shut_off_on", "label": label, "value": turn.now.date().isoformat()}


def _say(turn: Turn, found: ShutOff) -> None:
    wording = turn.wording
    past_due = wording.money(found.past_due_cents)
    if found.status == "protected":
        turn.say("utter_shutoff_protected", past_due=past_due, protections=protections(turn, found))
        return
    if found.status in {"not_yet", "possible"} and found.earliest_on is not None:
        turn.say(
            f"utter_shutoff_{found.status}",
            past_due=past_due,
            earliest_on=wording.day(found.earliest_on),
            days=str(found.notice_business_days),
        )
        turn.say("utter_shutoff_ways_out")
        return
    turn.say(f"utter_shutoff_{found.status}")


def protections(turn: Turn, found: ShutOff) -> str:
    """ "your payment plan and your appeal"."""
    return turn.wording.listing([_PROTECTIONS[one][turn.language] for one in found.protections])


_PROTECTIONS = {
    "medical_protection": {"en": "your medical protection", "es": "su protección médica"},
    "payment_pending": {"en": "your payment on its way", "es": "su pago en camino"},
    "arrangement": {"en": "your payment plan", "es": "su plan de pagos"},
    "dispute": {"en": "your open dispute", "es": "su reclamo abierto"},
    "appeal": {"en": "your open appeal", "es": "su apelación abierta"},
    "extension": {"en": "your extension", "es": "su prórroga"},
    "emergency": {"en": "the water emergency in your area", "es": "la emergencia de agua en su zona"},
    "review": {"en": "a review of your account", "es": "una revisión de su cuenta"},
}
