"""Where an emergency is: asked for in a thread once its case is filed, and added to the case. Nobody has to answer."""

import re

from actions import names
from actions.intake_answers import TEXT_MAX
from actions.person import file_hand_off
from actions.turn import Turn

_PLACE = re.compile(r"\b\d{3,6}\s+[^\W\d]|[^\W\d]{3,}\s+\d{3,6}\b|\b(?:corner of|esquina (?:de|con))\b", re.IGNORECASE)
"""A house number beside a word, or a corner. "20 minutes", "3 feet of water" are none."""
_ZIP = re.compile(
    r"(?:(?:it'?s|is|in|the|my|zip|code|es|el|en|mi|c[oó]digo|postal)\W+)*\d{5}(?:-\d{4})?\W*", re.IGNORECASE
)
"""A ZIP code and nothing else: "calle Jefferson 41250" ends in five figures and is an address."""
_MORE = f"{names.OFFER_PLACE}:more"
_LABEL = {"en": "Where it is", "es": "Dónde es"}


def ask_for_place(turn: Turn) -> None:
    """Unless the message said it; a caller tells the emergency line."""
    if turn.channel != "voice" and not _PLACE.search(turn.text):
        turn.say("utter_emergency_where")
        turn.offer(names.OFFER_PLACE)


async def place_added(turn: Turn) -> bool:
    """Whether the message was the answer to where it is, in whatever words; the case has it then.

    A ZIP code says too little: the street is asked for. An address that comes after the answer is added as well.

    :raises AccountApiError: the backend is out or refused.
    """
    asked, more = turn.offered == names.OFFER_PLACE, turn.offered == _MORE and _PLACE.search(turn.text)
    if not asked and not more:
        return False
    place = {"name": "place", "label": _LABEL, "value": " ".join(turn.text.split())[:TEXT_MAX]}
    filed = await file_hand_off(turn, "emergency", assistant_continues=True, details=[place])
    reference = turn.wording.reference(filed.reference)
    if asked and _ZIP.fullmatch(turn.text):
        turn.say("utter_emergency_which_street", reference=reference)
        turn.offer(names.OFFER_PLACE)
    else:
        turn.say("utter_emergency_place_added", reference=reference)
        turn.offer(_MORE)
    return True
