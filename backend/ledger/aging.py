"""How old what is owed is, by its due dates. Pure: values in, values out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LIMITS_DAYS = (30, 60, 90)
"""Past due buckets: up to 30 days, up to 60, up to 90, and more."""


@dataclass(frozen=True, slots=True)
class Aging:
    """A balance by age, in cents: `past_due_cents` has a bucket for each of `LIMITS_DAYS` and one for what is older.

    `not_due_cents` + the buckets − `credit_cents` is the balance.
    """

    not_due_cents: int
    past_due_cents: tuple[int, ...]
    credit_cents: int

    @property
    def balance_cents(self) -> int:
        return self.not_due_cents + sum(self.past_due_cents) - self.credit_cents


def age(charges_cents: Mapping[date, int], credits_cents: int, today: date) -> Aging:
    """What is left of charges by due date when `credits_cents` (positive) have paid the oldest first.

    A charge that falls due today is not late; what was taken back of a charge is already off its sum.
    """
    not_due, past = 0, [0] * (len(LIMITS_DAYS) + 1)
    left = credits_cents + sum(-cents for cents in charges_cents.values() if cents < 0)
    for due_on in sorted(charges_cents):
        owed = max(0, charges_cents[due_on])
        paid = min(owed, max(0, left))
        left -= paid
        if due_on >= today:
            not_due += owed - paid
        else:
            past[_bucket((today - due_on).days)] += owed - paid
    if left < 0:
        past[0] += -left  # paid back beyond the credit there was: owed at once
    return Aging(not_due, tuple(past), max(0, left))


def _bucket(days: int) -> int:
    return next((place for place, limit in enumerate(LIMITS_DAYS) if days <= limit), len(LIMITS_DAYS))
