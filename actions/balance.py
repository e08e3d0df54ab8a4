"""What the account owes, until when, and what else the customer should know about it."""

from actions.account_types import Balance
from actions.identity import known
from actions.payment_history import names_a_payment, say_whether_it_arrived
from actions.turn import TopicAction, Turn, account_api


class ActionBalance(TopicAction):
    """The balance with its due date, and past due, plan, autopay, returned payment where they apply."""

    def name(self) -> str:
        return "action_balance"

    async def answer(self, turn: Turn) -> None:
        balance = await known(turn, self.name(), account_api().balance)
        if balance is None:
            return
        _say_amount(turn, balance)
        _say_circumstances(turn, balance)
        if balance.last_payment is not None:
            _say_last_payment(turn, balance)


class ActionLastPayment(TopicAction):
    """The last payment that arrived, or whether the one that was named did."""

    def name(self) -> str:
        return "action_last_payment"

    async def answer(self, turn: Turn) -> None:
        if names_a_payment(turn):
            await say_whether_it_arrived(turn, self.name())
            return
        balance = await known(turn, self.name(), account_api().balance)
        if balance is None:
            return
        _say_last_payment(turn, balance)
        if balance.returned_payment is not None:
            _say_returned_payment(turn, balance)


def _say_amount(turn: Turn, balance: Balance) -> None:
    wording = turn.wording
    if balance.credit_cents > 0:
        turn.say("utter_balance_credit", credit=wording.money(balance.credit_cents))
    elif balance.balance_cents <= 0:
        turn.say("utter_balance_zero")
    elif balance.due_date is None:
        turn.say("utter_balance_no_date", balance=wording.money(balance.balance_cents))
    elif 0 < balance.past_due_cents >= balance.balance_cents:
        turn.say(
            "utter_balance_all_past_due",
            balance=wording.money(balance.balance_cents),
            due_date=wording.day(balance.due_date),
        )
    else:
        turn.say(
            "utter_balance_due",
            balance=wording.money(balance.balance_cents),
            due_date=wording.day(balance.due_date),
        )


def _say_circumstances(turn: Turn, balance: Balance) -> None:
    wording = turn.wording
    if 0 < balance.past_due_cents < balance.balance_cents:
        turn.say("utter_balance_past_due", past_due=wording.money(balance.past_due_cents))
    if balance.arrangement is not None:
        turn.say(
            "utter_balance_arrangement",
            installment=wording.money(balance.arrangement.amount_cents),
            next_due=wording.day(balance.arrangement.on),
        )
    if balance.returned_payment is not None:
        _say_returned_payment(turn, balance)
    if balance.autopay and balance.balance_cents > 0:
        turn.say("utter_balance_autopay")
    if balance.medical_protection:
        turn.say("utter_balance_medical_protection")


def _say_returned_payment(turn: Turn, balance: Balance) -> None:
    if balance.returned_payment is not None:
        turn.say(
            "utter_balance_returned_payment",
            amount=turn.wording.money(balance.returned_payment.amount_cents),
            returned_on=turn.wording.day(balance.returned_payment.on),
        )


def _say_last_payment(turn: Turn, balance: Balance) -> None:
    if balance.last_payment is None:
        turn.say("utter_no_payment_yet")
        return
    today = balance.as_of.date() if balance.as_of else None
    turn.say(
        "utter_last_payment",
        amount=turn.wording.money(balance.last_payment.amount_cents),
        received_on=turn.wording.day(balance.last_payment.on, today),
    )
