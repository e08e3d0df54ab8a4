"""`python -m bench.turns`: what a turn costs, beside the bot that `rasa init` makes, in one run.

Headgate is measured with one action and its call of the account API inside ("what's my balance?" in a verified
conversation): at the engine's own webhook, as the default bot is at its REST channel, in words that many say and that
the engine has heard before, and in words that it never heard; and whole, as a signed SMS webhook in and TwiML out. The
default bot's turn has no action. All are driven by the same closed loop; rounds alternate; medians of the rounds are
printed with their ratios, then where the processor's time went, and what turns of a long conversation take.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from rich.console import Console
from rich.table import Table

from bench.default_bot import default_bot_turn, make_default_bot, running_default_bot
from bench.engine_turns import WORDINGS, EngineTalker
from bench.load import Measured, Turn, median_of, run_load
from bench.system import ROOT, System, running_system
from bench.texts import Texter, verified_conversation

DEFAULT_BOT = ROOT / ".headgate" / "bench" / "default-bot"
TIMEOUT = aiohttp.ClientTimeout(total=120)
ENGINE, NEW_WORDS, WHOLE, DEFAULT = "Headgate's engine", "… new words", "Headgate, whole", "default bot"


@dataclass
class Shown:
    """What was measured: rounds by kind and number of conversations, processor milliseconds a turn by kind and process,
    and milliseconds of early and late turns of a long conversation."""

    rounds: dict[str, dict[int, list[Measured]]] = field(default_factory=dict)
    processor_ms: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    early_late_ms: tuple[float, float] = (0.0, 0.0)
    long_turns: int = 0

    def add(self, kind: str, measured: Measured, spent: dict[str, float]) -> None:
        self.rounds.setdefault(kind, {}).setdefault(measured.conversations, []).append(measured)
        for process, seconds in spent.items():
            by_process = self.processor_ms.setdefault(kind, {})
            by_process.setdefault(process, []).append(1000 * seconds / measured.turns)

    def median(self, kind: str, count: int, name: str) -> float:
        return median_of([getattr(one, name) for one in self.rounds[kind][count]])


def family(pid: int) -> list[psutil.Process]:
    """A process and everything it started."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def processor_seconds(pids: dict[str, int]) -> dict[str, float]:
    """What each process has used so far, with its children."""
    used = {}
    for name, pid in pids.items():
        times = [member.cpu_times() for member in family(pid)]
        used[name] = sum(one.user + one.system for one in times)
    return used


async def measure(system: System, default: tuple[str, int], given: argparse.Namespace) -> Shown:
    """Alternates all of them at each number of conversations; the first round warms them up and is not counted."""
    shown = Shown(long_turns=given.long)
    named = json.loads(system.headgate("demo", "--json").stdout)
    customers = [one for one in named if one["situation"] != "locked" and one["balance_cents"]]
    pids = {**system.pids(), DEFAULT: default[1]}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=TIMEOUT) as session:
        texter, talker = Texter(system, session), EngineTalker(system, session)
        for number in range(given.rounds + 1):
            for count in given.conversations:
                turns = {
                    ENGINE: await _at_engine(talker, customers, count),
                    NEW_WORDS: await _at_engine(talker, customers, count, new=True),
                    WHOLE: await _whole(texter, customers, count),
                    DEFAULT: _default(session, default[0], f"{number}-{count}"),
                }
                for kind, turn in turns.items():
                    before = processor_seconds(pids)
                    measured = await run_load(turn, conversations=count, turns_each=given.turns)
                    spent = {name: used - before[name] for name, used in processor_seconds(pids).items()}
                    if number:
                        shown.add(kind, measured, spent)
        milliseconds = await talker.long_conversation(customers[0], given.long)
        shown.early_late_ms = (statistics.median(milliseconds[2:7]), statistics.median(milliseconds[-5:]))
    return shown


async def _at_engine(talker: EngineTalker, customers: list[dict[str, Any]], count: int, *, new: bool = False) -> Turn:
    ids = [await talker.verified(customers[n % len(customers)]) for n in range(count)]

    async def turn(number: int, index: int) -> None:
        await talker.balance(ids[number], None if new else number + index)

    return turn


