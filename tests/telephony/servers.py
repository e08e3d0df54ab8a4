"""Hand-written servers that play the engine and the backend over real HTTP, with faults on demand.

They keep the contract of docs/contracts.md: turns once per provider message, the first answer stays, messages by seq.
"""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.telephony.district_facts import DISTRICT
from tests.telephony.faults import Server

Json = dict[str, Any]
Brain = Callable[[Json], Json]


def echo(turn: Json) -> Json:
    """The default engine: says what it got, so that a test sees what arrived."""
    said = turn["payload"] or turn["text"] or turn["kind"]
    return {"replies": [{"text": f"You said: {said}"}], "language": turn["language"], "action_failed": False}


@dataclass
class Engine:
    """Plays the engine; `brain` is what it answers, `turns` is what it was asked."""

    token: str
    brain: Brain = echo
    turns: list[Json] = field(default_factory=list)
    server: Server = field(init=False)

    def __post_init__(self) -> None:
        self.server = Server([web.post("/webhooks/headgate/turn", self._turn), web.get("/readyz", self._ready)])

    async def _ready(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ready"})

    async def _turn(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {self.token}"
        turn = await request.json()
        self.turns.append(turn)
        return web.json_response(self.brain(turn))


@dataclass
class Conversation:
    id: str
    mode: str = "assistant"
    language: str = "en"
    messages: list[Json] = field(default_factory=list)
    offered: list[Json] = field(default_factory=list)
    ended: str | None = None

    def add(self, sender: str, text: str, **more: Any) -> None:
        seq = len(self.messages) + 1
        line = {"seq": seq, "from": sender, "text": text, "choices": [], "at": "2026-11-23T17:00:00Z", "name": None}
        self.messages.append(line | more)


@dataclass
class Backend:
    """Plays the backend; the lists are what it was told."""

    token: str
    conversations: dict[str, Conversation] = field(default_factory=dict)
    threads: dict[tuple[str, str], str] = field(default_factory=dict)
    turns: dict[str, Json] = field(default_factory=dict)
    hand_offs: list[Json] = field(default_factory=list)
    statuses: list[Json] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    refuse: str | None = None
    open_now: bool = True
    department_phone: str | None = "+19515550101"
    by_provider: dict[str, str] = field(default_factory=dict)
    statements: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    text_words: list[Json] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    notices: list[Json] = field(default_factory=list)
    turned_away: str | None = None
    captures: list[Json] = field(default_factory=list)
    capture_refusal: tuple[int, str] | None = None
    server: Server = field(init=False)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1000))

    def __post_init__(self) -> None:
        self.server = Server(
            [
                web.post("/v1/turns", self._post_turn),
                web.get("/v1/turns/{id}", self._get_turn),
                web.put("/v1/turns/{id}/replies", self._put_replies),
                web.get("/v1/conversations", self._find),
                web.get("/v1/conversations/{id}/messages", self._messages),
                web.post("/v1/conversations/{id}/end", self._end),
                web.post("/v1/conversations/{id}/payment-offers/{offer}/capture", self._capture),
                web.post("/v1/hand-offs", self._hand_off),
                web.post("/v1/message-statuses", self._status),
                web.post("/v1/text-consents", self._text_word),
                web.get("/v1/district", self._district),
                web.get("/v1/statements/{token}", self._statement),
                web.get("/readyz", self._ready),
            ]
        )

    def conversation(self, channel: str = "sms") -> Conversation:
        """The only conversation of a channel."""
        (found,) = [c for (of, _), c in self._open().items() if of == channel]
        return found

    def _open(self) -> dict[tuple[str, str], Conversation]:
        return {key: self.conversations[value] for key, value in self.threads.items()}

    def _check(self, request: web.Request) -> None:
        assert request.headers["Authorization"] == f"Bearer {self.token}"
        self.calls[f"{request.method} {request.path.rsplit('/', 1)[-1]}"] += 1

    def _thread(self, channel: str, thread_key: str, language: str | None = None) -> tuple[Conversation, bool]:
        known = self.threads.get((channel, thread_key))
        if known and self.conversations[known].mode != "closed":
            return self.conversations[known], False
        made = Conversation(str(uuid.uuid4()), language=language or "en")
        self.conversations[made.id] = made
        self.threads[channel, thread_key] = made.id
        return made, True

    async def _post_turn(self, request: web.Request) -> web.Response:
        self._check(request)
        said = await request.json()
        known = self.by_provider.get(said["provider_message_id"])
        if known:
            return web.json_response(self.turns[known] | {"duplicate": True})
        conversation, is_new = self._thread(said["channel"], said["thread_key"], said["language"])
        text = "[removed]" if self.refuse else said["text"]
        if said["kind"] == "message":
            conversation.add("customer", text)
        turn = {
            "turn_id": str(uuid.uuid4()),
            "conversation_id": conversation.id,
            "mode": conversation.mode,
            "language": conversation.language,
            "is_new": is_new,
            "duplicate": False,
            "attempt": 1,
            "text": text,
            "refused": self.refuse,
            "replies": None,
            "offered": conversation.offered,
            "verification_level": 0,
            "calling_number_on_file": True,
            "after_hours": False,
            "now": "2026-11-23T10:00:00-08:00",
            "notices": self.notices,
            "turned_away": self.turned_away,
            "said": said,
        }
        self.turns[turn["turn_id"]] = turn
        self.by_provider[said["provider_message_id"]] = turn["turn_id"]
        return web.json_response(turn, status=201)

    async def _get_turn(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response(self.turns[request.match_info["id"]] | {"duplicate": True})

    async def _put_replies(self, request: web.Request) -> web.Response:
        self._check(request)
        turn, body = self.turns[request.match_info["id"]], await request.json()
        conversation = self.conversations[turn["conversation_id"]]
        if turn["replies"] is None:
            turn["replies"] = body["replies"]
            turn["language"] = conversation.language = body["language"]
            self.outcomes.append(body["outcome"])
            for reply in body["replies"]:
                conversation.add("assistant", reply.get("text") or "", choices=reply.get("choices") or [])
                conversation.offered = reply.get("choices") or []
        return web.json_response({"replies": turn["replies"], "seq": len(conversation.messages)})

    async def _find(self, request: web.Request) -> web.Response:
        self._check(request)
        known = self.threads.get((request.query["channel"], request.query["thread_key"]))
        if not known or self.conversations[known].mode == "closed":
            return web.json_response({"error": "not_found", "detail": "No open conversation."}, status=404)
        found = self.conversations[known]
        return web.json_response({"conversation_id": found.id, "mode": found.mode, "language": found.language})

    async def _messages(self, request: web.Request) -> web.Response:
        self._check(request)
        found, after = self.conversations[request.match_info["id"]], int(request.query["after"])
        return web.json_response(
            {
                "conversation_id": found.id,
                "mode": found.mode,
                "language": found.language,
                "messages": [m for m in found.messages if m["seq"] > after],
            }
        )

    async def _end(self, request: web.Request) -> web.Response:
        self._check(request)
        self.conversations[request.match_info["id"]].ended = (await request.json())["reason"]
        return web.json_response({})

    async def _capture(self, request: web.Request) -> web.Response:
        self._check(request)
        if self.capture_refusal is not None:
            status, error = self.capture_refusal
            return web.json_response({"error": error, "detail": "as the test wants it"}, status=status)
        self.captures.append({**request.match_info, **await request.json()})
        return web.json_response({"status": "created"})

    async def _hand_off(self, request: web.Request) -> web.Response:
        self._check(request)
        self.hand_offs.append(await request.json())
        return web.json_response(
            {
                "hand_off_id": str(uuid.uuid4()),
                "reference": f"H-{next(self._numbers)}",
                "open_now": self.open_now,
                "department": "customer_service",
                "department_phone": self.department_phone,
            },
            status=201,
        )

    async def _status(self, request: web.Request) -> web.Response:
        self._check(request)
        self.statuses += (await request.json())["statuses"]
        return web.json_response({"unknown": []})

    async def _text_word(self, request: web.Request) -> web.Response:
        self._check(request)
        said = await request.json()
        self.text_words.append(said)
        heard = said["word"] != "yes" or said["phone"] in self.stopped
        if said["word"] == "stop":
            self.stopped.add(said["phone"])
        elif heard:
            self.stopped.discard(said["phone"])
        return web.json_response({"heard": heard})

    async def _statement(self, request: web.Request) -> web.Response:
        self._check(request)
        found = self.statements.get(request.match_info["token"])
        if found is None:
            return web.json_response({"error": "statement_link_not_found", "detail": "Ask for a new one."}, status=404)
        pdf, language = found
        return web.Response(body=pdf, content_type="application/pdf", headers={"Content-Language": language})

    async def _district(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response(DISTRICT | {"notices": self.notices})

    async def _ready(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ready"})
