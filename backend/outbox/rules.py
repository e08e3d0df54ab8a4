"""Which message may go now, which waits, which never goes: pure.

Quiet hours are of 47 CFR 64.1200(c)(1): nothing before 8 in the morning or after 9 in the evening, where the
customer is. What they have just asked for, and what is about their safety, is no solicitation and goes at any hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["reply", "safety", "notice", "dunning"]
"""`reply`: asked for, or part of a conversation. `safety`: about the water itself. `notice`: about what somebody did.
`dunning`: about money that is owed."""

Channel = Literal["sms", "call"]
"""How somebody is reached who is not in a chat."""

REPLY, SAFETY, NOTICE, BULK_NOTICE, DUNNING = 0, 1, 2, 3, 4
_ASKED_FOR = frozenset({"one_time_code", "answer", "email_changed", "callback", "text_enrolment"})
MISSED = ("busy", "no_answer", "not_heard")
"""How a call fails that nobody answered, or that ended before anything was said."""
CALL_AGAIN_SECONDS = 30 * 60.0
CALLS_AGAIN_MAX = 1
STOOD_DOWN_FOR = timedelta(minutes=5)
BACK_OFF_AFTER = 5
"""So many attempts in a row without an answer: the carrier is away; one message at a time asks whether it is back."""


@dataclass(frozen=True, slots=True)
class Send:
    """Give it to telephony."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again `until` then (by the clock of `now`)."""

    until: datetime
    waits_for: str


@dataclass(frozen=True, slots=True)
class Drop:
    """It will never go; `reason` is kept as its error code."""

    reason: str


def kind_of(purpose: str, *, in_conversation: bool) -> Kind:
    """The kind of a message whose sender did not say."""
    asked_for = in_conversation or purpose in _ASKED_FOR or purpose.endswith("_link")
    return "reply" if asked_for else "notice"


def urgency_of(kind: Kind, *, is_bulk: bool) -> int:
    """The order in which messages go; 0 goes at once, the others at the pace of the number."""
    if kind == "notice" and is_bulk:
        return BULK_NOTICE
    return {"reply": REPLY, "safety": SAFETY, "notice": NOTICE, "dunning": DUNNING}[kind]


def decide(
    kind: str,
    now: datetime,
    *,
    stopped_by: str | None,
    unreachable: str | None,
    stood_down: bool,
    quiet_until: datetime | None,
) -> Send | Wait | Drop:
    """What to do with a text now; `quiet_until` is None outside the quiet hours of its number.

    After STOP the carrier refuses every text. After plain words only what somebody asks for still goes.
    """
    if unreachable is not None:
        return Drop(unreachable)
    if stopped_by in ("keyword", "carrier") or (stopped_by is not None and kind != "reply"):
        return Drop("opted_out")
    if kind == "dunning" and stood_down:
        return Wait(now + STOOD_DOWN_FOR, "emergency")
    if kind in ("notice", "dunning") and quiet_until is not None:
        return Wait(quiet_until, "quiet_hours")
    return Send()


def decide_call(
    kind: str,
    now: datetime,
    *,
    calls_stopped: bool,
    is_wrong: bool,
    stood_down: bool,
    quiet_until: datetime | None,
) -> Send | Wait | Drop:
    """What to do with an automatic call now. What is about people's safety needs no consent (47 CFR 64.1200(a)(1)).

    `is_wrong`: it is no working number.
    """
    stopped_by = "keys" if calls_stopped and kind != "safety" else None
    unreachable = "invalid" if is_wrong else None
    return decide(
        kind, now, stopped_by=stopped_by, unreachable=unreachable, stood_down=stood_down, quiet_until=quiet_until
    )


@dataclass(frozen=True, slots=True)
class Day:
    """From when until when texts may arrive, by the clock of the place."""

    begins: time
    ends: time

    def holds(self, local: datetime) -> bool:
        return self.begins <= local.time() < self.ends


def quiet_until(now: datetime, zones: Sequence[ZoneInfo], day: Day) -> datetime | None:
    """When the quiet hours end at every place that the customer may be at; None when it is day at all of them.

    Where no hour of two days is day everywhere, the first place counts alone.
    """
    places = list(zones)
    if all(day.holds(now.astimezone(zone)) for zone in places):
        return None
    mornings = sorted(
        morning for zone in places for ahead in range(3) if (morning := _morning(now, zone, day, ahead)) > now
    )
    for morning in mornings:
        if all(day.holds(morning.astimezone(zone)) for zone in places):
            return morning
    return quiet_until(now, places[:1], day)


def _morning(now: datetime, zone: ZoneInfo, day: Day, days_ahead: int) -> datetime:
    local = now.astimezone(zone).date() + timedelta(days=days_ahead)
    return datetime.combine(local, day.begins, zone).astimezone(now.tzinfo)


def pause_seconds(attempt: int) -> float:
    """The pause after attempt number `attempt` (from 0): 0.5, 1, 2, 4, 8 … s, at most 10, after a while 60."""
    if attempt >= 60:
        return 60.0
    return min(0.5 * 2.0 ** min(attempt, 6), 10.0)


def allowance(now: datetime, busy_until: datetime, segments_per_second: float, burst_seconds: float) -> int:
    """How many segments the number may be given now: what fits into `burst_seconds` beside what it has already."""
    free = burst_seconds - max(0.0, (busy_until - now).total_seconds())
    return max(0, int(free * segments_per_second + 1e-6))


def busy_after(now: datetime, busy_until: datetime, segments: int, segments_per_second: float) -> datetime:
    """Up to when the number is busy once it has been given so many segments more."""
    return max(now, busy_until) + timedelta(seconds=segments / segments_per_second)


def fitting(segments: Sequence[int], room: int) -> int:
    """How many of the messages, in their order, fit into `room` segments; a longer one than ever fits goes alone."""
    count, used = 0, 0
    for one in segments:
        if used + one > room and not (count == 0 and room > 0):
            break
        count, used = count + 1, used + one
    return count
