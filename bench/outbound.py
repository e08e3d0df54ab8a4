"""A campaign of 10,000 texts: queued, paced, sent through the simulated carrier, every one accounted for.

    python -m bench.outbound [--texts 10000]

The simulator's limits are off and the district's pace is set out of the way, so what is measured is Headgate: finding
the people, one request to telephony and one to the carrier a text, three status callbacks a text back. At the end every
person must have got one text, and the record must say so of each.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal, Role
from backend.accounts.rules import account_number
from backend.campaigns import service as campaigns
from backend.campaigns.rules import Audience
from backend.campaigns.service import Plan
from backend.campaigns.wording import Words
from backend.database import Database
from backend.district.service import District
from backend.models.account import Account, ServiceAgreement
from backend.models.base import new_id
from backend.models.customer import Customer, CustomerPhone
from backend.models.premise import Premise
from backend.models.staff import Staff
from bench.senders import Senders, running_senders

TEXTS = 10_000
GOAL_SECONDS = 300.0
PACE = 5_000
SECONDS_MAX = 1_800.0
WORDS = {
    "en": "{district}: planned work near you on Friday from 9 to 11. Your water will be off. Reply STOP to stop texts.",
    "es": "{district}: trabajos cerca el viernes de 9 a 11. No tendrá agua. Responda STOP para no recibir más.",
}


def phone_of(place: int) -> str:
    """The number of the person at this place, counted from 0."""
    return f"+1951{2_000_000 + place:07d}"


async def add_people(session: AsyncSession, count: int) -> None:
    """So many customers, each with a number, an account and water in the zone Mesa; every third reads Spanish."""
    customers, phones, premises, accounts, agreements = [], [], [], [], []
    for place in range(count):
        customer, premise, account = new_id(), new_id(), new_id()
        language = "es" if place % 3 == 0 else "en"
        customers.append(
            Customer(id=customer, kind="person", name="Rosa Aguilar", first_name="Rosa", language=language)
        )
        phones.append(CustomerPhone(customer_id=customer, phone=phone_of(place), rank=0, texts_allowed=True))
        premises.append(
            Premise(id=premise, street=f"{place + 1} Mesa Rd", unit=None, city="Rio Seco", state="CA", zip="92597",
                    zone="Mesa", owner_customer_id=None)
        )  # fmt: skip
        accounts.append(
            Account(
                id=account,
                number=account_number(place + 1),
                customer_id=customer,
                status="active",
                service_class="residential",
                opened_on=date(2020, 1, 1),
                autopay=False,
                paperless=False,
                medical_protection=False,
                identity_locked=False,
            )
        )
        agreements.append(
            ServiceAgreement(
                premise_id=premise, account_id=account, service_class="residential", started_on=date(2020, 1, 1)
            )
        )
    for rows in (customers, phones, premises, accounts, agreements):
        session.add_all(rows)
        await session.flush()


async def add_lead(session: AsyncSession, now: datetime) -> Principal:
    """A lead, who may run campaigns."""
    one = Staff(
        user_name="lead", name="Lead", role="lead", password_digest="none", languages=["en"], active=True,
        created_at=now, password_changed_at=now,
    )  # fmt: skip
    session.add(one)
    await session.flush()
    return Principal.of_staff(one.id, Role.LEAD)


async def begin(senders: Senders, database: Database, people: int) -> UUID:
    """The people, and a campaign to all of them, started."""
    district = District.load(Path(senders.environment["HEADGATE_DISTRICT_DIR"]))
    now = datetime.now(UTC)
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await add_people(session, people)
        lead = await add_lead(session, now)
    await _analyze(database)
    async with database.transaction() as session:
        # Safety texts go at any hour, so that the benchmark does too.
        plan = Plan("Planned work", "emergency", Audience(zones=("Mesa",)), Words(WORDS))
        campaign_id = await campaigns.make(session, lead, plan, key="bench", now=now)
        await campaigns.start(session, lead, campaign_id, district=district, now=now)
    return campaign_id


async def _analyze(database: Database) -> None:
    async with database.single_statement() as session:
        await session.execute(text("ANALYZE"))


async def statuses(database: Database, campaign_id: UUID) -> Counter[str]:
    """How many texts of the campaign stand where."""
    async with database.transaction() as session:
        rows = await session.execute(
            text("SELECT status, count(*) AS texts FROM outbound_messages WHERE campaign_id = :id GROUP BY status"),
            {"id": campaign_id},
        )
        return Counter({row.status: row.texts for row in rows})


@dataclass(frozen=True)
class Measured:
    """Seconds until every text was with the carrier, and until every one was known to have arrived."""

    sent_seconds: float
    delivered_seconds: float
    arrived: Counter[str]
    statuses: Counter[str]


async def measure(senders: Senders, texts: int) -> Measured:
    """Run the campaign to its end.

    :raises TimeoutError: it does not end.
    """
    database = Database.from_settings(senders.settings)
    try:
        campaign_id = await begin(senders, database, texts)
        started, sent_seconds = time.monotonic(), 0.0
        async with asyncio.timeout(SECONDS_MAX):
            while (standing := await statuses(database, campaign_id))["delivered"] < texts:
                seconds = time.monotonic() - started
                if not sent_seconds and standing["sent"] + standing["delivered"] >= texts:
                    sent_seconds = seconds
                print(f"\r{seconds:6.1f} s  {dict(standing)}          ", end="", flush=True)
                await asyncio.sleep(1.0)
        done = time.monotonic() - started
        print()
        return Measured(sent_seconds or done, done, senders.arrived(), standing)
    finally:
        await database.close()


def report(measured: Measured, texts: int) -> bool:
    """Print what there is to say; whether the goal is met and every text is accounted for once."""
    wanted = {phone_of(place) for place in range(texts)}
    twice = [phone for phone, count in measured.arrived.items() if count > 1]
    missing = wanted - measured.arrived.keys()
    strangers = measured.arrived.keys() - wanted
    print(f"{texts:,} texts sent in {measured.sent_seconds:.1f} s: {texts / measured.sent_seconds:.0f} a second")
    print(f"all known to have arrived after {measured.delivered_seconds:.1f} s (goal {GOAL_SECONDS:.0f} s)")
    print(f"at the carrier: {len(measured.arrived):,} people, {len(twice)} of them twice, {len(missing)} missing,")
    print(f"{len(strangers)} that nobody meant; on record: {dict(measured.statuses)}")
    is_exact = not (twice or missing or strangers) and measured.statuses == Counter(delivered=texts)
    print("every text is accounted for exactly once" if is_exact else "NOT every text is accounted for exactly once")
    return is_exact and measured.delivered_seconds <= GOAL_SECONDS * texts / TEXTS


def main(arguments: Sequence[str] | None = None) -> int:
    """The benchmark; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--texts", type=int, default=TEXTS)
    texts: int = parser.parse_args(arguments).texts
    with (
        tempfile.TemporaryDirectory(prefix="headgate-outbound-") as folder,
        running_senders(Path(folder), segments_per_second=PACE) as senders,
    ):
        measured = asyncio.run(measure(senders, texts))
    return 0 if report(measured, texts) else 1


if __name__ == "__main__":
    raise SystemExit(main())
