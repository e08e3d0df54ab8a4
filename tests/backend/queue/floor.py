"""A floor of people and callers for tests: each does what telephony or the console would do."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal, Role
from backend.clock import Clock
from backend.models.base import new_id
from backend.queue import dispatch, lines, presence
from tests.backend.conftest import SEEDED_AT
from tests.backend.living import TELEPHONY, Api

_numbers = itertools.count(1)


class StandingClock(Clock):
    """A millisecond later each time it is looked at, otherwise standing: no order hangs on how fast a machine is."""

    def __init__(self) -> None:
        super().__init__()
        self._instant = SEEDED_AT

    def now(self) -> datetime:
        self._instant += timedelta(milliseconds=1)
        return self._instant

    async def move_to(self, session: AsyncSession, instant: datetime) -> None:
        await super().move_to(session, instant)
        self._instant = instant


@dataclass
class Floor:
    """Who works, who calls, and a clock that the test moves. It is Monday, ten in the morning."""

    api: Api
    url: str
    now: datetime = SEEDED_AT
    people: dict[str, Principal] = field(default_factory=dict)
    consoles_open: bool = True

    async def later(self, seconds: float = 0, minutes: float = 0) -> None:
        self.now += timedelta(seconds=seconds, minutes=minutes)
        await self.api.clock(self.now)
        if self.consoles_open and self.people:
            await self.seen()

    async def at_work(self, name: str, languages: str = "{en}", phone: str | None = None, **more: Any) -> Principal:
        """Somebody signs in and says that they are available."""
        staff_id, number = new_id(), next(_numbers)
        with psycopg.connect(self.url) as connection:
            connection.execute(
                "INSERT INTO staff (id, user_name, name, role, password_digest, languages, active, created_at,"
                " password_changed_at) VALUES (%s, %s, %s, 'supervisor', 'x', %s, true, now(), now())",
                (staff_id, f"floor-{number}", name, languages),
            )
        person = self.people[name] = Principal.of_staff(staff_id, Role.SUPERVISOR)
        values = {"departments": (), "voice_max": 1, "sms_max": 2, "chat_max": 2} | more
        settings = presence.Settings(phone or f"+1951555{number:04}", **values)
        async with self.api.app.state.database.transaction() as session:
            await presence.set_presence(session, person, "available", settings, self.district, now=self.now)
        return person

    @property
    def district(self) -> Any:
        return self.api.app.state.district

    async def asks(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call of telephony; its answer's JSON."""
        answer = await self.api.client.request(method, f"/v1/queue{path}", json=body, headers=TELEPHONY)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def calls(self, party: str | None = "", language: str = "en", reason: str = "asked_for_person") -> str:
        """Somebody calls, asks for a person and waits; the call's SID."""
        sid = f"CA{next(_numbers):032x}"
        number = f"+1951777{next(_numbers):04}" if party == "" else party
        ids = {"thread_key": sid, "party": number}
        said = await self.api.said("hello", channel="voice", provider_message_id=f"{sid}:1", language=language, **ids)
        conversation = said.json()["conversation_id"]
        await self.api.hand_off(conversation_id=conversation, reason=reason, summary="Why did my bill double?")
        await self.asks("POST", "/calls", {"call_sid": sid, "party": number})
        return sid

    async def place(self, sid: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.asks("GET", f"/calls/{sid}")
        return found

    async def left(self, sid: str, result: str) -> str:
        """The caller is out of the line; where the call goes on."""
        return str((await self.asks("POST", f"/calls/{sid}/left", {"result": result}))["outcome"])

    async def round(self) -> int:
        """One round of the dispatcher; never before what has happened already."""
        self.now = max(self.now, self.api.app.state.clock.now())
        async with self.api.app.state.database.transaction() as session:
            return await dispatch.dispatch(session, self.district, self.now)

    async def offered(self, person: Principal) -> UUID | None:
        assert person.staff_id is not None
        async with self.api.app.state.database.transaction() as session:
            found = await dispatch.offer_to(session, person.staff_id)
        return None if found is None else found[0]

    async def takes(self, person: Principal, case: UUID) -> None:
        async with self.api.app.state.database.transaction() as session:
            await dispatch.take(session, person, case, self.district, self.now)

    async def declines(self, person: Principal, case: UUID) -> None:
        async with self.api.app.state.database.transaction() as session:
            await dispatch.decline(session, person, case, self.now)

    async def seen(self, *people: Principal) -> None:
        async with self.api.app.state.database.transaction() as session:
            for person in people or self.people.values():
                assert person.staff_id is not None
                await presence.seen(session, person.staff_id, self.now)

    async def line(self, case: UUID) -> lines.Line | None:
        async with self.api.app.state.database.transaction() as session:
            return await lines.line(session, case)

    def legs(self, role: str = "lead") -> list[str]:
        """The legs of this role that are not over, oldest first."""
        query = "SELECT id FROM call_legs WHERE role = %s AND state NOT IN ('ended', 'failed') ORDER BY created_at, id"
        return [str(row[0]) for row in self.rows(query, (role,))]

    async def tells(self, leg: str, state: str, **more: Any) -> dict[str, Any]:
        """Telephony reports on a phone that was rung."""
        body = {"state": state, "provider_sid": f"CA{int(UUID(leg)):032x}", **more}
        found: dict[str, Any] = await self.asks("PUT", f"/legs/{leg}", body)
        return found

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def case_of(self, sid: str) -> UUID:
        query = "SELECT hand_off_id FROM queued_calls WHERE call_sid = %s ORDER BY changed_at DESC"
        found: UUID = self.rows(query, (sid,))[0][0]
        return found

    def ended_as(self, sid: str) -> str | None:
        query = "SELECT ended_as FROM queued_calls WHERE call_sid = %s ORDER BY changed_at DESC"
        found: str | None = self.rows(query, (sid,))[0][0]
        return found

    def events(self, case: UUID) -> list[str]:
        query = "SELECT kind FROM hand_off_events WHERE hand_off_id = %s ORDER BY id"
        return [str(row[0]) for row in self.rows(query, (case,))]

    def orders(self) -> list[str]:
        """What telephony was told to do, in order."""
        return [str(row[0]) for row in self.rows("SELECT body->>'what' FROM call_orders ORDER BY created_at, id")]

    def presence(self, person: Principal) -> str:
        query = "SELECT state FROM staff_presence WHERE staff_id = %s"
        return str(self.rows(query, (person.staff_id,))[0][0])
