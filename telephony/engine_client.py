"""The engine as telephony sees it: one turn in, replies out (docs/contracts.md)."""

from dataclasses import dataclass
from typing import Any, Literal

import aiohttp

from telephony.backend_client import Turn
from telephony.http_json import CallError, Refused, Unavailable, call_json
from telephony.messages import Language, Utterance, language_of

# What a person says in one breath fits; sentence analysis of a pasted book would hold up everybody else.
ENGINE_CHARACTERS_MAX = 2_000


class EngineFailed(CallError):
    """The engine gave no answer to pass on: it is down, too slow, silent, or one of its actions failed."""

    def __init__(self, outcome: Literal["engine_down", "engine_silent"], reason: str) -> None:
        super().__init__(reason)
        self.outcome: Literal["engine_down", "engine_silent"] = outcome
        self.reason = reason


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """The engine's replies as they came (JSON) and the language the conversation is in now."""

    replies: list[Any]
    language: Language


class EngineClient:
    """Calls to the engine's own channel over one kept-alive session."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = url
        self._token = token

    async def answer(
        self, turn: Turn, said: Utterance, words: str, payload: str | None, seconds: float
    ) -> EngineAnswer:
        """What the assistant says to `words` (masked already) or to the picked choice `payload`.

        :raises EngineFailed: no usable answer within `seconds`.
        """
        body = {
            "conversation_id": turn.conversation_id,
            "turn_id": turn.turn_id,
            "channel": said.channel,
            "language": turn.language,
            "kind": said.kind,
            "text": words[:ENGINE_CHARACTERS_MAX],
            "payload": payload,
            "is_new": turn.is_new,
            "verification_level": turn.verification_level,
            "calling_number_on_file": turn.calling_number_on_file and not said.doubted,
            "after_hours": turn.after_hours,
            "now": turn.now,
        }
        url = self._url + "/webhooks/headgate/turn"
        try:
            raw = await call_json(self._session, "POST", url, token=self._token, seconds=seconds, body=body)
        except Unavailable as problem:
            raise EngineFailed("engine_down", problem.reason) from None
        except Refused as problem:
            raise EngineFailed("engine_down", f"refused_{problem.status}") from None
        return _usable(raw, turn.language)

    async def is_ready(self) -> bool:
        """Whether the engine has its model and answers."""
        try:
            await call_json(self._session, "GET", self._url + "/readyz", token=self._token, seconds=1.0)
        except (Unavailable, Refused):
            return False
        return True


def _usable(raw: Any, language: Language) -> EngineAnswer:
    if not isinstance(raw, dict):
        raise EngineFailed("engine_silent", "malformed")
    if raw.get("action_failed"):
        raise EngineFailed("engine_down", "action_failed")
    replies = [r for r in raw.get("replies") or () if isinstance(r, dict) and (r.get("text") or r.get("choices"))]
    if not replies:
        raise EngineFailed("engine_silent", "empty")
    return EngineAnswer(_with_lost_commands(raw["replies"], replies), language_of(raw.get("language"), language))


def _with_lost_commands(all_replies: list[Any], worded: list[Any]) -> list[Any]:
    """Replies that carry commands and no words are not shown, but their commands still count."""
    if len(all_replies) == len(worded):
        return worded
    kept = {id(reply) for reply in worded}
    lost = [c for r in all_replies if isinstance(r, dict) and id(r) not in kept for c in r.get("commands") or ()]
    last = {**worded[-1], "commands": [*(worded[-1].get("commands") or ()), *lost]}
    return [*worded[:-1], last]
