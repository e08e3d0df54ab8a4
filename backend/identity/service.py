"""Verification by two factors. What is wrong about an attempt is never told, nor whether an account exists."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.accounts.rules import pin_digest
from backend.conversations.service import ConversationNotFoundError
from backend.district.schemas import Policy
from backend.errors import ConflictError, ForbiddenError
from backend.identity import repository, rules
from backend.identity.rules import Guard, Limits
from backend.identity.schemas import AccountChoice, VerificationIn, VerificationOut

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Checks:
    """What identity checks go by: the key of the digests and the district's policy."""

    secret_key: str
    policy: Policy

    @property
    def limits(self) -> Limits:
        """How many wrong answers, and how long a lock."""
        asked = self.policy.verification
        return Limits(asked.attempts, timedelta(minutes=asked.lock_minutes))

    def guard(self, kind: str, value: object) -> str:
        """The subject of a guard."""
        return rules.subject(self.secret_key, kind, str(value))


@dataclass(frozen=True, slots=True)
class _Given:
    number: str
    pin: str
    zip: str


class FactorMissingError(ConflictError):
    """409 `factor_missing`."""

    def __init__(self) -> None:
        super().__init__("factor_missing", "Ask for the PIN or the ZIP code of the service address first.")


class ConversationEndedError(ConflictError):
    """409 `conversation_ended`."""

    def __init__(self) -> None:
        super().__init__("conversation_ended", "This conversation is over. Begin a new one.")


async def held_conversation(session: AsyncSession, conversation_id: UUID) -> Row[Any]:
    """The open conversation, held until the transaction ends.

    :raises ConversationNotFoundError: there is none. :raises ConversationEndedError: it is over.
    """
    row = await repository.conversation(session, conversation_id)
    if row is None:
        raise ConversationNotFoundError
    if row.ended_at is not None:
        raise ConversationEndedError
    return row


async def verify(
    session: AsyncSession, checks: Checks, conversation_id: UUID, body: VerificationIn, now: datetime
) -> VerificationOut:
    """Check two factors; three failures lock the conversation, the account and the calling number alike.

    :raises FactorMissingError: neither PIN nor ZIP was given.
    """
    row = await held_conversation(session, conversation_id)
    given = _Given(rules.digits(body.account_number), rules.digits(body.pin), rules.digits(body.zip))
    found = await _candidates(session, given, row.party)
    if not given.number and not found:
        return VerificationOut(
            status="need_account_number",
            verification_level=row.verification_level,
            attempts_left=checks.limits.attempts,
        )
    if not (given.pin or given.zip):
        raise FactorMissingError
    guards = await repository.hold_guards(session, _subjects(checks, row, given, found))
    if not rules.attempts_left(guards, checks.limits, now):
        return _locked(row.verification_level)
    proved = _proved(checks.secret_key, given, found)
    if not proved:
        return await _failed(session, checks, guards, row.verification_level, now)
    if any(account.identity_locked for account in proved):
        return _locked(row.verification_level)
    await repository.keep_guards(session, [Guard(guard.subject, 0, None, None) for guard in guards])
    return await _verified(session, checks, conversation_id, proved)


async def choose(session: AsyncSession, checks: Checks, conversation_id: UUID, account_id: UUID) -> VerificationOut:
    """Take one of the accounts that the customer proved.

    :raises ForbiddenError: `not_among_choices`.
    """
    await held_conversation(session, conversation_id)
    if not await repository.is_candidate(session, conversation_id, account_id):
        raise ForbiddenError("not_among_choices", "Choose one of the accounts of the last verification.")
    facts = await accounts.account_facts(session, account_id)
    await repository.raise_level(session, conversation_id, rules.READ, account_id)
    return VerificationOut(
        status="verified",
        verification_level=rules.READ,
        attempts_left=checks.limits.attempts,
        first_name=facts.first_name,
    )


async def _candidates(session: AsyncSession, given: _Given, party: str | None) -> list[accounts.AccountFacts]:
    if given.number:
        return await accounts.candidates_by_account_number(session, given.number)
    return await accounts.candidates_by_phone(session, party) if party else []


def _subjects(checks: Checks, row: Row[Any], given: _Given, found: list[accounts.AccountFacts]) -> list[str]:
    """Guesses count against the conversation, the account that was named, and the number they come from,
    so that neither a new chat nor another telephone gives new guesses. A number nobody has counts alike."""
    numbers = {given.number} if given.number else {account.number for account in found}
    subjects = [checks.guard("conversation", row.id), *(checks.guard("account", number) for number in numbers)]
    return [*subjects, checks.guard("party", row.party)] if row.party else subjects


def _proved(secret_key: str, given: _Given, found: list[accounts.AccountFacts]) -> list[accounts.AccountFacts]:
    """The accounts for which every factor given is right. Takes as long for an account that is not there."""
    if not found:
        hmac.compare_digest(pin_digest(secret_key, _NOBODY, given.pin), bytes(32))
        rules.zip_matches(given.zip, "00000")
        return []
    return [account for account in found if _factors_right(secret_key, given, account)]


def _factors_right(secret_key: str, given: _Given, account: accounts.AccountFacts) -> bool:
    digest = pin_digest(secret_key, account.account_id, given.pin)
    pin_right = hmac.compare_digest(digest, account.pin_digest or bytes(32))
    zip_right = rules.zip_matches(given.zip, account.zip)
    return (pin_right or not given.pin) and (zip_right or not given.zip)


async def _failed(
    session: AsyncSession, checks: Checks, guards: list[Guard], level: int, now: datetime
) -> VerificationOut:
    after = [rules.after_failure(guard, checks.limits, now) for guard in guards]
    await repository.keep_guards(session, after)
    left = rules.attempts_left(after, checks.limits, now)
    if not left:
        return _locked(level)
    return VerificationOut(status="failed", verification_level=level, attempts_left=left)


def _locked(level: int) -> VerificationOut:
    return VerificationOut(status="locked", verification_level=level, attempts_left=0)


async def _verified(
    session: AsyncSession, checks: Checks, conversation_id: UUID, proved: list[accounts.AccountFacts]
) -> VerificationOut:
    await repository.set_candidates(session, conversation_id, [account.account_id for account in proved])
    if len(proved) > 1:
        choices = [AccountChoice(account=one.account_id, address_hint=one.address_hint) for one in proved]
        return VerificationOut(
            status="choose_account", verification_level=0, attempts_left=checks.limits.attempts, choices=choices
        )
    return await choose(session, checks, conversation_id, proved[0].account_id)
