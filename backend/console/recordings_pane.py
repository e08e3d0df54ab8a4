"""What can be listened to in a case: messages that were left, and calls with people."""

from datetime import datetime

from backend.console.surroundings import PREFIX
from backend.console.tags import tag
from backend.console.views import Case
from backend.console.words import Wording


def draw_recordings(t: Wording, case: Case, now: datetime) -> None:
    """Fill the current element with a player for each; nothing when there is nothing."""
    if not case.recordings:
        return
    with tag("section", css="fact-group recordings", aria_labelledby="recordings-title"):
        tag("h3", t("recordings"), id="recordings-title")
        for one in case.recordings:
            length = f"{one.seconds // 60}:{one.seconds % 60:02}"
            name = t(f"recorded_{one.kind}", time=t.clock_time(one.at, now), length=length)
            tag("p", name, "help", id=f"about-{one.sid}")
            address = f"{PREFIX}/cases/{case.item.id}/recordings/{one.sid}"
            tag("audio", src=address, controls=True, preload="none", aria_labelledby=f"about-{one.sid}")
