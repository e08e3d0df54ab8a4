"""The rows of the demonstration, collected in memory before they are copied into the database.

The same rows come out on every machine: ids are counted, not drawn, and nothing here reads a clock.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from backend.accounts.rules import account_number, pin_digest
from backend.demo import people
from backend.demo.charges import bill_cents
from backend.ledger import chart, rules

FIRST_ID_MILLISECONDS = 1_767_225_600_000
"""The start of 2026: ids look like version 7 UUIDs made then, a millisecond apart."""
DUE_DAYS = 21
READ_DAYS_BEFORE_BILL = 3


def demonstration_pin(number: str) -> str:
    """The PIN of a demonstration account: made from its number, so that nothing has to store it."""
    return f"{int.from_bytes(hashlib.sha256(f'demonstration {number}'.encode()).digest()[:8]) % 10_000:04d}"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer to be: `first_name` is None for an organisation without a contact's name."""

    name: str
    first_name: str | None
    language: str
    phone: str
    email: str | None
    kind: str = "person"
    more_phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A premise to be."""

    street: str
    zip: str
    unit: str | None = None
    meter_size: str = "5/8"


@dataclass(frozen=True, slots=True)
class Options:
    """What is particular about an account."""

    service_class: str = "residential"
    autopay: bool = False
    paperless: bool = False
    medical_protection: bool = False
    identity_locked: bool = False


ORDINARY = Options()


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An account in the book, with what billing it needs."""

    id: UUID
    number: str
    service_class: str
    meter_size: str


@dataclass(frozen=True, slots=True)
class BookedPayment:
    id: UUID
    entry_id: UUID
    account: OpenAccount
    amount_cents: int


