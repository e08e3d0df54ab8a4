"""Phone calls: what is said, what is listened for, and that a caller is never left in silence."""

import asyncio
from typing import Any

import pytest

from telephony.calls.rules import Place
from telephony.twilio.speech import spoken
from telephony.twilio.twiml import wait_twiml
from tests.telephony.conftest import CUSTOMER, World
from tests.telephony.faults import Fault

GREETING = {
    "replies": [
        {
            "text": "Welcome to Rio Seco. I'm an automated assistant.",
            "choices": [
                {"title": "My balance", "payload": "/check_balance"},
                {"title": "Español", "payload": '/switch_language{"language": "es"}'},
            ],
        }
    ]
}


def replies(text: str, *commands: dict[str, Any], language: str = "en") -> dict[str, Any]:
    return {"replies": [{"text": text, "commands": list(commands)}], "language": language}


async def test_a_call_is_greeted_and_listened_to(world: World) -> None:
    world.engine.brain = lambda turn: GREETING
    heard = await world.call()

    assert world.engine.turns[0]["kind"] == "start"
    gather = heard.verb("Gather")
    assert gather.attrib["input"] == "dtmf speech"
    assert gather.attrib["language"] == "en-US"
    assert gather.attrib["actionOnEmptyResult"] == "true"
    assert gather.attrib["numDigits"] == "1"
    assert "balance" in gather.attrib["hints"]
    says = [(say.text, say.attrib["language"]) for say in gather.iter("Say")]
    assert says == [
        ("Para español, oprima el 2.", "es-US"),
        ("Welcome to Rio Seco. I'm an automated assistant.", "en-US"),
        ("For My balance, press 1.", "en-US"),
    ]


async def test_key_two_switches_to_spanish(world: World) -> None:
    world.engine.brain = lambda turn: GREETING
    first = await world.call()
    world.engine.brain = lambda turn: replies("Hola, ¿en qué le ayudo?", language="es")
    second = await world.call(first.action(world), Digits="2")

    assert world.engine.turns[-1]["payload"] == '/switch_language{"language": "es"}'
    say = second.verb("Say")
    assert say.attrib == {"voice": "Polly.Lupe-Neural", "language": "es-US"}
    assert second.verb("Gather").attrib["language"] == "es-US"


async def test_words_and_keys_reach_the_assistant(world: World) -> None:
    first = await world.call()
    second = await world.call(first.action(world), SpeechResult="what's my balance", Confidence="0.91")
    third = await world.call(second.action(world), Digits="44124412")

    assert [turn["text"] for turn in world.engine.turns] == ["", "what's my balance", "44124412"]
    assert "4 4 1 2 4 4 1 2" in third.said
    assert {turn["said"]["thread_key"] for turn in world.backend.turns.values()} == {"CA" + "1" * 32}


async def test_a_question_for_digits_says_how_many(world: World) -> None:
    world.engine.brain = lambda turn: replies("Your PIN?", {"type": "collect", "kind": "digits", "digits_max": 4})
    gather = (await world.call()).verb("Gather")
    assert gather.attrib["numDigits"] == "4"
    assert gather.attrib["input"] == "dtmf speech"


async def test_zero_asks_for_a_person(world: World) -> None:
    first = await world.call()
    await world.call(first.action(world), Digits="0")
    assert world.engine.turns[-1]["text"] == "representative"


async def test_silence_asks_again_then_offers_a_person_then_ends_politely(world: World) -> None:
    heard = await world.call()
    heard = await world.call(heard.action(world))
    assert world.engine.turns[-1]["kind"] == "silence"
    heard = await world.call(heard.action(world), SpeechResult="", Digits="")
    assert "representative" in heard.said and "press star" in heard.said
    heard = await world.call(heard.action(world))
    assert "Goodbye" in heard.said
    heard.verb("Hangup")
    assert len(world.engine.turns) == 2


async def test_a_word_after_silence_starts_the_ladder_anew(world: World) -> None:
    heard = await world.call()
    heard = await world.call(heard.action(world))
    heard = await world.call(heard.action(world), SpeechResult="hello")
    heard = await world.call(heard.action(world))
    assert world.engine.turns[-1]["kind"] == "silence"


async def test_the_same_turn_delivered_five_times_is_one_turn(world: World) -> None:
    heard = await asyncio.gather(*(world.call() for _ in range(5)))
    assert len({each.body for each in heard}) == 1
    assert len(world.engine.turns) == 1


async def test_a_hand_off_in_office_hours_rings_the_department(world: World) -> None:
    hand_off = {"type": "hand_off", "department": "customer_service", "open_now": True}
    world.engine.brain = lambda turn: replies("I'm connecting you.", hand_off)
    heard = await world.call()
    assert heard.said == "I'm connecting you."
    assert heard.verb("Number").text == "+19515550101"
    assert heard.verb("Dial").attrib["timeout"] == "25"

    ended = await world.call(heard.action(world, "Dial"), DialCallStatus="no-answer")
    assert "call you back" in ended.said and "after the tone" in ended.said
    assert ended.action(world, "Record").startswith("/twilio/voice/voicemail?")
    assert world.backend.hand_offs[0]["reason"] == "asked_for_person"

    answered = await world.call(heard.action(world, "Dial"), DialCallStatus="completed")
    assert answered.said == ""
    answered.verb("Hangup")


