"""What may go, what waits and what never goes, and how many at once."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from backend.outbox import rules
from backend.outbox.places import places_of
from backend.outbox.rules import Day, Drop, Send, Wait

PACIFIC, EASTERN = ZoneInfo("America/Los_Angeles"), ZoneInfo("America/New_York")
DAY = Day(time(8), time(21))
NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def at(hour: int, minute: int = 0, zone: ZoneInfo = PACIFIC) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=zone).astimezone(UTC)


class TestQuietHours:
    @pytest.mark.parametrize(("hour", "minute"), [(8, 0), (12, 0), (20, 59)])
    def test_by_day_nothing_waits(self, hour: int, minute: int) -> None:
        assert rules.quiet_until(at(hour, minute), [PACIFIC], DAY) is None

    @pytest.mark.parametrize(("hour", "minute", "day"), [(7, 59, 23), (0, 0, 23), (21, 0, 24), (23, 30, 24)])
    def test_at_night_it_waits_for_eight_in_the_morning(self, hour: int, minute: int, day: int) -> None:
        morning = datetime(2026, 11, day, 8, 0, tzinfo=PACIFIC)
        assert rules.quiet_until(at(hour, minute), [PACIFIC], DAY) == morning

    def test_a_number_from_further_east_goes_to_bed_earlier(self) -> None:
        assert rules.quiet_until(at(17, 59), [PACIFIC, EASTERN], DAY) is None
        assert rules.quiet_until(at(18, 0), [PACIFIC, EASTERN], DAY) == datetime(2026, 11, 24, 8, tzinfo=PACIFIC)

    def test_where_no_hour_is_day_in_both_places_the_first_counts(self) -> None:
        tokyo = ZoneInfo("Asia/Tokyo")
        day = Day(time(9), time(12))
        assert rules.quiet_until(at(10), [PACIFIC, tokyo], day) is None
        assert rules.quiet_until(at(13), [PACIFIC, tokyo], day) == datetime(2026, 11, 24, 9, tzinfo=PACIFIC)

    def test_the_night_in_which_clocks_are_set_forward(self) -> None:
        night = datetime(2027, 3, 14, 1, 30, tzinfo=PACIFIC).astimezone(UTC)
        assert rules.quiet_until(night, [PACIFIC], DAY) == datetime(2027, 3, 14, 8, tzinfo=PACIFIC)

    def test_the_places_of_a_number(self) -> None:
        assert places_of("+19515550101", PACIFIC) == (PACIFIC,)
        assert places_of("+12125550100", PACIFIC) == (PACIFIC, EASTERN)
        assert places_of("+15005550006", PACIFIC) == (PACIFIC,)


class TestDecision:
    def decide(self, kind: str, **changes: object) -> object:
        facts = {"stopped_by": None, "unreachable": None, "stood_down": False, "quiet_until": None, **changes}
        return rules.decide(kind, NOON, **facts)  # type: ignore[arg-type]

    @pytest.mark.parametrize("kind", ["reply", "safety", "notice", "dunning"])
    def test_by_day_to_a_free_number_everything_goes(self, kind: str) -> None:
        assert self.decide(kind) == Send()

    @pytest.mark.parametrize(("kind", "waits"), [("reply", 0), ("safety", 0), ("notice", 1), ("dunning", 1)])
    def test_quiet_hours_hold_back_what_nobody_asked_for_unless_it_is_about_safety(self, kind: str, waits: int) -> None:
        morning = at(8)
        assert self.decide(kind, quiet_until=morning) == (Wait(morning, "quiet_hours") if waits else Send())

    @pytest.mark.parametrize("kind", ["reply", "safety", "notice", "dunning"])
    @pytest.mark.parametrize("stopped_by", ["keyword", "carrier"])
    def test_after_stop_nothing_goes(self, kind: str, stopped_by: str) -> None:
        assert self.decide(kind, stopped_by=stopped_by) == Drop("opted_out")

    @pytest.mark.parametrize("stopped_by", ["words", "staff"])
    def test_after_plain_words_only_what_somebody_asks_for_goes(self, stopped_by: str) -> None:
        assert self.decide("reply", stopped_by=stopped_by) == Send()
        for kind in ("safety", "notice", "dunning"):
            assert self.decide(kind, stopped_by=stopped_by) == Drop("opted_out")

    def test_a_landline_gets_nothing(self) -> None:
        assert self.decide("reply", unreachable="landline") == Drop("landline")

    def test_in_an_emergency_only_dunning_waits(self) -> None:
        assert isinstance(self.decide("dunning", stood_down=True), Wait)
        assert self.decide("notice", stood_down=True) == Send()

    def test_what_was_asked_for_is_no_notice(self) -> None:
        assert rules.kind_of("one_time_code", in_conversation=False) == "reply"
        assert rules.kind_of("statement_link", in_conversation=False) == "reply"
        assert rules.kind_of("payment_receipt", in_conversation=True) == "reply"
        assert rules.kind_of("payment_receipt", in_conversation=False) == "notice"

    def test_safety_before_a_notice_before_a_campaign_before_dunning(self) -> None:
        order = [
            rules.urgency_of("reply", is_bulk=False),
            rules.urgency_of("safety", is_bulk=True),
            rules.urgency_of("notice", is_bulk=False),
            rules.urgency_of("notice", is_bulk=True),
            rules.urgency_of("dunning", is_bulk=True),
        ]
        assert order == sorted(set(order))


class TestPace:
    def test_an_idle_number_takes_what_fits_into_the_burst(self) -> None:
        assert rules.allowance(NOON, at(1), 3.0, burst_seconds=2.0) == 6

    def test_a_busy_one_takes_nothing_until_there_is_room(self) -> None:
        busy = rules.busy_after(NOON, at(1), 6, 3.0)
        assert (busy - NOON).total_seconds() == 2.0
        assert rules.allowance(NOON, busy, 3.0, burst_seconds=2.0) == 0
        assert rules.allowance(busy, busy, 3.0, burst_seconds=2.0) == 6

    def test_segments_count_not_messages(self) -> None:
        assert rules.fitting([2, 2, 2, 2], room=6) == 3
        assert rules.fitting([], room=6) == 0 and rules.fitting([1], room=0) == 0

    def test_a_text_longer_than_the_burst_goes_alone(self) -> None:
        assert rules.fitting([9, 1], room=6) == 1

    def test_pauses_grow_and_stay_short_enough_to_recover_quickly(self) -> None:
        assert [rules.pause_seconds(attempt) for attempt in range(6)] == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0]
        assert rules.pause_seconds(59) == 10.0 and rules.pause_seconds(60) == 60.0
