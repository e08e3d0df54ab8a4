"""The nightly update from a terminal: begun, watched step by step, told as a table at the end."""

import time
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ops.api import CommandError, NoAnswerError, ask, running_system
from ops.money import dollars
from ops.settings import Settings

POLL_SECONDS = 0.4
AWAY_SECONDS_MAX = 120.0
Night = dict[str, Any]
"""The body that the backend answers with: see `NightOut` on the API's page."""


def begin(settings: Settings, written: str | None) -> Night:
    """Start the update of a date (null: today's), or find it as it stands.

    :raises CommandError: not a date, or one that the backend refuses. :raises NotRunningError: nothing runs.
    """
    business_date = None if written is None else _date(written).isoformat()
    night: Night = ask(settings, "POST", _url(settings), {"business_date": business_date})
    return night


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise CommandError(f"{written!r} is not a date. Write it like 2026-11-23.") from error


def _url(settings: Settings) -> str:
    return f"{running_system(settings, demo=False).backend_url}/v1/nightly"


def follow(settings: Settings, night: Night) -> Iterator[Night]:
    """The night again and again until it is finished; a backend that is away for a while is waited for.

    :raises CommandError: the backend is away for two minutes, or refuses.
    """
    away_since: float | None = None
    while True:
        yield night
        if night["status"] == "finished":
            return
        time.sleep(POLL_SECONDS)
        try:
            night = ask(settings, "GET", f"{_url(settings)}/{night['business_date']}")
            away_since = None
        except NoAnswerError:
            away_since = away_since or time.monotonic()
            if time.monotonic() - away_since > AWAY_SECONDS_MAX:
                raise
            night = {**night, "problem": "The backend does not answer. The night goes on when it is back."}


def watch(settings: Settings, night: Night, console: Console) -> Night:
    """Follow the night on the terminal until it is finished: every step where it can be redrawn, else line by line.

    :raises CommandError: Ctrl-C (the night goes on), or what `follow` raises.
    """
    try:
        return _watch_live(settings, night, console) if console.is_terminal else _watch_plain(settings, night, console)
    except KeyboardInterrupt as pressed:
        raise CommandError(goes_on(night["business_date"])) from pressed


def goes_on(business_date: str) -> str:
    """What to say to somebody who has stopped watching."""
    again = f"headgate nightly --date {business_date}"
    return f"The nightly update of {business_date} goes on by itself. To see how far it is: {again}"


def _watch_live(settings: Settings, night: Night, console: Console) -> Night:
    spinner = Spinner("dots")
    with Live(console=console, refresh_per_second=8, transient=True) as live:
        for current in follow(settings, night):
            night = current
            live.update(progress_table(night, spinner))
    return night


def _watch_plain(settings: Settings, night: Night, console: Console) -> Night:
    told: set[str] = set()
    for current in follow(settings, night):
        night = current
        for words in _news(night, told):
            console.print(words, markup=False, highlight=False)
    return night


def _news(night: Night, told: set[str]) -> Iterator[str]:
    """What has not been told yet: steps that are done, and what stands in the way."""
    for step in night["steps"]:
        if step["status"] == "done" and step["step"] not in told:
            told.add(step["step"])
            yield f"{step['title']}: {'; '.join(_lines(step)) or 'nothing to do'}"
    problem = night["problem"]
    if problem and problem not in told:
        told.add(problem)
        yield f"Waiting: {problem}"


def progress_table(night: Night, spinner: Spinner | None = None) -> Group:
    """The night as it stands: a row a step, and what is in the way."""
    table = Table(box=None, pad_edge=False, title=f"Nightly update of {night['business_date']}", title_justify="left")
    for column in ("", "step", "done so far"):
        table.add_column(column)
    for step in night["steps"]:
        mark = {"done": Text("✓", "green"), "running": spinner or Text("…"), "waiting": Text("·", "dim")}[
            step["status"]
        ]
        table.add_row(mark, step["title"], _so_far(step))
    problem = night["problem"]
    return Group(table, Text(f"Waiting: {problem}", "yellow")) if problem else Group(table)


def _so_far(step: dict[str, Any]) -> str:
    lines = _lines(step)
    if step["status"] == "running":
        parts = f"{step['parts_done']} of {step['parts']} parts" if step["parts"] else None
        return "; ".join([*([parts] if parts else []), *lines])
    return "; ".join(lines) or ("nothing to do" if step["status"] == "done" else "")


def _lines(step: dict[str, Any]) -> list[str]:
    return [" ".join(part for part in _parts(line) if part) for line in step["lines"]]


def _parts(line: dict[str, Any]) -> tuple[str, str, str]:
    count = "" if line["count"] is None else f"{line['count']:,}"
    return count, line["what"], "" if line["amount_cents"] is None else dollars(line["amount_cents"])


def result_table(night: Night) -> Table:
    """A finished night: each step, what was done, and the amounts."""
    table = Table(box=None, pad_edge=False)
    table.add_column("step", no_wrap=True)
    table.add_column("count", justify="right", no_wrap=True)
    table.add_column("what was done", no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    for step in night["steps"]:
        rows = [_parts(line) for line in step["lines"]] or [("", "nothing to do", "")]
        for place, row in enumerate(rows):
            table.add_row(step["title"] if place == 0 else "", *row)
    return table


def headline(night: Night, *, was_finished: bool) -> str:
    """One sentence on the whole night."""
    if was_finished:
        return f"The nightly update of {night['business_date']} was finished before: nothing was left to do."
    seconds = _moment(night["finished_at"]) - _moment(night["started_at"])
    return f"The nightly update of {night['business_date']} is finished ({seconds.total_seconds():.0f} s)."


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
