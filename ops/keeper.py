"""Starts programs again that died at once, after a growing pause: an event listener of supervisord.

supervisord itself restarts a program that had been running, without a pause. One that dies while it starts becomes
FATAL, for good; here it gets another start after 1, 2, 4, 8 and then every 10 seconds.
"""

import os
import select
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from xmlrpc.client import Fault

from supervisor import childutils

PAUSE_SECONDS_MAX = 10.0


@dataclass
class Pauses:
    """When each program that gave up is to be started again. Times are monotonic seconds."""

    failures: dict[str, int] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)

    def failed(self, name: str, now: float) -> float:
        """`name` died at once: gives the pause before its next start."""
        count = self.failures.get(name, 0)
        self.failures[name] = count + 1
        pause = min(PAUSE_SECONDS_MAX, 2.0**count)
        self.due[name] = now + pause
        return pause

    def running(self, name: str) -> None:
        """`name` stays up: the next failure starts from a short pause again."""
        self.failures.pop(name, None)
        self.due.pop(name, None)

    def take_due(self, now: float) -> list[str]:
        """The programs whose pause is over; each is given once."""
        over = [name for name, moment in self.due.items() if moment <= now]
        for name in over:
            del self.due[name]
        return over

    def wait_seconds(self, now: float) -> float | None:
        """How long until the next one is due; None when none is."""
        return max(0.0, min(self.due.values()) - now) if self.due else None


def _start(name: str) -> None:
    try:
        childutils.getRPCInterface(os.environ).supervisor.startProcess(name, False)
    except (Fault, OSError) as error:  # stopped meanwhile, or the system is shutting down
        print(f"{name} was not started: {error}", file=sys.stderr, flush=True)


def _learn(pauses: Pauses, now: float) -> None:
    """A keeper that starts late looks for those that gave up before."""
    processes: list[dict[str, Any]] = childutils.getRPCInterface(os.environ).supervisor.getAllProcessInfo()
    for process in processes:
        if process["statename"] == "FATAL":
            pauses.failed(process["name"], now)


def _take_event(pauses: Pauses) -> None:
    headers = childutils.get_headers(sys.stdin.readline())
    body = childutils.get_headers(sys.stdin.read(int(headers["len"])))
    name = body["processname"]
    if headers["eventname"] == "PROCESS_STATE_FATAL":
        pause = pauses.failed(name, time.monotonic())
        print(f"{name} died at once; next start in {pause:.0f} s", file=sys.stderr, flush=True)
    elif headers["eventname"] == "PROCESS_STATE_RUNNING":
        pauses.running(name)
    # Answering also wakes supervisord up, which would otherwise restart a dead program a second later.
    childutils.listener.ok(sys.stdout)


def main() -> None:
    pauses = Pauses()
    _learn(pauses, time.monotonic())
    childutils.listener.ready(sys.stdout)
    while True:
        readable, _, _ = select.select([sys.stdin], [], [], pauses.wait_seconds(time.monotonic()))
        if readable:
            _take_event(pauses)
            childutils.listener.ready(sys.stdout)
        for name in pauses.take_due(time.monotonic()):
            _start(name)


if __name__ == "__main__":
    main()
