"""Campaigns as people handle them: made, started by one who may, watched, paused, gone on with, canceled.

Everything that is to be done is in rows: `filling.py` finds the people, part by part, and the outbox sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.campaigns import repository, rules
from backend.campaigns.errors import CampaignNotFoundError, CampaignStateError, CampaignTextError, NobodyError
from backend.campaigns.preview import Preview, preview
from backend.campaigns.rules import Audience
from backend.campaigns.wording import Words
from backend.database import announce
from backend.district.service import District
from backend.models.base import new_id
from backend.outbox import service as outbox
from backend.outbox.service import Standing
from backend.staff.permissions import Permission, require

LISTED_MAX = 50
NAME_LENGTH_MAX = 120


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign is to be."""

    name: str
    kind: str
    audience: Audience
    words: Words


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as it stands; names are of members of the staff."""

    id: UUID
    name: str
    kind: str
    status: str
    audience: Audience
    words: Words
    made_by: str
    made_at: datetime
    started_by: str | None
    started_at: datetime | None
    is_filled: bool
    left_out: Mapping[str, int]
    ended_by: str | None
    ended_at: datetime | None
    end_note: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is: the people in it so far, and where their texts and calls stand."""

    people: int
    segments: int
    spanish: int
    standing: Sequence[Standing]

    def count(self, *statuses: str) -> int:
        """How many texts and calls are in one of these."""
        return sum(one.messages for one in self.standing if one.status in statuses)

    @property
    def calls(self) -> int:
        """How many people are called."""
        return sum(one.messages for one in self.standing if one.channel == "call")

    def left(self) -> tuple[int, int]:
        """The segments and the calls that have not gone."""
        waiting = [one for one in self.standing if one.status in ("pending", "held")]
        calls = sum(one.messages for one in waiting if one.channel == "call")
        return sum(one.segments for one in waiting if one.channel == "sms"), calls


async def make(session: AsyncSession, staff: Principal, plan: Plan, *, key: str, now: datetime) -> UUID:
    """Keep a campaign as a draft, once for each key; its id.

    :raises ForbiddenError: the role may not. :raises CampaignTextError: the texts cannot go out like this.
    """
    staff_id = require(staff, Permission.RUN_CAMPAIGNS)
    check_words(plan.kind, plan.words)
    return await _add(session, staff_id, plan, key=key, now=now)


async def start(
    session: AsyncSession, staff: Principal, campaign_id: UUID, *, district: District, now: datetime
) -> None:
    """Let it go out; when it runs already, nothing happens.

    :raises NobodyError: no text would go out. :raises CampaignStateError: it is over.
    :raises ForbiddenError: the role may not. :raises CampaignNotFoundError: there is none.
    """
    staff_id = require(staff, Permission.RUN_CAMPAIGNS)
    row = await _locked(session, campaign_id)
    if row["status"] == "running":
        return
    if row["status"] != "draft":
        raise CampaignStateError(row["status"])
    audience, words = Audience.from_json(row["audience"]), words_of(row)
    if (await preview(session, row["kind"], audience, words, district=district, now=now)).people == 0:
        raise NobodyError
    await _start(session, campaign_id, staff_id, now)


async def start_for_emergency(session: AsyncSession, staff_id: UUID, plan: Plan, *, key: str, now: datetime) -> UUID:
    """A campaign that goes out at once, because an emergency was switched on by one who may; its id."""
    check_words(plan.kind, plan.words)
    campaign_id = await _add(session, staff_id, plan, key=key, now=now)
    await _start(session, campaign_id, staff_id, now)
    return campaign_id


async def pause(session: AsyncSession, staff: Principal, campaign_id: UUID) -> None:
    """Keep back what has not gone; when it is paused already, nothing happens.

    :raises CampaignStateError: it does not run.
    """
    require(staff, Permission.RUN_CAMPAIGNS)
    row = await _locked(session, campaign_id)
    if row["status"] == "paused":
        return
    if row["status"] != "running":
        raise CampaignStateError(row["status"])
    await repository.set_status(session, campaign_id, "paused")
    await outbox.hold_campaign(session, campaign_id)
    announce(session, "campaign", campaign_id=campaign_id)


async def resume(session: AsyncSession, staff: Principal, campaign_id: UUID) -> None:
    """Go on with it; when it runs already, nothing happens.

    :raises CampaignStateError: it is not paused.
    """
    require(staff, Permission.RUN_CAMPAIGNS)
    row = await _locked(session, campaign_id)
    if row["status"] == "running":
        return
    if row["status"] != "paused":
        raise CampaignStateError(row["status"])
    await repository.set_status(session, campaign_id, "running")
    await outbox.release_campaign(session, campaign_id)
    announce(session, "campaign_filling", campaign_id=campaign_id)
    announce(session, "campaign", campaign_id=campaign_id)


