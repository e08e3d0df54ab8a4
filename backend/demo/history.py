"""A year of bills and payments for one account, relative to the day of the last bill."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum

from backend.demo.book import DUE_DAYS, READ_DAYS_BEFORE_BILL, Book
from backend.demo.entries import OpenAccount

MONTHS = 13
AGE_OF_CYCLE = {1: 3, 2: 10, 3: 17, 4: 31}
"""Billing cycle → how many days ago its last bills were issued."""
CURRENT_CYCLE = 4
"""The cycle whose meters have just been read and whose bills are not made yet."""
NEVER = 100_000
"""Days until a bill is paid that nobody has paid yet."""
# Summer is the fifth to seventh month before the last bill, whenever the demonstration is made.
SEASON_PERCENT = (70, 66, 72, 84, 100, 122, 140, 144, 132, 114, 94, 80, 71)


class Habit(Enum):
    """When a customer pays: days after the bill was issued."""

    AUTOPAY = (DUE_DAYS, DUE_DAYS)
    PROMPT = (6, 17)
    LATE = (DUE_DAYS + 2, DUE_DAYS + 16)


def months_before(day: date, months: int) -> date:
    """The same day of the month, `months` earlier; the 28th at most if it is another month."""
    if months == 0:
        return day
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, min(day.day, 28))


def next_read_day(today: date) -> date:
    """When the meters of the current cycle were read: a month after its last bills' period ended."""
    last = today - timedelta(days=AGE_OF_CYCLE[CURRENT_CYCLE] + READ_DAYS_BEFORE_BILL)
    year, month = last.year + last.month // 12, last.month % 12 + 1
    return date(year, month, min(last.day, 28))


def seasonal(usage_ccf: int, month: int) -> int:
    """The usage in month `month` (0 is the oldest) of someone who uses `usage_ccf` on average."""
    return max(1, usage_ccf * SEASON_PERCENT[month % MONTHS] // 100)


def bill_and_pay(
    book: Book,
    account: OpenAccount,
    usages: Iterable[int],
    pay_days: Iterable[int],
    *,
    age_days: int,
    method: str,
    cycle: int | None = None,
) -> None:
    """Bill each usage (oldest first, one a month, the last `age_days` ago) and pay each `pay_days` after it.

    Whether a bill is paid is counted in months of 30 days, so that no balance depends on the calendar.
    """
    listed = list(usages)
    last_issued_on = book.today - timedelta(days=age_days)
    for age, usage, days in zip(range(len(listed) - 1, -1, -1), listed, pay_days, strict=True):
        issued_on = months_before(last_issued_on, age)
        cents = book.bill(account, usage, issued_on, cycle=cycle).amount_cents
        if days <= age_days + 30 * age:
            book.payment(account, cents, min(issued_on + timedelta(days=days), book.today), method)
