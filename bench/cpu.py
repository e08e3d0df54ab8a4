"""What work costs: the CPU that each process of a running system has used."""

import os

import psutil

from bench.system import System


def cpu_seconds(system: System) -> dict[str, float]:
    """Seconds of CPU since the start, by process, its children included; `bench` is the process that measures."""
    pids = system.pids() | {"bench": os.getpid()}
    return {name: _seconds(pid, with_children=name != "bench") for name, pid in pids.items()}


def _seconds(pid: int, *, with_children: bool) -> float:
    process = psutil.Process(pid)
    # A server of PostgreSQL that has ended is in its parent's account of children.
    total = sum(process.cpu_times()[:4] if with_children else process.cpu_times()[:2])
    for child in process.children(recursive=True) if with_children else ():
        try:
            total += sum(child.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue  # ended just now: the parent has it, from the next look on
    return total


def each_ms(before: dict[str, float], after: dict[str, float], count: int) -> dict[str, float]:
    """Milliseconds of CPU for each of `count` things done meanwhile, by process, those that did something."""
    spent = {name: 1000 * (after[name] - before.get(name, 0.0)) / count for name in after}
    return {name: ms for name, ms in sorted(spent.items(), key=lambda item: -item[1]) if ms >= 0.05}
