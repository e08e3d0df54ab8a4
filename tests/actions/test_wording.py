"""Values as people write and say them, in both languages."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from actions.wording import Wording

EN, ES = Wording("en", spoken=False), Wording("es", spoken=False)
EN_SPOKEN, ES_SPOKEN = Wording("en", spoken=True), Wording("es", spoken=True)
WEEK: list[dict[str, Any]] = [
    {"days": ["monday", "tuesday", "wednesday", "thursday"], "opens": "07:30", "closes": "17:30"},
    {"days": ["friday"], "opens": "13:00", "closes": "16:30", "every_other_week": True},
    {"days": ["saturday", "sunday"], "opens": None, "closes": None},
]
CALIFORNIA = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("cents", "written", "spoken_en", "spoken_es"),
    [
        (123405, "$1,234.05", "1234 dollars and 5 cents", "1234 dólares con 5 centavos"),
        (100, "$1.00", "1 dollar", "1 dólar"),
        (1, "$0.01", "1 cent", "1 centavo"),
        (0, "$0.00", "0 dollars", "0 dólares"),
        (201, "$2.01", "2 dollars and 1 cent", "2 dólares con 1 centavo"),
        (-5000, "$50.00", "50 dollars", "50 dólares"),
    ],
)
def test_money(cents: int, written: str, spoken_en: str, spoken_es: str) -> None:
    assert EN.money(cents) == ES.money(cents) == written
    assert EN_SPOKEN.money(cents) == spoken_en
    assert ES_SPOKEN.money(cents) == spoken_es


def test_a_day_has_its_weekday_while_it_is_near_and_its_year_when_it_is_far() -> None:
    today = date(2026, 11, 23)
    assert EN.day(date(2026, 12, 1), today) == "Tuesday, December 1"
    assert ES.day(date(2026, 12, 1), today) == "martes 1 de diciembre"
    assert EN.day(date(2025, 1, 31), today) == "January 31, 2025"
    assert ES.day(date(2025, 1, 31), today) == "31 de enero de 2025"


@pytest.mark.parametrize(
    ("clock", "en"), [(time(8), "8 AM"), (time(16, 30), "4:30 PM"), (time(0, 5), "12:05 AM"), (time(12), "noon")]
)
def test_clock(clock: time, en: str) -> None:
    assert EN.clock(clock) == en


def test_opening_and_closing_times() -> None:
    now = datetime(2026, 11, 23, 6, tzinfo=CALIFORNIA)
    one = datetime(2026, 11, 23, 13, 0, tzinfo=CALIFORNIA)
    tomorrow = datetime(2026, 11, 24, 7, 30, tzinfo=CALIFORNIA)
    assert (EN.time_of(one), ES.time_of(one)) == ("1 PM", "la 1 PM")
    assert (EN.opening(one, now), ES.opening(one, now)) == ("today at 1 PM", "hoy a la 1 PM")
    assert EN.opening(tomorrow, now) == "Tuesday, November 24 at 7:30 AM"
    assert ES.opening(tomorrow) == "el martes 24 de noviembre a las 7:30 AM"


def test_phone_numbers() -> None:
    assert EN.phone("+19515550100") == "(951) 555-0100"
    assert EN_SPOKEN.phone("+19515550100") == "9 5 1, 5 5 5, 0 1 0 0"
    assert EN.phone("911") == "911"
    assert ES_SPOKEN.phone("911") == "9 1 1"


def test_masked_numbers_and_references() -> None:
    assert EN.digits("•••-•••-1234") == "•••-•••-1234"
    assert EN_SPOKEN.digits("•••-•••-1234") == "1 2 3 4"
    assert EN.reference("H-1042") == "H-1042"
    assert ES_SPOKEN.reference("H-1042") == "H 1 0 4 2"


def test_email_addresses() -> None:
    assert EN.email("ana@example.com") == "ana@example.com"
    assert EN_SPOKEN.email("ana@example.com") == "ana at example dot com"
    assert ES_SPOKEN.email("ana@example.com") == "ana arroba ejemplo punto com".replace("ejemplo", "example")


def test_opening_hours() -> None:
    assert EN.hours(WEEK) == (
        "Monday to Thursday, 7:30 AM to 5:30 PM; every other Friday, 1 PM to 4:30 PM; Saturday and Sunday, closed"
    )
    assert ES.hours(WEEK) == (
        "lunes a jueves, de las 7:30 AM a las 5:30 PM; un viernes sí y otro no, de la 1 PM a las 4:30 PM; "
        "sábado y domingo, cerrado"
    )


def test_noon_in_spanish_hours() -> None:
    assert ES.hours([{"days": ["saturday"], "opens": "08:00", "closes": "12:00"}]) == (
        "sábado, de las 8 AM al mediodía"
    )


def test_listings() -> None:
    assert EN.listing(["a", "b", "c"]) == "a, b and c"
    assert ES.listing(["agua", "Ingeniería"]) == "agua e Ingeniería"
    assert EN.listing([]) == ""
