"""What callers in line say instead of a key, in both languages."""

from xml.etree import ElementTree

import pytest

from telephony.people.client import Whisper
from telephony.people.phrases import minutes, tell
from telephony.people.spoken import phone_number, says_no, says_yes, wants_person
from telephony.people.twiml import LineTwiml
from telephony.twilio.twiml import VoiceStyle


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("9517770177", "+19517770177"),
        ("(951) 777-0177.", "+19517770177"),
        ("nine five one, seven seven seven, oh one seven seven", "+19517770177"),
        ("one nine five one triple seven zero one double seven", "+19517770177"),
        ("it's nine fifty one seven seventy seven zero one seventy seven", "+19517770177"),
        ("eight hundred five five five twelve twelve", "+18005551212"),
        ("nueve cinco uno siete siete siete cero uno siete siete", "+19517770177"),
        ("es el nueve cincuenta y uno, setecientos setenta y siete", None),
        ("nueve cincuenta y uno, siete setenta y siete, cero uno, setenta y siete", "+19517770177"),
        ("nueve veintitrés, cuatro cuarenta, cincuenta, veintiuno", "+19234405021"),
        ("my number", None),
        ("", None),
        ("one two three", None),
        ("0517770177", None),
    ],
)
def test_a_number_is_understood_however_it_is_said(said: str, number: str | None) -> None:
    assert phone_number(said) == number


@pytest.mark.parametrize("words", ["Yes.", "yeah that is it", "Sí, por favor", "correcto", "that's right"])
def test_a_yes(words: str) -> None:
    assert says_yes(words) and wants_person(words) and not says_no(words)


@pytest.mark.parametrize("words", ["No.", "no, another number", "otro número", "wrong"])
def test_a_no(words: str) -> None:
    assert says_no(words) and not says_yes(words) and not wants_person(words)


@pytest.mark.parametrize("words", ["representative", "I still need somebody", "un representante por favor", "otra"])
def test_who_wants_a_person_says_so(words: str) -> None:
    assert wants_person(words) == (words != "otra")


@pytest.mark.parametrize(("n", "words"), [(1, "1 minuto"), (5, "5 minutos")])
def test_the_wait_is_told_in_good_spanish(n: int, words: str) -> None:
    told = tell("place", "es", place="2", minutes=minutes(n, "es"))
    assert told == f"Usted es el número 2 en la fila y la espera es de alrededor de {words}."


def test_a_whisper_is_in_the_leads_language_and_its_summary_in_its_own() -> None:
    line = LineTwiml(VoiceStyle({"en": "Joanna", "es": "Lupe"}, "https://calls.example"), records=False)
    told = Whisper("lead", "es", "Llamada de Ana.", "Why did the bill double?")
    said = list(ElementTree.fromstring(line.whisper("1", told)).iter("Say"))
    assert [say.attrib["language"] for say in said] == ["es-US", "en-US", "es-US"]
    assert [say.attrib["voice"] for say in said] == ["Lupe", "Joanna", "Lupe"]
    assert (said[0].text, said[1].text) == ("Llamada de Ana.", "Why did the bill double?")
    first = line.picked_up("1", told, "Rio Seco")
    assert "Ana" not in first and "double" not in first and "diga sí" in first
