"""`<Enqueue>`: wait in a queue while the waiting document is carried out again and again."""

from xml.etree.ElementTree import Element

from telephony.simulator.calls.company import Seat, keep_company
from telephony.simulator.calls.documents import load
from telephony.simulator.calls.execution import Execution, Finish, LeaveQueue, text_of
from telephony.simulator.calls.line import CallerHungUp, Goto, Released, TakenOver
from telephony.simulator.calls.performing import perform, perform_guest
from telephony.simulator.calls.verbs.registry import verb
from telephony.simulator.calls.waiting import Bridge, Member, QueueFull, WaitingQueue
from telephony.simulator.requester import FetchFailed

WAITING_VERBS = frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"})
WHISPER_VERBS = frozenset({"Play", "Say", "Pause", "Redirect"})
MUSIC_SECONDS = 30.0


async def enqueue(execution: Execution, element: Element) -> Goto | Finish | None:
    """Wait until somebody takes the call, a `<Leave>`, a `<Hangup>`, or the end of the call."""
    facilities, here = execution.facilities, execution.document
    queue = facilities.queues.named(text_of(element) or "default", facilities.clock())
    member = Member(execution, facilities.clock(), execution.line.now)
    try:
        queue.join(member)
    except QueueFull:
        return _after(execution, element, queue, member, "queue-full")
    execution.emit("queue", queue.name)
    try:
        ended = await _wait(execution, element, queue, member)
        queue.leave(member)
        execution.document = here
        if ended == "bridged":
            await _talk(execution, queue, member)
    except (CallerHungUp, TakenOver) as end:
        execution.document = here
        await _depart(execution, element, queue, member, end)
        raise
    finally:
        queue.leave(member)
        execution.line.forget(member)
        execution.document = here
    return ended if isinstance(ended, Finish) else _after(execution, element, queue, member, ended)


async def _wait(execution: Execution, element: Element, queue: WaitingQueue, member: Member) -> Finish | str:
    try:
        if not element.get("waitUrl"):
            return await music(execution)
        return await _wait_by_document(execution, element, queue, member)
    except Released as released:
        if released.place is not member:
            raise
        return "bridged"


async def _wait_by_document(
    execution: Execution, element: Element, queue: WaitingQueue, member: Member
) -> Finish | str:
    first = execution.goto(element.get("waitUrl"), element.get("waitUrlMethod"), {})
    target: Goto = first
    while True:
        moment = execution.line.now
        parameters = {**target.parameters, **queue.parameters(member)}
        try:
            execution.document = await load(execution, Goto(target.url, target.method, parameters))
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


async def music(execution: Execution) -> str:
    """The music that is heard where the application names none; only something outside ends it."""
    while True:
        execution.emit("play", "hold music", seconds=MUSIC_SECONDS)
        await execution.line.play(MUSIC_SECONDS, ())


async def _talk(execution: Execution, queue: WaitingQueue, member: Member) -> None:
    """Hear the whisper, then talk to whoever took the call until one of the two goes."""
    bridge = member.bridge
    assert bridge is not None
    if bridge.whisper is not None:
        told = {
            "QueueSid": queue.sid,
            "QueueTime": str(round(member.waited_seconds)),
            "DequeingCallSid": bridge.dialer_sid,
        }
        whisper = Goto(bridge.whisper.url, bridge.whisper.method, {**bridge.whisper.parameters, **told})
        await perform_guest(execution, whisper, WHISPER_VERBS)
    await sit_down(execution, bridge)


async def sit_down(execution: Execution, bridge: Bridge) -> None:
    """Be one of the two of `bridge` until the other has gone."""
    seat = Seat(execution)
    bridge.company.enter(seat)
    try:
        await keep_company(bridge.company, seat, lambda: bridge.company.parted)
    finally:
        bridge.company.leave(seat)
        bridge.company.close()


async def _depart(
    execution: Execution, element: Element, queue: WaitingQueue, member: Member, end: CallerHungUp | TakenOver
) -> None:
    """The caller hung up, or the REST interface took the call elsewhere: the action is told, its answer ignored."""
    in_talk = member.bridge is not None
    if isinstance(end, CallerHungUp):
        result = "bridged" if in_talk else "hangup"
    else:
        result = "redirected-from-bridged" if in_talk else "redirected"
    queue.leave(member)
    if (after := _after(execution, element, queue, member, result)) is not None:
        if isinstance(end, CallerHungUp):
            execution.farewells.append(after)
        else:
            await execution.tell(after)


def _after(execution: Execution, element: Element, queue: WaitingQueue, member: Member, result: str) -> Goto | None:
    if not element.get("action"):
        return None
    waited = round(member.waited_seconds)
    parameters = {"QueueSid": queue.sid, "QueueTime": str(waited), "QueueResult": result}
    return execution.goto(element.get("action"), element.get("method"), parameters)


VERBS = {"Enqueue": verb(enqueue, "action method waitUrl waitUrlMethod workflowSid")}
