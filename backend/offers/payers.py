"""Who pays in a conversation, for which account: a verified customer, or whoever texts from an enrolled telephone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal, reach_as_payer
from backend.accounts import service as accounts
from backend.offers.errors import ChooseAccountError

_ACTIONS = Principal(Kind.ACTIONS)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays for `account_id`. `phone` is where they call or text from, in E.164; None in a chat."""

    account_id: UUID
    conversation_id: UUID
    channel: str
    language: str
    phone: str | None

    @property
    def key(self) -> str:
        """The same for everything that comes from one telephone, or from one chat."""
        return self.phone or str(self.conversation_id)


async def payer_of(
    session: AsyncSession, conversation_id: UUID, account_id: UUID | None, *, purpose: str, now: datetime
) -> Payer:
    """Who pays here, for `account_id` or the one account there is.

    :raises ChooseAccountError: the telephone pays for several. :raises ForbiddenError: `verification_required`.
    """
    rows = await reach_as_payer(session, _ACTIONS, conversation_id, account_id, purpose=purpose, now=now)
    if len(rows) > 1:
        facts = [await accounts.account_facts(session, row.account_id) for row in rows]
        raise ChooseAccountError(
            [{"account_id": str(one.account_id), "account": one.number[-4:], "hint": one.address_hint} for one in facts]
        )
    (row,) = rows
    return Payer(row.account_id, conversation_id, row.channel, row.language, row.party)
