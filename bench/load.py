"""Closed-loop load: N conversations, each sends its next message when the last answer is in.

Bounded in count, loopback only.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Turn = Callable[[int, int], Awaitable[None]]
"""Sends one message: (conversation number, turn number) → when it is answered."""


@dataclass(frozen=True)
class Measured:
    """What one run of load showed."""

    conversations: int
    turns: int
    seconds: float
    milliseconds: tuple[float, ...]

    @property
    def turns_per_second(self) -> float:
        return self.turns / self.seconds

    @property
    def median_ms(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95_ms(self) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


async def run_load(turn: Turn, *, conversations: int, turns_each: int, first_turn: int = 0) -> Measured:
    """`conversations` at once, `turns_each` messages in each; one failure ends the run with its error."""
    milliseconds: list[float] = []

    async def converse(number: int) -> None:
        for index in range(first_turn, first_turn + turns_each):
            started = time.perf_counter()
            await turn(number, index)
            milliseconds.append((time.perf_counter() - started) * 1000)

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(conversations):
            group.create_task(converse(number))
    seconds = time.perf_counter() - started
    return Measured(conversations, len(milliseconds), seconds, tuple(milliseconds))


def median_of(values: list[float]) -> float:
    """The median over rounds, so that one noisy round does not decide."""
    return statistics.median(values)
