"""Queues: made by the REST interface, or by `<Enqueue>` on demand; who waits, since when, in which place."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from telephony.simulator.calls.line import Goto, Released
from telephony.simulator.values import new_sid

if TYPE_CHECKING:
    from telephony.simulator.calls.company import Company
    from telephony.simulator.calls.execution import Execution
    from telephony.simulator.calls.line import Line

QUEUE_SIZE = 1000
QUEUE_SIZE_MAX = 5000


class QueueFull(Exception):
    """Nobody else may wait in this queue."""


@dataclass(frozen=True)
class Bridge:
    """Who takes a waiting call: their company, and the document that the waiting person hears first."""

    company: "Company"
    dialer_sid: str
    whisper: Goto | None


@dataclass(eq=False)
class Member:
    """A waiting call. `bridge` is set when somebody takes it."""

    execution: "Execution"
    enqueued_at: datetime
    began: float
    bridge: Bridge | None = None

    @property
    def sid(self) -> str:
        return self.execution.leg.sid

    @property
    def waited_seconds(self) -> float:
        """How long, by the call's own clock."""
        return self.execution.line.now - self.began

    def release(self, bridge: Bridge) -> None:
        """Take the call out to a person."""
        self.bridge = bridge
        self.execution.line.interrupt(Released(self))


@dataclass(eq=False)
class WaitingQueue:
    """One queue, first come first."""

    name: str
    created_at: datetime
    updated_at: datetime
    max_size: int = QUEUE_SIZE
    sid: str = field(default_factory=lambda: new_sid("QU"))
    members: list[Member] = field(default_factory=list)
    dialers: "deque[Line]" = field(default_factory=deque)
    """Lines of those who wait for somebody to come, in their order."""
    waits_seconds: deque[float] = field(default_factory=lambda: deque(maxlen=100))

    def join(self, member: Member) -> None:
        """Wait at the end. Raises QueueFull."""
        if len(self.members) >= self.max_size:
            raise QueueFull(self.name)
        self.members.append(member)
        if self.dialers:
            self.dialers[0].rouse()

    def leave(self, member: Member) -> None:
        """Wait no longer. A second time changes nothing."""
        if member in self.members:
            self.members.remove(member)
            self.waits_seconds.append(member.waited_seconds)

    def head(self) -> Member | None:
        """Whoever has waited longest and is not being taken."""
        return next((member for member in self.members if member.bridge is None), None)

    def position(self, member: Member) -> int:
        """The place, counted from 1."""
        return self.members.index(member) + 1

    @property
    def average_wait_seconds(self) -> int:
        return round(sum(self.waits_seconds) / len(self.waits_seconds)) if self.waits_seconds else 0

    def parameters(self, member: Member) -> dict[str, str]:
        """What the waitUrl webhook is told."""
        return {
            "QueueSid": self.sid,
            "QueuePosition": str(self.position(member)),
            "QueueTime": str(round(member.waited_seconds)),
            "AvgQueueTime": str(self.average_wait_seconds),
            "CurrentQueueSize": str(len(self.members)),
            "MaxQueueSize": str(self.max_size),
        }


class Queues:
    """All queues of the account."""

    def __init__(self) -> None:
        self._queues: dict[str, WaitingQueue] = {}

    def named(self, name: str, now: datetime) -> WaitingQueue:
        """The queue of that name, made when it is not there."""
        return self.find(name) or self.create(name, now)

    def create(self, name: str, now: datetime, max_size: int = QUEUE_SIZE) -> WaitingQueue:
        """A new queue."""
        queue = WaitingQueue(name, now, now, max_size)
        self._queues[queue.sid] = queue
        return queue

    def find(self, name: str) -> WaitingQueue | None:
        """The queue of that name."""
        return next((queue for queue in self._queues.values() if queue.name == name), None)

    def get(self, sid: str) -> WaitingQueue | None:
        """The queue of that SID."""
        return self._queues.get(sid)

    def remove(self, queue: WaitingQueue) -> None:
        """Forget an empty queue."""
        del self._queues[queue.sid]

    def newest_first(self) -> list[WaitingQueue]:
        """Every queue."""
        return list(self._queues.values())[::-1]
