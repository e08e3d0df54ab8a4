"""The order of the queue as one pure function: who is first, why, that nobody starves, what is told."""

import random
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.queue.rules import (
    Ahead,
    Server,
    Waiting,
    after_failed_try,
    calling_allowed,
    expected_wait_seconds,
    in_order,
    next_calling_time,
    offers,
    score_seconds,
    told_minutes,
    why,
)

NOW = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
AHEAD = Ahead(emergency=240, no_water=180, shut_off_today=30, protected=20, urgent=15, on_the_phone=30, long_wait=15)


def waiting(number: int, minutes: float = 0, **more: Any) -> Waiting:
    return Waiting(UUID(int=number), number, NOW - timedelta(minutes=minutes), **{"contact": "holding"} | more)


def order(*cases: Waiting) -> list[int]:
    return [case.number for case in in_order(cases, AHEAD, NOW)]


def test_who_came_first_is_served_first_when_nothing_else_differs() -> None:
    assert order(waiting(3, 1), waiting(1, 5), waiting(2, 3)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("matter", "minutes"),
    [
        ({"priority": 0}, 240),
        ({"no_water": True}, 180),
        ({"shut_off_today": True}, 30),
        ({"protected": True}, 20),
        ({"priority": 1}, 15),
    ],
)
def test_a_matter_is_worth_its_minutes_and_no_more(matter: dict[str, Any], minutes: int) -> None:
    no_long_wait = Ahead(240, 180, 30, 20, 15, 30, long_wait=10_000)
    newcomer = waiting(2, 0, **matter)
    just_less, just_more = waiting(1, minutes - 0.1), waiting(1, minutes + 0.1)
    assert in_order([just_less, newcomer], no_long_wait, NOW)[0] is newcomer
    assert in_order([just_more, newcomer], no_long_wait, NOW)[0] is just_more


def test_an_emergency_comes_before_no_water_before_a_shut_off_before_a_protected_household_before_others() -> None:
    matters: list[dict[str, Any]] = [{"priority": 0}, {"no_water": True}, {"shut_off_today": True}, {"protected": True}]
    cases = [waiting(number, **matter) for number, matter in enumerate([*matters, {}], 1)]
    assert order(*reversed(cases)) == [1, 2, 3, 4, 5]


def test_somebody_on_the_line_comes_before_a_text_and_a_promised_call_stands_like_a_call() -> None:
    text, call, callback = waiting(1, 10, contact="message"), waiting(2, 2), waiting(3, 3, contact="callback")
    assert order(text, call, callback) == [3, 2, 1]


def test_a_long_wait_counts_twice_so_it_overtakes_matters_that_came_later() -> None:
    assert order(waiting(1, 31), waiting(2, 5, shut_off_today=True)) == [1, 2]
    assert score_seconds(waiting(1, 31), AHEAD, NOW) == (31 + 16 + 30) * 60


def test_nobody_starves_whatever_comes_after() -> None:
    """However many emergencies keep coming, whoever has waited for all that an emergency is worth is first."""
    patient = waiting(0, 138)
    newcomers = [waiting(number, 0, priority=0) for number in range(1, 200)]
    assert order(*newcomers, patient)[0] == 0


def test_the_reasons_add_up_to_the_place() -> None:
    dice = random.Random(7)
    for number in range(300):
        case = waiting(number, dice.randrange(0, 90), priority=dice.randrange(3), shut_off_today=dice.random() < 0.3,
                       protected=dice.random() < 0.3, contact=dice.choice(["holding", "message"]))  # fmt: skip
        assert sum(reason.minutes for reason in why(case, AHEAD, NOW)) * 60 == score_seconds(case, AHEAD, NOW)


def test_why_an_emergency_is_first_in_words() -> None:
    parts = [(one.name, one.minutes) for one in why(waiting(1, 20, priority=0), AHEAD, NOW)]
    assert parts == [("waited", 20), ("long_wait", 5), ("emergency", 240), ("on_the_phone", 30)]


def server(number: int, languages: str = "en", idle: float = 0, **more: Any) -> Server:
    values = {"departments": frozenset[str](), "room": {"voice": 1, "sms": 2, "chat": 2}} | more
    since = NOW - timedelta(minutes=idle)
    return Server(UUID(int=number), frozenset(languages.split()), idle_since=since, **values)


class TestOffers:
    def test_the_first_in_line_goes_to_whoever_is_idle_longest(self) -> None:
        made = offers([waiting(1), waiting(2)], [server(11, idle=1), server(12, idle=9)])
        assert made == [(UUID(int=1), UUID(int=12)), (UUID(int=2), UUID(int=11))]

    def test_a_rare_language_stays_free_for_those_who_need_it(self) -> None:
        made = offers([waiting(1), waiting(2, language="es")], [server(11, "en es", idle=9), server(12)])
        assert made == [(UUID(int=1), UUID(int=12)), (UUID(int=2), UUID(int=11))]

    def test_a_language_that_is_spoken_by_somebody_busy_is_waited_for(self) -> None:
        busy = server(12, "en es", room={})
        assert offers([waiting(1, language="es")], [server(11), busy]) == []
        assert offers([waiting(1, language="es")], [server(11)]) == [(UUID(int=1), UUID(int=11))]

    def test_departments_room_phone_and_what_was_declined_count(self) -> None:
        case = waiting(1, department="billing")
        assert offers([case], [server(11, departments=frozenset({"payments"}))]) == []
        assert offers([case], [server(11, room={"voice": 0})]) == []
        assert offers([case], [server(11, has_phone=False)]) == []
        assert offers([case], [server(11, declined=frozenset({case.id}))]) == []
        text = waiting(2, contact="message", channel="sms")
        assert offers([text], [server(11, has_phone=False)]) == [(text.id, UUID(int=11))]

    def test_one_case_for_one_person_at_a_time(self) -> None:
        assert len(offers([waiting(number) for number in range(9)], [server(11), server(12)])) == 2


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 1), (59, 1), (61, 2), (600, 10), (601, 15), (1_201, 25), (3_600, 60)]
)
def test_a_wait_is_never_told_as_less_than_it_is(seconds: int, minutes: int) -> None:
    assert told_minutes(seconds) == minutes and told_minutes(seconds) * 60 >= seconds


def test_the_expected_wait_is_the_calls_before_shared_among_the_people() -> None:
    assert expected_wait_seconds(4, 2, 300) == 600
    assert expected_wait_seconds(1, 0, 300) is None


def test_quiet_hours() -> None:
    first, until = time(8), time(19)
    evening, early, day = (datetime(2026, 11, 30, hour, 15) for hour in (19, 6, 12))
    assert not calling_allowed(evening, first, until) and not calling_allowed(early, first, until)
    assert next_calling_time(day, first, until) == day
    assert next_calling_time(early, first, until) == datetime(2026, 11, 30, 8)
    assert next_calling_time(evening, first, until) == datetime(2026, 12, 1, 8)


def test_two_tries_in_a_window() -> None:
    pause, ends = timedelta(minutes=20), NOW + timedelta(hours=1)
    assert after_failed_try(1, NOW, ends, tries_max=2, pause=pause).at == NOW + pause
    assert after_failed_try(2, NOW, ends, tries_max=2, pause=pause).at is None
    assert after_failed_try(1, ends - pause, ends, tries_max=2, pause=pause).at is None
