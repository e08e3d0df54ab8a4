"""A department's phone that nobody answers: in line where people are at work, else a message."""

from typing import Any

import pytest

from telephony.people.client import Onward, QueueClient, Standing
from tests.telephony.conftest import CUSTOMER, World


@pytest.mark.parametrize(
    ("outcome", "status", "tried"),
    [("wait", "in-progress", "unanswered"), ("closed", "in-progress", "unanswered"), ("closed", "completed", "gone")],
)
async def test_the_line_is_tried_before_a_message_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch, outcome: str, status: str, tried: str
) -> None:
    asked: list[Any] = []

    async def enter(queue: QueueClient, *what: Any, tried: str, rung: int) -> Onward:
        asked.append((*what, tried, rung))
        return Onward(outcome)

    monkeypatch.setattr(QueueClient, "enter", enter)
    path = "/twilio/voice/dial-result?language=es&n=4"
    heard = await world.call(path, DialCallStatus="no-answer", CallStatus=status)
    assert asked == [("CA" + "1" * 32, CUSTOMER, None, tried, 1)]
    assert [filed["reason"] for filed in world.backend.hand_offs] == ["asked_for_person"]
    if outcome == "wait":
        assert "Le paso a la fila" in heard.said
        assert "n=4" in heard.verb("Enqueue").attrib["waitUrl"], "the place in the conversation is kept"
    else:
        assert heard.xml.find("Record") is not None


async def test_in_an_emergency_one_phone_after_the_other_is_rung(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    on_call = ["+19515550196", "+19515550197"]

    async def enter(queue: QueueClient, *what: Any, tried: str, rung: int) -> Onward:
        return Onward("ring", on_call[rung - 1]) if rung <= len(on_call) else Onward("closed")

    monkeypatch.setattr(QueueClient, "enter", enter)
    path = "/twilio/voice/dial-result?language=es&n=4"
    for number in on_call:
        heard = await world.call(path, DialCallStatus="no-answer", CallStatus="in-progress")
        assert heard.verb("Dial").findtext("Number") == number
        assert "Pruebo con el siguiente número" in heard.said
        path = heard.action(world, "Dial")
        assert "n=4" in path, "the place in the conversation is kept"
    heard = await world.call(path, DialCallStatus="no-answer", CallStatus="in-progress")
    assert heard.xml.find("Record") is not None
    assert (await world.call(path, DialCallStatus="completed")).xml.find("Dial") is None


async def test_a_line_that_is_full_rings_customer_service(world: World) -> None:
    assert world.services is not None
    await world.services.directory.refresh()
    heard = await world.call("/twilio/voice/line/left?language=en&n=2", QueueResult="queue-full")
    assert heard.verb("Dial").find("Number") is not None
    assert "/twilio/voice/line/dialled" in heard.action(world, "Dial")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "we will call you when we open"), ("es", "le llamaremos cuando abramos")]
)
async def test_whoever_still_waits_when_the_office_has_closed_is_promised_a_call(
    world: World, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    promised: list[str] = []

    async def standing(queue: QueueClient, call_sid: str) -> Standing:
        return Standing("closed", 0, None, offer_callback=True, phone=CUSTOMER)

    async def choose(queue: QueueClient, call_sid: str, phone: str) -> None:
        promised.append(phone)

    monkeypatch.setattr(QueueClient, "standing", standing)
    monkeypatch.setattr(QueueClient, "choose_callback", choose)
    heard = await world.call(f"/twilio/voice/line/wait?language={language}&n=2")
    assert words in heard.said and heard.xml.find("Hangup") is not None
    assert promised == [CUSTOMER]
