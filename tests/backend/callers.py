"""Those who call the application in tests: a customer in a conversation at some level, a signed-in person."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg

from backend.access import Role
from backend.models.staff import Staff, StaffSession
from backend.staff.service import token_digest
from tests.backend.conftest import SEEDED_AT
from tests.backend.living import OPERATOR, Api


async def customer(api: Api, situation: str) -> dict[str, Any]:
    await api.clock(SEEDED_AT)
    listed = (await api.client.get("/v1/demo/customers", headers=OPERATOR)).json()
    found: dict[str, Any] = next(one for one in listed if one["situation"] == situation)
    return found


async def talk(api: Api, url: str, who: dict[str, Any], level: int) -> str:
    """The path of a conversation at that level."""
    phone = who["phone"]
    told = (await api.said("hi", party=phone, thread_key=f"{phone}|+15559990000")).json()
    path = f"/v1/conversations/{told['conversation_id']}"
    verified = await api.act("POST", f"{path}/verification", {"pin": who["pin"]})
    assert verified.json()["status"] == "verified"
    if level == 3:
        await api.act("POST", f"{path}/one-time-code", {})
        with psycopg.connect(url) as connection:
            query = "SELECT text FROM outbound_messages WHERE purpose = 'one_time_code' ORDER BY id DESC LIMIT 1"
            said = connection.execute(query).fetchone()
        assert said is not None
        code = next(word.strip(".") for word in said[0].split() if word.strip(".").isdigit())
        checked = await api.act("POST", f"{path}/one-time-code/check", {"code": code})
        assert checked.json()["verification_level"] == 3
    return path


async def sign_in(api: Api, role: Role) -> dict[str, str]:
    """The header of a new person of that role, signed in now: a session is of the real time, wherever the clock is."""
    now = datetime.now(UTC)
    token = f"a session of {uuid4()}"
    async with api.app.state.database.transaction() as session:
        person = Staff(
            user_name=token.replace(" ", "-"),
            name=f"A {role}",
            role=role,
            password_digest="none",
            languages=["en"],
            created_at=now,
            password_changed_at=now,
        )
        session.add(person)
        await session.flush()
        session.add(StaffSession(staff_id=person.id, token_digest=token_digest(token), created_at=now, seen_at=now))
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def signed_in(api: Api, role: Role) -> AsyncIterator[dict[str, str]]:
    """`sign_in`, for a `with` of several people."""
    yield await sign_in(api, role)


async def account_of(api: Api, who: dict[str, Any]) -> UUID:
    url = api.app.state.settings.database_url.get_secret_value()
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT id FROM accounts WHERE number = %s", (who["account_number"],)).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found
