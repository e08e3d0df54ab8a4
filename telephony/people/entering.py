"""From the assistant to a person: the backend decides whether a caller waits in line or a phone is rung."""

from dataclasses import replace

import structlog

from telephony.calls.core import End, Ring, Step, Wait
from telephony.calls.places import CallPlace
from telephony.calls.rules import Heard, Place
from telephony.fallbacks import call_back
from telephony.http_json import CallError
from telephony.messages import HangUp, Reply
from telephony.phrases import say
from telephony.services import Services

log = structlog.get_logger("telephony.line")


async def into_line(services: Services, step: Step, heard: Heard, place: Place) -> Step:
    """The step as it is carried out: whoever is to be connected waits in line, where people are at work.

    Without the backend's word the phone is rung as before; without a phone too, the caller is told that we call back.
    """
    if not isinstance(step, Ring) or step.department is None:
        return step
    language = step.answer.language
    try:
        onward = await services.queue.enter(heard.call_sid, heard.party, step.department)
    except CallError as problem:
        log.warning("line_not_entered", kind=type(problem).__name__, call_sid=heard.call_sid[:40])
        return step if step.number else _ends(step, call_back(heard.party, language))
    if onward.outcome == "wait":
        await services.places.keep(heard.call_sid, CallPlace(place, language=language))
        return Wait(step.answer, place)
    if onward.outcome == "closed":
        words = f"{say('office_closed', language)} {call_back(heard.party, language)}"
        return End(replace(step.answer, replies=(Reply(words, commands=(HangUp(),)),)))
    number = onward.number or step.number
    return replace(step, number=number) if number else _ends(step, call_back(heard.party, language))


def _ends(step: Ring, words: str) -> End:
    return End(replace(step.answer, replies=(*step.answer.replies, Reply(words, commands=(HangUp(),)))))
