"""The action server: `python -m actions.serve`, on loopback, speaking Rasa's action protocol.

rasa-sdk's own server takes sanic, tracing and a copy of the whole domain with every call; the
assistant's actions need none of these. This one finds the actions as rasa-sdk does and runs them
with its tracker and dispatcher, so the protocol is the same and a call costs well under 1 ms.
"""

import gc
import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
import structlog
from aiohttp import web
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, ActionExecutionRejection, Tracker
from rasa_sdk.utils import all_subclasses

import actions
from actions.account_api import AccountApi
from actions.logs import configure_logs
from actions.settings import Settings
from actions.turn import connect

Run = Callable[[CollectingDispatcher, Tracker, dict[str, Any]], Awaitable[list[dict[str, Any]]]]

BODY_BYTES_MAX = 16 * 1024 * 1024
RUNS = web.AppKey("runs", dict[str, Run])
API = web.AppKey("api", AccountApi)
logger = structlog.get_logger()


def registered_actions() -> dict[str, Run]:
    """Every concrete action of this package, by the name the domain knows it under."""
    for module in pkgutil.iter_modules(actions.__path__, prefix="actions."):
        if module.name != __name__:
            importlib.import_module(module.name)
    runs: dict[str, Run] = {}
    for found in all_subclasses(Action):
        if found.__module__.startswith("actions.") and "name" in vars(found) and not inspect.isabstract(found):
            action = found()
            runs[action.name()] = action.run
    return runs


def create_app(api: AccountApi) -> web.Application:
    """The server's routes around one account API, which it opens and closes."""
    app = web.Application(client_max_size=BODY_BYTES_MAX)
    app[RUNS] = registered_actions()
    app[API] = api
    app.cleanup_ctx.append(_connected)
    app.router.add_post("/webhook", _webhook)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz)
    return app


async def _connected(app: web.Application) -> AsyncIterator[None]:
    await app[API].open()
    connect(app[API])
    yield
    connect(None)
    await app[API].close()


def _answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def _error(status: int, name: str, detail: str, **more: str) -> web.Response:
    return _answer({"error": name, "detail": detail, **more}, status)


async def _webhook(request: web.Request) -> web.Response:
    try:
        call = orjson.loads(await request.read())
        name, state = call["next_action"], call["tracker"]
        tracker = Tracker.from_dict(state)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return _error(422, "malformed_call", "Send next_action and tracker as Rasa's action protocol has them.")
    run = request.app[RUNS].get(name)
    if run is None:
        return _error(404, "unknown_action", "No action has this name.", action_name=str(name))
    dispatcher = CollectingDispatcher()
    try:
        events = await run(dispatcher, tracker, {})
    except ActionExecutionRejection as rejected:
        return _answer({"error": rejected.message, "action_name": rejected.action_name}, 400)
    except Exception as error:
        # The words of an exception may hold the customer's; its kind and place do not.
        logger.error(
            "action raised",
            action=name,
            conversation_id=tracker.sender_id,
            error=type(error).__name__,
            where=_where(error),
        )
        return _error(500, "action_raised", "The action failed; see the log.", action_name=str(name))
    return _answer({"events": events or [], "responses": dispatcher.messages})


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"


async def _healthz(request: web.Request) -> web.Response:
    return _answer({"status": "ok"})


async def _readyz(request: web.Request) -> web.Response:
    if await request.app[API].ready():
        return _answer({"status": "ready"})
    return _error(503, "backend_unavailable", "The backend does not answer; actions cannot look anything up.")


def main() -> None:
    """Serve until stopped."""
    configure_logs()
    settings = Settings()
    app = create_app(AccountApi(settings.backend_url, settings.actions_token))
    logger.info("action server listens", port=settings.actions_port, actions=len(app[RUNS]))
    _collect_seldom()
    web.run_app(app, host="127.0.0.1", port=settings.actions_port, access_log=None, print=None)


def _collect_seldom() -> None:
    """What was imported stays, and is not looked through again and again (docs/decisions/0021)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 100)


if __name__ == "__main__":
    main()
