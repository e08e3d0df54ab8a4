"""What a payment may be, and what it pays first. The database allocates by the same order (`allocate_credits`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

TENDERS = ("cash", "check", "card", "bank_transfer", "lockbox")
COUNTED_TENDERS = ("cash", "check")
"""What lies in a drawer and is counted when it closes."""


class AmountRefusedError(ValueError):
    """An amount that no payment can be; the message says why."""


@dataclass(frozen=True, slots=True)
class Order:
    """The district's order of allocation.

    `first`: `oldest_first` goes by due date alone, `service_first` and `fees_first` put one kind first of all.
    `within_date`: which kind comes first among charges due the same day. `on_plan`: while an arrangement is active,
    `current_bill_first` pays what was charged after it was agreed before what it put off, so that the current bill is
    not missed and the plan not broken by allocation; `as_usual` makes no difference.
    """

    first: Literal["oldest_first", "service_first", "fees_first"] = "oldest_first"
    within_date: Literal["service_first", "fees_first"] = "service_first"
    on_plan: Literal["current_bill_first", "as_usual"] = "current_bill_first"


@dataclass(frozen=True, slots=True)
class Charge:
    """What is unpaid of one charge, in cents. `key` tells it apart, and decides between equals."""

    key: tuple[str, int]
    unpaid_cents: int
    is_fee: bool
    charged_on: date
    due_on: date


def check_amount(amount_cents: int, largest_cents: int) -> None:
    """:raises AmountRefusedError: not positive, or more than the district takes in one payment."""
    if amount_cents <= 0:
        raise AmountRefusedError("a payment is more than nothing")
    if amount_cents > largest_cents:
        raise AmountRefusedError(
            f"a payment of more than {dollars(largest_cents)} is refused as a slip of the keyboard"
        )


def in_order(charges: Iterable[Charge], order: Order, plan_agreed_on: date | None) -> list[Charge]:
    """The charges as they are to be paid; `plan_agreed_on` is the day of the active arrangement, if there is one."""

    def place(charge: Charge) -> tuple[object, ...]:
        put_off = plan_agreed_on is not None and charge.charged_on <= plan_agreed_on
        on_plan = order.on_plan == "current_bill_first" and put_off
        kind_first = {"oldest_first": False, "service_first": charge.is_fee, "fees_first": not charge.is_fee}
        same_day = charge.is_fee == (order.within_date == "service_first")
        return (on_plan, kind_first[order.first], charge.due_on, same_day, charge.charged_on, charge.key)

    return sorted(charges, key=place)


def allocate(amount_cents: int, ordered: Iterable[Charge]) -> list[tuple[Charge, int]]:
    """What of `amount_cents` each charge gets, in order; what is left over stays the customer's credit."""
    paid = []
    for charge in ordered:
        cents = min(amount_cents, charge.unpaid_cents)
        if cents > 0:
            paid.append((charge, cents))
            amount_cents -= cents
    return paid


def dollars(cents: int) -> str:
    """ "$1,234.50"."""
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"
