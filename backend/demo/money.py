"""The money of the demonstration's book: entries, payments, fees, returns, plans and budget bills.

The same rows come out on every machine: ids are counted, not drawn, and nothing here reads a clock.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from backend.demo.entries import BookedBill, BookedPayment, Fee, OpenAccount
from backend.ledger import chart, rules

FIRST_ID_MILLISECONDS = 1_767_225_600_000
"""The start of 2026: ids look like version 7 UUIDs made then, a millisecond apart."""


class MoneyBook:
    """Collects rows as `rows[table]`, in the order of `seeding.COLUMNS`."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._ids = 0

    def new_id(self) -> UUID:
        """The next id."""
        self._ids += 1
        head = (FIRST_ID_MILLISECONDS + self._ids) << 80
        return UUID(int=head | 0x7 << 76 | 0x2 << 62 | self._ids)

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
        payment_id = self.new_id()
        self.rows["payments"].append((payment_id, account.id, entry_id, method, amount_cents, received_on))
        return BookedPayment(payment_id, entry_id, account, amount_cents)

    def fee(self, account: OpenAccount, fee: Fee, charged_on: date, due_on: date) -> UUID:
        """Charge a fee; the id of its entry."""
        key = f"demo:fee:{account.number}:{charged_on}:{fee.description}"
        postings = rules.transfer(account.id, chart.FEE_REVENUE, fee.amount_cents, due_on)
        entry_id = self._entry(key, "fee", fee.description, charged_on, postings)
        head = (self.new_id(), account.id, fee.code, fee.amount_cents, charged_on)
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
        head = (self.new_id(), payment.id, account.id, reversal_id, fee_id, "R01")
        self.rows["payment_returns"].append((*head, payment.amount_cents, returned_on))

    def arrangement(
        self, account: OpenAccount, agreed_on: date, installments: list[tuple[date, int, date | None]]
    ) -> None:
        """An active payment plan of (due day, cents, day it was kept)."""
        arrangement_id, total = self.new_id(), sum(cents for _, cents, _ in installments)
        self.rows["arrangements"].append((arrangement_id, account.id, agreed_on, total, "active"))
        for number, installment in enumerate(installments, start=1):
            self.rows["arrangement_installments"].append((arrangement_id, number, *installment))

    def budget(self, account: OpenAccount, monthly_cents: int, started_on: date, recalculate_on: date) -> UUID:
        """A budget bill in force; its id."""
        budget_id = self.new_id()
        self.rows["budget_bills"].append((budget_id, account.id, monthly_cents, started_on, recalculate_on))
        return budget_id

    def level(self, budget_id: UUID, bill: BookedBill, monthly_cents: int) -> None:
        """Bring a bill to the monthly amount, as a night does after it was issued."""
        deferred = bill.amount_cents - monthly_cents
        if not deferred:
            return
        postings = (
            rules.Posting(bill.account.id, -deferred, bill.due_on),
            rules.Posting(chart.BUDGET_DEFERRED, deferred),
        )
        words = "Budget billing: brought to the monthly amount"
        entry_id = self._entry(f"budget:{bill.id}", "transfer", words, bill.issued_on, postings)
        self.rows["budget_entries"].append((entry_id, budget_id, "level", bill.id, deferred))

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
        entry_id = self.new_id()
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
