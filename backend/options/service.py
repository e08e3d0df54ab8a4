"""Ways to pay that a customer chooses: autopay, a fixed amount on a day, bills by email.

Each change is made once however often it is asked for, and told to the phone on file.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, HeadgateError
from backend.models.billing_option import PaymentInstruction
from backend.options import notices, repository, rules
from backend.saved_methods import service as saved_methods


class OptionRefusedError(ConflictError):
    """409 `option_refused`: not for this account as it is; `reason` says why."""

    def __init__(self, reason: str, detail: str, **extra: object) -> None:
        super().__init__("option_refused", detail, reason=reason, **extra)


class MalformedOptionError(HeadgateError):
    """422: an amount, a day or a label that cannot be."""

    def __init__(self, detail: str) -> None:
        super().__init__(422, "malformed", detail)


@dataclass(frozen=True, slots=True)
class Autopay:
    """Each bill on its due date, from `method_label`."""

    method_label: str
    started_on: date


@dataclass(frozen=True, slots=True)
class Recurring:
    """Up to `amount_cents` on `day_of_month`, from `method_label`; next on `next_on`."""

    method_label: str
    amount_cents: int
    day_of_month: int
    started_on: date
    next_on: date


async def autopay_of(session: AsyncSession, account_id: UUID) -> Autopay | None:
    """The account's autopay, if it is on."""
    found = await repository.live(session, account_id, "autopay")
    return None if found is None else Autopay(found.method_label, found.started_on)


async def recurring_of(session: AsyncSession, account_id: UUID, today: date) -> Recurring | None:
    """The account's payment on a day, if it has one."""
    found = await repository.live(session, account_id, "recurring")
    return None if found is None else _recurring(found, today)


def _recurring(found: PaymentInstruction, today: date) -> Recurring:
    assert found.amount_cents is not None and found.day_of_month is not None  # a constraint of the table
    next_on = rules.next_day(found.day_of_month, today)
    return Recurring(found.method_label, found.amount_cents, found.day_of_month, found.started_on, next_on)


@dataclass(frozen=True, slots=True)
class Source:
    """What is drawn from: a card or bank account on file (`method_id`), or one that the district's bank knows."""

    label: str
    method_id: UUID | None = None


async def source_on_file(session: AsyncSession, account_id: UUID, method_id: UUID) -> Source:
    """A card or bank account on file, to draw from.

    :raises MethodNotFoundError: it is not on file for this account.
    """
    for one in await saved_methods.methods_of(session, account_id):
        if one.id == method_id:
            return Source(one.label("en"), one.id)
    raise saved_methods.MethodNotFoundError


async def enrol_autopay(
    session: AsyncSession,
    account_id: UUID,
    *,
    method_label: str,
    now: datetime,
    district: District,
    method_id: UUID | None = None,
) -> Autopay:
    """Draw each bill on its due date from now on; another `method_label` or `method_id` replaces the one before.

    :raises OptionRefusedError: `account_closed`, `no_bank_drafts`.
    :raises MalformedOptionError: the label is none, or a number.
    """
    today, label = district.today(now), _label(method_label)
    await _hold_active(session, account_id)
    _check_source(method_id, district)
    known = await repository.live(session, account_id, "autopay")
    if known is not None and (known.method_label, known.method_id) == (label, method_id):
        return Autopay(label, known.started_on)
    _end(known, today, "replaced")
    await session.flush()
    made = PaymentInstruction(
        account_id=account_id, kind="autopay", method_label=label, method_id=method_id, started_on=today
    )
    await repository.add(session, made)
    await repository.set_flags(session, [account_id], autopay=True)
    await _tell(session, account_id, "autopay_on", district=district, now=now, method=Source(label, method_id))
    return Autopay(label, today)


async def end_autopay(
    session: AsyncSession, account_id: UUID, *, reason: str, now: datetime, district: District, tell: bool = True
) -> bool:
    """Draw no more bills; `reason` is kept. False when autopay was off already. Not `tell`: the caller does."""
    await repository.lock_account(session, account_id)
    known = await repository.live(session, account_id, "autopay")
    if known is None:
        return False
    _end(known, district.today(now), reason)
    await session.flush()
    await repository.set_flags(session, [account_id], autopay=False)
    if tell:
        await _tell(session, account_id, "autopay_off", district=district, now=now)
    return True


