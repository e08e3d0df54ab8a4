"""Why nothing can be paid just now, in words: the same for saved cards, keys and links."""

from actions import names
from actions.account_api import Refused
from actions.turn import Turn


def say_not_payable(turn: Turn, refused: Refused) -> None:
    """Nothing is owed, or it is on its way, or too many account numbers were wrong (a person is offered).

    :raises Refused: for any other reason.
    """
    wording, facts = turn.wording, refused.facts
    match refused.name:
        case "nothing_due":
            credit = int(facts.get("credit_cents") or 0)
            turn.say("utter_pay_nothing_due" if credit == 0 else "utter_balance_credit", credit=wording.money(credit))
        case "payment_pending" if facts.get("amount_cents") is None:
            turn.say("utter_pay_pending_unnamed")
        case "payment_pending" if facts.get("left_cents"):
            left = wording.money(int(facts["left_cents"]))
            turn.say("utter_pay_pending_left", amount=wording.money(int(facts["amount_cents"])), left=left)
        case "payment_pending" | "payment_in_progress":
            turn.say("utter_pay_pending", amount=wording.money(int(facts.get("amount_cents") or 0)))
        case "too_many_numbers":
            turn.say("utter_pay_link_too_many")
            turn.offer(f"{names.OFFER_PERSON}:verification_locked")
        case _:
            raise refused


def say_other_amount(turn: Turn, refused: Refused) -> None:
    """The amount cannot be: the customer names another (`more_than_owed`, `no_such_part`, `amount_refused`)."""
    balance = turn.wording.money(int(refused.facts.get("balance_cents") or 0))
    turn.say(f"utter_pay_{refused.name}", balance=balance)
    turn.set(names.PAY_WANTED, None)
