"""Whom a campaign leaves out and why, what it says to each, and how long it takes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from backend.campaigns import rules
from backend.campaigns.rules import Candidate, LeftOut
from backend.emergency.rules import Area, StandDown
from backend.outbox.rules import Day

PACIFIC = ZoneInfo("America/Los_Angeles")
DAY = Day(time(8), time(21))
CALM = Area()
SOMEBODY = Candidate(
    account_id=UUID(int=1),
    customer_id=UUID(int=2),
    number="10000378",
    language="en",
    first_name="Rosa",
    name="Rosa Aguilar",
    phone="+19515550142",
    texts_allowed=True,
    stopped_by=None,
    unreachable=None,
    zones=("Mesa",),
    balance_cents=8_250,
    past_due_cents=0,
    next_due_on=date(2026, 12, 1),
    autopay=False,
    medical_protection=False,
    is_held=False,
    is_arranged=False,
)


def reason_left_out(kind: str, one: Candidate, down: StandDown) -> str | None:
    """Of a campaign that calls nobody."""
    way = rules.way_to(kind, one, down, speaks=False)
    return way.reason if isinstance(way, LeftOut) else None


@pytest.mark.parametrize("kind", ["payment_reminder", "shut_off_warning", "outage", "notice", "emergency"])
def test_somebody_with_a_number_that_takes_texts_is_reached(kind: str) -> None:
    assert reason_left_out(kind, SOMEBODY, CALM) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"phone": None, "texts_allowed": None}, "no_phone"),
        ({"texts_allowed": False}, "not_allowed"),
        ({"stopped_by": "words"}, "opted_out"),
        ({"unreachable": "landline"}, "unreachable"),
    ],
)
def test_whom_no_text_reaches(changes: dict[str, object], reason: str) -> None:
    one = replace(SOMEBODY, **changes)  # type: ignore[arg-type]
    assert {reason_left_out(kind, one, CALM) for kind in ("notice", "payment_reminder", "emergency")} == {reason}


@pytest.mark.parametrize(
    ("changes", "notice", "emergency"),
    [
        ({}, "sms", "sms"),
        ({"texts_allowed": False}, "call", "call"),
        ({"unreachable": "landline"}, "call", "call"),
        ({"unreachable": "blocked"}, "call", "call"),
        ({"unreachable": "invalid"}, LeftOut("unreachable"), LeftOut("unreachable")),
        ({"stopped_by": "keyword"}, LeftOut("opted_out"), "call"),
        ({"unreachable": "landline", "calls_stopped_by": "keys"}, LeftOut("no_calls"), "call"),
        ({"calls_stopped_by": "keys"}, "sms", "sms"),
        ({"phone": None}, LeftOut("no_phone"), LeftOut("no_phone")),
    ],
)
def test_whom_no_text_reaches_is_called(changes: dict[str, object], notice: object, emergency: object) -> None:
    one = replace(SOMEBODY, **changes)  # type: ignore[arg-type]
    assert rules.way_to("notice", one, CALM, speaks=True) == notice
    assert rules.way_to("emergency", one, CALM, speaks=True) == emergency


def test_whom_nobody_duns_is_not_called_either() -> None:
    one = replace(SOMEBODY, unreachable="landline", is_held=True)
    assert rules.way_to("shut_off_warning", one, CALM, speaks=True) == LeftOut("hold")


@pytest.mark.parametrize(
    ("changes", "reminder", "warning"),
    [
        ({"is_held": True}, "hold", "hold"),
        ({"is_arranged": True}, "arrangement", "arrangement"),
        ({"autopay": True}, "autopay", None),
        ({"medical_protection": True}, None, "medical_protection"),
    ],
)
def test_whom_nobody_duns(changes: dict[str, bool], reminder: str | None, warning: str | None) -> None:
    one = replace(SOMEBODY, **changes)  # type: ignore[arg-type]
    assert reason_left_out("payment_reminder", one, CALM) == reminder
    assert reason_left_out("shut_off_warning", one, CALM) == warning
    assert reason_left_out("outage", one, CALM) is None


def test_an_emergency_stands_dunning_down_where_it_is() -> None:
    mesa, valley, everywhere = Area(zones=frozenset({"Mesa"})), Area(zones=frozenset({"Valley"})), Area(everywhere=True)
    assert reason_left_out("payment_reminder", SOMEBODY, mesa) == "emergency"
    assert reason_left_out("payment_reminder", SOMEBODY, valley) is None
    assert reason_left_out("payment_reminder", SOMEBODY, everywhere) == "emergency"
    assert reason_left_out("outage", SOMEBODY, mesa) is None


def test_what_stands_in_braces() -> None:
    assert rules.rendered("{name}: {amount}, {what}", {"name": "Rosa", "amount": "$1.00"}) == "Rosa: $1.00, {what}"
    assert rules.unknown_places("outage", "{name} {amount}") == ["amount"]
    assert rules.unknown_places("payment_reminder", "{name} {amount} {due_date}") == []


class TestHowLong:
    def finishes(self, begins: datetime, segments: int, day: Day | None = DAY) -> datetime:
        return rules.finishes_at(begins.astimezone(UTC), segments, 1.0, PACIFIC, day).astimezone(PACIFIC)

    def test_by_day(self) -> None:
        begins = datetime(2026, 11, 23, 10, 0, tzinfo=PACIFIC)
        assert self.finishes(begins, 3_600) == datetime(2026, 11, 23, 11, 0, tzinfo=PACIFIC)

    def test_over_night(self) -> None:
        begins = datetime(2026, 11, 23, 20, 0, tzinfo=PACIFIC)
        assert self.finishes(begins, 7_200) == datetime(2026, 11, 24, 9, 0, tzinfo=PACIFIC)

    def test_begun_before_the_morning_and_after_the_evening(self) -> None:
        early, late = (datetime(2026, 11, 23, hour, 30, tzinfo=PACIFIC) for hour in (5, 22))
        assert self.finishes(early, 60) == datetime(2026, 11, 23, 8, 1, tzinfo=PACIFIC)
        assert self.finishes(late, 60) == datetime(2026, 11, 24, 8, 1, tzinfo=PACIFIC)

    def test_in_an_emergency_at_any_hour(self) -> None:
        late = datetime(2026, 11, 23, 22, 0, tzinfo=PACIFIC)
        assert self.finishes(late, 3_600, None) == datetime(2026, 11, 23, 23, 0, tzinfo=PACIFIC)

    def test_what_it_costs_is_rounded_up(self) -> None:
        assert rules.cost_cents(1, 1_100) == 2 and rules.cost_cents(1_000, 1_100) == 1_100
