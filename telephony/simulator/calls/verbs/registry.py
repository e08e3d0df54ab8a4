"""The table of verbs, filled by the interpreter from the modules beside this one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from telephony.simulator.calls.execution import Execution, Outcome

Run = Callable[[Execution, Element], Awaitable[Outcome]]


@dataclass(frozen=True)
class Verb:
    """How a verb is carried out, and the attributes it may have."""

    run: Run
    attributes: frozenset[str]


def verb(run: Run, attributes: str = "") -> Verb:
    """A table entry; `attributes` are separated by spaces."""
    return Verb(run, frozenset(attributes.split()))


VERBS: dict[str, Verb] = {}

UNSUPPORTED = frozenset({"Prompt", "Siprec", "Sms", "Message", "Echo", "VirtualAgent"})
"""Verbs of Twilio that this simulator knows but does not carry out: recorded as a warning, the call goes on."""
