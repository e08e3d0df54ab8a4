"""An agent-assisted payment: begun by a person on a call, keyed in by the caller, charged like any other.

Telephony carries out what is decided here and tells what Twilio says: dots, last digits, and at the end a token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.accounts import service as accounts
from backend.captures import repository, rules
from backend.captures.errors import AccountWantedError, CaptureNotFoundError, CaptureOpenError
from backend.captures.rules import OPEN
from backend.charges import service as charges
from backend.charges.service import Captured, NewCharge, PaymentInProgressError
from backend.charges.tools import Tools
from backend.database import announce
from backend.district.service import District
from backend.doors import READ
from backend.gateway.values import MethodKind
from backend.hand_offs import moves
from backend.models.base import new_id
from backend.models.capture import AssistedCapture
from backend.offers.coming import refuse_twice
from backend.offers.errors import PaymentPendingError
from backend.offers.keyed import Keyed, facts_of
from backend.payments.service import account_of_number
from backend.queue import lines, orders
from backend.staff.permissions import Permission, require


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants to take: cents for the bill, from a `card` or `bank_account`, for the account of the case or
    of a number."""

    amount_cents: int
    kind: str
    account_number: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What Twilio said of a session: fields that are in (masked), what is wrong, how it ended."""

    payment_sid: str
    keyed: Mapping[str, str] = field(default_factory=dict)
    partial: str = ""
    problem: str | None = None
    result: str | None = None
    token: str = ""
    brand: str = ""
    last4: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """What telephony does now: `ask` for a field, `complete`, `drop` a session that nobody wants any more, or nothing.

    `key` names that order for Twilio: the same again is the same.
    """

    action: Literal["ask", "complete", "drop", "none"]
    field: str | None = None
    key: str = ""


async def begin(
    session: AsyncSession, staff: Principal, hand_off_id: UUID, asked: Asked, *, district: District, now: datetime
) -> UUID:
    """Let the caller key in a card for this amount; the new capture.

    :raises lines.NoCallError: this person is not in the call. :raises CaptureOpenError: one is going on.
    :raises AccountWantedError, AccountNotFoundError: for whom? :raises AmountRefusedError: not an amount.
    :raises PaymentInProgressError: another payment of the account is at work.
    :raises PaymentPendingError: the amount is on its way already.
    """
    staff_id = require(staff, Permission.TAKE_PAYMENT)
    call = await lines.talking(session, staff, hand_off_id)
    who = await repository.customer(session, hand_off_id)
    account_id = await _account(session, who, asked)
    charges.check_charge_amount(asked.amount_cents, district)
    await charges.refuse_while_another(session, account_id)
    await refuse_twice(session, account_id, asked.amount_cents, district=district, now=now)
    known = account_id == who.account_id and who.verification_level >= READ
    values = {
        "id": new_id(),
        "hand_off_id": hand_off_id,
        "account_id": account_id,
        "staff_id": staff_id,
        "call_sid": call.call_sid,
        "conference": call.conference,
        "party": who.party,
        "language": who.language,
        "kind": asked.kind,
        "purpose": await _purpose(session, account_id, asked, district, now),
        "amount_cents": asked.amount_cents,
        "fee_cents": district.policy.payments.convenience_fee_cents(asked.kind, "console"),
        "shows_balance": known,
        "status": "open",
        "created_at": now,
    }
    await repository.let_lapse(session, call.call_sid, now - timedelta(minutes=rules.LAPSES_MINUTES), now)
    if not await repository.add(session, values):
        raise CaptureOpenError
    capture_id: UUID = values["id"]
    await _order(session, "take_card", now, {**values, "id": capture_id})
    await moves.note(session, hand_off_id, "card_asked", now=now, staff_id=staff_id)
    return capture_id


async def _account(session: AsyncSession, who: Row[Any], asked: Asked) -> UUID:
    if asked.account_number:
        return await account_of_number(session, asked.account_number)
    if who.account_id is None:
        raise AccountWantedError
    account_id: UUID = who.account_id
    return account_id


async def _purpose(session: AsyncSession, account_id: UUID, asked: Asked, district: District, now: datetime) -> str:
    owed = await accounts.balance(session, account_id, now, district.today(now))
    return "bill" if owed.balance_cents == asked.amount_cents else "other_amount"


async def _order(session: AsyncSession, what: str, now: datetime, capture: Mapping[str, Any], **more: Any) -> None:
    named = {name: capture[name] for name in ("call_sid", "conference")}
    body = {"what": what, "capture_id": str(capture["id"]), "method": capture["kind"], **named, **more}
    await orders.give(session, body, now)


async def ask_again(session: AsyncSession, staff: Principal, hand_off_id: UUID, now: datetime) -> None:
    """Let the caller key in the present field once more.

    :raises CaptureNotFoundError: none is open.
    """
    capture = await _open(session, staff, hand_off_id)
    if capture.step is None or capture.payment_sid is None or capture.status != "open":
        return
    capture.asked, capture.problem = capture.asked + 1, None
    key, values = f"{capture.id}:{capture.step}:{capture.asked}", _columns(capture)
    await _order(session, "ask_card", now, values, payment_sid=capture.payment_sid, field=capture.step, key=key)
    await session.flush()
    announce(session, "hand_off", hand_off_id=hand_off_id)


async def cancel(session: AsyncSession, staff: Principal, hand_off_id: UUID, now: datetime) -> None:
    """Forget what was keyed in; nothing is charged. Too late once it is being completed.

    :raises CaptureNotFoundError: none is open.
    """
    capture = await _open(session, staff, hand_off_id)
    if capture.status != "open":
        return
    await _end(session, capture, "canceled", "card_canceled", now)
    if capture.payment_sid is not None:
        values = _columns(capture)
        await _order(session, "drop_card", now, values, payment_sid=capture.payment_sid, key=f"{capture.id}:drop")


def _columns(capture: AssistedCapture) -> dict[str, Any]:
    return {name: getattr(capture, name) for name in ("id", "call_sid", "conference", "kind")}


async def _open(session: AsyncSession, staff: Principal, hand_off_id: UUID) -> AssistedCapture:
    require(staff, Permission.TAKE_PAYMENT)
    await lines.talking(session, staff, hand_off_id)
    newest = await repository.newest(session, hand_off_id)
    capture = None if newest is None else await repository.locked(session, newest.id)
    if capture is None or capture.status not in OPEN:
        raise CaptureNotFoundError
    return capture


async def refuse_while_open(session: AsyncSession, hand_off_id: UUID) -> None:
    """Nobody lets a recording go on while a card is being keyed in.

    :raises CaptureOpenError: one is.
    """
    newest = await repository.newest(session, hand_off_id)
    if newest is not None and newest.status in OPEN:
        raise CaptureOpenError


async def progress(session: AsyncSession, tools: Tools, capture_id: UUID, told: Told, *, now: datetime) -> Next:
    """Take what Twilio said, and say what comes next. News may come twice and in any order: what is in stays in.

    :raises CaptureNotFoundError: there is none.
    """
    capture = await repository.locked(session, capture_id)
    if capture is None:
        raise CaptureNotFoundError
    if capture.status not in OPEN:
        known = told.result is not None or not told.payment_sid
        return Next("none") if known else Next("drop", key=f"{capture.id}:drop")
    capture.payment_sid = told.payment_sid or capture.payment_sid
    announce(session, "hand_off", hand_off_id=capture.hand_off_id)
    if told.result is not None:
        await _finish(session, tools, capture, told, now)
        return Next("none")
    return await _go_on(session, capture, told)


async def _go_on(session: AsyncSession, capture: AssistedCapture, told: Told) -> Next:
    fields = rules.FIELDS[capture.kind]
    done = {name: shown for name, shown in capture.keyed.items() if name in fields}
    done |= {name: shown for name, shown in told.keyed.items() if name in fields}
    capture.keyed = done | ({"partial": told.partial} if told.partial else {})
    if told.problem is not None:
        capture.problem = told.problem
        await session.flush()
        return Next("none")
    wanted = rules.next_field(capture.kind, done)
    if wanted is None and capture.status == "open":
        capture.status, capture.step, capture.problem = "completing", None, None
        await session.flush()
        return Next("complete", key=f"{capture.id}:complete")
    if wanted is None or wanted == capture.step:
        await session.flush()
        return Next("none")
    capture.step, capture.problem, capture.asked = wanted, None, capture.asked + 1
    await session.flush()
    return Next("ask", wanted, f"{capture.id}:{wanted}:{capture.asked}")


async def _finish(session: AsyncSession, tools: Tools, capture: AssistedCapture, told: Told, now: datetime) -> None:
    if told.result == "payment-canceled":
        await _end(session, capture, "canceled", "card_canceled", now)
        return
    if told.result != "success" or not told.token:
        await _fail(session, capture, told.problem or told.result or "internal-error", now)
        return
    try:
        async with session.begin_nested():
            await charges.hold_account(session, capture.account_id)
            cents, new = capture.amount_cents, _charge(capture, told, tools.gateway.name)
            await refuse_twice(session, capture.account_id, cents, district=tools.district, now=now)
            charge = await charges.begin_charge(session, new, district=tools.district, now=now)
    except (PaymentInProgressError, PaymentPendingError):
        await _fail(session, capture, "payment_in_progress", now)
        return
    capture.charge_id = charge.id
    await _end(session, capture, "charged", "card_charged", now)


def _charge(capture: AssistedCapture, told: Told, processor: str) -> NewCharge:
    keyed = Keyed(told.token, MethodKind(capture.kind), told.brand, told.last4)
    return NewCharge(
        idempotency_key=f"capture:{capture.id}",
        account_id=capture.account_id,
        amount_cents=capture.amount_cents,
        fee_cents=capture.fee_cents,
        method=Captured(processor, facts_of(keyed, capture.language)),
        purpose=capture.purpose,
        channel="console",
        language=capture.language,
        recipient=capture.party,
        shows_balance=capture.shows_balance,
    )


async def _fail(session: AsyncSession, capture: AssistedCapture, problem: str, now: datetime) -> None:
    capture.problem = problem
    await _end(session, capture, "failed", "card_failed", now)


async def _end(session: AsyncSession, capture: AssistedCapture, status: str, note: str, now: datetime) -> None:
    """It is over: what was keyed in is shown no more, and the case keeps how it ended."""
    capture.status, capture.ended_at, capture.step = status, now, None
    await session.flush()
    await moves.note(session, capture.hand_off_id, note, now=now, staff_id=capture.staff_id)
