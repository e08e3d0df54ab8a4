"""One Chromium for all browser tests of a run; each test has a window of its own in it.

To start one takes seconds. It is a process of its own, because a browser that playwright starts lives and dies with the
event loop of one test.
"""

import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.async_api import Browser, async_playwright

from ops.chromium import installed
from ops.settings import ROOT

SECONDS_TO_START = 60
ANYWHERE = ("--no-sandbox", "--disable-dev-shm-usage")
"""So that it starts as root and where shared memory is small, as in a container."""
OPTIONS = (
    *(*ANYWHERE, "--headless=new", "--no-first-run", "--no-default-browser-check"),
    *("--disable-gpu", "--disable-extensions", "--disable-background-networking", "--disable-component-update"),
    "--remote-debugging-port=0",
)


def path_of_chromium() -> str:
    """The one that the set-up found or installed."""
    home = Path(os.environ.get("HEADGATE_HOME", ROOT / ".headgate"))
    found = installed(dict(os.environ), home / "chromium")
    assert found is not None, "There is no Chromium. `make test` finds or installs one."
    return found


@pytest.fixture(scope="session")
def chromium_url() -> Iterator[str]:
    """Where the browser of this run listens to playwright; on the loopback alone."""
    with TemporaryDirectory(prefix="headgate-chromium-", ignore_cleanup_errors=True) as profile:
        command = [path_of_chromium(), *OPTIONS, f"--user-data-dir={profile}", "about:blank"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                yield f"http://127.0.0.1:{_port(Path(profile) / 'DevToolsActivePort', process)}"
            finally:
                process.terminate()


def _port(file: Path, process: "subprocess.Popen[bytes]") -> int:
    deadline = time.monotonic() + SECONDS_TO_START
    while not (file.exists() and "\n" in file.read_text()):
        assert process.poll() is None, f"Chromium ended at once ({process.returncode})."
        assert time.monotonic() < deadline, f"Chromium did not start within {SECONDS_TO_START} s."
        time.sleep(0.05)
    return int(file.read_text().splitlines()[0])


@asynccontextmanager
async def connected(chromium_url: str) -> AsyncIterator[Browser]:
    """The browser, for one test: its windows are closed in the end, not the browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(chromium_url)
        shared = set(browser.contexts)
        yield browser
        for context in browser.contexts:
            if context not in shared:
                await context.close()
