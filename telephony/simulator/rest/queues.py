"""`/Queues` and their `/Members`: make, list, configure; take a waiting call out to another document."""

from typing import Any

from fastapi import APIRouter, Request, Response

from telephony.simulator.calls.line import Goto, TakenOver
from telephony.simulator.calls.waiting import QUEUE_SIZE, QUEUE_SIZE_MAX, Member, WaitingQueue
from telephony.simulator.errors import TwilioError
from telephony.simulator.rest.access import Account, Fields, Form, network_of, not_found
from telephony.simulator.rest.paging import page_of
from telephony.simulator.values import API_VERSION, rfc2822

router = APIRouter(prefix=f"/{API_VERSION}/Accounts/{{account_sid}}/Queues")

NAME_CHARACTERS_MAX = 64


@router.post(".json", status_code=201)
async def create(request: Request, account: Account, form: Form) -> dict[str, Any]:
    """A new queue."""
    network = network_of(request)
    name = _name(form)
    if network.facilities.queues.find(name) is not None:
        raise TwilioError(400, 22003, "A queue of that name exists")
    queue = network.facilities.queues.create(name, network.clock(), _size(form, QUEUE_SIZE))
    return render(queue, account)


@router.get(".json")
async def list_queues(request: Request, account: Account) -> dict[str, Any]:
    """Every queue, newest first."""
    found = network_of(request).facilities.queues.newest_first()

    def page(offset: int, limit: int) -> list[WaitingQueue]:
        return found[offset : offset + limit]

    return page_of(request, "queues", page, lambda queue: render(queue, account))


@router.get("/{sid}.json")
async def fetch(request: Request, account: Account, sid: str) -> dict[str, Any]:
    """One queue."""
    return render(_stored(request, sid), account)


@router.post("/{sid}.json")
async def update(request: Request, account: Account, sid: str, form: Form) -> dict[str, Any]:
    """Another name or size."""
    queue = _stored(request, sid)
    if "FriendlyName" in form:
        queue.name = _name(form)
    queue.max_size = _size(form, queue.max_size)
    queue.updated_at = network_of(request).clock()
    return render(queue, account)


@router.delete("/{sid}.json", status_code=204)
async def delete(request: Request, account: Account, sid: str) -> Response:
    """Only an empty queue can be removed (22002)."""
    queue = _stored(request, sid)
    if queue.members:
        raise TwilioError(400, 22002, "Cannot delete a queue that has members")
    network_of(request).facilities.queues.remove(queue)
    return Response(status_code=204)


@router.get("/{sid}/Members.json")
async def list_members(request: Request, account: Account, sid: str) -> dict[str, Any]:
    """Who waits, the head first."""
    queue = _stored(request, sid)

    def page(offset: int, limit: int) -> list[Member]:
        return queue.members[offset : offset + limit]

    return page_of(request, "queue_members", page, lambda member: render_member(queue, member, account))


@router.get("/{sid}/Members/{name}.json")
async def fetch_member(request: Request, account: Account, sid: str, name: str) -> dict[str, Any]:
    """One waiting call, by its SID, or `Front`."""
    queue = _stored(request, sid)
    return render_member(queue, _member(request, queue, name), account)


@router.post("/{sid}/Members/{name}.json")
async def dequeue(request: Request, account: Account, sid: str, name: str, form: Form) -> dict[str, Any]:
    """Take a waiting call out: it goes on with Url."""
    queue = _stored(request, sid)
    member = _member(request, queue, name)
    if not form.one("Url"):
        raise TwilioError(400, 20001, "Url is required")
    body = render_member(queue, member, account)
    queue.leave(member)
    method = form.one("Method", "POST").upper()
    member.execution.line.interrupt(TakenOver(Goto(form.one("Url"), method, {})))
    return body


def render(queue: WaitingQueue, account_sid: str) -> dict[str, Any]:
    """The body of one queue."""
    return {
        "account_sid": account_sid,
        "average_wait_time": queue.average_wait_seconds,
        "current_size": len(queue.members),
        "date_created": rfc2822(queue.created_at),
        "date_updated": rfc2822(queue.updated_at),
        "friendly_name": queue.name,
        "max_size": queue.max_size,
        "sid": queue.sid,
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/Queues/{queue.sid}.json",
    }


def render_member(queue: WaitingQueue, member: Member, account_sid: str) -> dict[str, Any]:
    """The body of one waiting call."""
    return {
        "call_sid": member.sid,
        "date_enqueued": rfc2822(member.enqueued_at),
        "position": queue.position(member),
        "queue_sid": queue.sid,
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/Queues/{queue.sid}/Members/{member.sid}.json",
        "wait_time": round(member.waited_seconds),
    }


def _name(form: Fields) -> str:
    name = form.one("FriendlyName").strip()
    if not name or len(name) > NAME_CHARACTERS_MAX:
        raise TwilioError(400, 22000, "FriendlyName: 1 to 64 characters")
    return name


def _size(form: Fields, usual: int) -> int:
    size = form.count("MaxSize", usual)
    if not 1 <= size <= QUEUE_SIZE_MAX:
        raise TwilioError(400, 22001, f"MaxSize: 1 to {QUEUE_SIZE_MAX}")
    return size


def _stored(request: Request, sid: str) -> WaitingQueue:
    queue = network_of(request).facilities.queues.get(sid)
    if queue is None:
        raise not_found(request)
    return queue


def _member(request: Request, queue: WaitingQueue, name: str) -> Member:
    member = next((each for each in queue.members if name in (each.sid, "Front")), None)
    if member is None:
        raise not_found(request)
    return member
