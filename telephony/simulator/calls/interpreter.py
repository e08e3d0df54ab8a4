"""Carries out TwiML: fetch a document, run its verbs from the top, go where they say."""

from functools import partial

from telephony.simulator.calls.documents import load_or_fall_back
from telephony.simulator.calls.events import speaking_seconds
from telephony.simulator.calls.execution import Execution, Finish, Outcome
from telephony.simulator.calls.facilities import Opening
from telephony.simulator.calls.line import CallerHungUp, EndedByRest, Goto, ScriptUsedUp, TakenOver
from telephony.simulator.calls.performing import perform
from telephony.simulator.calls.verbs import connect, control, dial, gather, pay, queue, record, speech, start
from telephony.simulator.calls.verbs.registry import VERBS
from telephony.simulator.requester import FetchFailed

DOCUMENTS_AT_ONE_MOMENT_MAX = 50
for _module in (connect, control, dial, gather, pay, queue, record, speech, start):
    VERBS.update(_module.VERBS)

APPLICATION_ERROR = "We are sorry, an application error has occurred. Goodbye."


async def carry(execution: Execution, opening: Opening) -> Finish:
    """A leg from its opening to its end, with everything that is told at the end."""
    leg, line, facilities = execution.leg, execution.line, execution.facilities
    facilities.live[leg.sid] = execution
    finish = Finish("error", "failed")
    try:
        finish = await _carry_out(execution, opening)
    except CallerHungUp:
        finish = Finish("caller_hung_up")
    except ScriptUsedUp:
        finish = Finish("script_used_up")
    except EndedByRest:
        finish = Finish("ended_by_rest")
    finally:
        facilities.live.pop(leg.sid, None)
        status = "no-answer" if finish.status == "completed" and not leg.answered else finish.status
        leg.finish(status, line.now)
        line.close()
    for companion in list(execution.companions):
        await companion.stop()
    execution.emit("hangup", finish.reason)
    for farewell in execution.farewells:
        await execution.tell(farewell)
    return finish


async def _carry_out(execution: Execution, opening: Opening) -> Finish:
    outcome = await _unless_taken_over(execution, opening)
    moment, documents = -1.0, 0
    while isinstance(outcome, Goto):
        documents = documents + 1 if execution.line.now == moment else 0
        moment = execution.line.now
        if documents > DOCUMENTS_AT_ONE_MOMENT_MAX:
            execution.warn(12400, "documents lead to one another without end")
            return Finish("error", "failed")
        try:
            document = execution.document = await load_or_fall_back(execution, outcome)
        except FetchFailed:
            return await _application_error(execution)
        outcome = await _unless_taken_over(execution, partial(perform, execution, document))
    return outcome if isinstance(outcome, Finish) else Finish("document_ended")


async def _unless_taken_over(execution: Execution, opening: Opening) -> Outcome:
    try:
        return await opening()
    except TakenOver as taken:
        execution.farewells.clear()
        return taken.goto


async def _application_error(execution: Execution) -> Finish:
    execution.answer()
    seconds = speaking_seconds(APPLICATION_ERROR)
    execution.emit("say", APPLICATION_ERROR, language="en-US", seconds=seconds)
    await execution.line.play(seconds, ())
    return Finish("error")
