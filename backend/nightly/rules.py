"""The steps of a night in their order, and sums over what their parts did. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

STEPS = (
    "files",
    "drafts",
    "late_fees",
    "arrangements",
    "prepare",
    "bills",
    "budgets",
    "credits",
    "exceptions",
    "summary",
)
WHOLE = 0
"""The part number of the row that says a whole step is done."""
BY_ACCOUNTS = frozenset({"drafts", "late_fees", "arrangements", "budgets", "credits"})


@dataclass(frozen=True, slots=True)
class PartRow:
    """A row of `nightly_steps`."""

    step: str
    part: int
    counts: Mapping[str, Any]
    done_at: datetime


@dataclass(frozen=True, slots=True)
class StepState:
    """How far a step is: `parts_done` of `parts` (None: not known beforehand), with the sums of their counts."""

    step: str
    status: str
    parts_done: int
    parts: int | None
    counts: Mapping[str, int]
    done_at: datetime | None


def sums(rows: Iterable[PartRow]) -> dict[str, int]:
    """Every whole number that the parts counted, added up by name."""
    found: dict[str, int] = {}
    for row in rows:
        for name, value in row.counts.items():
            if isinstance(value, int) and not isinstance(value, bool):
                found[name] = found.get(name, 0) + value
    return found


def states(rows: Sequence[PartRow], account_parts: int) -> list[StepState]:
    """Every step in order: done, running (the first that is not done) or waiting."""
    listed, reached = [], False
    for step in STEPS:
        mine = [row for row in rows if row.step == step]
        whole = next((row for row in mine if row.part == WHOLE), None)
        parts = [row for row in mine if row.part != WHOLE]
        status = "done" if whole else "waiting" if reached else "running"
        reached = reached or whole is None
        known = account_parts if step in BY_ACCOUNTS else len(parts) if whole else None
        listed.append(StepState(step, status, len(parts), known, sums(mine), whole.done_at if whole else None))
    return listed


def totals(rows: Sequence[PartRow]) -> dict[str, dict[str, int]]:
    """The sums of every step that counted something other than nothing."""
    found = {step: sums(row for row in rows if row.step == step) for step in STEPS}
    return {step: {name: value for name, value in counts.items() if value} for step, counts in found.items() if counts}
