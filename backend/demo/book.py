"""The rows of the demonstration, collected in memory before they are copied into the database."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import orjson

from backend.accounts.rules import account_number, pin_digest
from backend.demo import people
from backend.demo.charging import Charging
from backend.demo.entries import (
    ORDINARY,
    BookedBill,
    OpenAccount,
    OpenService,
    Options,
    Person,
    Place,
    demonstration_pin,
)
from backend.demo.metering import Metered
from backend.demo.money import MoneyBook
from backend.ledger import chart, rules
from backend.rates.service import RateBook

DUE_DAYS = 21
METERS = {"5/8": (6, Decimal("0.010000")), "2": (6, Decimal("0.100000")), "4": (6, Decimal("0.100000"))}
"""Meter size → the register's digits, and what a count is in CCF: a cubic foot, ten on large meters."""
READ_DAYS_BEFORE_BILL = 3
ROUTES = {"Valley": "10", "Mesa": "20", "Foothill": "30"}
"""Zone → the route on which its meters are read."""


class Book(MoneyBook):
    """Collects the rows of customers, premises, accounts, reads and bills, and of their money."""

    def __init__(self, secret_key: str, today: date, rates: RateBook) -> None:
        super().__init__(today)
        self.charging = Charging(rates, today)
        self._runs: dict[tuple[int, date], int] = {}
        self._places: dict[UUID, tuple[Place, date]] = {}
        self._secret_key = secret_key
        self._accounts = 0

    def customer(self, person: Person) -> UUID:
        """Add a customer with their phones and email."""
        customer_id = self.new_id()
        self.rows["customers"].append((customer_id, person.kind, person.name, person.first_name, person.language))
        for rank, phone in enumerate((person.phone, *person.more_phones)):
            self.rows["customer_phones"].append((self.new_id(), customer_id, phone, rank, rank == 0 and person.texts))
        if person.email:
            self.rows["customer_emails"].append((self.new_id(), customer_id, person.email, 0))
        return customer_id

    def premise(self, place: Place, owner: UUID | None = None) -> UUID:
        """Add a premise."""
        premise_id = self.new_id()
        zone = people.ZONES[place.zip]
        self.rows["premises"].append(
            (premise_id, place.street, place.unit, people.CITY, people.STATE, place.zip, zone, owner)
        )
        self._places[premise_id] = place, date(2016, 1, 15) + timedelta(days=self._ids % 2_900)
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
        """Add an account with its service agreement and meter."""
        account = self.empty_account(customer_id, opened_on, options, closed_on)
        size = self._places[premise_id][0].meter_size
        self.service(account, premise_id, options.service_class, (size,), landscape_sqft=options.landscape_sqft)
        return account

    def empty_account(
        self, customer_id: UUID, opened_on: date, options: Options, closed_on: date | None = None
    ) -> OpenAccount:
        """Add an account without a service yet, with its PIN's digest and its receivable."""
        self._accounts += 1
        account_id, number = self.new_id(), account_number(self._accounts * 37)
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
        self.rows["ledger_accounts"].append((account_id, chart.RECEIVABLE, "asset", account_id))
        if options.autopay:
            self._autopay(account_id, number, opened_on)
        return OpenAccount(account_id, number, opened_on, closed_on)

    def service(
        self,
        account: OpenAccount,
        premise_id: UUID,
        service_class: str,
        sizes: Sequence[str],
        *,
        landscape_sqft: int = 0,
        shares_premise: bool = False,
    ) -> None:
        """Add a service agreement to the account, with meters of these sizes; several classes share their premise."""
        place, installed_on = self._places[premise_id]
        persons = 0 if service_class == "irrigation" else 3
        agreement_id = self.new_id()
        agreement = (agreement_id, premise_id, account.id, service_class, account.opened_on, account.closed_on)
        self.rows["service_agreements"].append((*agreement, persons, landscape_sqft))
        meters = [
            self._meter(premise_id, size, installed_on, service_class if shares_premise else None) for size in sizes
        ]
        for number, metered in enumerate(meters):
            metered.value = 100_000 + (int(account.number) + 271 * number) * 7919 % 500_000 // 10
        zone = people.ZONES[place.zip]
        account.services.append(OpenService(agreement_id, service_class, zone, persons, landscape_sqft, meters))

    def _meter(self, premise_id: UUID, size: str, installed_on: date, service_class: str | None) -> Metered:
        digits, each = METERS.get(size, METERS["5/8"])
        serial, meter_id = f"RS{len(self.rows['meters']) + 40_001}", self.new_id()
        head = (meter_id, premise_id, serial, size, installed_on, None, digits, each)
        route = (ROUTES[people.ZONES[self._places[premise_id][0].zip]], 10 * len(self.rows["meters"]) + 10)
        self.rows["meters"].append((*head, *route, service_class))
        return Metered(meter_id, size, digits, each)

    def _autopay(self, account_id: UUID, number: str, opened_on: date) -> None:
        label = f"checking ending {int(number) % 9_000 + 1_000}"
        self.rows["payment_instructions"].append((self.new_id(), account_id, "autopay", label, opened_on))

    def opening_read(self, account: OpenAccount, day: date) -> None:
        """The read with which a service begins."""
        for metered in account.meters:
            self._read(metered, day, "actual")

    def read(self, account: OpenAccount, usage_ccf: int, day: date, kind: str = "actual") -> None:
        """The first meter counts whole units and, by chance, a part of the next; then it is read."""
        account.metered.use(usage_ccf)
        self._read(account.metered, day, kind)

    def _read(self, metered: Metered, day: date, kind: str) -> None:
        self.rows["meter_reads"].append((self.new_id(), metered.meter_id, day, kind, metered.shown))
        metered.read_on, metered.read_value, metered.read_kind = day, metered.shown, kind

    def wrong_read(self, account: OpenAccount, value: int, day: date) -> None:
        """A read of `value`, whatever the register showed."""
        self.rows["meter_reads"].append((self.new_id(), account.metered.meter_id, day, "actual", value))

    def exchange(self, account: OpenAccount, day: date) -> None:
        """Another meter of the same size is put in: an out-read of the old one, an in-read of the new one."""
        metered = account.metered
        self.rows["meter_reads"].append((self.new_id(), metered.meter_id, day, "exchange_out", metered.shown))
        place = next(n for n, row in enumerate(self.rows["meters"]) if row[0] == metered.meter_id)
        old = self.rows["meters"][place]
        self.rows["meters"][place] = (*old[:5], day, *old[6:])
        new_id, serial = self.new_id(), f"RS{len(self.rows['meters']) + 40_001}"
        self.rows["meters"].append((new_id, old[1], serial, metered.size, day, None, *old[6:]))
        metered.meter_id, metered.value = new_id, 0
        self.rows["meter_reads"].append((self.new_id(), new_id, day, "exchange_in", 0))

    def bill(
        self,
        account: OpenAccount,
        usage_ccf: int,
        issued_on: date,
        *,
        more: Sequence[int] = (),
        cycle: int | None = None,
        kind: str = "regular",
        estimated: bool = False,
    ) -> BookedBill:
        """Bill the services from the last read to the one shortly before `issued_on`.

        `more` is the use of the account's further meters. The first bill is of 30 days. `cycle` makes it one of that
        cycle's run; an `estimated` read is what an actual one would have shown.
        """
        end = issued_on - timedelta(days=READ_DAYS_BEFORE_BILL)
        if account.metered.read_on is None:
            self.opening_read(account, end - timedelta(days=30))
        assert account.metered.read_on is not None
        period = account.metered.read_on + timedelta(days=1), end
        read_kind = "estimated" if estimated else "actual"
        drafts = self.charging.services(account, (usage_ccf, *more), period, read_kind)
        for metered in account.meters:
            self._read(metered, end, read_kind)
        amount_cents = sum(line[-1] for draft in drafts for line in draft.lines)
        units, due_on = usage_ccf + sum(more), issued_on + timedelta(days=DUE_DAYS)
        entry_id = self._entry(
            f"demo:bill:{account.number}:{issued_on}",
            "bill",
            f"Water service {period[0]} to {end}, {units} CCF",
            issued_on,
            rules.transfer(account.id, chart.WATER_REVENUE, amount_cents, due_on),
        )
        bill_id = self.new_id()
        run_id = None if cycle is None else self._run(cycle, *period, issued_on)
        head = (bill_id, account.id, entry_id, *period, issued_on, due_on)
        self.rows["bills"].append((*head, units, amount_cents, run_id, kind, estimated))
        lines = [(*line, *draft.head) for draft in drafts for line in draft.lines]
        self.rows["bill_lines"].extend((bill_id, place, *line) for place, line in enumerate(lines, start=1))
        for number, draft in enumerate(drafts, start=1):
            inches = f"{{{','.join(map(str, draft.et_inches))}}}"
            row = (bill_id, number, *draft.head, *period, draft.units, estimated, draft.persons, draft.landscape_sqft)
            self.rows["bill_services"].append((*row, inches, orjson.dumps(draft.meters).decode()))
        return BookedBill(bill_id, entry_id, account, amount_cents, issued_on, due_on)

    def _run(self, cycle: int, start: date, end: date, issued_on: date) -> UUID:
        """The run that made a cycle's bills of a period."""
        if (cycle, end) not in self._runs:
            self._runs[cycle, end] = len(self.rows["billing_runs"])
            billed_at = datetime.combine(issued_on, time(18), UTC)
            self.rows["billing_runs"].append((self.new_id(), cycle, start, end, "billed", *[billed_at] * 3, 0))
        place = self._runs[cycle, end]
        *head, bills = self.rows["billing_runs"][place]
        self.rows["billing_runs"][place] = (*head, bills + 1)
        run_id: UUID = head[0]
        return run_id

    def hold(self, account: OpenAccount, reason: str) -> None:
        """Let no bill of the account go out for now."""
        place = next(n for n, row in enumerate(self.rows["accounts"]) if row[0] == account.id)
        self.rows["accounts"][place] = (*self.rows["accounts"][place][:-1], reason)

    def low_income(self, account: OpenAccount, program: str, declared_on: date, expires_on: date) -> None:
        """The household showed a program that it is in."""
        recorded_at = datetime.combine(declared_on, time(18), UTC)
        self.rows["low_income_declarations"].append(
            (self.new_id(), account.id, "program", program, declared_on, expires_on, recorded_at)
        )

    def show(self, situation: str, account: OpenAccount) -> None:
        """Name an account as the one that shows `situation`."""
        position = len(self.rows["demo_customers"]) + 1
        self.rows["demo_customers"].append((situation, account.id, position))
