"""The rows of the demonstration, collected in memory before they are copied into the database.

The same rows come out on every machine: ids are counted, not drawn, and nothing here reads a clock.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.accounts.rules import account_number, pin_digest
from backend.demo import people
from backend.demo.charging import Charging, Metered
from backend.demo.entries import ORDINARY, BookedPayment, Fee, OpenAccount, Options, Person, Place, demonstration_pin
from backend.ledger import chart, rules
from backend.rates.service import RateBook

FIRST_ID_MILLISECONDS = 1_767_225_600_000
"""The start of 2026: ids look like version 7 UUIDs made then, a millisecond apart."""
DUE_DAYS = 21
METERS = {"5/8": (6, Decimal("0.01")), "2": (6, Decimal("0.1"))}
"""Meter size → the register's digits, and what a count is in CCF: a cubic foot, ten on large meters."""
READ_DAYS_BEFORE_BILL = 3


class Book:
    """Collects rows as `rows[table]`, in the order of `seeding.COLUMNS`."""

    def __init__(self, secret_key: str, today: date, rates: RateBook) -> None:
        self.today = today
        self.charging = Charging(rates, today)
        self._runs: dict[tuple[int, date], int] = {}
        self._at: dict[UUID, tuple[UUID, Place]] = {}
        self.rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._secret_key = secret_key
        self._ids = 0
        self.newest_entry_id = UUID(int=0)
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
        meter_id = self._id()
        digits, each = METERS.get(place.meter_size, METERS["5/8"])
        self.rows["meters"].append((meter_id, premise_id, serial, place.meter_size, installed, None, digits, each))
        self._at[premise_id] = (meter_id, place)
        return premise_id

    def account(
        self,
        customer_id: UUID,
        premise_id: UUID,
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
            (
                *head,
                options.autopay,
                options.paperless,
                options.medical_protection,
                options.identity_locked,
                options.cycle,
                None,
            )
        )
        persons = 0 if options.service_class == "irrigation" else 3
        agreement_id = self._id()
        agreement = (agreement_id, premise_id, account_id, options.service_class, opened_on, closed_on)
        self.rows["service_agreements"].append((*agreement, persons, options.landscape_sqft))
        self.rows["ledger_accounts"].append((account_id, chart.RECEIVABLE, "asset", account_id))
        if options.autopay:
            self._autopay(account_id, number, opened_on)
        meter_id, place = self._at[premise_id]
        digits, each = METERS.get(place.meter_size, METERS["5/8"])
        metered = Metered(
            meter_id, place.meter_size, digits, each, people.ZONES[place.zip], persons, options.landscape_sqft
        )
        metered.value = 100_000 + int(number) * 7919 % 500_000 // 10
        return OpenAccount(account_id, number, options.service_class, metered, agreement_id)

    def _autopay(self, account_id: UUID, number: str, opened_on: date) -> None:
        label = f"checking ending {int(number) % 9_000 + 1_000}"
        self.rows["payment_instructions"].append((self._id(), account_id, "autopay", label, opened_on))

    def opening_read(self, account: OpenAccount, day: date) -> None:
        """The read with which a service begins."""
        self._read(account.metered, day, "actual")

    def read(self, account: OpenAccount, usage_ccf: int, day: date, kind: str = "actual") -> None:
        """The meter counts whole units and, by chance, a part of the next; then it is read."""
        account.metered.use(usage_ccf)
        self._read(account.metered, day, kind)

    def _read(self, metered: Metered, day: date, kind: str) -> None:
        self.rows["meter_reads"].append((self._id(), metered.meter_id, day, kind, metered.shown))
        metered.read_on = day

    def wrong_read(self, account: OpenAccount, value: int, day: date) -> None:
        """A read of `value`, whatever the register showed."""
        self.rows["meter_reads"].append((self._id(), account.metered.meter_id, day, "actual", value))

    def exchange(self, account: OpenAccount, day: date) -> None:
        """Another meter of the same size is put in: an out-read of the old one, an in-read of the new one."""
        metered = account.metered
        self.rows["meter_reads"].append((self._id(), metered.meter_id, day, "exchange_out", metered.shown))
        place = next(n for n, row in enumerate(self.rows["meters"]) if row[0] == metered.meter_id)
        old = self.rows["meters"][place]
        self.rows["meters"][place] = (*old[:5], day, *old[6:])
        new_id, serial = self._id(), f"RS{len(self.rows['meters']) + 40_001}"
        self.rows["meters"].append((new_id, old[1], serial, metered.size, day, None, *old[6:]))
        metered.meter_id, metered.value = new_id, 0
        self.rows["meter_reads"].append((self._id(), new_id, day, "exchange_in", 0))

    def bill(
        self, account: OpenAccount, usage_ccf: int, issued_on: date, *, cycle: int | None = None, kind: str = "regular"
    ) -> int:
        """Bill the service from the last read to the one shortly before `issued_on`; its amount in cents.

        The first bill is of 30 days. `cycle` makes it one of that cycle's run.
        """
        end = issued_on - timedelta(days=READ_DAYS_BEFORE_BILL)
        if account.metered.read_on is None:
            self._read(account.metered, end - timedelta(days=30), "actual")
        assert account.metered.read_on is not None
        start = account.metered.read_on + timedelta(days=1)
        self.read(account, usage_ccf, end)
        lines = self.charging.lines(account.service_class, account.metered, usage_ccf, (start, end))
        amount_cents = sum(line[-1] for line in lines)
        due = issued_on + timedelta(days=DUE_DAYS)
        entry_id = self._entry(
            f"demo:bill:{account.number}:{issued_on}",
            "bill",
            f"Water service {start} to {end}, {usage_ccf} CCF",
            issued_on,
            rules.transfer(account.id, chart.WATER_REVENUE, amount_cents, due),
        )
        bill_id = self._id()
        run_id = None if cycle is None else self._run(cycle, start, end, issued_on)
        head = (bill_id, account.id, entry_id, start, end, issued_on, due)
        self.rows["bills"].append((*head, usage_ccf, amount_cents, run_id, kind))
        service = (account.agreement_id, account.service_class)
        self.rows["bill_lines"].extend((bill_id, number, *line, *service) for number, line in enumerate(lines, start=1))
        return amount_cents

    def _run(self, cycle: int, start: date, end: date, issued_on: date) -> UUID:
        """The run that made a cycle's bills of a period."""
        if (cycle, end) not in self._runs:
            self._runs[cycle, end] = len(self.rows["billing_runs"])
            billed_at = datetime.combine(issued_on, time(18), UTC)
            self.rows["billing_runs"].append((self._id(), cycle, start, end, "billed", *[billed_at] * 3, 0))
        place = self._runs[cycle, end]
        *head, bills = self.rows["billing_runs"][place]
        self.rows["billing_runs"][place] = (*head, bills + 1)
        run_id: UUID = head[0]
        return run_id

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

    def fee(self, account: OpenAccount, fee: Fee, charged_on: date, due_on: date) -> UUID:
        """Charge a fee; the id of its entry."""
        key = f"demo:fee:{account.number}:{charged_on}:{fee.description}"
        postings = rules.transfer(account.id, chart.FEE_REVENUE, fee.amount_cents, due_on)
        entry_id = self._entry(key, "fee", fee.description, charged_on, postings)
        head = (self._id(), account.id, fee.code, fee.amount_cents, charged_on)
        self.rows["fee_charges"].append((*head, entry_id, fee.caused_by_entry_id))
        return entry_id

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
        fee = Fee("returned_payment", fee_cents, "Returned payment fee", payment.entry_id)
        fee_id = self.fee(account, fee, returned_on, fee_due_on)
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

    def hold(self, account: OpenAccount, reason: str) -> None:
        """Let no bill of the account go out for now."""
        place = next(n for n, row in enumerate(self.rows["accounts"]) if row[0] == account.id)
        self.rows["accounts"][place] = (*self.rows["accounts"][place][:-1], reason)

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
        entry_id = self.newest_entry_id = self._id()
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
