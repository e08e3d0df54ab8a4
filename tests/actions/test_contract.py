"""The actions' client against the real backend, with the demonstration customers."""

import itertools
from typing import Any

import pytest

from actions import billing_api
from actions.account_api import AccountApi, NotFound, Refused
from actions.account_types import HandOffRequest
from actions.balance import ActionBalance
from tests.actions.harness import Backend, run_action

_numbers = itertools.count(1)


def conversation(backend: Backend, *, channel: str = "chat", party: str | None = None) -> str:
    """A new conversation, as telephony begins one."""
    number = next(_numbers)
    thread_key = f"{party}|+19515550199" if party else f"visitor-{number}"
    said = {
        "channel": channel,
        "provider_message_id": f"contract-{number}",
        "thread_key": thread_key,
        "party": party,
        "kind": "message",
        "text": "what's my balance",
        "payload": None,
        "media_count": 0,
        "language": None,
    }
    with backend.client("HEADGATE_TELEPHONY_TOKEN") as client:
        answer = client.post("/v1/turns", json=said)
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["conversation_id"])


@pytest.fixture(scope="session")
def customers(backend: Backend) -> dict[str, dict[str, Any]]:
    """The demonstration customers by situation."""
    with backend.client("HEADGATE_OPERATOR_TOKEN") as client:
        answer = client.get("/v1/demo/customers")
    assert answer.status_code == 200, answer.text
    listed = answer.json()
    return {one["situation"]: one for one in (listed if isinstance(listed, list) else listed["customers"])}


async def test_public_facts(real_api: AccountApi) -> None:
    district = await real_api.district()
    assert district.name
    assert district.emergency_phone.startswith("+")
    assert {"customer_service", "emergency"} <= {department.id for department in district.departments}
    assert district.locations[0].name["es"]


@pytest.mark.parametrize("situation", ["past_due", "spanish_speaker", "medical_protection", "closed_with_credit"])
async def test_the_right_amount_after_two_factors(
    real_api: AccountApi, backend: Backend, customers: dict[str, dict[str, Any]], situation: str
) -> None:
    customer = customers[situation]
    id_ = conversation(backend)
    with pytest.raises(Refused) as refused:
        await real_api.balance(id_)
    assert refused.value.name == "verification_required"
    verification = await real_api.verify(id_, account_number=customer["account_number"], pin=customer["pin"])
    assert (verification.status, verification.verification_level) == ("verified", 2)
    balance = await real_api.balance(id_)
    assert (
        balance.balance_cents - (balance.credit_cents if balance.balance_cents == 0 else 0)
        == (customer["balance_cents"])
    )
    account = await real_api.account(id_)
    assert account.account_number_masked.endswith(customer["account_number"][-4:])


async def test_the_zip_of_the_service_address_is_a_factor(
    real_api: AccountApi, backend: Backend, customers: dict[str, dict[str, Any]]
) -> None:
    customer = customers["past_due"]
    verification = await real_api.verify(
        conversation(backend), account_number=customer["account_number"], zip_code=customer["zip"]
    )
    assert verification.status == "verified"


async def test_the_calling_number_is_a_factor(
    real_api: AccountApi, backend: Backend, customers: dict[str, dict[str, Any]]
) -> None:
    customer = customers["medical_protection"]
    id_ = conversation(backend, channel="sms", party=customer["phone"])
    verification = await real_api.verify(id_, account_number=None, pin=customer["pin"])
    assert verification.status in {"verified", "choose_account"}


async def test_wrong_details_fail_alike_and_lock_at_the_third(real_api: AccountApi, backend: Backend) -> None:
    id_ = conversation(backend)
    answers = [await real_api.verify(id_, account_number="99999998", pin="0000") for _ in range(3)]
    assert [answer.status for answer in answers] == ["failed", "failed", "locked"]
    assert answers[0].first_name is None


async def test_an_unknown_conversation_is_not_found(real_api: AccountApi) -> None:
    with pytest.raises(NotFound):
        await real_api.balance("00000000-0000-4000-8000-000000000000")


async def test_a_new_email_needs_the_code_that_was_sent(
    real_api: AccountApi, backend: Backend, customers: dict[str, dict[str, Any]]
) -> None:
    customer = customers["new_move_in"]
    id_ = conversation(backend)
    await real_api.verify(id_, account_number=customer["account_number"], pin=customer["pin"])
    with pytest.raises(Refused):
        await real_api.change_email(id_, "new@example.com")
    sent = await real_api.send_code(id_)
    assert sent.status == "sent"
    assert sent.sent_to is not None and sent.sent_to.endswith(customer["phone"][-4:])
    check = await real_api.check_code(id_, "000000")
    assert (check.status, check.verification_level) == ("failed", 2)


