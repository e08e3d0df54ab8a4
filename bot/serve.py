"""Serve the newest model: `python -m bot.serve [--model FILE]`.

With one worker it answers /healthz at once and /readyz when the model is loaded and Redis answers; with several
(`HEADGATE_ENGINE_WORKERS`) the model is loaded first, and the workers share it. Loopback only.
"""

import argparse
import asyncio
import gc
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from bot.absent import leave_out

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one message is too small to share out, and waiting threads spin
leave_out(serving=True)

import logging  # noqa: E402

from redis.exceptions import RedisError  # noqa: E402
from sanic import Sanic  # noqa: E402
from sanic.request import Request  # noqa: E402
from sanic.response import HTTPResponse  # noqa: E402

from bot.logs import configure_logs  # noqa: E402
from bot.settings import HOST, Settings, SettingsError, newest_model, read_settings  # noqa: E402
from bot.workers import Workers, listening_socket  # noqa: E402

logger = logging.getLogger("bot.serve")

_FIRST_WORDS = ("what are your hours?", "¿cuál es su horario?")
"""Understood before anybody speaks: what is read from the disk at the first message would make its customer wait for
seconds, and each worker would have a copy of its own."""


def load_engine(model: Path, settings: Settings) -> Any:
    """The engine with `model`, its stores and the way to the actions."""
    from bot.action_server import ActionServer
    from bot.engine import Engine
    from bot.lock_store import RedisLockStore
    from bot.tracker_store import RedisTrackerStore

    trackers = RedisTrackerStore(url=settings.redis_url, keep_days=settings.keep_days)
    locks = RedisLockStore(url=settings.redis_url)
    return Engine(model, trackers, locks, ActionServer(settings.actions_url))


def create_app(settings: Settings, model: Path, engine: Any = None) -> Sanic:
    """The server; without an `engine` it loads `model` after it has begun to answer."""
    app = Sanic("headgate_engine", configure_logging=False)
    app.ctx.engine = engine

    @app.get("/healthz")
    async def healthz(request: Request) -> HTTPResponse:
        return _json({"status": "alive"})

    @app.get("/readyz")
    async def readyz(request: Request) -> HTTPResponse:
        missing = await _missing(app)
        if missing:
            return _json({"error": "not_ready", "detail": f"missing: {', '.join(missing)}"}, 503)
        return _json({"status": "ready"})

    @app.after_server_start
    async def load(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        if app.ctx.engine is None:
            app.add_task(_load(app, settings, model))

    @app.before_server_stop
    async def close(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        if app.ctx.engine is not None:
            await app.ctx.engine.actions.close()

    from bot.channel import HeadgateChannel

    channel = HeadgateChannel(settings.token)
    app.blueprint(channel.blueprint(_unused), url_prefix=f"/webhooks/{channel.name()}")
    return app


async def _unused(message: Any) -> None:
    """Rasa's callback: our channel runs a turn itself."""


async def _load(app: Sanic, settings: Settings, model: Path) -> None:
    try:
        app.ctx.engine = await asyncio.get_running_loop().run_in_executor(None, _loaded, model, settings)
        _collect_seldom()
    except Exception:
        logger.exception("the model cannot be loaded", extra={"model": model.name})
        os._exit(1)


async def _missing(app: Sanic) -> list[str]:
    if app.ctx.engine is None:
        return ["model"]
    try:
        await app.ctx.engine.tracker_store.ping()
    except RedisError:
        return ["redis"]
    return []


def _json(body: dict[str, Any], status: int = 200) -> HTTPResponse:
    from bot.channel import json_response

    return json_response(body, status)


def main() -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m bot.serve", description="Serve the engine's model.")
    parser.add_argument("--model", type=Path, help="a model file; else the newest of $HEADGATE_HOME/models")
    arguments = parser.parse_args()
    configure_logs()
    try:
        settings = read_settings()
        model = arguments.model or newest_model(Path(os.environ.get("HEADGATE_HOME", ".headgate")))
    except SettingsError as missing:
        print(missing, file=sys.stderr)
        return 1
    if settings.workers > 1:
        return _serve_together(settings, model)
    create_app(settings, model).run(host=HOST, port=settings.port, access_log=False, debug=False, motd=False)
    return 0


def _serve_together(settings: Settings, model: Path) -> int:
    """Loads the model, then several workers with it."""
    listening_socket(HOST, settings.port).close()
    engine = _loaded(model, settings)
    _collect_seldom()

    def serve(sock: socket.socket) -> None:
        create_app(settings, model, engine).run(sock=sock, access_log=False, debug=False, motd=False)

    return Workers(settings.workers, HOST, settings.port, serve).run()


def _loaded(model: Path, settings: Settings) -> Any:
    started = time.perf_counter()
    engine = load_engine(model, settings)
    for words in _FIRST_WORDS:
        engine.understand(words, {})
    seconds = round(time.perf_counter() - started, 1)
    logger.info("model loaded", extra={"model": model.name, "seconds": seconds, "workers": settings.workers})
    return engine


def _collect_seldom() -> None:
    """What was loaded stays: it is not looked through again and again (docs/decisions/0021), and what workers share
    stays shared, for no worker's collector writes to it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 100)


if __name__ == "__main__":
    sys.exit(main())
