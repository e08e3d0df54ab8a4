"""`<Enqueue>`: wait in a queue while the waiting document is carried out again and again."""

from xml.etree.ElementTree import Element

from telephony.simulator.calls.documents import load
from telephony.simulator.calls.execution import Execution, Finish, LeaveQueue, text_of
from telephony.simulator.calls.line import Goto
from telephony.simulator.calls.performing import perform
from telephony.simulator.calls.verbs.registry import verb
from telephony.simulator.calls.waiting import QueueFull, WaitingQueue
from telephony.simulator.requester import FetchFailed

WAITING_VERBS = frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"})
MUSIC_SECONDS = 30.0


async def enqueue(execution: Execution, element: Element) -> Goto | Finish | None:
    """Wait until a `<Leave>`, a `<Hangup>`, or the end of the call."""
    queue = execution.queues.named(text_of(element) or "default")
    began = execution.line.now
    try:
        queue.join(execution.leg.sid)
    except QueueFull:
        return _after(execution, element, queue, 0.0, "queue-full")
    execution.emit("queue", queue.name)
    here = execution.document
    farewell = _after(execution, element, queue, 0.0, "hangup")
    if farewell:
        execution.farewells.append(farewell)
    try:
        ended = await _wait(execution, element, queue, began)
    finally:
        queue.leave(execution.leg.sid, execution.line.now - began)
    execution.document = here
    if farewell:
        execution.farewells.remove(farewell)
    if isinstance(ended, Finish):
        return ended
    return _after(execution, element, queue, execution.line.now - began, ended)


async def _wait(execution: Execution, element: Element, queue: WaitingQueue, began: float) -> Finish | str:
    address, method = element.get("waitUrl"), element.get("waitUrlMethod")
    if not address:
        return await _music(execution)
    first = execution.goto(address, method, {})
    target: Goto = first
    while True:
        waited = execution.line.now - began
        present = queue.parameters(execution.leg.sid, waited)
        moment = execution.line.now
        try:
            execution.document = await load(
                execution, Goto(target.url, target.method, {**target.parameters, **present})
            )
        except FetchFailed as failure:
            execution.fail(failure)
            return "error"
        outcome = await perform(execution, execution.document, WAITING_VERBS)
        if isinstance(outcome, LeaveQueue):
            return "leave"
        if isinstance(outcome, Finish):
            return outcome
        target = outcome if outcome is not None else first
        if execution.line.now == moment:
            await execution.line.play(1.0, ())


async def _music(execution: Execution) -> str:
    while True:
        execution.emit("play", "hold music", seconds=MUSIC_SECONDS)
        await execution.line.play(MUSIC_SECONDS, ())


def _after(
    execution: Execution, element: Element, queue: WaitingQueue, waited_seconds: float, result: str
) -> Goto | None:
    if not element.get("action"):
        return None
    parameters = {"QueueSid": queue.sid, "QueueTime": str(round(waited_seconds)), "QueueResult": result}
    return execution.goto(element.get("action"), element.get("method"), parameters)


VERBS = {"Enqueue": verb(enqueue, "action method waitUrl waitUrlMethod workflowSid")}
