"""Where an emergency is: asked for in a thread once its case is filed, and added to the case. Nobody has to answer."""

import re

from actions import names
from actions.intake_answers import TEXT_MAX
from actions.person import file_hand_off
from actions.turn import Turn

_PLACE = re.compile(r"\b\d{3,6}\s+[^\W\d]|[^\W\d]{3,}\s+\d{3,6}\b|\b(?:corner of|esquina (?:de|con))\b", re.IGNORECASE)
"""A house number beside a word, or a corner. "20 minutes", "3 feet of water" are none."""
_LABEL = {"en": "Where it is", "es": "Dónde es"}


def ask_for_place(turn: Turn) -> None:
    """Unless the message said it; a caller tells the emergency line."""
    if turn.channel != "voice" and not _PLACE.search(turn.text):
        turn.say("utter_emergency_where")
        turn.offer(names.OFFER_PLACE)


async def place_added(turn: Turn) -> bool:
    """Whether the message was the answer to where it is, in whatever words; the case has it then.

    :raises AccountApiError: the backend is out or refused.
    """
    if turn.offered != names.OFFER_PLACE:
        return False
    place = {"name": "place", "label": _LABEL, "value": " ".join(turn.text.split())[:TEXT_MAX]}
    filed = await file_hand_off(turn, "emergency", assistant_continues=True, details=[place])
    turn.say("utter_emergency_place_added", reference=turn.wording.reference(filed.reference))
    return True
