"""The file of a route for the handheld meter readers: asked of the running system, written where one says."""

import re
from pathlib import Path
from typing import Any

from rich.table import Table

from ops.api import ask, call, running_system
from ops.settings import Settings


def routes(settings: Settings) -> list[dict[str, Any]]:
    """Every route of every cycle, with its meters counted."""
    system = running_system(settings, demo=False)
    found: list[dict[str, Any]] = ask(settings, "GET", f"{system.backend_url}/v1/reads/routes")
    return found


def routes_table(found: list[dict[str, Any]]) -> Table:
    """The routes for reading."""
    table = Table("cycle", "route", "meters")
    for one in found:
        table.add_row(str(one["cycle"]), one["route"], f"{one['meters']:,}")
    return table


def download(settings: Settings, cycle: int, route: str | None, layout: str, output: Path | None) -> dict[str, Any]:
    """Write the file of a route (None: of all of the cycle's); where it is and how many meters it has.

    :raises CommandError: there is no such layout, or the system does not answer.
    """
    system = running_system(settings, demo=False)
    query = f"cycle={cycle}&layout={layout}" + (f"&route={route}" if route else "")
    answer = call(settings, "GET", f"{system.backend_url}/v1/reads/handheld?{query}", seconds=120)
    named = re.search(r'filename="([\w.-]+)"', answer.headers.get("content-disposition", ""))
    target = output or Path(named[1] if named else f"route-{cycle}.txt")
    target.write_bytes(answer.content)
    return {"file": str(target), "meters": int(answer.headers.get("x-meters", "0"))}
