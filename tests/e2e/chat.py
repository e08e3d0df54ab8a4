"""One browser's web chat, over the real socket."""

import itertools
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from websockets.sync.connection import Connection


class Chat:
    """Speaks the protocol of telephony/webchat/protocol.py."""

    def __init__(self, socket: Connection, token: str | None, conversation: str | None, last_seq: int) -> None:
        self._socket = socket
        self._name = uuid.uuid4().hex
        self._said = itertools.count(1)
        self.messages: list[dict[str, Any]] = []
        hello = {"type": "hello", "token": token, "conversation_id": conversation, "last_seq": last_seq}
        self._send({**hello, "language": "en"})
        welcome = self.until(lambda frame: frame["type"] == "welcome")
        self.token: str = welcome["token"]
        self.conversation_id: str | None = welcome["conversation_id"]

    @property
    def last_seq(self) -> int:
        return max((message["seq"] for message in self.messages), default=0)

    def _send(self, frame: dict[str, Any]) -> None:
        self._socket.send(json.dumps(frame))

    def until(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 15) -> dict[str, Any]:
        """The next frame that is `wanted`; messages on the way are kept."""
        deadline = time.monotonic() + seconds
        while True:
            frame: dict[str, Any] = json.loads(self._socket.recv(timeout=max(0.1, deadline - time.monotonic())))
            if frame["type"] in ("welcome", "messages"):
                self.conversation_id = frame["conversation_id"]
                self.messages += frame["messages"]
            if wanted(frame):
                return frame

    def say(self, words: str) -> str:
        """Says `words`; gives what was answered (the record's words, or the notice when the record is away)."""
        name = f"{self._name}-{next(self._said)}"
        self._send({"type": "say", "id": name, "text": words, "payload": None})
        frame = self.until(
            lambda f: name in f.get("acks", ()) or (f["type"] in ("notice", "error") and f["id"] == name)
        )
        if frame["type"] == "error":
            return str(frame["detail"])
        return "\n".join(message["text"] for message in frame["messages"] if message["from"] != "customer")
