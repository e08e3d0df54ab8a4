"""Phone calls to see the switchboard by hand: `headgate call --script NAME`, one or more for each part of it.

A script says what is to be heard; the command tells whether it was. Some need a person at the console first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ops.api import CommandError, ask, running_system
from ops.settings import Settings
from ops.talk import make_call, spoken_lines

CALLER = "+19515550142"
LEADS_PHONE = "+19515550188"
PERSON = "say:I want to talk to a person"
AT_WORK = f"Sign in at the console, write {LEADS_PHONE} as your phone in the settings above the queue, be available"
TAKE_IT = f"{AT_WORK}, and take the call when it is offered"


@dataclass(frozen=True)
class CallScript:
    """A call and what is to be heard in it. `first`: what a person does before. `phones`: how others answer theirs."""

    name: str
    part: str
    shows: str
    steps: tuple[str, ...]
    hears: tuple[str, ...]
    mode: str = "webhook"
    first: str = ""
    phones: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sender: str = CALLER


_PUT_THROUGH = ("press:1", "hear@60:is here", "say:hello, this is the lead", "hold:5", "hangup")
SCRIPTS = (
    CallScript("voice", "1 voice over webhooks", "The notice, the greeting and an answer, by voice.",
               ("say:what are your hours", "wait:15", "hangup"), ("may be recorded", "automated assistant", "7:30")),
    CallScript("keys", "1 voice over webhooks", "By keys alone: balance, then an account number that is not one.",
               ("press:1", "press:12345#", "wait:10", "hangup"), ("account",)),
    CallScript("spanish", "1 voice over webhooks", "Para español, dos.",
               ("press:2", "say:¿cuál es su horario?", "wait:15", "hangup"), ("asistente automático", "7:30")),
    CallScript("silence", "1 voice over webhooks", "Nobody speaks: asked again, then by keys, then goodbye.",
               ("silence", "silence", "silence", "hangup"), ("still there",)),
    CallScript("relay", "2 voice over ConversationRelay", "Talked over, cut off, and going on where it was.",
               ("interrupt:what are your hours", "drop", "say:where is your office", "wait:15", "hangup"),
               ("the connection broke",), mode="relay"),
    CallScript("department", "3 the switchboard", "A department by its name.",
               ("say:connect me with engineering please", "wait:30", "hangup"), ()),
    CallScript("by_name", "3 the switchboard", "Somebody by name: their phone is rung, then their department's.",
               ("say:I'd like to speak with Daniel Okafor", "wait:60", "hangup"), ("case number",)),
    CallScript("hidden", "3 the switchboard", "A caller who hides their number.",
               ("say:what are your hours", "wait:15", "hangup"), ("7:30",), sender="anonymous"),
    CallScript("line", "4 the queue", "Waiting in line: place, expected wait, music.",
               (PERSON, "hear@60:in line", "wait:40", "hangup"), ("in line",), first=AT_WORK),
    CallScript("callback", "5 callback", "Called back instead of holding, at the number one calls from.",
               (PERSON, "press:1", "press:1"), ("We will call you",), first=AT_WORK),
    CallScript("transfer", "6 transfer", "Put through: the whisper in the lead's ear, the case on screen, they talk.",
               (PERSON, "hear@200:this is the lead", "hear@60:has hung up", "hangup"), ("this is the lead",),
               first=TAKE_IT, phones=((LEADS_PHONE, _PUT_THROUGH),)),
    CallScript("unanswered", "6 transfer", "A lead who presses 2: the caller stays where they stood.",
               (PERSON, "hear@200:in line", "wait:60", "hangup"), ("in line",),
               first=TAKE_IT, phones=((LEADS_PHONE, ("press:2",)),)),
    CallScript("voicemail", "7 voicemail", "A message: in the case, to read and to listen to.",
               (PERSON, "press:2", "say:please call me about my meter", "wait:2", "press:#"), ("we have your message",),
               first=AT_WORK),
    CallScript("outbound", "8 outbound", "Stop texting me, said in plain words; then try `headgate text`.",
               ("say:please stop texting me", "press:1", "press:92594#", "wait:15", "hangup"), ("text",),
               sender="+19515550101"),
    CallScript("no_calls", "8 outbound", "Stop calling me: no automatic calls any more, except when there is danger.",
               ("say:please stop calling me", "wait:15", "hangup"), ("no more automatic calls",),
               sender="+19515550101"),
    CallScript("emergency", "9 emergency", "No water: first in line. Switch an emergency on, and call again.",
               ("say:there is no water at my house", "wait:30", "hangup"), ()),
)  # fmt: skip


def script_named(name: str) -> CallScript:
    """:raises CommandError: there is none."""
    found = next((script for script in SCRIPTS if script.name == name), None)
    if found is None:
        raise CommandError(f"There is no script {name!r}. Scripts: {', '.join(one.name for one in SCRIPTS)}.")
    return found


def _names() -> Iterator[str]:
    for script in SCRIPTS:
        yield f"{script.name:<11} {script.part:<31} {script.shows}"


def run_script(settings: Settings, script: CallScript) -> dict[str, Any]:
    """Prepare the phones, make the call: the call, and `missing`, what was to be heard and was not."""
    system = running_system(settings)
    for phone, steps in script.phones:
        body = {"steps": list(steps), "fate": "answered", "after_seconds": 4}
        ask(settings, "POST", f"{system.simulator_url}/api/phones/{phone}/answers", body)
    call = make_call(settings, script.sender, script.steps, script.mode)
    heard = " ".join(event.get("text") or "" for event in call["events"] if event["kind"] in ("say", "voice"))
    return {**call, "missing": [words for words in script.hears if words.lower() not in heard.lower()]}


def carry_out(settings: Settings, name: str) -> Iterator[str]:
    """Run a script, for the eye; `list` gives all of them.

    :raises CommandError: there is none of that name, or something that was to be heard was not.
    """
    if name == "list":
        yield from _names()
        return
    script = script_named(name)
    yield f"{script.part}: {script.shows}"
    if script.first:
        yield f"First: {script.first}."
    call = run_script(settings, script)
    yield from spoken_lines(call)
    if call["missing"]:
        raise CommandError(f"Not heard: {'; '.join(call['missing'])}.")


def checked(sender: str, steps: list[str] | None) -> tuple[str, list[str]]:
    """Who calls and what they do.

    :raises CommandError: one of them is missing.
    """
    if not sender or not steps:
        raise CommandError("Give --from NUMBER and steps, or --script NAME (--script list names them).")
    return sender, steps
