"""Long steps in a terminal: what is done, for how long, and why it failed (standard library only)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

STILL_SECONDS = 10.0


class SetupError(Exception):
    """A step of the set-up failed; the message says what to do about it."""


def say(words: str) -> None:
    """One line for the person at the terminal, at once."""
    print(words, flush=True)


class Step:
    """Says what is going on at the start, every ten seconds, and at the end: `with Step("Installing …"):`."""

    def __init__(self, words: str, progress: Callable[[], str] = str) -> None:
        self._words = words
        self._progress = progress
        self._started = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._still, daemon=True)

    def _seconds(self) -> int:
        return round(time.monotonic() - self._started)

    def _still(self) -> None:
        while not self._over.wait(STILL_SECONDS):
            say(f"  … still at it ({self._seconds()} s) {self._progress()}".rstrip())

    def __enter__(self) -> Step:
        say(f"{self._words} …")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if kind is None:
            say(f"  done ({self._seconds()} s)")


NETWORK = (
    "A package registry could not be reached. Check the network (and proxy settings such as HTTPS_PROXY,"
    " UV_INDEX_URL, PIP_INDEX_URL), then try again: what is already there is kept."
)
ADVICE = [
    (("no space left", "disk quota"), "The disk is full. Free some space (6 GB are needed) and try again."),
    (
        ("dns error", "failed to fetch", "error sending request", "connection refused", "timed out"),
        NETWORK,
    ),
    (
        ("network is unreachable", "temporary failure in name", "could not resolve", "connection error"),
        NETWORK,
    ),
    (("python.h",), "A package needs Python's headers. Install python3-dev and try again."),
    (
        ("command 'gcc' failed", "no such file or directory: 'gcc'", "unable to find a compiler"),
        "A package needs a C compiler. Install build-essential (or gcc) and try again.",
    ),
    (("hash mismatch",), "A package is not the file that the lock names. If a mirror is in use, check it."),
    (("permission denied", "read-only file system"), "A folder may not be written to. Check who owns it."),
    (("no module named ensurepip", "ensurepip is not"), "Install python3-venv, or install uv yourself."),
]


def advice(output: str) -> str:
    """What a person can do about a command that failed with `output`; empty when nothing is known."""
    lowered = output.lower()
    return next((words for signs, words in ADVICE if any(sign in lowered for sign in signs)), "")


def run(command: list[str], what: str, *, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """Runs `command`, shows its progress if there is a terminal; gives what it printed on stdout.

    :raises SetupError: it failed; with the end of its output and what to do.
    """
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        try:
            done = subprocess.run(command, check=False, stdout=output, stderr=output, env=env, cwd=cwd)
        except OSError as error:
            raise SetupError(f"{what} failed: {command[0]} could not be started ({error}).") from error
        output.seek(0)
        text = output.read()
    if done.returncode != 0:
        tail = "\n".join("    " + line for line in text.strip().splitlines()[-15:])
        raise SetupError("\n".join(part for part in (f"{what} failed:", tail, advice(text)) if part))
    return text


def complain(error: SetupError) -> None:
    """Prints what went wrong, where errors belong."""
    print(f"\n{error}\n", file=sys.stderr, flush=True)
