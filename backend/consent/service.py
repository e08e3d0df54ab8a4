"""Consent to texts and to automatic calls, given and withdrawn, and numbers at which no texts arrive.

Withdrawn by any reasonable means counts (47 CFR 64.1200(a)(10)): the carrier's keyword, a key in the call, plain
words, a word to the staff. Every statement is kept with its time and its wording.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.consent import repository, rules
from backend.consent.rules import About, Source, Word
from backend.conversations.redaction import redact
from backend.database import announce
from backend.errors import ConflictError, NotFoundError
from backend.staff.permissions import Permission, require

WORDING_LENGTH_MAX = 500
HISTORY_MAX = 20
CARRIER_WORDING = "The carrier refused a text: the holder of the number has opted out (21610)."


@dataclass(frozen=True, slots=True)
class Number:
    """What is known of a number. `stopped_by`: keyword, carrier, words, staff; `unreachable`: landline, blocked, …;
    `calls_stopped_by`: keys, words, staff."""

    phone: str
    texts_allowed: bool
    stopped_by: str | None
    stopped_at: datetime | None
    unreachable: str | None
    unreachable_code: str | None
    unreachable_since: datetime | None
    calls_stopped_by: str | None
    calls_stopped_at: datetime | None

    @property
    def takes_texts(self) -> bool:
        return self.texts_allowed and self.stopped_by is None and self.unreachable is None


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that was said about texts or calls (`about`)."""

    at: datetime
    kind: str
    source: str
    wording: str
    staff_name: str | None
    about: str


@dataclass(frozen=True, slots=True)
class State:
    """What stands in the way of texts and automatic calls to a number."""

    stopped_by: str | None = None
    unreachable: str | None = None
    calls_stopped_by: str | None = None


class NumberNotOnFileError(NotFoundError):
    """404: the account has no such number."""

    def __init__(self) -> None:
        super().__init__("number_not_on_file", "This account has no such telephone number.")


class CarrierStopError(ConflictError):
    """409: only the holder of the number can open it, by texting START."""

    def __init__(self) -> None:
        super().__init__("stopped_at_carrier", "The customer sent STOP. Ask them to text START to our number.")


async def states(session: AsyncSession, phones: Collection[str]) -> dict[str, State]:
    """What stands in the way of texts, by number; a number that is not in it is free."""
    rows = await repository.numbers(session, phones)
    return {phone: State(row["stopped_by"], row["unreachable"], row["calls_stopped_by"]) for phone, row in rows.items()}


async def hear(
    session: AsyncSession, phone: str, word: Word, *, wording: str, is_keyword: bool, message_id: str, now: datetime
) -> bool:
    """A customer's own word about texts, from their phone; True when it changed or repeated what holds.

    The same message again says nothing new. YES from a number that the carrier has not closed is no word about texts.
    """
    source = "keyword" if is_keyword else "words"
    if word == "stop":
        if await _say(session, phone, "withdrawn", source=source, wording=wording, now=now, message_id=message_id):
            await repository.stop(session, phone, source, now)
            announce(session, "account")
        return True
    known = (await repository.numbers(session, [phone])).get(phone)
    if not rules.opens(word, known["stopped_by"] if known else None):
        return False
    # Plain words do not open what the carrier has closed.
    if not is_keyword and known is not None and known["stopped_by"] in ("keyword", "carrier"):
        return False
    if await _say(session, phone, "given", source=source, wording=wording, now=now, message_id=message_id):
        await repository.open(session, phone)
        announce(session, "account")
    return True


async def stop_calls(
    session: AsyncSession, phone: str, *, wording: str, source: Source, message_id: str, now: datetime
) -> None:
    """A customer's own word, by a key or in plain words, that they want no more automatic calls.

    The same message again says nothing new. Whoever wants them again tells the staff (`give`).
    """
    if await _say(
        session, phone, "withdrawn", source=source, wording=wording, now=now, message_id=message_id, about="calls"
    ):
        await repository.stop_calls(session, phone, source, now)
        announce(session, "account")


async def learn(session: AsyncSession, phone: str, code: str | None, now: datetime) -> None:
    """A text to `phone` failed with the carrier's error `code`: what that says about the number is kept."""
    if code == rules.REFUSED:
        known = (await repository.numbers(session, [phone])).get(phone)
        if known is None or known["stopped_by"] not in ("keyword", "carrier"):
            await _say(session, phone, "withdrawn", source="carrier", wording=CARRIER_WORDING, now=now)
        await repository.stop(session, phone, "carrier", now)
        announce(session, "account")
    elif (unreachable := rules.unreachable_by(code)) is not None and code is not None:
        await repository.note_unreachable(session, phone, unreachable, code, now)
        announce(session, "account")


async def numbers_of(session: AsyncSession, account_id: UUID) -> list[Number]:
    """The numbers of the account's customer, the first the one that notices go to."""
    return [Number(**row) for row in await repository.phones_of(session, account_id)]


async def history(session: AsyncSession, phones: Sequence[str]) -> list[Statement]:
    """What was said about texts and calls to these numbers, newest first."""
    return [Statement(**row) for row in await repository.history(session, phones, HISTORY_MAX)]


async def withdraw(
    session: AsyncSession,
    staff: Principal,
    account_id: UUID,
    phone: str,
    *,
    wording: str,
    now: datetime,
    about: About = "texts",
) -> None:
    """A customer told the staff that they want no more texts, or no more automatic calls.

    :raises ForbiddenError: the role may not. :raises NumberNotOnFileError: it is not the account's number.
    """
    staff_id = await _of_account(session, staff, account_id, phone)
    await _say(session, phone, "withdrawn", source="staff", wording=wording, now=now, staff_id=staff_id, about=about)
    await (repository.stop if about == "texts" else repository.stop_calls)(session, phone, "staff", now)
    announce(session, "account", account_id=account_id)


async def give(
    session: AsyncSession,
    staff: Principal,
    account_id: UUID,
    phone: str,
    *,
    wording: str,
    now: datetime,
    about: About = "texts",
) -> None:
    """A customer told the staff that they want texts or automatic calls (again), or that the number takes texts now.

    :raises CarrierStopError: they sent STOP; only their START opens the number.
    :raises ForbiddenError: the role may not. :raises NumberNotOnFileError: it is not the account's number.
    """
    staff_id = await _of_account(session, staff, account_id, phone)
    known = (await repository.numbers(session, [phone])).get(phone)
    if about == "texts" and known is not None and known["stopped_by"] in ("keyword", "carrier"):
        raise CarrierStopError
    await _say(session, phone, "given", source="staff", wording=wording, now=now, staff_id=staff_id, about=about)
    await (repository.open if about == "texts" else repository.open_calls)(session, phone)
    announce(session, "account", account_id=account_id)


async def _of_account(session: AsyncSession, staff: Principal, account_id: UUID, phone: str) -> UUID:
    staff_id = require(staff, Permission.CHANGE_OPTIONS)
    if all(row["phone"] != phone for row in await repository.phones_of(session, account_id)):
        raise NumberNotOnFileError
    return staff_id


async def _say(
    session: AsyncSession,
    phone: str,
    kind: str,
    *,
    source: str,
    wording: str,
    now: datetime,
    message_id: str | None = None,
    staff_id: UUID | None = None,
    about: About = "texts",
) -> bool:
    values = {
        "about": about,
        "phone": phone,
        "now": now,
        "kind": kind,
        "source": source,
        "wording": redact(wording).text[:WORDING_LENGTH_MAX],
        "provider_message_id": message_id,
        "staff_id": staff_id,
    }
    return await repository.say(session, values)
