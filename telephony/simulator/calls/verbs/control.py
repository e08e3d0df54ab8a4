"""`<Redirect>`, `<Hangup>`, `<Reject>`, `<Leave>`: where the call goes."""

from xml.etree.ElementTree import Element

from telephony.simulator.calls.execution import Execution, Finish, LeaveQueue, text_of
from telephony.simulator.calls.line import Goto
from telephony.simulator.calls.verbs.registry import verb


async def redirect(execution: Execution, element: Element) -> Goto:
    """Go on with another document for good."""
    return execution.goto(text_of(element), element.get("method"), {})


async def hang_up(execution: Execution, element: Element) -> Finish:
    """End the call."""
    return Finish("hung_up")


async def reject(execution: Execution, element: Element) -> Finish | None:
    """As the first verb: do not answer. Later it is too late, and ignored with a warning."""
    if execution.leg.answered:
        execution.warn(12200, "<Reject> after the call was answered")
        return None
    busy = element.get("reason") == "busy"
    return Finish("busy" if busy else "rejected", "busy" if busy else "no-answer")


async def leave(execution: Execution, element: Element) -> LeaveQueue:
    """Leave the queue the call waits in."""
    return LeaveQueue()


VERBS = {
    "Redirect": verb(redirect, "method"),
    "Hangup": verb(hang_up),
    "Reject": verb(reject, "reason"),
    "Leave": verb(leave),
}
