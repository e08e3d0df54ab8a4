"""Queues that `<Enqueue>` makes on demand: who waits, since when, in which place."""

from dataclasses import dataclass, field

from telephony.simulator.values import new_sid

QUEUE_SIZE_MAX = 1000


class QueueFull(Exception):
    """Nobody else may wait in this queue."""


@dataclass
class WaitingQueue:
    """One queue, first come first."""

    name: str
    sid: str = field(default_factory=lambda: new_sid("QU"))
    waiting: list[str] = field(default_factory=list)
    waits_seconds: list[float] = field(default_factory=list)

    def join(self, call_sid: str) -> None:
        """Wait at the end. Raises QueueFull."""
        if len(self.waiting) >= QUEUE_SIZE_MAX:
            raise QueueFull(self.name)
        self.waiting.append(call_sid)

    def leave(self, call_sid: str, waited_seconds: float) -> None:
        """Wait no longer."""
        self.waiting.remove(call_sid)
        self.waits_seconds = [*self.waits_seconds[-99:], waited_seconds]

    def parameters(self, call_sid: str, waited_seconds: float) -> dict[str, str]:
        """What the waitUrl webhook is told."""
        average = sum(self.waits_seconds) / len(self.waits_seconds) if self.waits_seconds else 0
        return {
            "QueueSid": self.sid,
            "QueuePosition": str(self.waiting.index(call_sid) + 1),
            "QueueTime": str(round(waited_seconds)),
            "AvgQueueTime": str(round(average)),
            "CurrentQueueSize": str(len(self.waiting)),
            "MaxQueueSize": str(QUEUE_SIZE_MAX),
        }


class Queues:
    """All queues of the account, by name."""

    def __init__(self) -> None:
        self._queues: dict[str, WaitingQueue] = {}

    def named(self, name: str) -> WaitingQueue:
        """The queue of that name, made when it is not there."""
        return self._queues.setdefault(name, WaitingQueue(name))
