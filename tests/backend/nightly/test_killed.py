"""A night that is killed at every turn comes to what an undisturbed one comes to, row by row; and so do two at once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.nightly.rules import STEPS, WHOLE
from tests.backend.conftest import SECRET_KEY, create_database
from tests.backend.nightly.busy import NIGHT, fill_inbox, make_busy
from tests.backend.nightly.comparing import canonical, ids_of, rows_of

ROOT = Path(__file__).parents[3]
PART = 28
"""Six parts of accounts; the cycle that is billed, and the one that is prepared, have more accounts than one part."""
UNDISTURBED = "tests.backend.nightly.steady"
SECONDS_MAX = 110


@dataclass(frozen=True)
class Night:
    """A night that is over: its rows, the names of its files, and what the programs that made it said."""

    rows: Counter[str]
    files: list[str]
    said: list[str]


class Begun:
    """The same night made in one way or another, over a copy of the busy district of its own."""

    def __init__(self, url: str, home: Path, *programs: str) -> None:
        asyncio.run(fill_inbox(url, home / "inbox"))
        self._url, self._home, self._known = url, home, ids_of(rows_of(url))
        self._programs = [self._start(program) for program in programs]

    def _start(self, program: str) -> "subprocess.Popen[str]":
        environment = {
            **os.environ,
            "DATABASE_URL": self._url,
            "REDIS_URL": "redis://unused",
            "HEADGATE_SECRET_KEY": SECRET_KEY,
            "HEADGATE_HOME": str(self._home),
            "HEADGATE_NIGHTLY_PART_ACCOUNTS": str(PART),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", *program.split(), str(NIGHT)]
        return subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def end(self) -> Night:
        """Wait until all programs have ended well."""
        said = [one.communicate(timeout=SECONDS_MAX)[0] for one in self._programs]
        assert [one.returncode for one in self._programs] == [0] * len(said)
        files = sorted(str(path.relative_to(self._home)) for path in self._home.rglob("*") if path.is_file())
        rows = canonical(rows_of(self._url), self._known)
        return Night(rows, files, [line for one in said for line in one.splitlines()])

    def kill(self) -> None:
        """Leave nothing running, the programs' children included."""
        for one in self._programs:
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
            one.wait()


@pytest.fixture(scope="module")
def nights(
    server_url: str, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Begun]]:
    """All four nights side by side: what they wait for leaves the machine to the others."""
    asyncio.run(make_busy(create_database(server_url, "template_busy", seeded_template)))
    ways = {
        "undisturbed": (UNDISTURBED,),
        "two at once": (UNDISTURBED, UNDISTURBED),
        "killed in parts": ("tests.backend.nightly.mortal parts",),
        "killed in steps": ("tests.backend.nightly.mortal workflow",),
    }
    begun: dict[str, Begun] = {}
    for number, (way, programs) in enumerate(ways.items()):
        url = create_database(server_url, f"night_{number}", "template_busy")
        begun[way] = Begun(url, tmp_path_factory.mktemp("home"), *programs)
    yield begun
    for one in begun.values():
        one.kill()


@pytest.fixture(scope="module")
def undisturbed(nights: dict[str, Begun]) -> Night:
    """The night as it is when nothing happens to it."""
    return nights["undisturbed"].end()


def test_the_night_has_work_in_every_step(undisturbed: Night) -> None:
    """Else the tests below would compare nothing."""
    summary = next(row for row in undisturbed.rows if row.startswith("nightly_runs"))
    for name in (
        *("lockbox", "payments", "returns", "set_aside", "files_refused", "autopay", "recurring", "late_fees"),
        *("installments_kept", "arrangements_broken", "drafts", "bills", "budget_leveled", "allocations"),
        *("current_cents", "days_over_90_cents", "billing_exceptions", "nightly_items"),
    ):
        assert f'"{name}": ' in summary.replace('""', '"').replace("\\", ""), name


def test_two_processes_at_once_are_one(nights: dict[str, Begun], undisturbed: Night) -> None:
    together = nights["two at once"].end()
    assert together.files == undisturbed.files
    assert together.rows == undisturbed.rows


def test_killed_before_each_step_is_on_record_it_is_taken_up_by_itself(
    nights: dict[str, Begun], undisturbed: Night
) -> None:
    killed = nights["killed in steps"].end()
    assert len([death for death in killed.said if death == "record of nightly_step"]) >= len(STEPS) - 1
    assert killed.files == undisturbed.files
    assert killed.rows == undisturbed.rows


def test_killed_in_every_part_and_between_all_of_them(nights: dict[str, Begun], undisturbed: Night) -> None:
    killed = nights["killed in parts"].end()
    deaths = set(killed.said)
    assert {f"{step} {WHOLE}" for step in STEPS} <= deaths
    by_accounts = ("drafts", "arrangements", "late_fees", "budgets", "credits", "bill_texts", "aging")
    assert {f"{step} {part}" for step in by_accounts for part in (3, 5)} <= deaths
    assert {"prepare 1", "prepare 3", "bills 1"} <= deaths
    assert {"files 3", "move lockbox.bai", "move wrong.csv"} <= deaths
    assert killed.files == undisturbed.files
    assert killed.rows == undisturbed.rows
