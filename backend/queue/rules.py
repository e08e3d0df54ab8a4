"""The order of the queue, why it is so, and what a caller is told of it. Pure.

A case's place is how long it has waited plus the minutes that its matter is worth. All wait at the same pace, and
what a matter is worth is bounded, so whoever waits long enough comes first: nobody starves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from uuid import UUID

Contact = Literal["holding", "callback", "message"]
CHANNELS = ("voice", "sms", "chat")
EMERGENCY, URGENT = 0, 1


@dataclass(frozen=True, slots=True)
class Ahead:
    """What matters are worth, in minutes of waiting; `long_wait`: from there on a minute counts twice."""

    emergency: int
    no_water: int
    shut_off_today: int
    protected: int
    urgent: int
    on_the_phone: int
    long_wait: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that nobody has. `entered_at` is its place in line, `number` decides between equals.

    `priority` as the policy gives it: 0 an emergency, 1 urgent. `no_water`: where they are, an emergency has left
    everybody without. `contact`: on the line, to be called back, or writing.
    """

    id: UUID
    number: int
    entered_at: datetime
    priority: int = 2
    no_water: bool = False
    shut_off_today: bool = False
    protected: bool = False
    contact: Contact = "message"
    channel: str = "voice"
    language: str = "en"
    department: str = "customer_service"


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a place: its name (`waited`, `long_wait`, or a matter of `Ahead`) and its minutes."""

    name: str
    minutes: int


def _parts(case: Waiting, ahead: Ahead, now: datetime) -> list[tuple[str, float]]:
    """The parts of a place in seconds."""
    waited = max((now - case.entered_at).total_seconds(), 0.0)
    parts = [("waited", waited)]
    if waited > ahead.long_wait * 60:
        parts.append(("long_wait", waited - ahead.long_wait * 60))
    if case.priority <= EMERGENCY:
        parts.append(("emergency", ahead.emergency * 60))
    if case.no_water:
        parts.append(("no_water", ahead.no_water * 60))
    if case.shut_off_today:
        parts.append(("shut_off_today", ahead.shut_off_today * 60))
    if case.protected:
        parts.append(("protected", ahead.protected * 60))
    if case.priority == URGENT:
        parts.append(("urgent", ahead.urgent * 60))
    if case.contact != "message":
        parts.append(("on_the_phone", ahead.on_the_phone * 60))
    return parts


def score_seconds(case: Waiting, ahead: Ahead, now: datetime) -> float:
    """How far ahead a case is; the greatest is served first."""
    return sum(seconds for _, seconds in _parts(case, ahead, now))


def in_order(cases: Iterable[Waiting], ahead: Ahead, now: datetime) -> list[Waiting]:
    """The cases as they are served. Between equals who came first, then the lower number."""
    return sorted(cases, key=lambda case: (-score_seconds(case, ahead, now), case.entered_at, case.number))


def why(case: Waiting, ahead: Ahead, now: datetime) -> tuple[Reason, ...]:
    """What makes up a place, for people to read. Its minutes are those of the score, rounded down each."""
    return tuple(Reason(name, int(seconds // 60)) for name, seconds in _parts(case, ahead, now))


@dataclass(frozen=True, slots=True)
class Server:
    """Somebody who takes cases now. `room` is what is free by channel; no departments: all.

    `declined`: cases that this person is not asked about again yet.
    """

    staff_id: UUID
    languages: frozenset[str]
    departments: frozenset[str]
    room: Mapping[str, int]
    idle_since: datetime
    has_phone: bool = True
    declined: frozenset[UUID] = frozenset()


def could_serve(case: Waiting, server: Server, spoken: frozenset[str]) -> bool:
    """Whether this person has the skills. A language that nobody at work speaks (`spoken`) is no bar: better late help
    through an interpreter than none."""
    speaks = case.language in server.languages or case.language not in spoken
    knows = not server.departments or case.department in server.departments
    reachable = server.has_phone or case.contact == "message"
    return speaks and knows and reachable


def offers(cases: Sequence[Waiting], servers: Iterable[Server]) -> list[tuple[UUID, UUID]]:
    """Which case is offered to whom, (case, staff), one to each: the first in line chooses first.

    Of those who can, the one with the fewest languages comes first, so that a rare language stays free for those who
    need it.
    """
    free = sorted(servers, key=lambda server: (server.idle_since, str(server.staff_id)))
    spoken = frozenset(language for server in free for language in server.languages)
    made: list[tuple[UUID, UUID]] = []
    for case in cases:
        able = [
            server
            for server in free
            if server.room.get(case.channel, 0) > 0
            and case.id not in server.declined
            and could_serve(case, server, spoken)
        ]
        if able:
            chosen = min(able, key=lambda server: (len(server.languages), server.idle_since))
            free.remove(chosen)
            made.append((case.id, chosen.staff_id))
        if not free:
            break
    return made


def expected_wait_seconds(place: int, people: int, call_seconds: float) -> int | None:
    """How long the caller in this place (from 1) waits, when every call takes about `call_seconds`.

    `people` who take calls finish one every call_seconds / people. None when nobody is at work.
    """
    return round(place * call_seconds / people) if people > 0 else None


def told_minutes(seconds: int) -> int:
    """The wait as it is told: whole minutes, rounded up, never less than one; from ten on in fives."""
    minutes = max(-(-seconds // 60), 1)
    return minutes if minutes <= 10 else -(-minutes // 5) * 5


def calling_allowed(at: datetime, first: time, until: time) -> bool:
    """Whether a customer may be called at this local time (quiet hours; 47 CFR 64.1200(c)(1) is the outer bound)."""
    return first <= at.time() < until


def next_calling_time(at: datetime, first: time, until: time) -> datetime:
    """The same local time, or the next at which customers may be called."""
    if calling_allowed(at, first, until):
        return at
    day = at if at.time() < first else at + timedelta(days=1)
    return day.replace(hour=first.hour, minute=first.minute, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Retry:
    """What follows a call back that nobody took: again at `at`, or with None a person decides."""

    at: datetime | None


def after_failed_try(tries: int, now: datetime, window_ends_at: datetime, *, tries_max: int, pause: timedelta) -> Retry:
    """Again after a pause while there are tries left in the window."""
    again = now + pause
    return Retry(again if tries < tries_max and again < window_ends_at else None)
