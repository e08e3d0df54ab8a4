"""Fixtures of the actions' tests.

`answers` is a loopback account API that says what a test tells it to; `api` is the actions' client
connected to it. `backend` is the backend's own program over a throwaway PostgreSQL and Valkey with the
demonstration district in it; `real_api` is the client connected to that.
"""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from actions.account_api import AccountApi
from actions.turn import connect
from ops.embedded import free_port, running_postgres, running_valkey
from tests.actions.harness import DISTRICT, HAND_OFF, TOKENS, Backend, Loopback, Tell, run_action

ROOT = Path(__file__).parents[2]
READY_SECONDS_MAX = 60.0


@pytest.fixture
async def answers() -> AsyncIterator[Loopback]:
    """A loopback account API; it knows the district."""
    loopback = Loopback()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", loopback.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    loopback.url = f"http://127.0.0.1:{port}"
    loopback.say("GET", "/v1/district", DISTRICT)
    loopback.say("POST", "/v1/hand-offs", HAND_OFF, 201)
    yield loopback
    await runner.cleanup()


@pytest.fixture
async def api(answers: Loopback) -> AsyncIterator[AccountApi]:
    """The actions' account API, connected to `answers`."""
    made = AccountApi(answers.url, "actions-token", seconds_max=2)
    await made.open()
    connect(made)
    yield made
    connect(None)
    await made.close()


@pytest.fixture
def run() -> Tell:
    """Run an action on a message: `await run(Action(), intent="…", slots={…})`."""
    return run_action


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """The real backend with the demonstration district, on a free port."""
    folder = tmp_path_factory.mktemp("backend")
    with running_postgres(folder / "postgres") as database_url, running_valkey(folder / "valkey") as redis_url:
        port = free_port()
        environment = {
            **os.environ,
            **TOKENS,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "HEADGATE_HOME": str(folder),
            "HEADGATE_DEMO": "true",
            "HEADGATE_SECRET_KEY": "a key for tests only, never used outside them",
            "HEADGATE_BACKEND_PORT": str(port),
        }
        for command in ("migrate", "seed"):
            subprocess.run([sys.executable, "-m", "backend.manage", command], cwd=ROOT, env=environment, check=True)
        with (folder / "backend.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "backend"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url, process, folder / "backend.log")
            yield Backend(url)
        finally:
            process.terminate()
            process.wait(15)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}/readyz", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the backend did not get ready: {log.read_text()}")


@pytest.fixture
async def real_api(backend: Backend) -> AsyncIterator[AccountApi]:
    """The actions' account API, connected to the real backend."""
    made = AccountApi(backend.url, TOKENS["HEADGATE_ACTIONS_TOKEN"], seconds_max=10)
    await made.open()
    connect(made)
    yield made
    connect(None)
    await made.close()