async def cancel(session: AsyncSession, staff: Principal, campaign_id: UUID, *, note: str, now: datetime) -> None:
    """End it: what has not gone never goes; a draft is put away.

    :raises CampaignStateError: it is over already.
    """
    staff_id = require(staff, Permission.RUN_CAMPAIGNS)
    row = await _locked(session, campaign_id)
    if row["status"] == "canceled":
        return
    if row["status"] == "finished":
        raise CampaignStateError(row["status"])
    await _cancel(session, campaign_id, staff_id, note, now)


async def cancel_for_emergency(session: AsyncSession, campaign_id: UUID, now: datetime) -> None:
    """The emergency that it told of is over: whoever has not heard need not."""
    row = await _locked(session, campaign_id)
    if row["status"] in ("running", "paused"):
        await _cancel(session, campaign_id, None, None, now)


async def campaigns(session: AsyncSession, staff: Principal) -> list[Campaign]:
    """The newest campaigns, newest first."""
    require(staff, Permission.SEE_CAMPAIGNS)
    return [_shown(row) for row in await repository.listed(session, LISTED_MAX)]


async def campaign(session: AsyncSession, staff: Principal, campaign_id: UUID) -> Campaign:
    """One campaign.

    :raises CampaignNotFoundError: there is none.
    """
    require(staff, Permission.SEE_CAMPAIGNS)
    row = await repository.one(session, campaign_id)
    if row is None:
        raise CampaignNotFoundError
    return _shown(row)


async def progress(session: AsyncSession, campaign_id: UUID) -> Progress:
    """How far a campaign is."""
    people, segments, spanish = await repository.recipients(session, campaign_id)
    return Progress(people, segments, spanish, await outbox.standing_of_campaign(session, campaign_id))


def check_words(kind: str, words: Words) -> None:
    """Whether the texts, and what is said by telephone, can go out.

    :raises CampaignTextError: one is empty, too long, unfinished, or has a place that stands for nothing.
    """
    _check(kind, words.texts)
    if words.spoken is not None:
        _check("notice", words.spoken)  # whoever picks up need not be who owes: no amounts


def _check(kind: str, texts: Mapping[str, str]) -> None:
    for language in ("en", "es"):
        text = texts.get(language, "").strip()
        if not text:
            raise CampaignTextError("empty", language)
        if len(text) > rules.TEXT_LENGTH_MAX:
            raise CampaignTextError("too_long", language)
        if unknown := rules.unknown_places(kind, text):
            raise CampaignTextError("unknown_place", language, unknown[0])
        if "[" in text or "]" in text:
            raise CampaignTextError("unfinished", language)


async def _add(session: AsyncSession, staff_id: UUID, plan: Plan, *, key: str, now: datetime) -> UUID:
    before = await repository.by_key(session, key)
    if before is not None:
        return before
    campaign_id = new_id()
    values: dict[str, Any] = {
        "id": campaign_id,
        "idempotency_key": key,
        "name": plan.name[:NAME_LENGTH_MAX],
        "kind": plan.kind,
        "status": "draft",
        "audience": plan.audience.as_json(),
        **{f"text_{language}": words.strip() for language, words in plan.words.texts.items()},
        **{f"spoken_{language}": words.strip() for language, words in (plan.words.spoken or {}).items()},
        "made_by": staff_id,
        "made_at": now,
    }
    await repository.add(session, values)
    announce(session, "campaign", campaign_id=campaign_id)
    return campaign_id


async def _start(session: AsyncSession, campaign_id: UUID, staff_id: UUID, now: datetime) -> None:
    await repository.start(session, campaign_id, staff_id, now)
    announce(session, "campaign_filling", campaign_id=campaign_id)
    announce(session, "campaign", campaign_id=campaign_id)


async def _cancel(
    session: AsyncSession, campaign_id: UUID, staff_id: UUID | None, note: str | None, now: datetime
) -> None:
    await repository.end(session, campaign_id, "canceled", now, staff_id=staff_id, note=note)
    await outbox.cancel_campaign(session, campaign_id, now)
    announce(session, "campaign", campaign_id=campaign_id)


async def preview_of(session: AsyncSession, one: Campaign, *, district: District, now: datetime) -> Preview:
    """What starting a draft now would do."""
    return await preview(session, one.kind, one.audience, one.words, district=district, now=now)


async def _locked(session: AsyncSession, campaign_id: UUID) -> RowMapping:
    row = await repository.lock(session, campaign_id)
    if row is None:
        raise CampaignNotFoundError
    return row


def words_of(row: RowMapping) -> Words:
    """What a campaign says."""
    spoken = {"en": row["spoken_en"], "es": row["spoken_es"]} if row["spoken_en"] is not None else None
    return Words({"en": row["text_en"], "es": row["text_es"]}, spoken)


def _shown(row: RowMapping) -> Campaign:
    return Campaign(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        status=row["status"],
        audience=Audience.from_json(row["audience"]),
        words=words_of(row),
        made_by=row["made_by_name"],
        made_at=row["made_at"],
        started_by=row["started_by_name"],
        started_at=row["started_at"],
        is_filled=row["filled_at"] is not None,
        left_out=row["left_out"],
        ended_by=row["ended_by_name"],
        ended_at=row["ended_at"],
        end_note=row["end_note"],
    )
