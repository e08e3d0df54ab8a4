"""What people do with cases: look, take, answer, give back, close. For the console.

Every function takes who asks; only members of the staff are let in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal, reach_account
from backend.accounts.service import AccountFacts, Balance, account_facts, balance
from backend.conversations import service as conversations
from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, ForbiddenError, HeadgateError, NotFoundError
from backend.hand_offs import repository
from backend.hand_offs.rules import DISPOSITIONS, GIVEN_BACK, may_act
from backend.outbox import service as outbox


class CaseNotFoundError(NotFoundError):
    """404 `case_not_found`."""

    def __init__(self) -> None:
        super().__init__("case_not_found", "There is no such case.")


class AlreadyTakenError(ConflictError):
    """409 `already_taken`: somebody was faster; `staff_name` says who."""

    def __init__(self, staff_name: str | None) -> None:
        super().__init__("already_taken", "Somebody else has this case.", staff_name=staff_name)


class NotYoursError(ConflictError):
    """409 `not_yours`: take the case first."""

    def __init__(self) -> None:
        super().__init__("not_yours", "Take this case first.")


class CaseEndedError(ConflictError):
    """409 `case_ended`: it was closed or given back."""

    def __init__(self) -> None:
        super().__init__("case_ended", "This case was closed or given back.")


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its story. `row` has the columns of hand_offs and of its conversation.

    `facts` and `balance` are None until the customer has been verified.
    """

    row: Row[Any]
    messages: list[dict[str, Any]]
    events: Sequence[Row[Any]]
    facts: AccountFacts | None
    balance: Balance | None

    @property
    def reference(self) -> str:
        """What people call this case: `H-1042`."""
        return reference(self.row)

    @property
    def can_answer(self) -> bool:
        """Whether words can reach the customer: a chat, or a number that was not withheld."""
        return self.row.channel == "chat" or self.row.party is not None


def reference(row: Row[Any]) -> str:
    """What people call the case of a row: `H-1042`."""
    return f"H-{row.number}"


async def queue(session: AsyncSession, staff: Principal) -> Sequence[Row[Any]]:
    """The open cases, most urgent first: columns of hand_offs and of the conversation, customer_name, staff_name."""
    _staff_id(staff)
    return await repository.queue(session)


@dataclass(frozen=True, slots=True)
class AccountCase:
    """A case as it is listed with its account. `state`: waiting, taken, given_back or closed."""

    id: UUID
    reference: str
    state: str
    reason: str
    channel: str
    created_at: datetime
    staff_name: str | None


async def cases_of_account(
    session: AsyncSession, staff: Principal, account_id: UUID, limit: int = 8
) -> list[AccountCase]:
    """The newest cases of an account that `staff` has reached, newest first."""
    _staff_id(staff)
    return [
        AccountCase(row.id, reference(row), row.state, row.reason, row.channel, row.created_at, row.staff_name)
        for row in await repository.of_account(session, account_id, limit)
    ]


async def case(session: AsyncSession, staff: Principal, hand_off_id: UUID, district: District, now: datetime) -> Case:
    """Everything about one case. Seeing the account is written down in the audit trail.

    :raises CaseNotFoundError: there is none.
    """
    _staff_id(staff)
    row = await _one(session, hand_off_id)
    story = await conversations.messages(session, row.conversation_id, after=0)
    steps = await repository.events(session, hand_off_id)
    if row.account_id is None:
        return Case(row, story["messages"], steps, None, None)
    account_id = await reach_account(session, staff, row.conversation_id, purpose="case", now=now)
    facts = await account_facts(session, account_id)
    owed = await balance(session, account_id, now, now.astimezone(district.zone).date())
    return Case(row, story["messages"], steps, facts, owed)


async def details_of(
    session: AsyncSession, staff: Principal, hand_off_id: UUID, account_id: UUID | None
) -> dict[str, str]:
    """What the assistant noted for a case of this account (None: of nobody's), by name; nothing of another's."""
    _staff_id(staff)
    row = await repository.one(session, hand_off_id)
    if row is None or row.account_id != account_id:
        return {}
    return {detail["name"]: detail["value"] for detail in row.details}


