"""`python -m bench.turns`: what a turn costs, beside the bot that `rasa init` makes, in one run.

Headgate's turn is a signed SMS webhook in, TwiML out, with one action and its backend call inside ("what's my
balance?" in a verified conversation). The default bot's turn is a message through its REST channel without any action.
Both are driven by the same closed loop; rounds alternate; medians of the rounds are printed with their ratios.
"""

import argparse
import asyncio
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from rich.console import Console
from rich.table import Table

from bench.default_bot import default_bot_turn, make_default_bot, running_default_bot
from bench.load import Measured, Turn, median_of, run_load
from bench.system import ROOT, System, running_system
from bench.texts import Texter, verified_conversation

WORDS = "what's my balance?"
DEFAULT_BOT = ROOT / ".headgate" / "bench" / "default-bot"
TIMEOUT = aiohttp.ClientTimeout(total=120)


@dataclass
class Rounds:
    """What each bot showed, round after round, by number of conversations."""

    headgate: dict[int, list[Measured]] = field(default_factory=dict)
    default: dict[int, list[Measured]] = field(default_factory=dict)


async def measure(system: System, default_url: str, conversations: list[int], turns: int, rounds: int) -> Rounds:
    """Alternates the two bots `rounds` times at each number of conversations."""
    result = Rounds()
    named = json.loads(system.headgate("demo", "--json").stdout)
    customers = [c for c in named if c["situation"] != "locked" and c["balance_cents"]]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT) as session:
        texter = Texter(system, session)
        for number in range(rounds + 1):  # the first round warms both up and is not counted
            for count in conversations:
                ours = await run_load(await _headgate(texter, customers, count), conversations=count, turns_each=turns)
                theirs = await run_load(
                    _default(session, default_url, f"{number}-{count}"), conversations=count, turns_each=turns
                )
                if number:
                    result.headgate.setdefault(count, []).append(ours)
                    result.default.setdefault(count, []).append(theirs)
    return result


async def _headgate(texter: Texter, customers: list[dict[str, Any]], count: int) -> Turn:
    phones = [await verified_conversation(texter, customers[n % len(customers)]) for n in range(count)]

    async def turn(number: int, index: int) -> None:
        twiml = await texter.text(phones[number], WORDS)
        if "$" not in twiml:
            raise RuntimeError(f"a balance without an amount: {twiml[:300]}")

    return turn


def _default(session: aiohttp.ClientSession, url: str, name: str) -> Turn:
    async def turn(number: int, index: int) -> None:
        await default_bot_turn(session, url, f"{name}-{number}", index)

    return turn


def memory(pids: dict[str, int]) -> dict[str, float]:
    """Resident memory of each process with its children, MB."""
    sizes = {}
    for name, pid in pids.items():
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        sizes[name] = sum(member.memory_info().rss for member in family) / 1e6
    return sizes


def report(console: Console, rounds: Rounds, seconds: tuple[float, float], sizes: dict[str, float]) -> None:
    """The table, and the ratios that are claimed."""
    table = Table(title="A turn: Headgate (webhook, action, backend) and Rasa's default bot (no action)")
    for heading in ("conversations", "median ms", "default ms", "p95 ms", "default p95", "turns/s", "default turns/s"):
        table.add_column(heading, justify="right")
    for count, ours in rounds.headgate.items():
        theirs = rounds.default[count]
        cells = [_median(ours, "median_ms"), _median(theirs, "median_ms"), _median(ours, "p95_ms")]
        cells += [_median(theirs, "p95_ms"), _median(ours, "turns_per_second"), _median(theirs, "turns_per_second")]
        table.add_row(str(count), *(f"{cell:.1f}" for cell in cells))
    console.print(table)
    for count, ours in rounds.headgate.items():
        theirs = rounds.default[count]
        time_ratio = _median(ours, "median_ms") / _median(theirs, "median_ms")
        rate_ratio = _median(ours, "turns_per_second") / _median(theirs, "turns_per_second")
        console.print(f"{count:>3} conversations: {time_ratio:.2f} × its median turn, {rate_ratio:.2f} × its turns/s")
    console.print(f"ready after {seconds[0]:.1f} s (everything), {seconds[1]:.1f} s (default bot alone)")
    table = Table(title="Resident memory, MB")
    table.add_column("process")
    table.add_column("MB", justify="right")
    for name, megabytes in sizes.items():
        table.add_row(name, f"{megabytes:.0f}")
    console.print(table)


def _median(measured: list[Measured], name: str) -> float:
    return median_of([getattr(one, name) for one in measured])


def main() -> None:
    """Runs the comparison and prints it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds (default 5)")
    parser.add_argument("--turns", type=int, default=10, help="messages in each conversation and round (default 10)")
    parser.add_argument("--conversations", type=int, nargs="+", default=[1, 32])
    given = parser.parse_args()
    make_default_bot(DEFAULT_BOT)
    console = Console(width=120)
    with tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder:
        with running_system(Path(folder)):
            pass  # the first start makes the database; the second is the one a user waits for
        with running_system(Path(folder)) as system, running_default_bot(DEFAULT_BOT) as (url, pid, seconds):
            rounds = asyncio.run(measure(system, url, given.conversations, given.turns, given.rounds))
            sizes = memory({**system.pids(), "default bot": pid})
            report(console, rounds, (system.seconds_to_ready, seconds), sizes)


if __name__ == "__main__":
    main()