async def test_a_hand_off_after_hours_promises_a_call(world: World) -> None:
    hand_off = {"type": "hand_off", "department": "customer_service", "open_now": False}
    world.engine.brain = lambda turn: replies("We open tomorrow at half past seven.", hand_off)
    heard = await world.call()
    assert heard.said.startswith("We open tomorrow")
    assert "call you back" in heard.said
    heard.verb("Hangup")
    hidden = await world.call(call_sid="CA" + "2" * 32, From="anonymous")
    assert "number is hidden" in hidden.said


async def test_transfer_and_hang_up_are_carried_out(world: World) -> None:
    world.engine.brain = lambda turn: replies("One moment.", {"type": "transfer", "number": "+19515550199"})
    assert (await world.call()).verb("Number").text == "+19515550199"
    world.engine.brain = lambda turn: replies("Goodbye.", {"type": "hang_up"})
    (await world.call(call_sid="CA" + "3" * 32)).verb("Hangup")


async def test_a_call_that_a_person_has_is_connected(world: World) -> None:
    first = await world.call()
    world.backend.conversation("voice").mode = "person"
    heard = await world.call(first.action(world), SpeechResult="hello")
    assert heard.verb("Number").text == "+19515550101"
    assert len(world.engine.turns) == 1


async def test_the_end_of_the_call_ends_the_conversation(world: World) -> None:
    await world.call()
    await world.call("/twilio/voice/status", CallStatus="completed", CallDuration="12")
    assert world.backend.conversation("voice").ended == "hung_up"
    unknown = await world.call("/twilio/voice/status", call_sid="CA" + "9" * 32, CallStatus="completed")
    assert unknown.status == 200


async def test_the_fallback_address_connects_to_a_person(world: World) -> None:
    heard = await world.call("/twilio/voice/fallback", ErrorCode="12100", ErrorUrl="x")
    assert heard.verb("Number").text == "+19515550101"
    assert world.backend.hand_offs[0]["party"] == CUSTOMER


@pytest.mark.parametrize("world", [{"filler_seconds": 0.15}], indirect=True)
async def test_a_slow_turn_holds_the_line_and_answers_when_ready(world: World) -> None:
    world.engine.server.fault = Fault(seconds=0.5)
    heard = await world.call()
    assert heard.said == "One moment, please."
    heard = await world.hold_on(heard)
    assert heard.said == "You said: start"
    assert len(world.engine.turns) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Account 44124412.", "Account 4 4 1 2 4 4 1 2."),
        ("You owe $12,345.67 by 2026-12-01.", "You owe $12,345.67 by 2026-12-01."),
        ("Call (951) 555-0100.", "Call 9 5 1, 5 5 5, 0 1 0 0."),
        ("Call +19515550100", "Call 9 5 1, 5 5 5, 0 1 0 0"),
        ("Reference H-1042", "Reference H 1 0 4 2"),
        ("See https://www.rioseco.example", "See rioseco.example"),
        ("1500 gallons & <more>\x00\ufffe", "1500 gallons & <more>"),
    ],
)
def test_numbers_are_readable(text: str, said: str) -> None:
    assert spoken(text) == said


def mumble() -> dict[str, str]:
    """Words that Twilio did not understand."""
    return {"SpeechResult": "", "Confidence": "0.0"}


async def test_words_not_understood_lead_to_the_keys_and_then_to_a_person(world: World) -> None:
    heard = await world.call()
    heard = await world.call(heard.action(world), **mumble())
    assert world.engine.turns[-1]["kind"] == "no_match"
    heard = await world.call(heard.action(world), **mumble())
    assert "use the keys" in heard.said
    heard = await world.call(heard.action(world), **mumble())
    assert heard.verb("Number").text == "+19515550101"
    assert world.backend.hand_offs[0]["reason"] == "two_failed_turns"
    assert len(world.engine.turns) == 2


async def test_every_step_of_the_ladder_is_on_record(world: World) -> None:
    heard = await world.call()
    for _ in range(3):
        heard = await world.call(heard.action(world))
    said = [line["text"] for line in world.backend.conversation("voice").messages]
    assert any("press star" in text for text in said) and any("hang up now" in text for text in said)


async def test_a_caller_who_holds_on_hears_something_again_and_again(world: World) -> None:
    assert world.services is not None
    said = [wait_twiml("es", world.services.voice, Place(3), waits) for waits in range(1, 7)]
    assert "Un momento" in said[0] and all("Sigo buscando" in each for each in (said[2], said[5]))
    assert all(f"waits={number}" in each for number, each in enumerate(said, start=1))
