"""The budget bill: the same amount each month. What it would be, and why there may be none."""

from actions import billing_api, names
from actions.identity import known
from actions.option_types import BudgetFacts
from actions.options import Change, begin_change, register, say_refused
from actions.turn import TopicAction, Turn

ON = register(
    Change(
        "budget_on",
        "budget",
        on=True,
        start="action_start_budget_bill",
        is_so=lambda found: found.budget_cents is not None,
    )
)
OFF = register(
    Change(
        "budget_off",
        "budget",
        on=False,
        start="action_stop_budget_bill",
        is_so=lambda found: found.budget_cents is None,
    )
)


class ActionBudgetBill(TopicAction):
    """The amount in force with what was put off, or what it would be."""

    def name(self) -> str:
        return "action_budget_bill"

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.budget_facts)
        if found is None:
            return
        if found.is_on:
            _say_in_force(turn, found)
        elif found.why_not:
            say_refused(turn, found.why_not)
        else:
            turn.say("utter_budget_would_be", amount=turn.wording.money(found.monthly_cents or 0))
            turn.offer(f"{names.OFFER_ACTION}:{ON.start}")


class ActionStartBudgetBill(TopicAction):
    """What it would be each month, then a yes."""

    def name(self) -> str:
        return ON.start

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.budget_facts)
        if found is None:
            return
        if found.why_not:
            say_refused(turn, found.why_not)
            return
        if not found.is_on:
            turn.say("utter_budget_amount", amount=turn.wording.money(found.monthly_cents or 0))
        await begin_change(turn, ON)


class ActionStopBudgetBill(TopicAction):
    """What was put off falls due, then a yes."""

    def name(self) -> str:
        return OFF.start

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.budget_facts)
        if found is None:
            return
        if found.is_on:
            _say_deferred(turn, found)
        await begin_change(turn, OFF)


def _say_in_force(turn: Turn, found: BudgetFacts) -> None:
    turn.say("utter_budget_in_force", amount=turn.wording.money(found.monthly_cents or 0))
    _say_deferred(turn, found)


def _say_deferred(turn: Turn, found: BudgetFacts) -> None:
    if found.deferred_cents > 0:
        turn.say("utter_budget_deferred", amount=turn.wording.money(found.deferred_cents))
    elif found.deferred_cents < 0:
        turn.say("utter_budget_ahead", amount=turn.wording.money(-found.deferred_cents))
