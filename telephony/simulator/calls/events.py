"""What happens on a call, as it is reported to scripts and to the page."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal[
    "say", "play", "pause", "gather", "heard", "pressed", "record", "queue", "dial", "conference", "talk", "voice",
    "interrupted", "pay", "relay", "stream", "hangup", "error",
]  # fmt: skip
"""`heard`: what the application was told that this person said. `talk`: what they said to other people on the call.
`voice`: what another person said. `interrupted`: how far a sentence had come when they talked over it."""

WORDS_PER_SECOND = 2.5


@dataclass(frozen=True)
class Event:
    """One thing heard, done or gone wrong. `at` and `seconds` are seconds of the call's own clock."""

    at: float
    kind: Kind
    text: str
    language: str | None = None
    seconds: float | None = None
    voice: str | None = None
    confidence: float | None = None
    code: int | None = None
    who: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The four fields every event has, and those of the others that are set."""
        always = ("at", "kind", "text", "language")
        return {name: value for name, value in asdict(self).items() if name in always or value is not None}


def speaking_seconds(words: str) -> float:
    """How long it takes to say `words`, at about 150 words a minute."""
    return round(max(0.6, len(words.split()) / WORDS_PER_SECOND), 2)
