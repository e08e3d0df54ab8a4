"""Talking to the running demonstration from a script: texts, calls, inboxes, the clock, the customers."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import phonenumbers
from rich.table import Table

from ops.api import CALL_SECONDS_MAX, CommandError, ask, running_system
from ops.money import dollars
from ops.running import System
from ops.settings import Settings

REGION = "US"
HIDDEN = "anonymous"
MODES = ("webhook", "relay")
STEPS_WITH_WORDS = ("say:", "say@", "press:", "interrupt:", "interrupt@", "wait:", "hold:", "hear:", "hear@")
STEPS_ALONE = ("silence", "drop", "hangup")
STEPS = (
    "say:WORDS, say@CONFIDENCE:WORDS (0: a mumble), press:KEYS, interrupt:WORDS (talk over what is being said), "
    "wait:SECONDS (of the call), hold:SECONDS (until somebody acts, in real time), hear:WORDS (until they are said, in "
    "real time, half a minute at most; hear@SECONDS:WORDS longer), silence, drop (the network loses the call's "
    "socket), hangup"
)


def e164(written: str) -> str:
    """A phone number as people write it → E.164: `(951) 555-0142` → `+19515550142`.

    :raises CommandError: it cannot be a phone number.
    """
    try:
        number = phonenumbers.parse(written, REGION)
    except phonenumbers.NumberParseException as error:
        raise CommandError(f"{written!r} is not a phone number. Write it like +19515550142.") from error
    if not phonenumbers.is_possible_number(number):
        raise CommandError(f"{written!r} cannot be a phone number. Write it like +19515550142.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def customers(settings: Settings) -> list[dict[str, Any]]:
    """The demonstration's customers."""
    system = running_system(settings)
    found = ask(settings, "GET", f"{system.backend_url}/v1/demo/customers")
    listed: list[dict[str, Any]] = found["customers"] if isinstance(found, dict) else found
    return listed


def customers_table(found: Sequence[dict[str, Any]]) -> Table:
    """The customers for the eye."""
    table = Table(box=None, pad_edge=False)
    for title in ("situation", "name", "phone", "account", "PIN", "ZIP", "language", "balance"):
        table.add_column(title, justify="right" if title == "balance" else "left", no_wrap=True)
    for customer in found:
        words = [customer[key] for key in ("situation", "name", "phone", "account_number", "pin", "zip", "language")]
        table.add_row(*(str(word or "") for word in words), dollars(int(customer["balance_cents"])))
    return table


def send_text(settings: Settings, sender: str, words: str) -> dict[str, Any]:
    """One text message: `{"message_sid", "status", "replies": [{"sid", "body", "media"}]}`."""
    system, number = running_system(settings), e164(sender)
    body = {"from": number, "body": words, "media": []}
    answer: dict[str, Any] = ask(settings, "POST", f"{system.simulator_url}/api/texts", body)
    return answer


def check_step(step: str) -> str:
    """:raises CommandError: not a step of a scripted call."""
    if step in STEPS_ALONE or step.startswith(STEPS_WITH_WORDS):
        return step
    raise CommandError(f"{step!r} is no step of a call. Steps: {STEPS}.")


def make_call(settings: Settings, sender: str, steps: Sequence[str], mode: str | None = None) -> dict[str, Any]:
    """A scripted phone call: `{"call_sid", "events": […], "ended"}`.

    `sender` may be `anonymous`. `mode` (`webhook`, `relay`) overrides the district's setting for this call.
    """
    if mode not in (None, *MODES):
        raise CommandError(f"{mode!r} is no way to take a call. Ways: {', '.join(MODES)}.")
    system = running_system(settings)
    number = sender if sender == HIDDEN else e164(sender)
    body: dict[str, Any] = {"from": number, "steps": [check_step(step) for step in steps]}
    if mode is not None:
        body["query"] = f"mode={mode}"
    url = f"{system.simulator_url}/api/calls"
    answer: dict[str, Any] = ask(settings, "POST", url, body, seconds=CALL_SECONDS_MAX)
    return answer


def spoken_lines(call: dict[str, Any]) -> Iterator[str]:
    """A call for the eye: who said what, when (seconds of the call)."""
    who = {"heard": "caller", "pressed": "caller", "talk": "caller", "say": "Headgate", "interrupted": "cut off"}
    for event in call["events"]:
        if event["kind"] == "gather":
            continue
        speaker = event["who"] if event["kind"] == "voice" else who.get(event["kind"], event["kind"])
        yield f"{event['at']:6.1f}  {speaker:<9} {event.get('text') or ''}".rstrip()
    yield f"The call ended: {call['ended']}."


def texts_of(settings: Settings, phone: str) -> list[dict[str, Any]]:
    """The texts of one phone, the oldest first."""
    system, number = running_system(settings), e164(phone)
    found: list[dict[str, Any]] = ask(settings, "GET", f"{system.simulator_url}/api/phones/{number}/messages")
    return found


def inbox_lines(texts: Sequence[dict[str, Any]]) -> list[str]:
    """Texts for the eye."""
    return [f"{text['at']}  {text['from']} → {text['to']}  {text['body']}" for text in texts]


def move_clock(settings: Settings, change: Sequence[str]) -> dict[str, Any]:
    """Reads (`[]`), sets (`["set", TIME]`) or frees (`["real"]`) the demonstration's clock.

    :raises CommandError: not a change, or not a time.
    """
    system = running_system(settings)
    url = f"{system.backend_url}/v1/demo/clock"
    match list(change):
        case []:
            answer = ask(settings, "GET", url)
        case ["real"]:
            answer = ask(settings, "PUT", url, {"now": None, "real": True})
            _move_processor(settings, system, None)
        case ["set", *words] if words:
            answer = ask(settings, "PUT", url, {"now": _moment(" ".join(words)), "real": False})
            _move_processor(settings, system, answer["now"])
        case _:
            raise CommandError("Use: headgate clock, headgate clock set 2026-12-24T18:30, headgate clock real")
    told: dict[str, Any] = answer
    return told


def _move_processor(settings: Settings, system: System, now: str | None) -> None:
    """The sandbox processor lives in the same time, so that its day is the ledger's day."""
    ask(settings, "PUT", f"{system.processor_url}/v1/control/clock", {"now": now})


def _moment(words: str) -> str:
    """A time, ISO 8601. Without a zone it is the district's time, as a person would mean it."""
    try:
        moment = datetime.fromisoformat(words)
    except ValueError as error:
        raise CommandError(f"{words!r} is not a time. Write it like 2026-12-24T18:30.") from error
    return moment.isoformat()


def clock_line(answer: dict[str, Any]) -> str:
    """The clock for the eye."""
    return f"{answer['now']} ({'the real time' if answer['real'] else 'set by hand'})"
