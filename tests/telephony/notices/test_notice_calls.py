"""A notice by telephone, from the campaign to the ear: people, machines, nobody, and the keys."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.campaigns.wording import Words
from telephony.notices import calls
from telephony.notices.memory import Notice
from telephony.simulator.state.calls import CallQuery
from tests.backend.campaigns.conftest import SPOKEN, TEXTS, add_lead, add_somebody, started
from tests.telephony.people.conftest import Exchange, eventually

PHONE = "+19515552900"
MACHINE = "+15005552004"
NOTICE = "Your water is off on Friday."


async def begin(exchange: Exchange, phone: str = PHONE, language: str = "en") -> UUID:
    """A campaign to one person with a landline, on its way."""
    api = exchange.floor.api
    async with api.app.state.database.transaction() as session:
        await add_somebody(session, 900, phone=phone, texts=False, language=language)
        lead = await add_lead(session)
    return await started(api, lead, words=Words(TEXTS, SPOKEN))


def message(exchange: Exchange) -> tuple[Any, ...]:
    found = exchange.floor.rows("SELECT status, error_code, calls_missed FROM outbound_messages WHERE channel = 'call'")
    return found[0] if found else (None, None, 0)


async def is_now(exchange: Exchange, *state: Any) -> None:
    async def reached() -> bool:
        return message(exchange) == state

    await eventually(reached, 30)


async def heard_by(exchange: Exchange, phone: str = PHONE) -> str:
    """Everything that was said to the phone, in its order."""
    call = await exchange.heard_by(phone)
    return " ".join(event.text for event in call.events if event.text)


async def test_somebody_hears_it_twice_and_wants_no_more_calls(exchange: Exchange) -> None:
    exchange.simulator.prepare(PHONE, "wait:20", "press:1", "wait:20", "press:9", "wait:5")
    await begin(exchange)
    await is_now(exchange, "delivered", None, 0)
    said = await heard_by(exchange)
    assert said.startswith("Hello. This is an automated call from Rio Seco Water District.")
    assert said.count(NOTICE) == 2
    assert "9 5 1, 5 5 5, 0 1 0 0" in said
    assert "You will get no more automatic calls from us, except when there is danger. Goodbye." in said
    query = "SELECT phone, calls_stopped_by, stopped_by FROM text_numbers"
    assert exchange.floor.rows(query) == [(PHONE, "keys", None)]
    said_so = exchange.floor.rows("SELECT about, kind, source, wording FROM text_consents")
    assert said_so == [("calls", "withdrawn", "keys", "9")]


async def test_in_spanish_and_by_voice(exchange: Exchange) -> None:
    exchange.simulator.prepare(PHONE, "say:no quiero más llamadas", "wait:5")
    await begin(exchange, language="es")
    await is_now(exchange, "delivered", None, 0)
    said = await heard_by(exchange)
    assert "Esta es una llamada automática de Rio Seco Water District." in said
    assert "No tendrá agua el viernes." in said and "No recibirá más llamadas automáticas" in said
    assert exchange.floor.rows("SELECT calls_stopped_by FROM text_numbers") == [("words",)]


async def test_a_machine_is_told_how_to_reach_us_and_asked_for_no_keys(exchange: Exchange) -> None:
    await begin(exchange, MACHINE)
    await is_now(exchange, "delivered", None, 0)
    said = await heard_by(exchange, MACHINE)
    assert NOTICE in said and "Our number is 9 5 1, 5 5 5, 0 1 0 0." in said
    assert "press 1" not in said


async def test_busy_and_then_somebody_is_there(exchange: Exchange) -> None:
    exchange.simulator.prepare(PHONE, fate="busy")
    exchange.simulator.prepare(PHONE, "wait:20", "hangup")
    await begin(exchange)
    await is_now(exchange, "pending", None, 1)
    exchange.floor.rows("UPDATE outbound_messages SET look_at = now() RETURNING id")
    await is_now(exchange, "delivered", None, 1)
    assert NOTICE in await heard_by(exchange)


async def test_who_wants_to_talk_gets_the_assistant_as_a_caller_would(exchange: Exchange) -> None:
    exchange.simulator.prepare(PHONE, "press:2", "say:why is my bill high", "hangup")
    await begin(exchange)
    await is_now(exchange, "delivered", None, 0)
    said = await heard_by(exchange)
    assert "This is an automated assistant." in said and "You said why is my bill high." in said
    found = exchange.floor.rows("SELECT party, ended_at IS NOT NULL FROM conversations WHERE channel = 'voice'")
    assert found == [(PHONE, True)], "the customer is the party, not our own number; and it has ended"


async def test_telephony_is_replaced_while_the_phone_rings(exchange: Exchange) -> None:
    services = exchange.world.services
    assert services is not None
    await services.notices.memory.keep("m-1", Notice("Water is back.", "en"))
    await exchange.telephony_is_replaced()
    heard = await exchange.world.call(
        "/twilio/voice/notice?message_id=m-1", Direction="outbound-api", AnsweredBy="human"
    )
    assert "Water is back." in heard.said


async def test_nobody_remembers_the_words(exchange: Exchange) -> None:
    heard = await exchange.world.call(
        "/twilio/voice/notice?message_id=m-2", Direction="outbound-api", AnsweredBy="human"
    )
    assert "We have a notice about your water service." in heard.said


class TestBadDays:
    """Nobody is called twice for one notice, and nobody is forgotten."""

    CALLS = {"paths": r"/Calls\.json", "methods": ["POST"]}  # noqa: RUF012

    @pytest.mark.parametrize("fault", ["done_then_cut", "server_error", "too_many_requests", "cut"])
    async def test_twilio_does_not_answer_at_first(
        self, exchange: Exchange, fault: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(calls, "UNKNOWN", timedelta(seconds=1))
        await exchange.simulator.conditions(rest={"fault": fault, "times": 2, **self.CALLS})
        await begin(exchange, MACHINE)
        await is_now(exchange, "delivered", None, 0)
        assert self.called(exchange) == 1

    async def test_the_same_notice_asked_for_again_is_the_same_call(self, exchange: Exchange) -> None:
        services = exchange.world.services
        assert services is not None
        first, other, again = [
            await services.notices.ring(message_id, MACHINE, Notice("Hello.", "en")) for message_id in ("a", "b", "a")
        ]
        assert again == first != other
        await exchange.telephony_is_replaced()
        services = exchange.world.services
        assert services is not None
        assert await services.notices.ring("a", MACHINE, Notice("Hello.", "en")) == first
        assert self.called(exchange) == 2

    async def test_callbacks_come_twice_and_in_any_order(self, exchange: Exchange) -> None:
        await exchange.simulator.conditions(callbacks={"doubled": True, "out_of_order": True})
        exchange.simulator.prepare(PHONE, fate="no-answer")
        exchange.simulator.prepare(PHONE, fate="no-answer")
        await begin(exchange)
        await is_now(exchange, "pending", None, 1)
        exchange.floor.rows("UPDATE outbound_messages SET look_at = now() RETURNING id")
        await is_now(exchange, "failed", "no_answer", 1)
        assert self.called(exchange) == 2

    async def test_a_number_that_nobody_has_is_learned_and_never_called_again(self, exchange: Exchange) -> None:
        wrong = "+15005550001"
        await begin(exchange, wrong)
        await is_now(exchange, "failed", "21217", 0)
        assert exchange.floor.rows("SELECT phone, unreachable FROM text_numbers") == [(wrong, "invalid")]

    @staticmethod
    def called(exchange: Exchange) -> int:
        """How often the phone was rung for a notice."""
        found = exchange.simulator.network.calls.find(CallQuery(), 0, 50)
        return len([one for one in found if one.direction == "outbound-api"])
