"""Takes money, or says why not: the one place where charges are made, settled, given back and disputed."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from processor.cards import BANK_ACCOUNT, TestMethod
from processor.errors import ProcessorError
from processor.state.charges import Charge, Charges
from processor.state.controls import Controls
from processor.state.database import stored, together
from processor.state.events import Events
from processor.state.keys import Keys
from processor.state.pages import Page, Pages
from processor.state.people import People


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be charged. `customer_present`: their bank can ask them."""

    reference: str
    amount_cents: int
    method: str
    description: str
    customer: str | None = None
    customer_present: bool = False


@dataclass
class Till:
    """The processor's state, and what may be done with it."""

    connection: sqlite3.Connection
    controls: Controls
    people: People
    pages: Pages
    charges: Charges
    events: Events
    keys: Keys

    def shown(self, charge: Charge) -> dict[str, Any]:
        """A charge as the interface shows it."""
        return {
            "id": charge.id,
            "reference": charge.reference,
            "amount_cents": charge.amount_cents,
            "description": charge.description,
            "state": charge.state,
            "decline": charge.decline if charge.state == "failed" else None,
            "created_at": stored(charge.created_at),
            "customer": charge.customer,
            "refunded_cents": self.charges.refunded_cents(charge.id),
            "method": self.people.shown(charge.method, charge.created_at.date()),
        }

    def take(self, order: Order, *, decline: str | None = None) -> Charge:
        """One attempt, recorded whatever comes of it. `decline`: what the operator wants its bank to say.

        :raises ProcessorError: 404; 409 `not_this_customers`.
        """
        method, owner = self.people.method(order.method)
        if order.customer is not None and owner != order.customer:
            raise ProcessorError(409, "method_gone", "This customer has no such method any more.")
        now = self.controls.now()
        no = decline or _objection(method, order.customer_present)
        state, settles_at = _state(method, no, self.controls.faults.settle_seconds, now)
        values = {
            "reference": order.reference,
            "customer": order.customer,
            "method": order.method,
            "amount_cents": order.amount_cents,
            "description": order.description,
            "state": state,
            "decline": no,
            "created_at": now,
            "settles_at": settles_at,
        }
        charge = self.charges.add(values)
        self.events.add(f"charge.{charge.state}", {"charge": self.shown(charge)}, now)
        return charge

    def complete(self, page: Page, method: str, order: Order | None) -> Charge | None:
        """The customer has done what the page was for; None for a set-up.

        :raises ProcessorError: 409 `page_over`.
        """
        with together(self.connection):
            charge = self.take(order) if order else None
            if charge is not None and charge.state == "failed":
                return charge
            if not self.pages.complete(page.id, method=method, charge=charge.id if charge else None):
                raise ProcessorError(409, "page_over", "This page was used or has expired.")
            self._tell_page(page, "page.completed")
        return charge

    def expire(self, page: Page) -> None:
        """The page's time is over, unless it was completed just now."""
        with together(self.connection):
            if self.pages.expire(page.id):
                self._tell_page(page, "page.expired")

    def _tell_page(self, page: Page, kind: str) -> None:
        data = {"id": page.id, "reference": page.reference, "mode": page.mode}
        self.events.add(kind, {"page": data}, self.controls.now())

    def settle(self, charge: Charge, decline: str | None) -> Charge:
        """The bank answers a pending debit."""
        with together(self.connection):
            settled = self.charges.settle(charge, decline)
            self.events.add(f"charge.{settled.state}", {"charge": self.shown(settled)}, self.controls.now())
        return settled

    def pass_time(self) -> None:
        """Let happen what is due by now: pages expire, debits settle."""
        now = self.controls.now()
        for page in self.pages.overdue(now):
            self.expire(page)
        for charge in self.charges.settling(now):
            self.settle(charge, charge.decline)

    def refund(self, charge: Charge, reference: str, amount_cents: int) -> dict[str, Any]:
        """Give part or all of it back, in the caller's transaction.

        :raises ProcessorError: 409 `not_refundable`.
        """
        left = charge.amount_cents - self.charges.refunded_cents(charge.id)
        if charge.state != "succeeded" or amount_cents > left:
            raise ProcessorError(409, "not_refundable", "That much is not left of this charge.", left_cents=left)
        now = self.controls.now()
        refund = self.charges.add_refund(charge, reference, amount_cents, now)
        self.events.add("refund.changed", {"refund": refund}, now)
        return refund

    def dispute(self, charge: Charge, reason: str) -> dict[str, Any]:
        """The customer's bank takes a charge back.

        :raises ProcessorError: 409 `not_disputable`.
        """
        if charge.state != "succeeded":
            raise ProcessorError(409, "not_disputable", "Only a charge that succeeded can be disputed.")
        now = self.controls.now()
        with together(self.connection):
            dispute = self.charges.add_dispute(charge, reason, now)
            self.events.add("dispute.opened", {"dispute": dispute}, now)
        return dispute

    def close_dispute(self, dispute_id: str, state: str) -> dict[str, Any]:
        """The bank has decided: `won` or `lost`."""
        with together(self.connection):
            dispute = self.charges.close_dispute(dispute_id, state)
            self.events.add("dispute.closed", {"dispute": dispute}, self.controls.now())
        return dispute


def _objection(method: TestMethod, customer_present: bool) -> str | None:
    if method.verifies and customer_present:
        return None
    return method.decline


def _state(
    method: TestMethod, decline: str | None, settle_seconds: float | None, now: datetime
) -> tuple[str, datetime | None]:
    """What a charge is at first, and when its bank answers."""
    if method.kind == BANK_ACCOUNT:
        return "pending", now + timedelta(seconds=settle_seconds) if settle_seconds is not None else None
    return ("failed" if decline else "succeeded"), None
