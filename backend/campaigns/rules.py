"""Whom a campaign is for, whom it leaves out and why, what each person reads, and how long it takes: pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.emergency.rules import StandDown
from backend.outbox.rules import Day, Kind

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


def reason_left_out(kind: str, one: Candidate, down: StandDown) -> str | None:
    """Why a campaign of this kind does not reach the customer; None when it does."""
    if MESSAGE_KIND[kind] == "dunning" and (reason := _why_not_dunned(kind, one, down)) is not None:
        return reason
    if one.phone is None:
        return "no_phone"
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


def finishes_at(now: datetime, segments: int, segments_per_second: float, zone: ZoneInfo, day: Day | None) -> datetime:
    """When the last of so many segments has gone, by day alone; `day` None: at any hour."""
    left = timedelta(seconds=segments / segments_per_second)
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


def cost_cents(segments: int, thousand_segments_cents: int) -> int:
    """What so many segments cost, rounded up to the cent."""
    return -(-segments * thousand_segments_cents // 1000)


def once_each(phone: str, customer_id: UUID, seen_phones: Collection[str], seen_customers: Collection[UUID]) -> bool:
    """Whether this person has not had the text of the campaign under another account or number."""
    return phone not in seen_phones and customer_id not in seen_customers
