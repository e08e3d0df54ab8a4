"""What an error of the carrier says about a number, and what a word does to consent: pure."""

from typing import Literal

Word = Literal["stop", "start", "yes"]
"""STOP and its like; START and its like; YES, with which the carrier opens a number that it has closed."""
About = Literal["texts", "calls"]
"""What somebody wants no more of: texts, or calls that nobody makes by hand."""
Source = Literal["keys", "words"]
"""How a customer said it themselves about calls: by a key in one, in plain words."""
REFUSED = "21610"
_LEARNED = {
    "21211": "invalid",
    "21217": "invalid",
    "30005": "invalid",
    "21614": "landline",
    "30006": "landline",
    "30004": "blocked",
    "21408": "no_route",
    "21612": "no_route",
}
"""Twilio's error → why no text arrives there. What is not here says something about us, the network, or today."""


def unreachable_by(code: str | None) -> str | None:
    """Why a number takes no texts, by the error that one failed with; None when nothing is learned."""
    return _LEARNED.get(code or "")


def opens(word: Word, stopped_by: str | None) -> bool:
    """Whether `word` gives consent again. The carrier takes YES only from a number that it has closed."""
    return word == "start" or (word == "yes" and stopped_by in ("keyword", "carrier"))
