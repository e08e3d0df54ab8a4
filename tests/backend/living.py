"""The backend's real application for tests: over a real database and Valkey, called as its callers call it."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql

from backend.app import create_app
from backend.settings import Settings
from ops.embedded import running_valkey
from tests.backend.conftest import SECRET_KEY, SEEDED_AT, create_database, drop_database

TOKENS = {kind: f"a token of {kind} for tests" for kind in ("telephony", "actions", "operator", "outbound")}
TELEPHONY, ACTIONS, OPERATOR = (
    {"Authorization": f"Bearer {TOKENS[kind]}"} for kind in ("telephony", "actions", "operator")
)
_ids = itertools.count(1)


def settings_for(database_url: str, redis_url: str, **changes: Any) -> Settings:
    """Settings of a demonstration over these servers."""
    values: dict[str, Any] = {
        "database_url": database_url,
        "redis_url": redis_url,
        "secret_key": SECRET_KEY,
        "demo": True,
        "workflows": False,
        "console": False,
        **{f"{kind}_token": token for kind, token in TOKENS.items()},
    }
    return Settings(**{**values, **changes})


class Api:
    """Calls the application in the name of telephony, the actions or the operator."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client

    async def said(self, text: str = "hello", **changes: Any) -> httpx.Response:
        """`POST /v1/turns` of a text from +15550001111."""
        body = {
            "channel": "sms",
            "provider_message_id": f"SM{next(_ids)}",
            "thread_key": "+15550001111|+15559990000",
            "party": "+15550001111",
            "kind": "message",
            "text": text,
            "payload": None,
            "media_count": 0,
            "language": None,
        }
        return await self.client.post("/v1/turns", json={**body, **changes}, headers=TELEPHONY)

    async def replied(self, turn_id: str, *replies: dict[str, Any], **changes: Any) -> httpx.Response:
        """`PUT /v1/turns/{turn_id}/replies`."""
        body = {"replies": list(replies), "language": None, "outcome": "answered", **changes}
        return await self.client.put(f"/v1/turns/{turn_id}/replies", json=body, headers=TELEPHONY)

    async def messages(self, conversation_id: str, after: int = 0) -> dict[str, Any]:
        """The transcript."""
        path = f"/v1/conversations/{conversation_id}/messages"
        answer = await self.client.get(path, params={"after": after}, headers=TELEPHONY)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def hand_off(self, **body: Any) -> httpx.Response:
        """`POST /v1/hand-offs`."""
        asked = {"reason": "asked_for_person", "department": "customer_service", "summary": "Wants a person.", **body}
        return await self.client.post("/v1/hand-offs", json=asked, headers=ACTIONS)

    async def act(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """A call of the actions."""
        return await self.client.request(method, path, json=body, headers=ACTIONS)

    async def clock(self, now: datetime) -> None:
        """Set the demonstration's clock."""
        body = {"now": now.isoformat(), "real": False}
        answer = await self.client.put("/v1/demo/clock", json=body, headers=OPERATOR)
        assert answer.status_code == 200, answer.text


@asynccontextmanager
async def living(settings: Settings) -> AsyncIterator[Api]:
    """The application of `settings`, started and stopped."""
    app = create_app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield Api(app, client)


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """The URL of a throwaway Valkey."""
    with tempfile.TemporaryDirectory() as folder, running_valkey(Path(folder) / "valkey") as url:
        yield url


_EMPTIED = (
    *(
        "payment_drafts",
        "payment_offers",
        "text_enrolments",
        "method_setups",
        "refunds",
        "charges",
        "checkouts",
        "conversations",
    ),
    *("turns", "messages", "hand_offs", "hand_off_events", "verification_guards", "account_candidates"),
    *("one_time_codes", "outbound_messages", "account_access", "demo_clock", "campaigns", "campaign_recipients"),
    *("emergencies", "text_numbers", "text_consents", "queue_offers", "queued_calls", "call_legs", "call_orders"),
    *("voicemails", "voicemail_pieces", "call_recordings", "assisted_captures", "staff_presence", "visits"),
)
# Many times as fast as to TRUNCATE them, which makes new files for every table and index. As a replica, past the
# triggers that keep histories and foreign keys: nothing else points to these tables (`_FROM_OUTSIDE`).
_EMPTY = f"""
    SET session_replication_role = replica;
    {" ".join(f"DELETE FROM {table};" for table in _EMPTIED)}
    ALTER SEQUENCE hand_off_number RESTART
"""
_FROM_OUTSIDE = """
SELECT conrelid::regclass::text FROM pg_constraint
 WHERE contype = 'f' AND confrelid::regclass::text = ANY(%s) AND conrelid::regclass::text <> ALL(%s)
"""


def _emptied(url: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(_EMPTY))
    return url


def _copy(server_url: str, template: str) -> Iterator[str]:
    """A copy for the tests of one file: what another file's tests did to an account cannot be met here."""
    name = f"living_{next(_ids)}"
    url = create_database(server_url, name, template)
    with psycopg.connect(url) as connection:
        outside = connection.execute(_FROM_OUTSIDE, [list(_EMPTIED)] * 2).fetchall()
    assert not outside, f"empty these too, for they point to what is emptied: {outside}"
    yield url
    drop_database(server_url, name)


@pytest.fixture(scope="module")
def shared_url(server_url: str, migrated_template: str) -> Iterator[str]:
    """One migrated database for a file's tests of the living application."""
    yield from _copy(server_url, migrated_template)


@pytest.fixture(scope="module")
def shared_seeded_url(server_url: str, seeded_template: str) -> Iterator[str]:
    """One database with the demonstration district for a file's tests of the living application."""
    yield from _copy(server_url, seeded_template)


@pytest.fixture
def database_url(shared_url: str) -> str:
    """The shared database, without conversations."""
    return _emptied(shared_url)


@pytest.fixture
def seeded_url(shared_seeded_url: str) -> str:
    """The shared demonstration district, without conversations, at the moment it is of: its bills never grow old."""
    with psycopg.connect(_emptied(shared_seeded_url)) as connection:
        behind = (SEEDED_AT - datetime.now(UTC)).total_seconds()
        connection.execute("INSERT INTO demo_clock (id, offset_seconds) VALUES (1, %s)", [behind])
    return shared_seeded_url


@pytest.fixture
async def api(database_url: str, valkey_url: str) -> AsyncIterator[Api]:
    """The application over an empty, migrated database."""
    async with living(settings_for(database_url, valkey_url)) as made:
        yield made


@pytest.fixture
async def seeded_api(seeded_url: str, valkey_url: str) -> AsyncIterator[Api]:
    """The application over the demonstration district."""
    async with living(settings_for(seeded_url, valkey_url)) as made:
        yield made