async def take(
    session: AsyncSession, staff: Principal, hand_off_id: UUID, now: datetime, *, take_over: bool = False
) -> None:
    """Make the case yours; the assistant goes quiet. Of several who press at once, one wins.

    :raises CaseNotFoundError: there is none. :raises CaseEndedError: it is over.
    :raises AlreadyTakenError: somebody else has it (and `take_over` is not asked).
    """
    staff_id = _staff_id(staff)
    conversation_id = await repository.take(session, hand_off_id, staff_id, take_over, now)
    if conversation_id is None:
        row = await _one(session, hand_off_id)
        if row.state not in ("waiting", "taken"):
            raise CaseEndedError
        if row.staff_id == staff_id:
            return
        raise AlreadyTakenError(row.staff_name)
    await repository.set_mode(session, conversation_id, "person")
    await repository.add_event(session, hand_off_id, "taken", now=now, staff_id=staff_id)
    announce(session, "hand_off", hand_off_id=hand_off_id)


async def answer(session: AsyncSession, staff: Principal, hand_off_id: UUID, text: str, now: datetime) -> int:
    """Say `text` to the customer; the number of the message. A call is answered by text.

    :raises NotYoursError: take it first. :raises CaseEndedError: it is over.
    :raises outbox.NoWayToReachError: a call with a withheld number.
    """
    staff_id = _staff_id(staff)
    row = await _mine(session, hand_off_id, staff_id)
    name = await repository.staff_name(session, staff_id)
    said = await conversations.say(session, row.conversation_id, "person", text, now=now, staff_id=staff_id, name=name)
    await _deliver(session, said, text, "answer", now)
    await repository.note_answer(session, hand_off_id, now)
    await repository.add_event(session, hand_off_id, "answered", now=now, staff_id=staff_id)
    announce(session, "hand_off", hand_off_id=hand_off_id)
    return said.seq


async def give_back(session: AsyncSession, staff: Principal, hand_off_id: UUID, now: datetime) -> None:
    """Let the assistant answer again, and tell the customer so.

    :raises NotYoursError: take it first. :raises CaseEndedError: it is over.
    """
    row = await _finish(session, staff, hand_off_id, "given_back", now=now)
    if row.ended_at is None and row.channel != "voice":
        words = GIVEN_BACK[row.language]
        said = await conversations.say(session, row.conversation_id, "system", words, now=now)
        await _deliver(session, said, words, "given_back", now)


async def close(
    session: AsyncSession, staff: Principal, hand_off_id: UUID, *, disposition: str, note: str, now: datetime
) -> None:
    """The case is done; should the customer write again, the assistant answers.

    :raises HeadgateError: 422 `unknown_disposition`.
    :raises NotYoursError: take it first. :raises CaseEndedError: it is over.
    """
    if disposition not in DISPOSITIONS:
        raise HeadgateError(422, "unknown_disposition", f"Choose one of: {', '.join(DISPOSITIONS)}.")
    await _finish(session, staff, hand_off_id, "closed", now=now, disposition=disposition, note=note)


async def _finish(
    session: AsyncSession,
    staff: Principal,
    hand_off_id: UUID,
    state: str,
    *,
    now: datetime,
    disposition: str | None = None,
    note: str | None = None,
) -> Row[Any]:
    staff_id = _staff_id(staff)
    row = await _mine(session, hand_off_id, staff_id)
    values = {
        "hand_off_id": hand_off_id,
        "state": state,
        "disposition": disposition,
        "now": now,
        "staff_id": staff_id,
    }
    await repository.finish(session, values)
    await repository.set_mode(session, row.conversation_id, "assistant")
    kept = conversations.masked(note) if note else disposition
    await repository.add_event(session, hand_off_id, state, now=now, staff_id=staff_id, note=kept)
    announce(session, "hand_off", hand_off_id=hand_off_id)
    return row


async def _deliver(session: AsyncSession, said: conversations.Appended, text: str, purpose: str, now: datetime) -> None:
    await outbox.enqueue(
        session,
        channel=said.channel,
        recipient=said.party,
        text=conversations.masked(text),
        language=said.language,
        purpose=purpose,
        now=now,
        conversation_id=said.conversation_id,
        thread_key=said.thread_key,
        seq=said.seq,
    )


async def _mine(session: AsyncSession, hand_off_id: UUID, staff_id: UUID) -> Row[Any]:
    await repository.lock(session, hand_off_id)
    row = await _one(session, hand_off_id)
    if row.state not in ("waiting", "taken"):
        raise CaseEndedError
    if not may_act(row.state, row.staff_id, staff_id):
        raise NotYoursError
    return row


async def _one(session: AsyncSession, hand_off_id: UUID) -> Row[Any]:
    row = await repository.one(session, hand_off_id)
    if row is None:
        raise CaseNotFoundError
    return row


def _staff_id(staff: Principal) -> UUID:
    if staff.kind is not Kind.STAFF or staff.staff_id is None:
        raise ForbiddenError("staff_only", "Only a signed-in member of the staff works on cases.")
    return staff.staff_id