async def _whole(texter: Texter, customers: list[dict[str, Any]], count: int) -> Turn:
    phones = [await verified_conversation(texter, customers[n % len(customers)]) for n in range(count)]

    async def turn(number: int, index: int) -> None:
        twiml = await texter.text(phones[number], WORDINGS[(number + index) % len(WORDINGS)])
        if "$" not in twiml:
            raise RuntimeError(f"a balance without an amount: {twiml[:300]}")

    return turn


def _default(session: aiohttp.ClientSession, url: str, name: str) -> Turn:
    async def turn(number: int, index: int) -> None:
        await default_bot_turn(session, url, f"{name}-{number}", index)

    return turn


def memory(pids: dict[str, int]) -> dict[str, float]:
    """Resident memory of each process with its children, MB (what workers share is counted in each)."""
    return {name: sum(member.memory_info().rss for member in family(pid)) / 1e6 for name, pid in pids.items()}


def report(console: Console, shown: Shown, seconds: tuple[float, float], sizes: dict[str, float]) -> None:
    """The tables, and the ratios that are claimed."""
    table = Table(title="A turn")
    for heading in ("", "conversations", "median ms", "p95 ms", "turns/s", "× default's turns/s", "× its median"):
        table.add_column(heading, justify="right" if heading else "left")
    for kind, by_count in shown.rounds.items():
        for count in by_count:
            rate, median = shown.median(kind, count, "turns_per_second"), shown.median(kind, count, "median_ms")
            of_default = shown.median(DEFAULT, count, "turns_per_second"), shown.median(DEFAULT, count, "median_ms")
            cells = [f"{median:.1f}", f"{shown.median(kind, count, 'p95_ms'):.1f}", f"{rate:.1f}"]
            table.add_row(kind, str(count), *cells, f"{rate / of_default[0]:.2f}", f"{median / of_default[1]:.2f}")
    console.print(table)
    early, late = shown.early_late_ms
    console.print(
        f"turn {shown.long_turns} of a conversation: {late:.1f} ms, turn 5: {early:.1f} ms ({late / early:.2f} ×)"
    )
    table = Table(title="Processor time and resident memory of each process")
    for heading in ("process", *(f"{kind}: ms a turn" for kind in shown.processor_ms), "MB"):
        table.add_column(heading, justify="left" if heading == "process" else "right")
    for name, megabytes in sizes.items():
        spent = [f"{statistics.median(by[name]):.1f}" for by in shown.processor_ms.values()]
        table.add_row(name, *spent, f"{megabytes:.0f}")
    console.print(table)
    console.print(f"ready after {seconds[0]:.1f} s (everything), {seconds[1]:.1f} s (default bot alone)")


def as_json(shown: Shown, seconds: tuple[float, float], sizes: dict[str, float]) -> str:
    """Everything that was measured, for other programs."""
    rounds = {kind: {n: [asdict(one) for one in of] for n, of in by.items()} for kind, by in shown.rounds.items()}
    body = {"rounds": rounds, "processor_ms": shown.processor_ms, "early_late_ms": shown.early_late_ms}
    return json.dumps({**body, "seconds_to_ready": seconds, "memory_mb": sizes})


def main() -> None:
    """Runs the comparison and prints it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds (default 5)")
    parser.add_argument("--turns", type=int, default=10, help="messages in each conversation and round (default 10)")
    parser.add_argument("--conversations", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--long", type=int, default=200, help="turns of the long conversation (default 200)")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    given = parser.parse_args()
    make_default_bot(DEFAULT_BOT)
    console = Console(width=140)
    with tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder:
        with running_system(Path(folder)):
            pass  # the first start makes the database; the second is the one a user waits for
        with running_system(Path(folder)) as system, running_default_bot(DEFAULT_BOT) as (url, pid, ready):
            shown = asyncio.run(measure(system, (url, pid), given))
            sizes = memory({**system.pids(), DEFAULT: pid})
            seconds = (system.seconds_to_ready, ready)
            if given.json:
                print(as_json(shown, seconds, sizes))
            else:
                report(console, shown, seconds, sizes)


if __name__ == "__main__":
    main()
