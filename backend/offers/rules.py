"""What may be offered of what is owed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

OFFER_MINUTES = 10
LIFE = timedelta(minutes=OFFER_MINUTES)
KEYING = timedelta(minutes=15)
"""How long after their yes a caller may take to key in a card."""
KEYED = {"keyed_card": "card", "keyed_bank_account": "bank_account"}
"""What an offer is paid with that is not on file → the kind of method it is."""

UNNAMED = {
    "en": {"card": "a card", "bank_account": "a bank account"},
    "es": {"card": "una tarjeta", "bank_account": "una cuenta bancaria"},
}


@dataclass(frozen=True, slots=True)
class Owed:
    """What an account owes, in cents: all of it, what is past due of it, and the plan's next installment if any."""

    balance_cents: int
    past_due_cents: int
    installment_cents: int | None


def left_of(owed: Owed, on_its_way_cents: int) -> Owed:
    """What is owed once everything on its way has come: it counts against each part, so no part is paid twice."""
    installment = owed.installment_cents
    return Owed(
        max(0, owed.balance_cents - on_its_way_cents),
        max(0, owed.past_due_cents - on_its_way_cents),
        None if installment is None else max(0, installment - on_its_way_cents),
    )


def amounts(owed: Owed) -> Mapping[str, int]:
    """Purpose → cents of everything that can be paid without naming an amount; none when nothing is owed.

    What would be the same as the whole balance is left out, and nobody is asked for more than is owed.
    """
    if owed.balance_cents <= 0:
        return {}
    found = {"bill": owed.balance_cents}
    if owed.installment_cents is not None and 0 < owed.installment_cents < owed.balance_cents:
        found["installment"] = owed.installment_cents
    if 0 < owed.past_due_cents < owed.balance_cents:
        found["past_due"] = owed.past_due_cents
    return found


def half_of(owed: Owed) -> int:
    """Of all that is owed, with the odd cent."""
    return (owed.balance_cents + 1) // 2


def part_of(owed: Owed, purpose: str | None) -> int | None:
    """Cents of the part of that name; None where none is named or there is no such part."""
    return half_of(owed) if purpose == "half" else amounts(owed).get(purpose or "")


def first_offer(owed: Owed) -> str:
    """What somebody who only says "pay" is offered: on a plan its installment, else the whole balance."""
    return "installment" if "installment" in amounts(owed) else "bill"


def purpose_of(owed: Owed, amount_cents: int) -> str:
    """What an amount that was named is for."""
    for purpose, cents in amounts(owed).items():
        if cents == amount_cents:
            return purpose
    return "other_amount"
