"""`make test` and `make check`: all parts run, one failing part fails the whole, and the end says what was what."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from ops.home import Home
from ops.model import model_path
from ops.settings import ROOT, home_folder

PYTHON = str(ROOT / ".venv" / "bin" / "python")
BIN = ROOT / ".venv" / "bin"
ENGINE_PYTHON = str(ROOT / "bot" / ".venv" / "bin" / "python")
OURS = ("ops", "actions", "telephony", "backend", "processor", "bench")
LAST_LINE = re.compile(r"(\d+) passed, (\d+) failed")
SLOW_TESTS = ("ops",)
HELD_TO_ITS_RESULT = ("--hypothesis-profile", "ci")
"""Properties are judged by what they find, not by how fast a busy machine makes up their examples."""
WORKERS_MAX = 4
QUICK = ("-m", "not long and not browser")
OTHER_TESTS = ("bot", "stories", "e2e")
"""Folders of tests/ that are parts of their own: another environment, or the whole system."""


@dataclass(frozen=True)
class Part:
    """One command of the whole, and where its counts are: a part without any counts as one test."""

    name: str
    command: tuple[str, ...]
    counts: Literal["none", "pytest", "last line"] = "none"


@dataclass(frozen=True)
class Result:
    """How a part went."""

    part: Part
    passed: int
    failed: int
    skipped: int
    seconds: float

    def line(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        verdict = "FAILED" if self.failed else "ok"
        counts = f"{self.passed} passed, {self.failed} failed{skipped}"
        return f"{verdict:<7} {self.part.name:<28} {counts} ({self.seconds:.0f} s)"


def side_by_side() -> tuple[str, ...]:
    """One worker more than processors, to four: a test waits for half of its time. Each has its own PostgreSQL, and
    the tests of a file stay together."""
    workers = min(WORKERS_MAX, (os.cpu_count() or 1) + 1)
    return ("-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder")


def pytest_part(name: str, python: str, folders: Sequence[str], *options: str) -> Part:
    """The tests of those of `folders` (under tests/) that exist, in one run of pytest."""
    places = [f"tests/{folder}" for folder in folders if (ROOT / "tests" / folder).is_dir()]
    return Part(name, (python, "-m", "pytest", "-q", *options, *places), "pytest")


def application_tests() -> list[str]:
    """The folders of tests/ that run in the application's environment, without the rest of the system."""
    folders = sorted(path.name for path in (ROOT / "tests").iterdir() if any(path.rglob("test_*.py")))
    return [name for name in folders if name not in OTHER_TESTS]


def all_parts() -> list[Part]:
    """Everything, in the order of how soon it tells something."""
    model = model_path(Home(home_folder()))
    return [
        *check_parts()[:-1],
        pytest_part("tests of the application", PYTHON, application_tests(), *side_by_side(), *HELD_TO_ITS_RESULT),
        pytest_part("tests of the engine", ENGINE_PYTHON, ["bot"], "-o", "asyncio_mode=auto"),
        Part("model is trained", (PYTHON, "-m", "ops.cli", "train")),
        Part("stories", (ENGINE_PYTHON, "-m", "bot.story_tests", "--model", str(model)), "last line"),
        pytest_part("whole system", PYTHON, ["e2e"]),
    ]


def check_parts() -> list[Part]:
    """What to run before every commit: no engine, no whole system."""
    mypy = str(BIN / "mypy")
    fast = [name for name in application_tests() if name not in SLOW_TESTS]
    return [
        Part("format", (str(BIN / "ruff"), "format", "--check", ".")),
        Part("lint", (str(BIN / "ruff"), "check", ".")),
        Part("types", (mypy, *OURS)),
        Part("types of the engine", (mypy, "--config-file", "bot/mypy.ini", "bot")),
        Part("arrows", (str(BIN / "lint-imports"), "--no-cache")),
        pytest_part("fast tests", PYTHON, fast, *side_by_side(), *HELD_TO_ITS_RESULT, *QUICK),
    ]


def run_part(part: Part) -> Result:
    """Runs one part with its output on the terminal."""
    print(f"\n=== {part.name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = (f"--junitxml={report}",) if part.counts == "pytest" else ()
        status, last = _run([*part.command, *options])
        seconds = time.monotonic() - started
        passed, failed, skipped = int(status == 0), int(status != 0), 0
        if report.exists():
            passed, failed, skipped = counts(report)
        elif part.counts == "last line" and (told := LAST_LINE.search(last)):
            passed, failed = int(told[1]), int(told[2])
    return Result(part, passed, failed if status == 0 else max(1, failed), skipped, seconds)


def _run(command: Sequence[str]) -> tuple[int, str]:
    """Runs `command` with its output on ours; gives its exit status and its last line."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    last = ""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        errors="replace",
        text=True,
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line if line.strip() else last
    return process.returncode, last


def counts(report: Path) -> tuple[int, int, int]:
    """(passed, failed, skipped) of a JUnit report; an error in a fixture is a failure."""
    passed = failed = skipped = 0
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def run_parts(parts: Sequence[Part]) -> int:
    """Runs all of them; the exit status is 0 when nothing failed."""
    results = [run_part(part) for part in parts]
    print("\n=== Summary")
    for result in results:
        print(result.line())
    failed = sum(result.failed for result in results)
    skipped = sum(result.skipped for result in results)
    if skipped:
        print(f"{skipped} skipped")
    print(f"{sum(result.passed for result in results)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run_parts({"test": all_parts, "check": check_parts}[sys.argv[1]]()))
