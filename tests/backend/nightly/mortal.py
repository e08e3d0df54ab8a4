"""A process that makes a night, dies by SIGKILL in the middle of it again and again, and starts anew each time.

    python -m tests.backend.nightly.mortal parts|workflow DATE

Each life gets a thing done (a part with its row, a file moved, a step on DBOS's record) and is killed when all work
of the next thing is done but its transaction is not committed; parts with even numbers, for the sake of time, are
done with the one before. Settings come from the environment. Prints what each life was about to do when it died, one
a line, then `finished`.
"""

import asyncio
import os
import signal
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from backend.district.service import District
from backend.nightly import running
from backend.settings import Settings
from backend.workflows import engine

LIVES_MAX = 200
PARTS, RECORDS = "UPDATE nightly_steps", "INSERT INTO dbos.operation_outputs"


class Death:
    """Kills this process when it is about to do a thing that counts and has done something already."""

    def __init__(self, report: int, watched: str) -> None:
        self._report, self._watched, self._done = report, watched, 0
        event.listen(Engine, "before_cursor_execute", self._look)
        event.listen(Engine, "commit", self._before_commit)
        event.listen(Engine, "rollback", lambda connection: connection.info.pop("counts", None))
        if watched == PARTS:
            self._watch_moves()

    def _look(self, connection: Connection, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.startswith(self._watched):
            connection.info["counts"] = _what(statement, parameters)

    def _before_commit(self, connection: Connection) -> None:
        what = connection.info.pop("counts", None)
        if what is not None:
            self._about_to(what)

    def _watch_moves(self) -> None:
        rename = Path.rename

        def mortal_rename(path: Path, target: Path) -> Path:
            self._about_to(f"move {path.name}")
            return rename(path, target)

        Path.rename = mortal_rename  # type: ignore[method-assign, assignment]

    def _about_to(self, what: str) -> None:
        if self._done and not what.endswith((" 2", " 4", " 6")):
            os.write(self._report, f"{what}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)
        self._done += 1


def _what(statement: str, parameters: Any) -> str:
    if PARTS in statement:
        return f"{parameters['step_1']} {parameters['part_1']}"
    return f"record of {parameters['function_name']}"


def _make_parts(settings: Settings, night: date, life: int) -> None:
    asyncio.run(running.run_nightly(settings, night))


def _make_workflow(settings: Settings, night: date, life: int) -> None:
    over = threading.Event()
    engine.launch(settings, over.set, None)
    if life == 0:
        # From then on what the dead left is taken up by itself.
        engine.start_nightly(night, hurry=False)
    assert over.wait(60), "the night does not end"


def main() -> None:
    """Live until the night is finished."""
    night, settings = date.fromisoformat(sys.argv[2]), Settings.from_environment()
    District.load(settings.district_dir)  # once for all lives: what it reads in the libraries stays in memory
    watched, make = {"parts": (PARTS, _make_parts), "workflow": (RECORDS, _make_workflow)}[sys.argv[1]]
    for life in range(LIVES_MAX):
        child = os.fork()
        if child == 0:
            Death(sys.stdout.fileno(), watched)
            make(settings, night, life)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == 0:
            os.write(sys.stdout.fileno(), b"finished\n")
            return
        assert status == -signal.SIGKILL, f"a life ended with {status}"
    raise AssertionError("too many lives")


if __name__ == "__main__":
    main()
