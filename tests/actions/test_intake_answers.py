"""Reading the answer to a question of an intake: what counts, and what is somebody else's question."""

import pytest

from actions.intake_answers import read_answer, read_asked
from actions.intake_types import SKIPPED, Heard, Kind, OutOfRangeError, Question
from actions.intake_wording import for_the_case, said_back
from actions.wording import Wording
from tests.actions.questions import ADDRESS, EMAIL, MONTHLY, NAME, NOTES, OCCUPANT, PLAN, START, TODAY, heard


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Maria Lopez", "Maria Lopez"),
        ("my name is Maria Lopez", "Maria Lopez"),
        ("it's Sean O'Neill-Ruiz", "Sean O'Neill-Ruiz"),
        ("me llamo José Ángel Núñez", "José Ángel Núñez"),
        ("soy Ana", "Ana"),
        ("who owns which pipe at my house", None),
        ("what do you mean?", None),
        ("12345", None),
        ("next monday", None),
        ("Domingo Pérez", "Domingo Pérez"),
        ("cómo se llama", None),
    ],
)
def test_a_name(said: str, name: str | None) -> None:
    assert read_answer(NAME, heard(said)) == name


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("120 oak street", "120 oak street"),
        ("it's 4412 N. Palm Ave apt 3", "4412 N. Palm Ave apt 3"),
        ("no, actually 44 elm street", "44 elm street"),
        ("calle roble 44", "calle roble 44"),
        ("200 5th", "200 5th"),
        ("the blue house", None),
        ("tomorrow", None),
        ("10001856 6966", None),
        ("account 10001856 pin 6966", None),
        ("951 555 0177", None),
    ],
)
def test_an_address(said: str, address: str | None) -> None:
    assert read_answer(ADDRESS, heard(said)) == address


def test_a_statement_of_another_topic_is_no_free_text() -> None:
    assert read_answer(NOTES, heard("what is my balance", "ask_balance", 0.95)) is None
    assert read_answer(NOTES, heard("what is my balance", "ask_balance", 0.65)) is None
    assert read_answer(NOTES, heard("the gate code is with the neighbor", "ask_department", 0.65)) is not None


@pytest.mark.parametrize(("day", "fits"), [("2026-11-23", True), ("2027-01-22", True), ("2026-11-22", False)])
def test_a_day_within_the_days_allowed(day: str, fits: bool) -> None:
    if fits:
        assert read_answer(START, heard("then", date=day)) == day
    else:
        with pytest.raises(OutOfRangeError):
            read_answer(START, heard("then", date=day))


@pytest.mark.parametrize(
    ("said", "entities", "value"),
    [
        ("renting", {}, "renter"),
        ("soy la dueña", {}, "owner"),
        ("2", {"digits": "2"}, "renter"),
        ("3", {"digits": "3"}, None),
        ("I rent it", {"choice": "renter"}, "renter"),
        ("I own it and rent it out", {}, None),
    ],
)
def test_a_choice_by_words_number_or_button(said: str, entities: dict[str, str], value: str | None) -> None:
    assert read_answer(OCCUPANT, heard(said, **entities)) == value


@pytest.mark.parametrize(
    ("said", "cents"),
    [
        ("50", 5_000),
        ("50 a month", 5_000),
        ("about 75 per month", 7_500),
        ("I can do 40", 4_000),
        ("unos 60 al mes", 6_000),
        ("no, make it 80", 8_000),
        ("3 months", None),
        ("in 4 payments", None),
        ("december 10", None),
        ("0", None),
    ],
)
def test_a_bare_number_is_dollars_where_an_amount_was_asked_for(said: str, cents: int | None) -> None:
    assert read_asked(MONTHLY, heard(said)) == cents
    assert read_answer(MONTHLY, heard(said)) is None


def test_an_amount_in_so_many_words_is_that_wherever() -> None:
    assert read_asked(MONTHLY, heard("$45.50", amount_cents="4550")) == 4_550
    assert read_answer(MONTHLY, heard("$45.50", amount_cents="4550")) == 4_550


@pytest.mark.parametrize("said", ["skip", "I don't have one", "no tengo", "omitir"])
def test_an_optional_answer_is_left_out(said: str) -> None:
    assert read_answer(EMAIL, heard(said)) == SKIPPED
    assert read_answer(NAME, heard(said)) != SKIPPED


@pytest.mark.parametrize(
    ("digits", "phone"), [("9515550101", "9515550101"), ("19515550101", "9515550101"), ("911", None)]
)
def test_a_phone(digits: str, phone: str | None) -> None:
    asked = Question("phone", Kind.PHONE, {"en": "Phone", "es": "Teléfono"})
    assert read_answer(asked, heard(digits, digits=digits)) == phone


@pytest.mark.parametrize(
    ("said", "intent", "value"),
    [
        ("take it off", "cancel", "take it off"),
        ("quítemelo", "turn_it_off", "quítemelo"),
        ("the toilet upstairs", "ask_knowledge", "the toilet upstairs"),
        ("this morning", "greet", "this morning"),
        ("never mind", "cancel", None),
        ("how do I test the toilet?", "ask_knowledge", None),
        ("hello", "greet", None),
    ],
)
def test_what_sounds_like_something_else_answers_a_question_in_own_words(
    said: str, intent: str, value: str | None
) -> None:
    why = Question("why", Kind.TEXT, {"en": "Why", "es": "Por qué"})
    assert read_answer(why, Heard(said, intent, 0.95, {}, TODAY)) == value


def test_answers_are_said_back_as_people_say_them() -> None:
    spoken = Wording("es", spoken=True)
    assert said_back(START, "2026-12-05", spoken) == "sábado 5 de diciembre"
    assert said_back(OCCUPANT, "renter", spoken) == "La rento"
    assert said_back(EMAIL, "ana@example.com", spoken) == "ana arroba example punto com"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mrs. Castle", "Mrs. Castle"),
        ("la señora Marsh", "la señora Marsh"),
        ("the general manager", "the general manager"),
        ("a person please", None),
        ("I want Mr. Castle", None),
        ("operadora", None),
    ],
)
def test_who_is_visited_sounds_like_being_asked_for(said: str, name: str | None) -> None:
    assert read_answer(NAME, heard(said, "ask_person", 0.95)) == name
    assert read_answer(EMAIL, heard(said, "ask_person", 0.95)) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("can i do 3 months", "parts:3"),
        ("in four equal payments", "parts:4"),
        ("lo puedo pagar en tres partes", "parts:3"),
        ("doce mensualidades", "parts:12"),
        ("1 payment", None),
        ("99 months", None),
        ("in parts", None),
    ],
)
def test_so_many_parts_in_place_of_an_amount(said: str, value: str | None) -> None:
    assert read_asked(PLAN, heard(said)) == value
    assert read_asked(MONTHLY, heard(said)) is None


def test_an_amount_beside_the_months_is_the_answer() -> None:
    assert read_asked(PLAN, heard("50 dollars for 3 months", amount_cents=5000)) == 5000


def test_parts_are_read_back_and_in_the_case() -> None:
    assert said_back(PLAN, "parts:3", Wording("en", spoken=True)) == "one of 3 equal parts"
    assert said_back(PLAN, "parts:3", Wording("es", spoken=False)) == "una de 3 partes iguales"
    assert for_the_case(PLAN, "parts:3") == "one of 3 equal parts"
    assert for_the_case(PLAN, 5000) == "$50.00"
