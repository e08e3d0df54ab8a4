"""Carries out TwiML: fetch a document, run its verbs from the top, go where they say."""

from telephony.simulator.calls.documents import load_or_fall_back
from telephony.simulator.calls.events import speaking_seconds
from telephony.simulator.calls.execution import Execution, Finish
from telephony.simulator.calls.line import Goto, TakenOver
from telephony.simulator.calls.performing import perform
from telephony.simulator.calls.verbs import control, dial, gather, queue, record, speech
from telephony.simulator.calls.verbs.registry import VERBS
from telephony.simulator.requester import FetchFailed

DOCUMENTS_AT_ONE_MOMENT_MAX = 50
for _module in (control, dial, gather, queue, record, speech):
    VERBS.update(_module.VERBS)

APPLICATION_ERROR = "We are sorry, an application error has occurred. Goodbye."


async def carry_out(execution: Execution, start: Goto) -> Finish:
    """Run documents from `start` until the call ends.

    Raises what the line raises: CallerHungUp, ScriptUsedUp, EndedByRest.
    """
    goto: Goto | None = start
    moment, documents = -1.0, 0
    while goto is not None:
        documents = documents + 1 if execution.line.now == moment else 0
        moment = execution.line.now
        if documents > DOCUMENTS_AT_ONE_MOMENT_MAX:
            execution.warn(12400, "documents lead to one another without end")
            return Finish("error", "failed")
        try:
            execution.document = await load_or_fall_back(execution, goto)
        except FetchFailed:
            return await _application_error(execution)
        try:
            outcome = await perform(execution, execution.document)
        except TakenOver as taken:
            execution.farewells.clear()
            outcome = taken.goto
        if isinstance(outcome, Finish):
            return outcome
        goto = outcome if isinstance(outcome, Goto) else None
    return Finish("document_ended")


async def _application_error(execution: Execution) -> Finish:
    execution.answer()
    seconds = speaking_seconds(APPLICATION_ERROR)
    execution.emit("say", APPLICATION_ERROR, language="en-US", seconds=seconds)
    await execution.line.play(seconds, ())
    return Finish("error")
