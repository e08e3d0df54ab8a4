"""`python -m bench.voice`: what a turn of a phone call costs, and how many calls are held at once.

(a) Voice webhooks at a steady rate over a whole system: from the signed request to the TwiML, one question in three
    about the account. To reach: p95 within 100 ms at 10 turns a second.
(b) ConversationRelay: from the caller's last word to the first token of the answer. To reach: p50 within 50 ms.
(c) Calls held at once, a socket each, every one of them saying something every ten seconds. To reach: 200.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from bench.calls import Line, WebhookCall, verified_call
from bench.load import Measured
from bench.system import System, running_system
from bench.turns import memory

ACCOUNT = "what is my balance"
OTHERS = ("what are your hours", "where is your office")
SECONDS_BETWEEN_TURNS = 10.0
TIMEOUT = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True)
class Result:
    """One part: what was measured, and what it is to reach."""

    name: str
    measured: Measured
    figure_ms: float
    goal_ms: float
    lost: int = 0

    @property
    def is_reached(self) -> bool:
        """Whether the figure is within the goal, and no call was lost."""
        return self.figure_ms <= self.goal_ms and not self.lost


def _measured(seconds: float, times: list[float], at_once: int) -> Measured:
    return Measured(at_once, len(times), seconds, tuple(each * 1000 for each in times))


async def webhooks(line: Line, customers: list[dict[str, Any]], rate: float, seconds: float, calls: int) -> Result:
    """(a): turns begin at their time, whether or not those before them have been answered."""
    held = [await verified_call(line, customers[n % len(customers)]) for n in range(calls)]
    times: list[float] = []
    lost: set[str] = set()

    async def turn(call: WebhookCall, number: int) -> None:
        account = number % 3 == 0
        words = ACCOUNT if account else OTHERS[number % 2]
        # A caller does not speak again before the answer to the last words.
        async with call.speaking:
            if call.sid in lost:
                return
            started = time.perf_counter()
            try:
                said = await call.turn(SpeechResult=words, Confidence="0.92")
            except RuntimeError:
                lost.add(call.sid)
                return
            times.append(time.perf_counter() - started)
        if account and "dollar" not in said:
            raise RuntimeError(f"a balance without an amount: {said[:200]}")

    # The first second warms everything up and is not counted.
    await asyncio.gather(*(turn(held[n % calls], n) for n in range(min(calls, int(rate)))))
    times.clear()
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            group.create_task(turn(held[number % calls], number))
    measured = _measured(time.perf_counter() - began, times, calls)
    return Result(f"webhook to TwiML, p95, {rate:g} turns/s", measured, measured.p95_ms, 100.0, len(lost))


async def first_tokens(line: Line, turns: int) -> Result:
    """(b): one caller after the other."""
    times = []
    began = time.perf_counter()
    async with line.relay() as call:
        for number in range(turns + 3):
            first, _ = await call.say(OTHERS[number % len(OTHERS)])
            times.append(first)
    times = times[3:]
    measured = _measured(time.perf_counter() - began, times, 1)
    return Result("prompt to first token, p50", measured, measured.median_ms, 50.0)


async def held(line: Line, calls: int, rounds: int, opening_seconds: float) -> Result:
    """(c): calls come in one after the other, speak once in ten seconds, and all stay until the last has spoken
    `rounds` times; one that is lost is counted."""
    times: list[float] = []
    lost: Counter[str] = Counter()
    began = time.perf_counter()
    until = began + opening_seconds + rounds * SECONDS_BETWEEN_TURNS

    async def converse(number: int) -> None:
        await asyncio.sleep(number * opening_seconds / calls)
        try:
            async with line.relay() as call:
                while (spoken_at := time.perf_counter()) < until:
                    first, _ = await call.say(OTHERS[number % len(OTHERS)])
                    if spoken_at > began + opening_seconds:
                        times.append(first)
                    await asyncio.sleep(max(0.0, SECONDS_BETWEEN_TURNS - (time.perf_counter() - spoken_at)))
        except (TimeoutError, RuntimeError, aiohttp.ClientError) as problem:
            lost[f"{type(problem).__name__} {str(problem)[:120]}".strip()] += 1

    await asyncio.gather(*(converse(number) for number in range(calls)))
    for why, count in lost.most_common():
        print(f"lost {count}: {why}")
    measured = _measured(time.perf_counter() - began - opening_seconds, times, calls)
    return Result(f"{calls} calls held, first token p95", measured, measured.p95_ms, 2000.0, lost.total())


def report(console: Console, results: list[Result], load: float, sizes: dict[str, float]) -> None:
    """The table."""
    table = Table(title=f"Phone calls (load average at the start: {load:.1f} on {os.cpu_count()} cores)")
    for heading in ("what", "figure ms", "to reach", "median ms", "p95 ms", "turns/s", "calls", "lost"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for each in results:
        m = each.measured
        figures = (f"{each.figure_ms:.1f}", f"{each.goal_ms:.0f}", f"{m.median_ms:.1f}", f"{m.p95_ms:.1f}")
        table.add_row(each.name, *figures, f"{m.turns_per_second:.1f}", str(m.conversations), str(each.lost))
    console.print(table)
    console.print("Resident MB: " + ", ".join(f"{name} {size:.0f}" for name, size in sorted(sizes.items())))


async def measure(system: System, given: argparse.Namespace) -> tuple[list[Result], dict[str, float]]:
    """The three parts, one after the other."""
    named = json.loads(system.headgate("demo", "--json").stdout)
    customers = [c for c in named if c["situation"] != "locked" and c["balance_cents"]]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT) as session:
        line = Line(system, session)
        results = [
            await webhooks(line, customers, given.rate, given.seconds, given.turning),
            await first_tokens(line, given.turns),
            await held(line, given.calls, given.rounds, given.opening),
        ]
    return results, memory(system.pids())


def main() -> None:
    """Runs the three parts against a system of its own and prints them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=10.0, help="webhook turns a second (default 10)")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long (default 30)")
    parser.add_argument("--turning", type=int, default=40, help="calls the webhook turns belong to (default 40)")
    parser.add_argument("--turns", type=int, default=100, help="prompts on the socket (default 100)")
    parser.add_argument("--calls", type=int, default=200, help="calls held at once (default 200)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each held call (default 3)")
    parser.add_argument("--opening", type=float, default=40.0, help="seconds in which they come in (default 40)")
    parser.add_argument("--home", type=Path, help="a home that is kept, so that the next start is quick")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder,
        running_system(given.home or Path(folder)) as system,
    ):
        load = os.getloadavg()[0]
        results, sizes = asyncio.run(measure(system, given))
    report(Console(width=130), results, load, sizes)
    raise SystemExit(0 if all(each.is_reached for each in results) else 1)


if __name__ == "__main__":
    main()
