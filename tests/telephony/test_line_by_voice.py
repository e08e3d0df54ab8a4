"""Everything around the line can be done by voice alone."""

import pytest

from tests.telephony.conftest import World

LINE = "/twilio/voice/line"


@pytest.mark.parametrize("words", ["representative", "yes please", "sí", "un representante"])
async def test_who_still_needs_somebody_says_so(world: World, words: str) -> None:
    heard = await world.call(f"{LINE}/again?n=3", SpeechResult=words, Confidence="0.9")
    assert heard.xml.find("Record") is not None, "no queue here, so a message is taken; nobody is hung up on"


async def test_who_is_done_hears_goodbye(world: World) -> None:
    heard = await world.call(f"{LINE}/again?n=3", SpeechResult="no thank you", Confidence="0.9")
    assert "Goodbye" in heard.said and heard.xml.find("Record") is None


@pytest.mark.parametrize(
    ("language", "words", "asked"),
    [
        ("en", "nine five one seven seven seven oh one double nine", "9 5 1, 7 7 7, 0 1 9 9"),
        ("es", "nueve cinco uno siete siete siete cero uno noventa y nueve", "9 5 1, 7 7 7, 0 1 9 9"),
    ],
)
async def test_a_number_is_said_confirmed_and_changed(world: World, language: str, words: str, asked: str) -> None:
    other = await world.call(f"{LINE}/callback?language={language}&phone=%2B19517770100", SpeechResult="no")
    assert other.verb("Gather").attrib["input"] == "dtmf speech"
    heard = await world.call(other.action(world), SpeechResult=words, Confidence="0.9")
    assert asked in heard.said and "phone=%2B19517770199" in heard.action(world)
    unclear = await world.call(other.action(world), SpeechResult="my number", Confidence="0.9")
    assert ("can't use" if language == "en" else "no puedo usar") in unclear.said