async def set_recurring(
    session: AsyncSession,
    account_id: UUID,
    *,
    amount_cents: int,
    day_of_month: int,
    method_label: str,
    now: datetime,
    district: District,
    method_id: UUID | None = None,
) -> Recurring:
    """Pay up to `amount_cents` on that day of each month, on its last day where it is shorter.

    :raises OptionRefusedError: `account_closed`, `no_bank_drafts`.
    :raises MalformedOptionError: an amount, a day or a label that cannot be.
    """
    _check_terms(amount_cents, day_of_month, district.policy.options.recurring_cents_max)
    today, label = district.today(now), _label(method_label)
    await _hold_active(session, account_id)
    _check_source(method_id, district)
    known = await repository.live(session, account_id, "recurring")
    if known is not None and _terms(known) == (amount_cents, day_of_month, label, method_id):
        return _recurring(known, today)
    _end(known, today, "replaced")
    await session.flush()
    made = PaymentInstruction(
        account_id=account_id,
        kind="recurring",
        method_label=label,
        method_id=method_id,
        amount_cents=amount_cents,
        day_of_month=day_of_month,
        started_on=today,
    )
    await repository.add(session, made)
    shown = _recurring(made, today)
    await _tell(
        session,
        account_id,
        "recurring_on",
        district=district,
        now=now,
        cents=amount_cents,
        day=shown.next_on,
        method=Source(label, method_id),
    )
    return shown


def _terms(found: PaymentInstruction) -> tuple[int | None, int | None, str, UUID | None]:
    return found.amount_cents, found.day_of_month, found.method_label, found.method_id


def _check_terms(amount_cents: int, day_of_month: int, cents_max: int) -> None:
    if not 0 < amount_cents <= cents_max:
        raise MalformedOptionError(f"A monthly payment is between $0.01 and ${cents_max / 100:,.2f}.")
    if not 1 <= day_of_month <= 31:
        raise MalformedOptionError("A day of the month is between 1 and 31.")


async def end_recurring(
    session: AsyncSession, account_id: UUID, *, reason: str, now: datetime, district: District, tell: bool = True
) -> bool:
    """Make no more payments on a day. False when there were none."""
    await repository.lock_account(session, account_id)
    known = await repository.live(session, account_id, "recurring")
    if known is None:
        return False
    _end(known, district.today(now), reason)
    await session.flush()
    if tell:
        await _tell(session, account_id, "recurring_off", district=district, now=now)
    return True


async def set_paperless(
    session: AsyncSession, account_id: UUID, *, paperless: bool, now: datetime, district: District
) -> bool:
    """Send bills by email, or on paper again; whether this changed anything.

    :raises OptionRefusedError: `no_email`: there is no address to send them to.
    """
    await repository.lock_account(session, account_id)
    facts = await accounts.account_facts(session, account_id)
    if paperless and facts.email is None:
        raise OptionRefusedError("no_email", "There is no email address on file. Add one first.")
    if facts.paperless == paperless:
        return False
    await repository.set_flags(session, [account_id], paperless=paperless)
    await _tell(session, account_id, "paperless_on" if paperless else "paperless_off", district=district, now=now)
    return True


def _label(given: str) -> str:
    if not rules.method_label_is_fit(given):
        raise MalformedOptionError('Name the way to pay like "checking ending 4421", without the whole number.')
    return given.strip()


async def _hold_active(session: AsyncSession, account_id: UUID) -> None:
    await repository.lock_account(session, account_id)
    if (await accounts.account_facts(session, account_id)).status != "active":
        raise OptionRefusedError("account_closed", "This account is closed, so nothing can be drawn for it.")


def _check_source(method_id: UUID | None, district: District) -> None:
    """Without a method on file the district's own bank draws, if it does."""
    if method_id is None and not district.policy.options.bank_drafts:
        detail = "Nothing can be drawn from there. Have the customer save a card or bank account, then choose it."
        raise OptionRefusedError("no_bank_drafts", detail)


def _end(instruction: PaymentInstruction | None, today: date, reason: str) -> None:
    if instruction is not None:
        instruction.ended_on, instruction.end_reason = today, reason


async def _label_told(session: AsyncSession, account_id: UUID, method: Source) -> str:
    """What is on file is called in the customer's language; a name that somebody gave stays what it is."""
    language = (await accounts.account_facts(session, account_id)).language
    on_file = await saved_methods.methods_of(session, account_id) if method.method_id is not None else []
    return next((one.label(language) for one in on_file if one.id == method.method_id), method.label)


async def _tell(
    session: AsyncSession,
    account_id: UUID,
    change: str,
    *,
    district: District,
    now: datetime,
    cents: int = 0,
    day: date | None = None,
    method: Source | None = None,
) -> None:
    words = await _label_told(session, account_id, method) if method is not None else ""
    await notices.tell_change(
        session, account_id, change, district=district, now=now, cents=cents, day=day, method=words
    )
    announce(session, "money", account_id=account_id)