async def test_a_hand_off_has_a_reference_and_stays_one_case(real_api: AccountApi, backend: Backend) -> None:
    request = HandOffRequest(conversation(backend), "chat", "asked_for_person", "Asked for a person.", "ask_person")
    first, second = await real_api.hand_off(request), await real_api.hand_off(request)
    assert first.reference.startswith("H-")
    assert first.hand_off_id == second.hand_off_id
    assert first.department_name["es"]


async def test_the_chosen_language_is_kept(real_api: AccountApi, backend: Backend) -> None:
    id_ = conversation(backend)
    await real_api.set_language(id_, "es")
    with backend.client("HEADGATE_TELEPHONY_TOKEN") as client:
        assert client.get(f"/v1/conversations/{id_}/messages").json()["language"] == "es"


@pytest.mark.parametrize("situation", ["past_due", "autopay", "nsf", "payment_plan", "medical_protection"])
async def test_what_the_situation_calls_for_is_said(
    real_api: AccountApi, backend: Backend, customers: dict[str, dict[str, Any]], situation: str
) -> None:
    customer = customers[situation]
    id_ = conversation(backend)
    await real_api.verify(id_, account_number=customer["account_number"], pin=customer["pin"])
    said = await run_action(ActionBalance(), intent="ask_balance", slots={"verification_level": 2}, conversation_id=id_)
    expected = {
        "past_due": {"utter_balance_past_due", "utter_balance_all_past_due"},
        "autopay": {"utter_balance_autopay", "utter_balance_zero"},
        "nsf": {"utter_balance_returned_payment"},
        "payment_plan": {"utter_balance_arrangement"},
        "medical_protection": {"utter_balance_medical_protection"},
    }[situation]
    assert expected & set(said.names), said.names


async def test_bills_use_fees_and_options_are_read_as_the_backend_tells_them(
    real_api: AccountApi, backend: Backend, customers: dict[str, dict[str, Any]]
) -> None:
    customer = customers["past_due"]
    id_ = conversation(backend)
    with pytest.raises(Refused) as refused:
        await billing_api.explanation(id_)
    assert refused.value.name == "verification_required"
    await real_api.verify(id_, account_number=customer["account_number"], pin=customer["pin"])
    listed, explained = await billing_api.bills(id_), await billing_api.explanation(id_)
    assert (listed[0].id, len(listed) > 10) == (explained.bill.id, True)
    assert explained.last is not None
    assert explained.last.speech["es"] != explained.last.chat["en"]
    link = await billing_api.statement_link(id_, listed[1].id, "es", text=False)
    assert "/statements/" in link.url
    used = await billing_api.usage(id_)
    assert (used.service_classes, used.periods[0].gallons > 0) == (("residential",), True)
    fees = await billing_api.fees(id_)
    assert [(fee.code, fee.state) for fee in fees] == [("late", "charged")]
    asked = await billing_api.ask_fee_reversal(id_, fees[0].id, "A test asks.")
    assert (asked.status, asked.amount_cents) == ("pending", fees[0].amount_cents)
    standing = await billing_api.shut_off(id_)
    assert (standing.status in {"not_yet", "possible"}, standing.past_due_cents > 0) == (True, True)
    assert (await billing_api.payments(id_)).listed[0].status == "posted"
    options = await billing_api.options(id_)
    assert (options.autopay, options.paperless) == (None, False)
    assert (await billing_api.budget_facts(id_)).why_not == "past_due"


async def test_the_rates_are_public(real_api: AccountApi) -> None:
    rate = await billing_api.rate("irrigation")
    assert rate.tiers[0].of_budget
    assert rate.fixed_cents["5/8"] > 0
    with pytest.raises(Refused):
        await billing_api.rate("castles")


async def test_a_change_needs_the_code_and_is_made_with_it(
    real_api: AccountApi, backend: Backend, customers: dict[str, dict[str, Any]]
) -> None:
    customer = customers["autopay"]
    id_ = conversation(backend)
    await real_api.verify(id_, account_number=customer["account_number"], pin=customer["pin"])
    assert (await billing_api.options(id_)).autopay is not None
    for option in ("autopay", "recurring", "paperless", "budget"):
        with pytest.raises(Refused) as refused:
            await billing_api.change_option(id_, option, on=False, terms={})
        assert refused.value.name == "verification_required"
