"""What a message says of other questions than the one asked: early, corrected, to be changed; and which is next."""

import pytest

from actions.intake_course import correction, named_by, next_question, offered_ahead, said_alone
from actions.intake_types import Kind, Question
from tests.actions.questions import ADDRESS, EMAIL, LANDLORD, NAME, NOTES, PHONE, QUESTIONS, START, heard


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("rent", {"occupant": "renter"}),
        ("I own it", {"occupant": "owner"}),
        ("soy inquilin", {"occupant": "renter"}),
        ("951-555-0177", {"phone": "9515550177"}),
        ("Brent Owens", {}),
        ("Maria, I rent", {}),
        ("my number is 951-555-0177", {}),
    ],
)
def test_a_later_answer_that_is_all_a_message_says(said: str, found: dict[str, str]) -> None:
    questions = (*QUESTIONS, PHONE)
    message = heard(said, **({"digits": "9515550177"} if "0177" in said else {}))
    assert said_alone(questions, {}, NAME, message) == found
    assert said_alone(questions, {"occupant": "owner", "phone": "9515550101"}, NAME, message) == {}
    assert said_alone(questions, {}, NOTES, message) == {
        name: value for name, value in found.items() if name == "phone"
    }
    assert said_alone(questions, {}, ADDRESS, message) == {}


def test_the_first_message_may_bring_answers_along() -> None:
    said = heard("start service december 5 my email is ana@example.com", date="2026-12-05", email="ana@example.com")
    assert offered_ahead(QUESTIONS, said) == {"start_on": "2026-12-05", "email": "ana@example.com"}


def test_a_day_that_cannot_be_is_asked_for_in_its_turn() -> None:
    assert offered_ahead(QUESTIONS, heard("start service last week", date="2026-11-16")) == {}


ANSWERS = {"address": "120 oak street", "start_on": "2026-12-05", "occupant": "owner"}


@pytest.mark.parametrize(
    ("said", "entities", "corrected"),
    [
        ("no, december 7", {"date": "2026-12-07"}, "start_on"),
        ("actually it's 44 elm street", {}, "address"),
        ("perdón, quise decir el 7", {"date": "2026-12-07"}, "start_on"),
        ("no I rent it", {}, "occupant"),
        ("Maria Lopez", {}, None),
        ("no", {}, None),
        ("no, december 5", {"date": "2026-12-05"}, None),
    ],
)
def test_an_earlier_answer_is_corrected(said: str, entities: dict[str, str], corrected: str | None) -> None:
    found = correction(QUESTIONS, ANSWERS, "name", heard(said, **entities))
    assert (found.name if found else None) == corrected


def test_no_correction_of_what_is_being_asked() -> None:
    found = correction(QUESTIONS, {"address": "120 oak street"}, "start_on", heard("no, tomorrow", date="2026-11-24"))
    assert found is None


@pytest.mark.parametrize(
    ("said", "entities", "name"),
    [
        ("the start date", {}, "start_on"),
        ("2", {"digits": "2"}, "start_on"),
        ("el nombre", {}, "name"),
        ("hm", {}, None),
    ],
)
def test_what_is_to_be_changed(said: str, entities: dict[str, str], name: str | None) -> None:
    found = named_by((ADDRESS, START, NAME), heard(said, **entities))
    assert (found.name if found else None) == name


def test_a_question_that_hangs_on_another_answer() -> None:
    known = {"address": "a", "start_on": "b", "name": "c", "occupant": "owner"}
    assert next_question(QUESTIONS, known) == EMAIL
    assert next_question(QUESTIONS, {**known, "occupant": "renter"}) == LANDLORD


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("set up water at 41250 jefferson st starting friday", "41250 jefferson st"),
        ("I need service at 120 N. Oak Street, apt 3 from the first", "120 N. Oak Street, apt 3"),
        ("quiero agua en la calle Jefferson 41250 desde el lunes", "calle Jefferson 41250"),
        ("I'm moving from 44 Elm St", None),
        ("from 44 Elm St to 120 Oak Ave", None),
        ("start service on the 12th for 3 people", None),
        ("my account 10001856 has no street", None),
    ],
)
def test_the_first_message_may_say_where(said: str, address: str | None) -> None:
    assert offered_ahead([ADDRESS], heard(said)).get("address") == address
    assert offered_ahead([Question("mail_to", Kind.ADDRESS, {"en": "", "es": ""})], heard(said)) == {}
