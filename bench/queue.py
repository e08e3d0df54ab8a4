"""The order of the queue on simulated days: `python -m bench.queue [--calls 60000] [--seed 1]`.

First against Erlang C: with calls that come at random and last at random times, whoever is served next, the mean wait
over all is known (the order only says who of them waits longer). Then against first come, first served: how long each
kind of caller waits at 95 percent, and the longest wait of anybody.
"""

import argparse
import heapq
import random
import tomllib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from backend.queue.rules import Ahead, Waiting, in_order, score_seconds

BEGAN = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
POLICY = Path(__file__).parents[1] / "district" / "policy.toml"
TOLERANCE = 0.12
"""Simulated and computed mean waits may differ by so much of themselves, or by half a second."""

# Calls an hour, seconds a call, people: the loads of which the waits are published or computed by hand.
LOADS = ((60, 300, 7), (60, 300, 8), (100, 300, 11), (100, 300, 12), (720, 240, 55))
MIX = (("emergency", 0.02), ("shut_off_today", 0.05), ("protected", 0.05), ("urgent", 0.08), ("ordinary", 0.80))


@dataclass(frozen=True, slots=True)
class Call:
    """One simulated call, in seconds from the beginning."""

    case: Waiting
    kind: str
    comes: float
    lasts: float


Choose = Callable[[Sequence[Call], datetime], Call]


def erlang_c(calls_an_hour: float, call_seconds: float, people: int) -> tuple[float, float]:
    """The chance to wait at all, and the mean wait in seconds, of an M/M/n queue without abandonment."""
    load = calls_an_hour / 3600 * call_seconds
    term, below = 1.0, 1.0
    for number in range(1, people):
        term *= load / number
        below += term
    last = term * load / people * people / (people - load)
    waits = last / (below + last)
    return waits, waits * call_seconds / (people - load)


def calls_of(count: int, calls_an_hour: float, call_seconds: float, dice: random.Random) -> list[Call]:
    """`count` calls that come and last at random (exponentially), of the kinds in MIX."""
    made, at = [], 0.0
    for number in range(count):
        at += dice.expovariate(calls_an_hour / 3600)
        kind = dice.choices([name for name, _ in MIX], [share for _, share in MIX])[0]
        case = Waiting(
            id=UUID(int=number),
            number=number,
            entered_at=BEGAN + timedelta(seconds=at),
            priority={"emergency": 0, "urgent": 1}.get(kind, 2),
            shut_off_today=kind == "shut_off_today",
            protected=kind == "protected",
            contact="holding",
        )
        made.append(Call(case, kind, at, dice.expovariate(1 / call_seconds)))
    return made


def served(calls: Sequence[Call], people: int, choose: Choose) -> dict[str, list[float]]:
    """How long each call waited, by kind, when `choose` says who is next."""
    waits: dict[str, list[float]] = defaultdict(list)
    free = people
    busy: list[float] = []
    line: list[Call] = []
    coming = iter(calls)
    next_call = next(coming, None)
    while next_call is not None or line:
        if next_call is not None and (not busy or next_call.comes <= busy[0]):
            at = next_call.comes
            line.append(next_call)
            next_call = next(coming, None)
        else:
            at = heapq.heappop(busy)
            free += 1
        if free and line:
            chosen = line[0] if len(line) == 1 else choose(line, BEGAN + timedelta(seconds=at))
            line.remove(chosen)
            free -= 1
            heapq.heappush(busy, at + chosen.lasts)
            waits[chosen.kind].append(at - chosen.comes)
    return waits


def by_place(ahead: Ahead) -> Choose:
    """Who is next by the order of the queue; the whole order is made now and then, to see that both say the same."""

    def choose(line: Sequence[Call], now: datetime) -> Call:
        best = max(line, key=lambda call: (score_seconds(call.case, ahead, now), -call.case.number))
        if best.case.number % 50 == 0:
            assert in_order([call.case for call in line], ahead, now)[0] == best.case
        return best

    return choose


def first_come(line: Sequence[Call], now: datetime) -> Call:
    """Who is next when nothing matters but who came first."""
    return line[0]


def ahead_of(policy: Path) -> Ahead:
    """What matters are worth in the district of this checkout."""
    queue = tomllib.loads(policy.read_text())["queue"]
    return Ahead(**queue["minutes_ahead"], long_wait=queue["long_wait_minutes"])


def at_percent(waits: Sequence[float], percent: float) -> float:
    """The wait that so many percent do not exceed, in seconds."""
    return sorted(waits)[min(int(len(waits) * percent / 100), len(waits) - 1)]


def mean_waits(count: int, seed: int, ahead: Ahead) -> list[tuple[tuple[int, int, int], float, float, float, float]]:
    """For each load: chance to wait and mean wait, computed and simulated."""
    found = []
    for load in LOADS:
        calls_an_hour, call_seconds, people = load
        calls = calls_of(count, calls_an_hour, call_seconds, random.Random(seed))
        all_waits = [wait for waits in served(calls, people, by_place(ahead)).values() for wait in waits]
        chance, mean = erlang_c(calls_an_hour, call_seconds, people)
        simulated = sum(all_waits) / len(all_waits)
        found.append((load, chance, sum(wait > 0 for wait in all_waits) / len(all_waits), mean, simulated))
    return found


def main() -> None:
    """Print both comparisons; exit 1 when the simulated wait is not the computed one."""
    parser = argparse.ArgumentParser(prog="python -m bench.queue", description=__doc__)
    parser.add_argument("--calls", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    ahead = ahead_of(POLICY)
    print("calls/h  s/call  people   waits: Erlang C, simulated   mean wait s: Erlang C, simulated")
    right = True
    for load, chance, simulated_chance, mean, simulated in mean_waits(asked.calls, asked.seed, ahead):
        right &= abs(simulated - mean) <= max(TOLERANCE * mean, 0.5)
        print(f"{load[0]:7} {load[1]:7} {load[2]:7}   {chance:16.1%} {simulated_chance:9.1%}"
              f"   {mean:20.1f} {simulated:9.1f}")  # fmt: skip
    _print_fairness(asked.calls, asked.seed, ahead)
    raise SystemExit(0 if right else 1)


def _print_fairness(count: int, seed: int, ahead: Ahead) -> None:
    """A day with hardly enough people: 4 of them, 97 percent busy."""
    calls = calls_of(count, 46.5, 300, random.Random(seed))
    ours, plain = served(calls, 4, by_place(ahead)), served(calls, 4, first_come)
    print("\n4 people, 46.5 calls/h of 300 s:   in this order: 95 % wait, longest   first come: 95 %, longest (min)")
    for kind, _ in MIX:
        both = (ours[kind], plain[kind])
        mine, other = (f"{at_percent(waits, 95) / 60:15.1f} {max(waits) / 60:9.1f}" for waits in both)
        print(f"{kind:16} {len(ours[kind]):7} calls   {mine}   {other}")
    longest = [max(wait for waits in each.values() for wait in waits) / 60 for each in (ours, plain)]
    print(f"longest wait of anybody: {longest[0]:.1f} min, first come {longest[1]:.1f} min")


if __name__ == "__main__":
    main()
