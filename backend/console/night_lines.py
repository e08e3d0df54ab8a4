"""What a step of a night did, in the reader's language."""

import re

from backend.console.words import Wording
from backend.nightly.rules import Line


def line_key(what: str) -> str:
    """The words' key for a line that the nights call `what` ("autopay drafts" → `night_line_autopay_drafts`)."""
    return "night_line_" + re.sub(r"[^a-z0-9]+", "_", what.lower()).strip("_")


def line_words(t: Wording, line: Line) -> str:
    """What a line counts; in English where a newer night counts something that has no other words yet."""
    return t.said(line_key(line.what)) or line.what
