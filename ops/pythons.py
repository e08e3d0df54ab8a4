"""Finds a Python interpreter of a wanted version: on PATH, under pyenv, or fetched by uv.

Standard library only, and from Python 3.8 on: this runs before anything is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROBE = "import ctypes, ssl, sys, venv, zlib; print('%d.%d' % sys.version_info[:2])"


def runs_as(python: str) -> tuple[int, int] | None:
    """The version of `python` if it really starts with the modules we need, else None.

    A pyenv shim exists for versions that are not switched on, and then fails: only running it tells.
    """
    try:
        command = [python, "-I", "-c", PROBE]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    major, _, minor = done.stdout.strip().partition(".")
    return (int(major), int(minor)) if done.returncode == 0 and minor.isdigit() else None


def _dotted(version: tuple[int, int]) -> str:
    return "{}.{}".format(*version)


def _patch_number(folder: Path) -> int:
    last = folder.name.rpartition(".")[2]
    return int(last) if last.isdigit() else -1


def pyenv_roots(environ: dict[str, str]) -> list[Path]:
    """Where pyenv may keep its versions: `PYENV_ROOT`, then `~/.pyenv`."""
    named = environ.get("PYENV_ROOT")
    home = environ.get("HOME") or str(Path.home())
    return ([Path(named)] if named else []) + [Path(home) / ".pyenv"]


def candidates(version: tuple[int, int], environ: dict[str, str]) -> list[str]:
    """Interpreters that may be `version`, the likeliest first; none of them has been tried."""
    name, path = "python" + _dotted(version), environ.get("PATH", os.defpath)
    found = [shutil.which(command, path=path) for command in (name, "python3", "python")]
    for root in pyenv_roots(environ):
        folders = sorted((root / "versions").glob(_dotted(version) + ".*"), key=_patch_number, reverse=True)
        found += [str(folder / "bin" / "python") for folder in folders]
    found += [sys.executable]
    return list(dict.fromkeys(path for path in found if path))


def find_python(versions: list[tuple[int, int]], environ: dict[str, str]) -> str | None:
    """The first interpreter that runs, in the order of `versions`; None when there is none."""
    for version in versions:
        for python in candidates(version, environ):
            if runs_as(python) == version:
                return python
    return None
