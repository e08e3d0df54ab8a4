"""Several requests in one message: the first is answered, the second waits and comes next by itself.

The engine names the second one as the entity `next_request`. What may wait is listed here with the action that
answers it, as the rules have it, and what it is called when it is announced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from actions import names

if TYPE_CHECKING:
    from actions.turn import Turn

KNOWLEDGE = "ask_knowledge"


@dataclass(frozen=True, slots=True)
class Request:
    """What answers a request, and what it is called by language. `account`: it is about the customer's account."""

    action: str
    called: dict[str, str]
    account: bool = False


def _of_account(action: str, english: str, spanish: str) -> Request:
    return Request(action, {"en": english, "es": spanish}, account=True)


def _general(action: str, english: str, spanish: str) -> Request:
    return Request(action, {"en": english, "es": spanish})


REQUESTS: dict[str, Request] = {
    "ask_balance": _of_account("action_balance", "your balance", "su saldo"),
    "ask_last_payment": _of_account("action_last_payment", "your payment", "su pago"),
    "make_payment": _of_account("action_make_payment", "your payment", "su pago"),
    "pay_as_before": _of_account("action_pay_as_before", "your payment", "su pago"),
    "ask_portal": _general("action_portal", "the payment portal", "el portal de pagos"),
    "pay_by_link": _of_account("action_pay_by_link", "the link to pay", "el enlace para pagar"),
    "pay_by_keys": _of_account("action_pay_by_keys", "your payment", "su pago"),
    "enrol_pay_by_text": _of_account("action_enrol_pay_by_text", "paying by text", "el pago por texto"),
    "ask_payment_history": _of_account("action_payment_history", "your payments", "sus pagos"),
    "ask_high_bill": _of_account("action_bill_explanation", "your bill", "su factura"),
    "send_statement": _of_account("action_send_statement", "your statement", "su estado de cuenta"),
    "ask_usage": _of_account("action_usage", "your water use", "su consumo de agua"),
    "request_fee_reversal": _of_account("action_fee_reversal", "the fee", "el cargo"),
    "ask_shutoff": _of_account("action_shutoff", "the shut-off", "el corte de agua"),
    "ask_reconnection": _of_account("action_reconnection", "turning your water back on", "la reconexión"),
    "ask_options": _of_account("action_options", "how your account is set up", "cómo está su cuenta"),
    "ask_autopay": _of_account("action_autopay", "autopay", "el pago automático"),
    "start_autopay": _of_account("action_start_autopay", "autopay", "el pago automático"),
    "stop_autopay": _of_account("action_stop_autopay", "autopay", "el pago automático"),
    "start_paperless": _of_account("action_start_paperless", "paperless bills", "la factura por correo electrónico"),
    "stop_paperless": _of_account("action_stop_paperless", "paper bills", "la factura en papel"),
    "ask_budget_bill": _of_account("action_budget_bill", "the budget bill", "el pago nivelado"),
    "start_budget_bill": _of_account("action_start_budget_bill", "the budget bill", "el pago nivelado"),
    "stop_budget_bill": _of_account("action_stop_budget_bill", "the budget bill", "el pago nivelado"),
    "ask_recurring": _of_account("action_recurring", "the monthly payment", "el pago mensual"),
    "stop_recurring": _of_account("action_stop_recurring", "the monthly payment", "el pago mensual"),
    "change_email": _of_account("action_change_email", "your e-mail address", "su correo electrónico"),
    "ask_extension": _of_account("action_extension", "more time to pay", "más tiempo para pagar"),
    "ask_payment_plan": _of_account("action_payment_plan", "a payment plan", "un plan de pagos"),
    "request_leak_credit": _of_account("action_leak_credit", "the leak credit", "el crédito por fuga"),
    "dispute_bill": _of_account("action_appeal", "the review of your bill", "la revisión de su factura"),
    "request_meter_check": _of_account("action_meter_check", "the meter", "el medidor"),
    "ask_hours": _general("action_hours", "our hours", "nuestro horario"),
    "ask_open_now": _general("action_open_now", "our hours", "nuestro horario"),
    "ask_holidays": _general("action_holidays", "the holidays", "los días festivos"),
    "ask_locations": _general("action_locations", "our office", "nuestra oficina"),
    "ask_department": _general("action_departments", "the department", "el departamento"),
    "ask_outage": _general("action_outage", "the outage", "la falta de agua"),
    "ask_rates": _general("action_rates", "our rates", "nuestras tarifas"),
    "report_home_leak": _general("action_home_leak", "the leak", "la fuga"),
    "start_service": _general("action_start_service", "starting service", "el inicio del servicio"),
    "stop_service": _general("action_stop_service", "stopping service", "el fin del servicio"),
    "transfer_service": _general("action_transfer_service", "moving your service", "el cambio de servicio"),
    "complain": _general("action_complaint", "your complaint", "su queja"),
    KNOWLEDGE: _general("action_knowledge", "your question", "su pregunta"),
    "ask_person": _general("action_hand_off", "a person", "una persona"),
}
ACTIONS = frozenset(request.action for request in REQUESTS.values())
SETTLE = frozenset({"action_fee_reversal_ask", "action_deny"})
"""These end what a request had offered, so that the next one may come."""
ACCOUNT_ACTIONS = frozenset(request.action for request in REQUESTS.values() if request.account)


def request_called(value: str) -> tuple[Request, str | None] | None:
    """The request and its article of knowledge, for what the engine names: `ask_hours`, `ask_knowledge/tiers`."""
    intent, _, article = value.partition("/")
    request = REQUESTS.get(intent)
    return None if request is None else (request, article or None)


def starts_alone(intent: str) -> bool:
    """Whether a message of this intent takes the second request along: emergencies and answers do not."""
    return intent in REQUESTS and intent not in names.ALWAYS_FIRST


def keep_second_request(turn: Turn) -> None:
    """A message that asks for two things: the second one waits."""
    named = turn.entities(names.NEXT_REQUEST)
    if named and not turn.answered_already and starts_alone(turn.intent):
        turn.set(names.WAITING, named[0])


def announce_second_request(turn: Turn) -> None:
    """When the first request needs more than one turn, say that the second is not forgotten."""
    found = request_called(str(turn.slot(names.WAITING) or ""))
    if found is not None and turn.entities(names.NEXT_REQUEST) and not turn.answered_already:
        turn.say("utter_request_waits", request=found[0].called[turn.language])


def go_on_with_second_request(turn: Turn) -> None:
    """What waited comes now, when the turn would end with nothing asked and nothing offered."""
    found = request_called(str(turn.slot(names.WAITING) or ""))
    ends = turn.next_action in {None, names.LISTEN} and not turn.tracker.active_loop_name
    if found is None or not ends or turn.slot(names.OFFER):
        return
    request, article = found
    turn.events = [event for event in turn.events if event["event"] != "followup"]
    turn.set(names.WAITING, None)
    turn.set(names.ARTICLE_ASKED, article)
    turn.say("utter_request_next", request=request.called[turn.language])
    turn.go_on_with(request.action)
