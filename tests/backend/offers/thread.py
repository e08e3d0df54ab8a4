"""A conversation as the assistant acts in it: offers made, taken and refused, each in its own transaction."""

import itertools
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.charges.service import ChargeState
from backend.charges.tools import Tools
from backend.conversations.schemas import TurnIn
from backend.conversations.service import record_turn
from backend.enrolments import service as enrolments
from backend.offers import links, service
from backend.offers.payers import payer_of
from backend.offers.service import Offer, Wanted

OWN_PHONE, OTHER_PHONE = "+15550001111", "+15550002222"
PUBLIC_URL = "https://district.example"
_ids = itertools.count(1)


@dataclass(frozen=True)
class Thread:
    """A text thread, a chat or a call."""

    tools: Tools
    conversation_id: UUID

    async def offer(self, account_id: UUID | None = None, **wanted: Any) -> Offer:
        """What the assistant asks for when somebody wants to pay."""
        now = self.tools.clock.now()
        async with self.tools.database.transaction() as session:
            payer = await payer_of(session, self.conversation_id, account_id, purpose="offer", now=now)
            return await service.make_offer(session, payer, Wanted(**wanted), district=self.tools.district, now=now)

    async def accept(self, offer_id: UUID) -> ChargeState:
        """Yes."""
        async with self.tools.database.transaction() as session:
            return await service.accept_offer(
                session, self.conversation_id, offer_id, district=self.tools.district, now=self.tools.clock.now()
            )

    async def decline(self, offer_id: UUID) -> str:
        """No."""
        async with self.tools.database.transaction() as session:
            return await service.decline_offer(session, self.conversation_id, offer_id, self.tools.clock.now())

    async def ask_to_enrol(self, account_id: UUID) -> enrolments.Asked:
        """Wants to pay by text."""
        async with self.tools.database.transaction() as session:
            return await enrolments.ask_in_conversation(
                session, self.conversation_id, account_id, district=self.tools.district, now=self.tools.clock.now()
            )

    async def confirm(self) -> list[enrolments.Confirmed]:
        """CONFIRM."""
        async with self.tools.database.transaction() as session:
            return await enrolments.confirm(
                session, self.conversation_id, district=self.tools.district, now=self.tools.clock.now()
            )

    async def link(
        self, number: str | None = None, cents: int | None = None, purpose: str | None = None
    ) -> links.PageLink | None:
        """Wants to pay by link."""
        wanted = links.Wanted(number, cents, purpose)
        now = self.tools.clock.now()
        return await links.payment_link(self.tools, self.conversation_id, wanted, public_url=PUBLIC_URL, now=now)

    async def rows(self, query: str) -> list[Any]:
        """What is in the database."""
        async with self.tools.database.transaction() as session:
            return list((await session.execute(text(query))).all())


async def begun(
    tools: Tools,
    account_id: UUID | None,
    *,
    channel: str = "sms",
    phone: str | None = OWN_PHONE,
    language: str = "en",
) -> Thread:
    """A new conversation; verified for the account, if there is one."""
    number = next(_ids)
    said = TurnIn(
        channel=channel,
        provider_message_id=f"{channel}-{number}",
        thread_key=f"{phone}|{number}",
        party=phone,
        kind="message",
        text="hello",
        payload=None,
        media_count=0,
        language=language,
    )
    verified = text("UPDATE conversations SET account_id = :account_id, verification_level = 2 WHERE id = :id")
    async with tools.database.transaction() as session:
        row = await record_turn(session, said, language, tools.clock.now())
        if account_id is not None:
            await session.execute(verified, {"account_id": account_id, "id": row.conversation_id})
    return Thread(tools, row.conversation_id)