class Book:
    """Collects rows as `rows[table]`, in the order of `seeding.COLUMNS`."""

    def __init__(self, secret_key: str, today: date) -> None:
        self.today = today
        self.rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._secret_key = secret_key
        self._ids = 0
        self._accounts = 0

    def _id(self) -> UUID:
        self._ids += 1
        head = (FIRST_ID_MILLISECONDS + self._ids) << 80
        return UUID(int=head | 0x7 << 76 | 0x2 << 62 | self._ids)

    def customer(self, person: Person) -> UUID:
        """Add a customer with their phones and email."""
        customer_id = self._id()
        self.rows["customers"].append((customer_id, person.kind, person.name, person.first_name, person.language))
        for rank, phone in enumerate((person.phone, *person.more_phones)):
            self.rows["customer_phones"].append((self._id(), customer_id, phone, rank, rank == 0))
        if person.email:
            self.rows["customer_emails"].append((self._id(), customer_id, person.email, 0))
        return customer_id

    def premise(self, place: Place, owner: UUID | None = None) -> UUID:
        """Add a premise with its meter."""
        premise_id = self._id()
        zone = people.ZONES[place.zip]
        self.rows["premises"].append(
            (premise_id, place.street, place.unit, people.CITY, people.STATE, place.zip, zone, owner)
        )
        serial = f"RS{len(self.rows['meters']) + 40_001}"
        installed = date(2016, 1, 15) + timedelta(days=self._ids % 2_900)
        self.rows["meters"].append((self._id(), premise_id, serial, place.meter_size, installed, None))
        return premise_id

    def account(
        self,
        customer_id: UUID,
        premise_id: UUID,
        meter_size: str,
        *,
        opened_on: date,
        closed_on: date | None = None,
        options: Options = ORDINARY,
    ) -> OpenAccount:
        """Add an account with its service agreement, its PIN's digest and its receivable."""
        self._accounts += 1
        account_id, number = self._id(), account_number(self._accounts * 37)
        digest = pin_digest(self._secret_key, account_id, demonstration_pin(number))
        status = "closed" if closed_on else "active"
        head = (account_id, number, customer_id, status, options.service_class, opened_on, closed_on, digest)
        self.rows["accounts"].append(
            (*head, options.autopay, options.paperless, options.medical_protection, options.identity_locked)
        )
        agreement = (self._id(), premise_id, account_id, options.service_class, opened_on, closed_on)
        self.rows["service_agreements"].append(agreement)
        self.rows["ledger_accounts"].append((account_id, chart.RECEIVABLE, "asset", account_id))
        return OpenAccount(account_id, number, options.service_class, meter_size)

    def bill(self, account: OpenAccount, usage_ccf: int, issued_on: date, days: int = 30) -> int:
        """Bill `days` of service that end shortly before `issued_on`; its amount in cents."""
        amount_cents = bill_cents(account.meter_size, usage_ccf, account.service_class)
        end = issued_on - timedelta(days=READ_DAYS_BEFORE_BILL)
        start = end - timedelta(days=days - 1)
        due = issued_on + timedelta(days=DUE_DAYS)
        entry_id = self._entry(
            f"demo:bill:{account.number}:{issued_on}",
            "bill",
            f"Water service {start} to {end}, {usage_ccf} CCF",
            issued_on,
            rules.transfer(account.id, chart.WATER_REVENUE, amount_cents, due),
        )
        head = (self._id(), account.id, entry_id, start, end, issued_on, due)
        self.rows["bills"].append((*head, usage_ccf, amount_cents))
        return amount_cents

    def payment(
        self, account: OpenAccount, amount_cents: int, received_on: date, method: str = "card"
    ) -> BookedPayment:
        """Record a payment."""
        entry_id = self._entry(
            f"demo:payment:{account.number}:{received_on}:{amount_cents}",
            "payment",
            f"Payment by {method.replace('_', ' ')}",
            received_on,
            rules.transfer(chart.CASH, account.id, amount_cents),
        )
        payment_id = self._id()
        self.rows["payments"].append((payment_id, account.id, entry_id, method, amount_cents, received_on))
        return BookedPayment(payment_id, entry_id, account, amount_cents)

    def fee(self, account: OpenAccount, amount_cents: int, description: str, charged_on: date, due_on: date) -> UUID:
        """Charge a fee; the id of its entry."""
        key = f"demo:fee:{account.number}:{charged_on}:{description}"
        postings = rules.transfer(account.id, chart.FEE_REVENUE, amount_cents, due_on)
        return self._entry(key, "fee", description, charged_on, postings)

    def returned(self, payment: BookedPayment, returned_on: date, fee_cents: int, fee_due_on: date) -> None:
        """The bank returns a payment for want of funds (R01): a reversal, and a fee."""
        account = payment.account
        postings = rules.transfer(chart.CASH, account.id, payment.amount_cents)
        reversal_id = self._entry(
            f"demo:return:{account.number}:{returned_on}",
            "reversal",
            "Payment returned by the bank (R01)",
            returned_on,
            tuple(posting.undone() for posting in postings),
            reverses_id=payment.entry_id,
        )
        fee_id = self.fee(account, fee_cents, "Returned payment fee", returned_on, fee_due_on)
        head = (self._id(), payment.id, account.id, reversal_id, fee_id, "R01")
        self.rows["payment_returns"].append((*head, payment.amount_cents, returned_on))

    def arrangement(
        self, account: OpenAccount, agreed_on: date, installments: list[tuple[date, int, date | None]]
    ) -> None:
        """An active payment plan of (due day, cents, day it was kept)."""
        arrangement_id, total = self._id(), sum(cents for _, cents, _ in installments)
        self.rows["arrangements"].append((arrangement_id, account.id, agreed_on, total, "active"))
        for number, installment in enumerate(installments, start=1):
            self.rows["arrangement_installments"].append((arrangement_id, number, *installment))

    def show(self, situation: str, account: OpenAccount) -> None:
        """Name an account as the one that shows `situation`."""
        position = len(self.rows["demo_customers"]) + 1
        self.rows["demo_customers"].append((situation, account.id, position))

    def _entry(
        self,
        key: str,
        kind: str,
        description: str,
        effective_on: date,
        postings: tuple[rules.Posting, ...],
        *,
        reverses_id: UUID | None = None,
    ) -> UUID:
        entry_id = self._id()
        entry = rules.Entry(key, kind, description, effective_on, postings, reverses_id)
        rules.check(entry)
        posted_at = datetime.combine(effective_on, time(18), UTC)
        digest = rules.content_digest(entry)
        head = (entry_id, key, kind, description, effective_on, posted_at, digest, reverses_id)
        self.rows["ledger_entries"].append((*head, len(postings)))
        for line, posting in enumerate(postings, start=1):
            self.rows["ledger_postings"].append(
                (entry_id, line, posting.ledger_account_id, posting.amount_cents, effective_on, posting.due_on)
            )
        return entry_id
