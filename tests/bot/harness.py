"""Who stands at either end of the engine in its tests: an action server and a customer."""

import secrets
from typing import Any

from aiohttp import web

from bot.messages import Turn


class Actions:
    """A real action server on loopback: `answer` is what it says, `status` how."""

    def __init__(self) -> None:
        self.status = 200
        self.answer: Any = {"events": [], "responses": [{"text": "You owe $1."}]}
        self.calls: list[dict[str, Any]] = []
        self.url = ""

    async def webhook(self, request: web.Request) -> web.Response:
        self.calls.append(await request.json())
        return web.json_response(self.answer, status=self.status)


class Customer:
    """Makes turns of one conversation."""

    def __init__(self) -> None:
        self.conversation_id = secrets.token_hex(8)
        self._turns = 0

    def turn(self, text: str = "", **fields: Any) -> Turn:
        """The next turn of this customer, by text message unless `fields` say otherwise."""
        self._turns += 1
        body = {
            "conversation_id": self.conversation_id,
            "turn_id": f"{self.conversation_id}:{self._turns}",
            "channel": "sms",
            "kind": "message",
            "text": text,
            "language": "en",
            **fields,
        }
        return Turn.parse(body)
