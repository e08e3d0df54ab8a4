"""Whom a campaign is for, whom it leaves out and why, what each person reads, and how long it takes: pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.emergency.rules import StandDown
from backend.outbox.rules import Channel, Day, Kind

CampaignKind = Literal["payment_reminder", "shut_off_warning", "outage", "notice", "emergency"]
PLANNED: tuple[CampaignKind, ...] = ("payment_reminder", "shut_off_warning", "outage", "notice")
"""What is made on the page of campaigns; `emergency` comes with the switch."""
MESSAGE_KIND: Mapping[str, Kind] = {
    "payment_reminder": "dunning",
    "shut_off_warning": "dunning",
    "outage": "notice",
    "notice": "notice",
    "emergency": "safety",
}
DUE_WITHIN_DAYS, PAST_DUE_DAYS = 7, 45
TEXT_LENGTH_MAX = 640
PLACES = frozenset({"district", "phone", "name", "account"})
MONEY_PLACES = frozenset({"amount", "due_date"})
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Audience:
    """Which accounts: of zones, cycles, classes (none named: of all). `days`: a reminder is for what falls due
    within so many, a shut-off warning for what has been past due at least so long."""

    zones: tuple[str, ...] = ()
    cycles: tuple[int, ...] = ()
    service_classes: tuple[str, ...] = ()
    days: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "zones": list(self.zones),
            "cycles": list(self.cycles),
            "service_classes": list(self.service_classes),
            "days": self.days,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Audience":
        return cls(tuple(kept["zones"]), tuple(kept["cycles"]), tuple(kept["service_classes"]), int(kept["days"]))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that the audience names, as of today. Amounts are cents, positive is owed."""

    account_id: UUID
    customer_id: UUID
    number: str
    language: str
    first_name: str | None
    name: str
    phone: str | None
    texts_allowed: bool | None
    stopped_by: str | None
    unreachable: str | None
    zones: tuple[str, ...]
    balance_cents: int
    past_due_cents: int
    next_due_on: date | None
    autopay: bool
    medical_protection: bool
    is_held: bool
    is_arranged: bool
    on_its_way_cents: int = 0
    calls_stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A campaign does not reach this customer, and why."""

    reason: str


def way_to(kind: str, one: Candidate, down: StandDown, *, speaks: bool) -> Channel | LeftOut:
    """How a campaign of this kind reaches the customer: by text, or by telephone when it `speaks` and no text arrives.

    A landline is called. Who wants no texts is not called instead, unless it is about the water itself: an emergency
    needs no consent (47 CFR 64.1200(a)(1)).
    """
    if MESSAGE_KIND[kind] == "dunning" and (reason := _why_not_dunned(kind, one, down)) is not None:
        return LeftOut(reason)
    if one.phone is None:
        return LeftOut("no_phone")
    reason = _why_not_texted(one)
    if reason is None:
        return "sms"
    is_safety = MESSAGE_KIND[kind] == "safety"
    may_call = one.unreachable != "invalid" and (is_safety or (one.stopped_by is None and one.calls_stopped_by is None))
    if speaks and may_call:
        return "call"
    return LeftOut("no_calls" if speaks and one.stopped_by is None and one.unreachable != "invalid" else reason)


def _why_not_texted(one: Candidate) -> str | None:
    if not one.texts_allowed:
        return "not_allowed"
    if one.stopped_by is not None:
        return "opted_out"
    return "unreachable" if one.unreachable is not None else None


def _why_not_dunned(kind: str, one: Candidate, down: StandDown) -> str | None:
    # Nobody's water is shut off while money is on its way; whoever has paid all of it needs no reminder.
    enough_cents = 1 if kind == "shut_off_warning" else max(1, one.balance_cents)
    reasons = {
        "emergency": down.covers(one.zones),
        "hold": one.is_held,
        "arrangement": one.is_arranged,
        "payment_pending": one.on_its_way_cents >= enough_cents,
        "autopay": kind == "payment_reminder" and one.autopay,
        "medical_protection": kind == "shut_off_warning" and one.medical_protection,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def places_of(kind: str) -> frozenset[str]:
    """What a text of this kind may stand in for each customer: `{amount}`."""
    return PLACES | MONEY_PLACES if MESSAGE_KIND[kind] == "dunning" else PLACES


def unknown_places(kind: str, text: str) -> list[str]:
    """What stands in braces in a text and means nothing there."""
    return sorted(set(_PLACE.findall(text)) - places_of(kind))


def rendered(text: str, values: Mapping[str, str]) -> str:
    """The text for one customer."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def finishes_at(now: datetime, count: int, per_second: float, zone: ZoneInfo, day: Day | None) -> datetime:
    """When the last of so many segments or calls has gone, by day alone; `day` None: at any hour."""
    left = timedelta(seconds=count / per_second)
    if day is None:
        return now + left
    at = now
    while True:
        local = at.astimezone(zone)
        begins = datetime.combine(local.date(), day.begins, zone)
        ends = datetime.combine(local.date(), day.ends, zone)
        at = max(at, begins.astimezone(now.tzinfo))
        room = ends.astimezone(now.tzinfo) - at
        if room > timedelta() and left <= room:
            return at + left
        left -= max(room, timedelta())
        next_day = datetime.combine(local.date() + timedelta(days=1), day.begins, zone)
        at = next_day.astimezone(now.tzinfo)


def cost_cents(count: int, thousand_cents: int) -> int:
    """What so many segments or calls cost, rounded up to the cent."""
    return -(-count * thousand_cents // 1000)


def once_each(phone: str, customer_id: UUID, seen_phones: Collection[str], seen_customers: Collection[UUID]) -> bool:
    """Whether this person has not had the text of the campaign under another account or number."""
    return phone not in seen_phones and customer_id not in seen_customers
