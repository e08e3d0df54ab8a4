"""What runs, since when, and whether it is ready."""

import time
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from ops.home import Home, load_secrets
from ops.processes import Plan
from ops.running import find_system
from ops.settings import Settings
from ops.supervision import Supervisor


def rows(settings: Settings) -> list[dict[str, Any]]:
    """One row a process: `{"process", "state", "pid", "port", "seconds", "missing"}`.

    :raises NotRunningError: nothing runs.
    """
    home = Home(settings.home)
    plan = Plan(find_system(home).applied_to(settings), home, load_secrets(home))
    found = []
    for state in Supervisor(home).states():
        if not state.started_at:
            continue
        missing = plan.missing(state.name) if state.alive else "is not running"
        seconds = int(time.time()) - state.started_at if state.alive else 0
        found.append(
            {"process": state.name, "state": state.state.lower(), "pid": state.pid, "port": plan.port(state.name)}
            | {"seconds": seconds, "missing": missing}
        )
    return found


def table(found: Sequence[dict[str, Any]]) -> Table:
    """The rows for the eye."""
    table = Table(box=None, pad_edge=False)
    for title in ("process", "state", "pid", "port", "up", "ready"):
        table.add_column(title, no_wrap=True)
    for row in found:
        ready = "yes" if row["missing"] is None else f"no: {row['missing']}"
        words = [row["process"], row["state"], row["pid"], row["port"], f"{row['seconds']} s", ready]
        table.add_row(*map(str, words))
    return table
