"""Whom a campaign would reach now, whom it leaves out and why, what people would read, and what that takes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.campaigns import repository, rules
from backend.campaigns.rules import Audience, Candidate
from backend.campaigns.wording import values_for
from backend.district.service import District
from backend.emergency import facts as emergency
from backend.emergency.rules import StandDown
from backend.outbox.rules import Day
from backend.outbox.segments import segment_count

PART_ACCOUNTS = 2_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """What so many segments take: until when, and how much."""

    segments: int
    finishes_at: datetime
    cost_cents: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`left_out` counts by reason; `samples` are the texts of the first person of each language."""

    people: int
    by_language: Mapping[str, int]
    left_out: Mapping[str, int]
    samples: Mapping[str, str]
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person of a campaign with their text."""

    candidate: Candidate
    text: str
    language: str
    segments: int


@dataclass
class Choosing:
    """Takes candidates one after the other: each person once, each left out for the first reason there is."""

    kind: str
    texts: Mapping[str, str]
    district: District
    down: StandDown
    left_out: Counter[str] = field(default_factory=Counter)
    phones: set[str] = field(default_factory=set)
    customers: set[UUID] = field(default_factory=set)

    def choose(self, candidates: Sequence[Candidate]) -> list[Chosen]:
        """Those of the candidates who get the text."""
        return [chosen for one in candidates if (chosen := self._choose(one)) is not None]

    def _choose(self, one: Candidate) -> Chosen | None:
        reason = rules.reason_left_out(self.kind, one, self.down)
        if reason is not None or one.phone is None:
            self.left_out[reason or "no_phone"] += 1
            return None
        if not rules.once_each(one.phone, one.customer_id, self.phones, self.customers):
            self.left_out["already_included"] += 1
            return None
        self.phones.add(one.phone)
        self.customers.add(one.customer_id)
        language = one.language if one.language in self.texts else "en"
        text = rules.rendered(self.texts[language], values_for(one, self.kind, language, self.district))
        return Chosen(one, text, language, segment_count(text))


async def preview(
    session: AsyncSession,
    kind: str,
    audience: Audience,
    texts: Mapping[str, str],
    *,
    district: District,
    now: datetime,
) -> Preview:
    """What starting this campaign now would do; nothing is sent or kept."""
    choosing = Choosing(kind, texts, district, await emergency.stood_down(session, now))
    people, segments, samples = Counter[str](), 0, dict[str, str]()
    after, today = repository.BEFORE_ALL, district.today(now)
    while (last := await repository.last_of_part(session, after, PART_ACCOUNTS)) is not None:
        found = await repository.candidates(session, kind, audience, (after, last), today)
        for chosen in choosing.choose(found):
            people[chosen.language] += 1
            segments += chosen.segments
            samples.setdefault(chosen.language, chosen.text)
        after = last
    return Preview(people.total(), people, choosing.left_out, samples, estimate(kind, segments, district, now))


def estimate(kind: str, segments: int, district: District, now: datetime) -> Estimate:
    """What so many segments take from `now` on, when nothing else is sent; in an emergency at any hour."""
    texting = district.policy.texting
    day = None if rules.MESSAGE_KIND[kind] == "safety" else Day(texting.day.opens, texting.day.closes)
    rate = float(texting.segments_per_second)
    finishes_at = rules.finishes_at(now, segments, rate, district.zone, day)
    return Estimate(segments, finishes_at, rules.cost_cents(segments, texting.thousand_segments_cents))
