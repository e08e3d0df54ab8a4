"""What a caller's keys, words and silence mean on any phone call. Pure."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from telephony.choices import plain_words
from telephony.messages import Collect, Kind, Meaning

TURNS_MAX = 500
LISTEN_SECONDS, LISTEN_SECONDS_PATIENT = 5, 15
PAUSE_SECONDS, PAUSE_SECONDS_PATIENT = {"digits": 2, "speech": 1, "any": 1}, 4
FINISH_KEY = "#"
SPEAKING_WORDS_MAX = 8
"""Longer sentences with "slower" in them are about something else ("my meter runs slower")."""

_SLOWER = re.compile(
    r"\b(slower|slow down|slowly|too fast|not so fast|(mas )?(despacio|lento|lentamente)|muy rapido|no tan rapido)\b"
)
_USUAL = re.compile(r"\b(faster|normal speed|speed up|mas rapido|velocidad normal)\b")
_SEVEN_ONE_ONE = "(711|seven one one)"
_RELAY = re.compile(
    r"\b(relay (operator|calls?|service|assistant|agent)|(telecommunications|video|captioned|ip|sprint|hamilton) relay"
    rf"|(call|calling) (through|via|using|by) (the )?{_SEVEN_ONE_ONE}|{_SEVEN_ONE_ONE} (operator|relay (service|call))"
    r"|communications assistant|tty|tdd|(sign language|asl) interpreter|\w+ vrs"
    r"|(operador|operadora|llamada|servicio) de (relevo|retransmision)|interprete de (senas|lengua de senas|lenguaje de"
    r" senas))\b"
)
"""Never the number alone: "711 Oak Street", and "one two seven one one" of an account number, are answers."""
_INTRODUCING = re.compile(
    r"(a|adelante|afternoon|agent|ahead|am|an|and|antes|asl|assistant|been|before|buenas|buenos|by|ca|call|"
    r"called|caller|calling|calls|communications|con|customer|de|deaf|del|dias|el|evening|ever|favor|for|from|"
    r"go|good|ha|habla|hablo|hard|has|have|hearing|hello|hi|hola|hold|i|id|im|impaired|interpreter|is|it|la|"
    r"language|le|llamo|me|moment|morning|name|noches|number|numero|of|on|one|operator|or|para|person|persona|"
    r"please|por|received|receiving|recibido|relay|service|servicio|seven|sign|sorda|soy|speech|take|tardes|tdd|"
    r"the|there|this|through|tty|un|una|used|using|usted|via|who|with|you|your)"
)
MORE_WORDS = 2
"""From so many words beyond the introduction on, there is something for the assistant in them."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came over the line in one turn. `by`: keys or speech, None for silence and the start.

    `told` is our own word to the assistant about the call, as of `Utterance`.
    """

    call_sid: str
    party: str | None
    kind: Kind
    text: str = ""
    by: Literal["keys", "speech"] | None = None
    told: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call is, as far as the next turn needs it.

    `quiet` and `missed`: how often in a row nothing was heard, or nothing understood. `slow`: the caller asked for it.
    `patient`: somebody in between writes or signs (711). `doubted`: the carrier doubts the calling number.
    `digits`: the last question asked for a number. `relay`: the call has left ConversationRelay for a moment.
    """

    turn: int = 0
    quiet: int = 0
    missed: int = 0
    slow: bool = False
    patient: bool = False
    doubted: bool = False
    digits: bool = False
    relay: bool = False

    def next(self, collect: Collect) -> "Place":
        """The place after a question has been asked."""
        return replace(self, turn=min(self.turn + 1, TURNS_MAX), digits=collect.kind == "digits")

    @property
    def listen_seconds(self) -> int:
        """How long nothing may be heard before it is silence."""
        return LISTEN_SECONDS_PATIENT if self.patient else LISTEN_SECONDS

    def pause_seconds(self, collect: Collect) -> int:
        """How long a pause ends what is being said: longer while somebody reads out a number."""
        return PAUSE_SECONDS_PATIENT if self.patient else PAUSE_SECONDS[collect.kind]


Rung = Literal["answer", "offer_person", "keys", "person", "hang_up"]


def ladder(place: Place, kind: Kind) -> tuple[Place, Rung]:
    """The silence and no-match ladders.

    Silence: the assistant asks again, then keys and a person are offered, then the call ends politely; a relay caller
    is asked twice as often. Words that were not understood: asked again, then the keys are offered, then a person
    answers: somebody is there.
    """
    if kind == "silence":
        place = replace(place, quiet=place.quiet + 1)
        step = (place.quiet + 1) // 2 if place.patient else place.quiet
        return place, "answer" if step <= 1 else "offer_person" if step == 2 else "hang_up"
    if kind == "no_match":
        place = replace(place, missed=place.missed + 1, quiet=0)
        return place, "answer" if place.missed == 1 else "keys" if place.missed == 2 else "person"
    return replace(place, quiet=0, missed=0), "answer"


def meaning_of(heard: Heard, place: Place) -> Meaning | None:
    """What keys, and words about the speaking itself, stand for; None when they are just what they are."""
    if heard.by == "keys":
        answers: dict[str, Meaning] = {} if place.digits else {"1": "yes", "2": "no"}
        keys: dict[str, Meaning] = {"0": "representative", "*": "repeat", **answers}
        return keys.get(heard.text)
    return None if asks_for_pace(heard.text) is None else "repeat"


def asks_for_pace(words: str) -> Literal["slow", "usual"] | None:
    """Whether somebody asks to be spoken to more slowly, or at the usual pace again."""
    plain = plain_words(words)
    if len(plain.split()) > SPEAKING_WORDS_MAX:
        return None
    if _USUAL.search(plain):
        return "usual"
    return "slow" if _SLOWER.search(plain) else None


def is_relay_operator(words: str, place: Place) -> bool:
    """Whether somebody introduces a relayed call: an operator, an interpreter, a text telephone.

    Never while a number is asked for: what is said then is the answer.
    """
    return not place.digits and _RELAY.search(plain_words(words)) is not None


def says_more(words: str) -> bool:
    """Whether the introduction of a relayed call holds what the caller wants, too."""
    rest = re.findall(r"[^\W\d_]+", _RELAY.sub(" ", plain_words(words).replace("'", "")))
    return sum(_INTRODUCING.fullmatch(word) is None for word in rest) >= MORE_WORDS


def digits_expected(collect: Collect, choices: int) -> int | None:
    """How many keys end the input at once; None waits for # or a pause."""
    if collect.kind == "digits":
        return collect.digits_max
    return 1 if 0 < choices < 10 else None


def number_is_doubted(verstat: str) -> bool:
    """Whether the carrier says that the calling number is not the caller's (STIR/SHAKEN). Passing proves nothing."""
    return verstat.startswith("TN-Validation-Failed")
