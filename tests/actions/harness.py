"""What the actions' tests share: trackers as the engine sends them, and a loopback account API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiohttp import web
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

CONVERSATION = "3f0c7a52-4a7e-4c38-9a55-0d1f8f4c2b11"
TOKENS = {
    "HEADGATE_TELEPHONY_TOKEN": "telephony-token-of-the-tests",
    "HEADGATE_ACTIONS_TOKEN": "actions-token-of-the-tests",
    "HEADGATE_OPERATOR_TOKEN": "operator-token-of-the-tests",
    "HEADGATE_OUTBOUND_TOKEN": "outbound-token-of-the-tests",
}
Tell = Callable[..., Any]


@dataclass
class Loopback:
    """An account API that answers what it is told, and remembers what it was asked."""

    url: str = ""
    said: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    def say(self, method: str, path: str, body: Any, status: int = 200) -> None:
        """Answer this from now on; `path` is the end of the path."""
        self.said.pop((method, path), None)
        self.said[method, path] = (status, body)

    def bodies(self, path: str) -> list[Any]:
        """What was sent to paths that end so."""
        return [body for _, asked, body in self.asked if asked.endswith(path)]

    async def answer(self, request: web.Request) -> web.Response:
        content = await request.text()
        body = await request.json() if content else None
        self.asked.append((request.method, request.path, body))
        for (method, path), (status, said) in reversed(self.said.items()):
            if request.method == method and request.path.endswith(path):
                if isinstance(said, str):
                    return web.Response(text=said, status=status)
                return web.json_response(said, status=status)
        return web.json_response({"error": "not_found", "detail": "nothing was told to this path"}, status=404)


@dataclass
class Said:
    """What an action answered."""

    responses: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def names(self) -> list[str]:
        return [one["response"] for one in self.responses if one.get("response")]

    @property
    def commands(self) -> list[dict[str, Any]]:
        return [one["custom"]["command"] for one in self.responses if one.get("custom")]

    @property
    def slots(self) -> dict[str, Any]:
        return {one["name"]: one["value"] for one in self.events if one["event"] == "slot"}

    @property
    def next(self) -> str | None:
        follow = [one["name"] for one in self.events if one["event"] == "followup"]
        return follow[-1] if follow else None

    def variables(self, response: str) -> dict[str, Any]:
        """What filled a response."""
        found = [one for one in self.responses if one.get("response") == response]
        assert found, f"{response} was not said, but {self.names}"
        return found[0]


async def run_action(
    action: Any,
    *,
    intent: str = "give_details",
    text: str = "",
    entities: list[tuple[str, Any]] | None = None,
    slots: dict[str, Any] | None = None,
    form: str | None = None,
    channel: str = "chat",
    before: list[str] | list[tuple[str, str]] | None = None,
    after_action: str | None = None,
    conversation_id: str = CONVERSATION,
    confidence: float = 1.0,
    now: str | None = None,
    is_new: bool = False,
) -> Said:
    """One action on one message, with the events of the intents `before` it (or of intents and their actions)."""
    found = [{"entity": kind, "value": value} for kind, value in entities or []]
    events = [event for earlier in before or [] for event in _events_of(earlier)] + [user_event(intent)]
    if after_action:
        events.append({"event": "action", "name": after_action})
    tracker = Tracker(
        conversation_id,
        {"language": "en", "channel": channel, "verification_level": 0, **(slots or {})},
        {
            "intent": {"name": intent, "confidence": confidence},
            "entities": found,
            "text": text,
            "metadata": {"channel": channel, "now": now, "is_new": is_new},
        },
        events,
        False,
        None,
        {"name": form} if form else {},
        "action_listen",
    )
    dispatcher = CollectingDispatcher()
    events_after = await action.run(dispatcher, tracker, {})
    return Said(dispatcher.messages, events_after)


def _events_of(earlier: str | tuple[str, str]) -> list[dict[str, Any]]:
    if isinstance(earlier, str):
        return [user_event(earlier)]
    return [user_event(earlier[0]), {"event": "action", "name": earlier[1]}]


def user_event(intent: str) -> dict[str, Any]:
    """A message in the tracker's events."""
    return {"event": "user", "parse_data": {"intent": {"name": intent}}}


@dataclass(frozen=True)
class Backend:
    """The backend's own program, running."""

    url: str

    def client(self, token: str) -> httpx.Client:
        """A client that speaks as the principal of this token."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {TOKENS[token]}"}, timeout=10)


DISTRICT = {
    "name": "Rio Seco Water District",
    "phone": "+19515550100",
    "emergency_phone": "+19515550111",
    "website": "https://www.rioseco.example",
    "time_zone": "America/Los_Angeles",
    "now": "2026-11-23T10:00:00-08:00",
    "open_now": True,
    "opens_at": "2026-11-24T07:30:00-08:00",
    "closes_at": "2026-11-23T17:30:00-08:00",
    "hours": [
        {"days": ["monday", "tuesday", "wednesday", "thursday"], "opens": "07:30", "closes": "17:30"},
        {"days": ["friday"], "opens": "07:30", "closes": "16:30", "every_other_week": True},
    ],
    "next_closures": [{"date": "2026-11-26", "name": {"en": "Thanksgiving Day", "es": "Día de Acción de Gracias"}}],
    "locations": [
        {
            "name": {"en": "Main office", "es": "Oficina principal"},
            "address": "2100 Arroyo Parkway",
            "hours": {"en": "When the office is open.", "es": "Cuando la oficina está abierta."},
        }
    ],
    "departments": [
        {
            "id": "customer_service",
            "name": {"en": "Customer Service", "es": "Atención al Cliente"},
            "purpose": {"en": "Questions about your account", "es": "Preguntas sobre su cuenta"},
            "phone": "+19515550101",
            "open_now": True,
        },
        {
            "id": "engineering",
            "name": {"en": "Engineering", "es": "Ingeniería"},
            "purpose": {"en": "New connections, permits and plans", "es": "Conexiones nuevas, permisos y planos"},
            "phone": "+19515550106",
            "open_now": False,
        },
    ],
}
HAND_OFF = {
    "hand_off_id": "6f1e0d0c-6f7e-4a7e-9c8a-3d1a2b3c4d5e",
    "reference": "H-1042",
    "open_now": True,
    "opens_at": None,
    "department": "customer_service",
    "department_name": {"en": "Customer Service", "es": "Atención al Cliente"},
    "department_phone": "+19515550101",
}
