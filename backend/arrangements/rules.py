"""When an installment is kept, and when an arrangement is broken or done. Pure.

Money that comes in pays charges that fall due after the agreement first, as the customer must keep paying those
(HSC 116910); what is left goes to the installments, the earliest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Installment:
    """`kept_on` is the day it was found paid; None while it is open."""

    number: int
    due_on: date
    amount_cents: int
    kept_on: date | None


@dataclass(frozen=True, slots=True)
class Check:
    """What a day's look at an arrangement found: the numbers newly kept, and the status it has now."""

    newly_kept: tuple[int, ...]
    status: str


def check(installments: Sequence[Installment], toward_cents: int, today: date, grace_days: int) -> Check:
    """`toward_cents` is what came in since the agreement, less the newer charges that have fallen due.

    An installment that was kept stays kept. The arrangement is broken when one is open `grace_days` after its day.
    """
    reached, kept, late = 0, [], False
    for installment in sorted(installments, key=lambda one: one.number):
        reached += installment.amount_cents
        if installment.kept_on is not None:
            continue
        if reached <= toward_cents:
            kept.append(installment.number)
        elif today > installment.due_on + timedelta(days=grace_days):
            late = True
    open_count = sum(one.kept_on is None for one in installments) - len(kept)
    status = "broken" if late else "active" if open_count else "completed"
    return Check(tuple(kept), status)
