"""What an account is and owes. Callers have checked who is asking; nothing here does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import repository, rules
from backend.errors import NotFoundError


class AccountNotFoundError(NotFoundError):
    """404: there is no such account."""

    def __init__(self) -> None:
        super().__init__("account_not_found", "There is no such account. Check the account's id.")


@dataclass(frozen=True, slots=True)
class PaymentFact:
    amount_cents: int
    received_on: date
    method: str


@dataclass(frozen=True, slots=True)
class BillFact:
    amount_cents: int
    issued_on: date
    due_date: date


@dataclass(frozen=True, slots=True)
class ArrangementFact:
    installment_cents: int
    next_due_on: date


@dataclass(frozen=True, slots=True)
class ReturnedPaymentFact:
    amount_cents: int
    returned_on: date


@dataclass(frozen=True, slots=True)
class Balance:
    """The facts of `GET …/balance`. Owed is positive; `credit_cents` is what the district owes."""

    number: str
    balance_cents: int
    past_due_cents: int
    due_date: date | None
    last_payment: PaymentFact | None
    last_bill: BillFact | None
    credit_cents: int
    autopay: bool
    arrangement: ArrangementFact | None
    returned_payment: ReturnedPaymentFact | None
    medical_protection: bool
    as_of: datetime


async def balance(session: AsyncSession, account_id: UUID, now: datetime, today: date) -> Balance:
    """What the account owes at `now`, which is `today` in the district. One round trip.

    :raises AccountNotFoundError: no such account.
    """
    returned_since = today - timedelta(days=rules.RETURNED_PAYMENT_SHOWN_DAYS)
    row = await repository.balance_row(session, account_id, today, returned_since)
    if row is None:
        raise AccountNotFoundError
    return _balance(row, now)


def _balance(row: Mapping[str, Any], now: datetime) -> Balance:
    owed: int = row["balance_cents"]
    bill = _bill(row)
    return Balance(
        number=row["number"],
        balance_cents=owed,
        past_due_cents=rules.past_due_cents(owed, row["not_yet_due_cents"], row["arranged_cents"]),
        due_date=bill.due_date if bill and owed > 0 else None,
        last_payment=_payment(row),
        last_bill=bill,
        credit_cents=rules.credit_cents(owed),
        autopay=row["autopay"],
        arrangement=_arrangement(row),
        returned_payment=_returned(row),
        medical_protection=row["medical_protection"],
        as_of=now,
    )


def _bill(row: Mapping[str, Any]) -> BillFact | None:
    if row["bill_cents"] is None:
        return None
    return BillFact(row["bill_cents"], row["bill_issued_on"], row["bill_due_date"])


def _payment(row: Mapping[str, Any]) -> PaymentFact | None:
    if row["payment_cents"] is None:
        return None
    return PaymentFact(row["payment_cents"], row["received_on"], row["method"])


def _arrangement(row: Mapping[str, Any]) -> ArrangementFact | None:
    if row["installment_cents"] is None:
        return None
    return ArrangementFact(row["installment_cents"], row["next_due_on"])


def _returned(row: Mapping[str, Any]) -> ReturnedPaymentFact | None:
    if row["returned_cents"] is None:
        return None
    return ReturnedPaymentFact(row["returned_cents"], row["returned_on"])


def address(street: str | None, unit: str | None, city: str | None) -> str:
    """ "14210 Mesquite Ln, Unit 4, Rio Seco"; what is not known is left out."""
    return ", ".join(part for part in (street, unit, city) if part)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account with its customer and the premise it serves (or served last).

    `text_phone` is where codes and notices by text go; `pin_digest` is `rules.pin_digest` of the PIN.
    """

    account_id: UUID
    number: str
    status: str
    service_class: str
    opened_on: date
    closed_on: date | None
    pin_digest: bytes | None
    autopay: bool
    paperless: bool
    medical_protection: bool
    identity_locked: bool
    name: str
    first_name: str | None
    language: str
    street: str | None
    unit: str | None
    city: str | None
    state: str | None
    zip: str | None
    phone: str | None
    text_phone: str | None
    email: str | None

    @property
    def service_address(self) -> str:
        """ "14210 Mesquite Ln, Unit 4, Rio Seco"; empty when the account never had service."""
        return address(self.street, self.unit, self.city)

    @property
    def address_hint(self) -> str:
        """The street with its house number hidden, to choose among one's own accounts."""
        return rules.address_hint(self.street) if self.street else rules.mask_number(self.number)


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """The facts of `GET …/account`: what a verified customer hears about their own account."""

    account_number_masked: str
    first_name: str | None
    service_address: str
    status: str
    email_masked: str | None
    phone_masked: str | None
    autopay: bool
    paperless: bool
    as_of: datetime


async def account_facts(session: AsyncSession, account_id: UUID) -> AccountFacts:
    """Everything about one account but its money.

    :raises AccountNotFoundError: no such account.
    """
    row = await repository.facts_by_id(session, account_id)
    if row is None:
        raise AccountNotFoundError
    return _facts(row)


async def account_summary(session: AsyncSession, account_id: UUID, now: datetime) -> AccountSummary:
    """What a verified customer may hear about their account, contacts masked.

    :raises AccountNotFoundError: no such account.
    """
    facts = await account_facts(session, account_id)
    return AccountSummary(
        account_number_masked=rules.mask_number(facts.number),
        first_name=facts.first_name,
        service_address=facts.service_address,
        status=facts.status,
        email_masked=rules.mask_email(facts.email) if facts.email else None,
        phone_masked=rules.mask_phone(facts.phone) if facts.phone else None,
        autopay=facts.autopay,
        paperless=facts.paperless,
        as_of=now,
    )


async def candidates_by_account_number(session: AsyncSession, number: str) -> list[AccountFacts]:
    """The account of that number, or none.

    The database is asked even when the check digit is wrong, so that the answer takes as long for a
    number that cannot exist as for one that does.
    """
    return [_facts(row) for row in await repository.facts_by_number(session, number)]


async def candidates_by_phone(session: AsyncSession, phone: str) -> list[AccountFacts]:
    """The accounts of every customer with `phone` (E.164) on file, active ones first, at most 20."""
    return [_facts(row) for row in await repository.facts_by_phone(session, phone)]


async def change_email(session: AsyncSession, account_id: UUID, email: str) -> AccountFacts:
    """Make `email` the customer's address; the facts as they were before, to tell the old contact.

    :raises AccountNotFoundError: no such account.
    """
    before = await account_facts(session, account_id)
    await repository.replace_email(session, account_id, email)
    return before


def _facts(row: RowMapping) -> AccountFacts:
    values = {name: row[name] for name in AccountFacts.__dataclass_fields__ if name != "account_id"}
    return AccountFacts(account_id=row["id"], **values)
