"""Whom a campaign would reach now, whom it leaves out and why, what people would read, and what that takes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.campaigns import repository, rules
from backend.campaigns.rules import Audience, Candidate, LeftOut
from backend.campaigns.wording import Words, values_for
from backend.district.service import District
from backend.emergency import facts as emergency
from backend.emergency.rules import StandDown
from backend.outbox.rules import Channel, Day
from backend.outbox.segments import segment_count

PART_ACCOUNTS = 2_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """What so many segments and calls take: until when, and how much."""

    segments: int
    calls: int
    finishes_at: datetime
    cost_cents: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`left_out` counts by reason; `samples` are the texts of the first person of each language, `spoken` what the
    first hears who is called."""

    people: int
    by_language: Mapping[str, int]
    left_out: Mapping[str, int]
    samples: Mapping[str, str]
    spoken: Mapping[str, str]
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person of a campaign with their text, or what they hear (`channel` call, no segments)."""

    candidate: Candidate
    text: str
    language: str
    segments: int
    channel: Channel


@dataclass
class Choosing:
    """Takes candidates one after the other: each person once, each left out for the first reason there is."""

    kind: str
    words: Words
    district: District
    down: StandDown
    left_out: Counter[str] = field(default_factory=Counter)
    phones: set[str] = field(default_factory=set)
    customers: set[UUID] = field(default_factory=set)

    def choose(self, candidates: Sequence[Candidate]) -> list[Chosen]:
        """Those of the candidates who get the text."""
        return [chosen for one in candidates if (chosen := self._choose(one)) is not None]

    def _choose(self, one: Candidate) -> Chosen | None:
        way = rules.way_to(self.kind, one, self.down, speaks=self.words.spoken is not None)
        if isinstance(way, LeftOut) or one.phone is None:
            self.left_out[way.reason if isinstance(way, LeftOut) else "no_phone"] += 1
            return None
        if not rules.once_each(one.phone, one.customer_id, self.phones, self.customers):
            self.left_out["already_included"] += 1
            return None
        self.phones.add(one.phone)
        self.customers.add(one.customer_id)
        written = self.words.texts if way == "sms" else self.words.spoken or self.words.texts
        language = one.language if one.language in written else "en"
        text = rules.rendered(written[language], values_for(one, self.kind, language, self.district))
        return Chosen(one, text, language, segment_count(text) if way == "sms" else 0, way)


async def preview(
    session: AsyncSession,
    kind: str,
    audience: Audience,
    words: Words,
    *,
    district: District,
    now: datetime,
) -> Preview:
    """What starting this campaign now would do; nothing is sent or kept."""
    choosing = Choosing(kind, words, district, await emergency.stood_down(session, now))
    people, segments, calls = Counter[str](), 0, 0
    samples: dict[Channel, dict[str, str]] = {"sms": {}, "call": {}}
    after, today = repository.BEFORE_ALL, district.today(now)
    while (last := await repository.last_of_part(session, after, PART_ACCOUNTS)) is not None:
        found = await repository.candidates(session, kind, audience, (after, last), today)
        for chosen in choosing.choose(found):
            people[chosen.language] += 1
            segments += chosen.segments
            calls += chosen.channel == "call"
            samples[chosen.channel].setdefault(chosen.language, chosen.text)
        after = last
    needed = estimate(kind, segments, calls, district=district, now=now)
    return Preview(people.total(), people, choosing.left_out, samples["sms"], samples["call"], needed)


def estimate(kind: str, segments: int, calls: int, *, district: District, now: datetime) -> Estimate:
    """What so many segments and calls take from `now` on, when nothing else goes; in an emergency at any hour."""
    texting, calling = district.policy.texting, district.policy.calling
    day = None if rules.MESSAGE_KIND[kind] == "safety" else Day(texting.day.opens, texting.day.closes)
    ends = (
        rules.finishes_at(now, count, float(rate), district.zone, day)
        for count, rate in ((segments, texting.segments_per_second), (calls, calling.calls_per_second))
    )
    cost_cents = rules.cost_cents(segments, texting.thousand_segments_cents)
    cost_cents += rules.cost_cents(calls, calling.thousand_calls_cents)
    return Estimate(segments, calls, max(ends), cost_cents)
