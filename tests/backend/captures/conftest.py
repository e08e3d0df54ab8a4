"""A lead who talks with a caller, and the processor behind them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.access import Principal, Role
from backend.captures import service, view
from backend.charges.tools import Tools
from backend.hand_offs import service as hand_offs
from backend.hand_offs.schemas import HandOffIn
from backend.models.base import new_id
from tests.backend.charges.conftest import clock, database, district, payer, tools, valkey_url, world
from tests.backend.charges.payer import Payer
from tests.backend.offers.thread import OWN_PHONE, begun

__all__ = ["clock", "database", "district", "payer", "tools", "valkey_url", "world"]

CALL = "CA" + "7" * 32


@dataclass(frozen=True)
class Line:
    """The call, as the lead's console and telephony act on it."""

    tools: Tools
    lead: Principal
    case: UUID

    async def begin(self, cents: int = 2_500, kind: str = "card", number: str | None = None) -> UUID:
        """The lead presses "take a card by keys"."""
        asked = service.Asked(cents, kind, number)
        async with self.tools.database.transaction() as session:
            return await service.begin(
                session, self.lead, self.case, asked, district=self.tools.district, now=self.tools.clock.now()
            )

    async def told(self, capture_id: UUID, **news: Any) -> service.Next:
        """What telephony heard from Twilio."""
        told = service.Told(**({"payment_sid": "PK1"} | news))
        async with self.tools.database.transaction() as session:
            return await service.progress(session, self.tools, capture_id, told, now=self.tools.clock.now())

    async def again(self) -> None:
        async with self.tools.database.transaction() as session:
            await service.ask_again(session, self.lead, self.case, self.tools.clock.now())

    async def record_again(self) -> None:
        """Whether the recording of the call may go on."""
        async with self.tools.database.transaction() as session:
            await service.refuse_while_open(session, self.case)

    async def cancel(self) -> None:
        async with self.tools.database.transaction() as session:
            await service.cancel(session, self.lead, self.case, self.tools.clock.now())

    async def seen(self) -> view.CaptureSeen:
        async with self.tools.database.transaction() as session:
            found = await view.seen(session, self.case)
        assert found is not None
        return found

    async def rows(self, query: str) -> list[Any]:
        async with self.tools.database.transaction() as session:
            return list((await session.execute(text(query))).all())

    async def orders(self) -> list[dict[str, Any]]:
        return [row.body for row in await self.rows("SELECT body FROM call_orders ORDER BY created_at, id")]


@pytest.fixture
async def line(tools: Tools, payer: Payer) -> Line:
    """A verified caller and a lead talk with each other."""
    now = tools.clock.now()
    call = await begun(tools, payer.account_id, channel="voice", phone=OWN_PHONE)
    ((thread,),) = await call.rows("SELECT thread_key FROM conversations")
    lead, queued = new_id(), new_id()
    asked = HandOffIn(
        channel="voice", thread_key=thread, party=OWN_PHONE, reason="asked_for_person", summary="", language="en"
    )
    async with tools.database.transaction() as session:
        await hand_offs.hand_off(session, asked, tools.district, now)
        case = (await session.execute(text("SELECT id FROM hand_offs"))).scalar_one()
        values = {"lead": lead, "queued": queued, "case": case, "call": CALL, "leg": new_id(), "now": now}
        for statement in (
            "INSERT INTO staff (id, user_name, name, role, password_digest, languages, active, created_at,"
            " password_changed_at) VALUES (:lead, 'lena', 'Lena', 'lead', 'x', '{en}', true, :now, :now)",
            "INSERT INTO queued_calls (id, hand_off_id, call_sid, language, contact, state, entered_at, changed_at,"
            " tries)"
            " VALUES (:queued, :case, :call, 'en', 'holding', 'talking', :now, :now, 1)",
            "INSERT INTO call_legs (id, queued_call_id, staff_id, role, manner, number, state, created_at)"
            " VALUES (:leg, :queued, :lead, 'lead', 'talk', '+15550009999', 'joined', :now)",
        ):
            await session.execute(text(statement), values)
    return Line(tools, Principal.of_staff(lead, Role.LEAD), case)
