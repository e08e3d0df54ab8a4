"""Payments that arrived: the last ones, or whether a certain one did."""

from datetime import date

from actions import billing_api
from actions.billing_types import Payment, Payments
from actions.identity import known
from actions.turn import TopicAction, Turn

SHOWN, SPOKEN = 5, 3
DAYS_NEAR = 10


class ActionPaymentHistory(TopicAction):
    """The last payments with their days; one that the bank gave back is said to be so."""

    def name(self) -> str:
        return "action_payment_history"

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.payments)
        if found is None:
            return
        if not found.listed:
            turn.say("utter_no_payment_yet")
            return
        last = found.listed[: SPOKEN if turn.channel == "voice" else SHOWN]
        turn.say("utter_payment_history", payments="; ".join(_line(turn, one, found) for one in last))


def names_a_payment(turn: Turn) -> bool:
    """Whether the customer asks for a certain payment, by its amount or its day."""
    return bool(turn.entities("amount_cents") or turn.entities("date"))


async def say_whether_it_arrived(turn: Turn, resume: str) -> None:
    """ "Did you get the $80 I sent on Monday?": that payment, or the newest and how long one takes.

    :raises AccountApiError: the backend is out or refused.
    """
    found = await known(turn, resume, billing_api.payments)
    if found is None:
        return
    meant = _meant(turn, found.listed)
    if meant is not None:
        turn.say(
            f"utter_payment_{meant.status}",
            amount=turn.wording.money(meant.amount_cents),
            received_on=turn.wording.day(meant.received_on, _today(found)),
        )
        return
    turn.say("utter_payment_not_seen")
    if found.listed:
        turn.say("utter_payment_last_seen", payment=_line(turn, found.listed[0], found))
    turn.say("utter_payment_takes_days")


def _meant(turn: Turn, listed: tuple[Payment, ...]) -> Payment | None:
    amounts = {int(cents) for cents in turn.entities("amount_cents")}
    days = [date.fromisoformat(day) for day in turn.entities("date")]
    return next((one for one in listed if _fits(one, amounts, days)), None)


def _fits(payment: Payment, amounts: set[int], days: list[date]) -> bool:
    """The amount to the cent; the day may be a few days before it arrived."""
    right_amount = not amounts or payment.amount_cents in amounts
    near = not days or any(0 <= (payment.received_on - day).days <= DAYS_NEAR for day in days)
    return right_amount and near


def _line(turn: Turn, payment: Payment, found: Payments) -> str:
    words = _LINE[turn.language][payment.status]
    return words.format(
        amount=turn.wording.money(payment.amount_cents), day=turn.wording.day(payment.received_on, _today(found))
    )


def _today(found: Payments) -> date | None:
    return found.as_of.date() if found.as_of else None


_LINE = {
    "en": {
        "posted": "{amount} on {day}",
        "returned": "{amount} on {day}, which the bank returned",
        "voided": "{amount} on {day}, which was canceled",
    },
    "es": {
        "posted": "{amount} el {day}",
        "returned": "{amount} el {day}, que el banco devolvió",
        "voided": "{amount} el {day}, que se canceló",
    },
}
