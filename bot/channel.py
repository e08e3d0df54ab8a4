"""The engine's only way in: `POST /webhooks/headgate/turn` (docs/contracts.md), loopback only."""

import hmac
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import ujson
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.lock_store import LockError
from redis.exceptions import RedisError
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from bot.messages import MalformedTurnError, Turn
from bot.settings import TOKEN_LENGTH_MIN
from bot.tracker_store import ConversationChangedError
from bot.turns import answer_turn

logger = logging.getLogger(__name__)


def json_response(body: dict[str, Any], status: int = 200) -> HTTPResponse:
    """A JSON response."""
    content = ujson.dumps(body, ensure_ascii=False, escape_forward_slashes=False).encode()
    return raw(content, status=status, content_type="application/json")


def error(status: int, name: str, detail: str) -> HTTPResponse:
    """An error in the one format that every process uses."""
    return json_response({"error": name, "detail": detail}, status)


class HeadgateChannel(InputChannel):
    """The input channel of `credentials.yml`; `request.app.ctx.engine` is the engine, or None."""

    def __init__(self, token: str) -> None:
        """`token` that telephony sends.

        :raises ValueError: a token so short that it can be guessed.
        """
        if len(token) < TOKEN_LENGTH_MIN:
            raise ValueError("the engine's token (HEADGATE_ENGINE_TOKEN) is missing or too short")
        self._token = token.encode()

    @classmethod
    def name(cls) -> str:
        """Part of the path."""
        return "headgate"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Made from the entry in `credentials.yml`."""
        return cls(str((credentials or {}).get("token") or ""))

    def is_telephony(self, request: Request) -> bool:
        """Whether the request carries the token; takes the same time whatever it carries."""
        sent = request.headers.get("authorization", "")
        scheme, _, token = sent.partition(" ")
        return hmac.compare_digest(token.strip().encode(), self._token) and scheme.lower() == "bearer"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The route. Rasa's callback is not used: a turn has an answer, not only a message."""
        routes = Blueprint("headgate_channel")

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not self.is_telephony(request):
                return error(401, "unauthorized", "send the engine's token as a bearer token")
            engine = request.app.ctx.engine
            if engine is None:
                return error(503, "model_not_loaded", "the engine is still starting; try again in a moment")
            try:
                parsed = Turn.parse(ujson.loads(request.body))
            except MalformedTurnError as malformed:
                return error(422, "malformed_turn", str(malformed))
            except ValueError:
                return error(422, "malformed_turn", "the body is not JSON")
            return await _answered(engine, parsed)

        return routes


async def _answered(engine: Any, turn: Turn) -> HTTPResponse:
    """Logs have ids and times, never what was said."""
    started = time.perf_counter()
    ids = {"conversation_id": turn.conversation_id, "turn_id": turn.turn_id}
    try:
        answer = await answer_turn(engine, turn)
    except (LockError, RedisError, ConversationChangedError) as unavailable:
        logger.error("turn not answered", extra={**ids, "reason": type(unavailable).__name__})
        return error(503, "conversation_unavailable", "the conversation cannot be read now; try again")
    except Exception as failed:
        where = "".join(traceback.format_tb(failed.__traceback__))
        logger.error("turn failed", extra={**ids, "reason": type(failed).__name__, "where": where})
        return error(500, "turn_failed", "the engine could not answer; the reason is in its log")
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    details = {"milliseconds": milliseconds, "replies": len(answer.replies), "action_failed": answer.action_failed}
    logger.info("turn answered", extra={**ids, **details})
    return json_response(answer.as_dict())
