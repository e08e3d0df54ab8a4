"""One-time codes to the phone on file, and the changes that need one."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal, reach_account
from backend.accounts import service as accounts
from backend.accounts.rules import mask_email, mask_phone
from backend.district.service import District
from backend.identity import repository, rules
from backend.identity.schemas import CodeOut, CodeSentOut, EmailOut
from backend.identity.service import Checks, held_conversation
from backend.outbox import service as outbox

_CODE_TEXT = {
    "en": "{district}: your code is {code}. It works for {minutes} minutes."
    " Give it only in the conversation you started yourself.",
    "es": "{district}: su código es {code}. Sirve durante {minutes} minutos."
    " Délo únicamente en la conversación que usted mismo inició.",
}
_EMAIL_TEXT = {
    "en": "{district}: the email address of your account was changed to {email}."
    " If this was not you, please call us at {phone}.",
    "es": "{district}: el correo electrónico de su cuenta se cambió a {email}. Si no fue usted, llámenos al {phone}.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of an action: in the name of which conversation, with which rules, when."""

    session: AsyncSession
    conversation_id: UUID
    checks: Checks
    district: District
    now: datetime

    async def reach(self, purpose: str, level: int) -> UUID:
        """The account that this conversation has proved, noted in the audit trail."""
        caller = Principal(Kind.ACTIONS)
        return await reach_account(
            self.session, caller, self.conversation_id, purpose=purpose, now=self.now, level=level
        )


async def send_code(asked: Asked) -> CodeSentOut:
    """Text a new code to the phone on file.

    Earlier ones work on: whoever asks twice may get the first text last, or have it in hand already.
    """
    session, checks, now, conversation_id = asked.session, asked.checks, asked.now, asked.conversation_id
    row = await held_conversation(session, conversation_id)
    minutes = checks.policy.verification.code_minutes
    if row.verification_level < rules.READ:
        return CodeSentOut(status="verification_required", minutes=minutes)
    account_id = await asked.reach("one_time_code", rules.READ)
    guards = await repository.hold_guards(session, [checks.guard("code", account_id)])
    sent = await repository.codes_since(session, account_id, now - timedelta(hours=1))
    if not rules.attempts_left(guards, checks.limits, now) or sent >= checks.policy.verification.codes_per_hour:
        return CodeSentOut(status="locked", minutes=minutes)
    facts = await accounts.account_facts(session, account_id)
    if facts.text_phone is None:
        return CodeSentOut(status="no_contact", minutes=minutes)
    code = await _new_code(asked, account_id)
    words = _CODE_TEXT[row.language].format(district=asked.district.settings.name, code=code, minutes=minutes)
    await _text(asked, facts.text_phone, words, row.language, "one_time_code")
    return CodeSentOut(status="sent", sent_to=mask_phone(facts.text_phone), minutes=minutes)


async def _new_code(asked: Asked, account_id: UUID) -> str:
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    values = {
        "id": asked.conversation_id,
        "account_id": account_id,
        "digest": rules.code_digest(asked.checks.secret_key, asked.conversation_id, code),
        "now": asked.now,
        "expires_at": asked.now + timedelta(minutes=asked.checks.policy.verification.code_minutes),
    }
    await repository.add_code(asked.session, values)
    return code


async def check_code(asked: Asked, given: str) -> CodeOut:
    """Check a code; the first right one raises the conversation to level 3, and no other works after it."""
    session, checks, now, conversation_id = asked.session, asked.checks, asked.now, asked.conversation_id
    row = await held_conversation(session, conversation_id)
    unused = await repository.unused_codes(session, conversation_id)
    if row.account_id is None or row.verification_level < rules.READ or not unused:
        return CodeOut(status="expired", verification_level=row.verification_level, attempts_left=0)
    guards = await repository.hold_guards(session, [checks.guard("code", row.account_id)])
    left = rules.attempts_left(guards, checks.limits, now)
    if not left:
        return CodeOut(status="locked", verification_level=row.verification_level, attempts_left=0)
    live = [each.digest for each in unused if each.expires_at > now and each.account_id == row.account_id]
    if not live:
        return CodeOut(status="expired", verification_level=row.verification_level, attempts_left=left)
    digest = rules.code_digest(checks.secret_key, conversation_id, rules.digits(given))
    if not any(hmac.compare_digest(digest, each) for each in live):
        return await _wrong_code(asked, guards, row.verification_level)
    await repository.spend_codes(session, conversation_id, now)
    await repository.keep_guards(session, [rules.Guard(guard.subject, 0, None, None) for guard in guards])
    await repository.raise_level(session, conversation_id, rules.CHANGE, row.account_id)
    return CodeOut(status="verified", verification_level=rules.CHANGE, attempts_left=checks.limits.attempts)


async def _wrong_code(asked: Asked, guards: list[rules.Guard], level: int) -> CodeOut:
    after = [rules.after_failure(guard, asked.checks.limits, asked.now) for guard in guards]
    await repository.keep_guards(asked.session, after)
    left = rules.attempts_left(after, asked.checks.limits, asked.now)
    return CodeOut(status="failed" if left else "locked", verification_level=level, attempts_left=left)


async def change_email(asked: Asked, email: str) -> EmailOut:
    """Change the email address, and tell the phone on file, so that a change by somebody else is noticed.

    :raises ForbiddenError: `verification_required` below level 3.
    """
    account_id = await asked.reach("change_email", rules.CHANGE)
    before = await accounts.change_email(asked.session, account_id, email)
    masked = mask_email(email)
    if before.text_phone is not None:
        settings = asked.district.settings
        words = _EMAIL_TEXT[before.language].format(
            district=settings.name, email=masked, phone=_spoken_phone(settings.phone)
        )
        await _text(asked, before.text_phone, words, before.language, "email_changed")
    return EmailOut(email_masked=masked)


def _spoken_phone(e164: str) -> str:
    return f"{e164[2:5]}-{e164[5:8]}-{e164[8:]}" if e164.startswith("+1") and len(e164) == 12 else e164


async def _text(asked: Asked, phone: str, words: str, language: str, purpose: str) -> None:
    await outbox.enqueue(
        asked.session,
        channel="sms",
        recipient=phone,
        text=words,
        language=language,
        purpose=purpose,
        now=asked.now,
        secret=purpose == "one_time_code",
    )
