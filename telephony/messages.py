"""What the switchboard speaks: `Utterance` in, `Answer` of `Reply` out. The same for every channel, frozen."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

Channel = Literal["voice", "sms", "chat"]
Language = Literal["en", "es"]
Kind = Literal["start", "message", "silence", "no_match"]
Mode = Literal["assistant", "person", "closed"]
Meaning = Literal["representative", "repeat", "yes", "no"]
"""What a key, or a word about the speaking itself, stands for; said to the assistant in the caller's language."""

TEXT_CHARACTERS_MAX = 10_000
# NUL and the other control characters mean nothing in a message, and PostgreSQL and XML refuse some of them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean_text(raw: str) -> str:
    """Words as they may travel on: no control characters, no blank ends, at most 10,000 characters."""
    return _CONTROL.sub("", raw).strip()[:TEXT_CHARACTERS_MAX]


def language_of(value: object, otherwise: Language = "en") -> Language:
    """`value` if it is a language we speak, else `otherwise`."""
    return value if value in ("en", "es") else otherwise


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing a customer said, typed, pressed or did not say.

    `party` is E.164 or None; `language` is a hint for a new conversation; `payload` a choice that was picked.
    `meaning` is what a key stands for where it picks no choice; `doubted`: the carrier doubts the calling number.
    `told` is our own word to the assistant about the call (`/intent{…}`), which no customer can say.
    """

    channel: Channel
    provider_message_id: str
    thread_key: str
    party: str | None
    kind: Kind = "message"
    text: str = ""
    payload: str | None = None
    media_count: int = 0
    language: Language | None = None
    meaning: Meaning | None = None
    doubted: bool = False
    told: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: shown as a button, a numbered line or a key."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class HandOff:
    """A person takes over; `department` may have a phone that can be dialled when `open_now`."""

    department: str | None
    open_now: bool
    answered_by: str | None = None
    hand_off_id: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Connect the call to `number` (E.164)."""

    department: str | None
    number: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Say what there is to say, then end the call."""


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """From here on the conversation is in `language`."""

    language: Language


@dataclass(frozen=True, slots=True)
class Collect:
    """What the next voice input is likely to be. `secret`: never read it back."""

    kind: Literal["digits", "speech", "any"] = "any"
    digits_max: int | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class CollectCard:
    """The caller has agreed to an offer, and keys in a card or bank account now."""

    offer_id: str
    method: Literal["card", "bank_account"]


Command = CollectCard | HandOff | Transfer | HangUp | SetLanguage | Collect


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the customer. `text` is already worded for the channel.

    `language` is set only where a message is not in the conversation's language (our own, in both).
    """

    text: str
    choices: tuple[Choice, ...] = ()
    attachments: tuple[Mapping[str, str], ...] = ()
    commands: tuple[Command, ...] = ()
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the switchboard decided: replies to render, in which language, and whether they are on record.

    `conversation_id` is None when the turn could not be recorded; `recorded` says whether the replies are.
    """

    replies: tuple[Reply, ...]
    language: Language
    mode: Mode = "assistant"
    conversation_id: str | None = None
    recorded: bool = False
    commands: tuple[Command, ...] = ()


def answer_of(
    replies: Sequence[Reply],
    language: Language,
    mode: Mode = "assistant",
    conversation_id: str | None = None,
    recorded: bool = False,
) -> Answer:
    """An `Answer` with the commands of all its replies gathered, the last of a kind winning where they clash."""
    commands = tuple(command for reply in replies for command in reply.commands)
    for command in commands:
        if isinstance(command, SetLanguage):
            language = command.language
    return Answer(tuple(replies), language, mode, conversation_id, recorded, commands)


def replies_from_json(raw: object) -> tuple[Reply, ...]:
    """Replies as the engine or the record gives them; what is not understood is left out."""
    if not isinstance(raw, list):
        return ()
    return tuple(_reply(item) for item in raw if isinstance(item, dict))


def choices_from_json(raw: object) -> tuple[Choice, ...]:
    """`[{"title", "payload"}]` as choices."""
    if not isinstance(raw, list):
        return ()
    return tuple(
        Choice(str(item["title"]), str(item.get("payload") or ""))
        for item in raw
        if isinstance(item, dict) and item.get("title")
    )


def _reply(raw: Mapping[str, Any]) -> Reply:
    attachments = tuple(a for a in raw.get("attachments") or () if isinstance(a, dict) and a.get("url"))
    commands = tuple(c for c in map(_command, raw.get("commands") or ()) if c is not None)
    return Reply(str(raw.get("text") or ""), choices_from_json(raw.get("choices")), attachments, commands)


def _command(raw: object) -> Command | None:  # noqa: PLR0911  # one return a command
    if not isinstance(raw, dict):
        return None
    match raw.get("type"):
        case "hand_off":
            return HandOff(
                raw.get("department"), bool(raw.get("open_now")), raw.get("answered_by"), raw.get("hand_off_id")
            )
        case "transfer" if raw.get("number"):
            return Transfer(raw.get("department"), str(raw["number"]))
        case "hang_up":
            return HangUp()
        case "collect_card" if raw.get("offer_id"):
            return CollectCard(str(raw["offer_id"]), "bank_account" if raw.get("method") == "bank_account" else "card")
        case "set_language" if raw.get("language") in ("en", "es"):
            return SetLanguage(raw["language"])
        case "collect":
            kind = raw.get("kind") if raw.get("kind") in ("digits", "speech") else "any"
            digits = raw.get("digits_max")
            usable = digits if isinstance(digits, int) and digits > 0 else None
            return Collect(cast(Any, kind), usable, bool(raw.get("secret")))
        case _:
            return None


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """A reply in the shape of docs/contracts.md."""
    return {
        "text": reply.text,
        "choices": [{"title": c.title, "payload": c.payload} for c in reply.choices],
        "attachments": [dict(a) for a in reply.attachments],
        "commands": [_command_to_json(c) for c in reply.commands],
    }


def _command_to_json(command: Command) -> dict[str, Any]:
    match command:
        case HandOff(department, open_now, answered_by, hand_off_id):
            where = {"hand_off_id": hand_off_id, "department": department}
            return {"type": "hand_off", **where, "open_now": open_now, "answered_by": answered_by}
        case Transfer(department, number):
            return {"type": "transfer", "department": department, "number": number}
        case HangUp():
            return {"type": "hang_up"}
        case CollectCard(offer_id, method):
            return {"type": "collect_card", "offer_id": offer_id, "method": method}
        case SetLanguage(language):
            return {"type": "set_language", "language": language}
        case Collect(kind, digits_max, secret):
            return {"type": "collect", "kind": kind, "digits_max": digits_max, "secret": secret}


def thread_of(party: str, ours: str) -> str:
    """The thread of a text: the pair of numbers."""
    return f"{party[:90]}|{ours[:90]}"
