"""Chromium for the browser tests: what is installed, else the package manager's, else playwright's own.

Standard library only, from Python 3.8 on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from ops.progress import SetupError, Step, run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PACKAGE_MANAGERS = (
    ("apt-get", [["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]]),
    ("dnf", [["dnf", "install", "-y", "-q", "chromium"]]),
    ("apk", [["apk", "add", "-q", "chromium"]]),
)
PLAYWRIGHT_PATH = (
    "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
)


def starts(browser: str) -> bool:
    """Does this browser really start? (Ubuntu's `chromium-browser` may be a stub that asks for a snap.)"""
    try:
        done = subprocess.run([browser, "--version"], check=False, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "chrom" in done.stdout.lower()


def installed(environ: dict[str, str], remembered: Path) -> str | None:
    """A browser that is here: named by a variable, remembered from an earlier installation, or on PATH."""
    named = [environ.get("HEADGATE_CHROMIUM"), environ.get("CHROMIUM_PATH")]
    noted = remembered.read_text().strip() if remembered.exists() else None
    on_path = [shutil.which(name, path=environ.get("PATH")) for name in NAMES]
    for candidate in [*named, noted, *on_path, MAC]:
        if candidate and Path(candidate).exists() and starts(candidate):
            return candidate
    return None


def _by_package_manager(environ: dict[str, str]) -> None:
    for program, commands in PACKAGE_MANAGERS:
        if shutil.which(program, path=environ.get("PATH")):
            for command in commands:
                run(command, "Installing Chromium", env={**environ, "DEBIAN_FRONTEND": "noninteractive"})
            return


def _by_playwright(python: Path, environ: dict[str, str]) -> str:
    command = [str(python), "-m", "playwright", "install", "chromium"]
    run(command, "Installing playwright's Chromium", env=environ)
    browser = run([str(python), "-c", PLAYWRIGHT_PATH], "Finding playwright's Chromium", env=environ).strip()
    if not starts(browser):
        raise SetupError(
            "Playwright's Chromium does not start here: system libraries are missing. Run"
            f" `{python} -m playwright install-deps chromium` as root, or install Chromium."
        )
    return browser


def ensure_chromium(python: Path, home: Path, environ: dict[str, str]) -> str:
    """The path of a Chromium that starts, installed now if need be, and noted in `home/chromium`.

    :raises SetupError: there is none and it could not be installed; with what to do.
    """
    remembered = home / "chromium"
    found = installed(environ, remembered)
    if found is None:
        with Step("Installing Chromium for the browser tests"):
            if os.geteuid() == 0:
                with suppress(SetupError):  # playwright's own is next
                    _by_package_manager(environ)
            found = installed(environ, remembered) or _by_playwright(python, environ)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    remembered.write_text(found + "\n")
    return found
