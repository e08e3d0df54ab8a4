"""The reads of an account's meters, and of nobody else's."""

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.reads.listing import reads_of
from tests.backend.conftest import SEEDED_AT

TODAY = SEEDED_AT.date()


async def account_of(session: AsyncSession, situation: str) -> UUID:
    found = await session.execute(
        text("SELECT account_id FROM demo_customers WHERE situation = :name"), {"name": situation}
    )
    account_id: UUID = found.scalar_one()
    return account_id


async def test_newest_first_with_what_was_counted_since(seeded_session: AsyncSession) -> None:
    reads = await reads_of(seeded_session, await account_of(seeded_session, "past_due"), TODAY)
    assert len({one.serial_number for one in reads}) == 1
    for newer, older in pairwise(reads):
        assert newer.read_on > older.read_on
        assert newer.days == (newer.read_on - older.read_on).days
        assert newer.counts == newer.register_value - older.register_value
    assert reads[-1].counts is None and reads[-1].days is None


async def test_only_of_the_days_of_the_service(seeded_session: AsyncSession) -> None:
    account_id = await account_of(seeded_session, "past_due")
    cut = TODAY - timedelta(days=100)
    before = await reads_of(seeded_session, account_id, TODAY)
    ended = "UPDATE service_agreements SET ended_on = :cut WHERE account_id = :id"
    await seeded_session.execute(text(ended), {"cut": cut, "id": account_id})
    after = await reads_of(seeded_session, account_id, TODAY)
    assert [one.read_on for one in after] == [one.read_on for one in before if one.read_on <= cut]
    assert 0 < len(after) < len(before)


async def test_reads_to_come_are_not_listed(seeded_session: AsyncSession) -> None:
    account_id = await account_of(seeded_session, "past_due")
    newest = (await reads_of(seeded_session, account_id, TODAY))[0].read_on
    earlier = await reads_of(seeded_session, account_id, newest - timedelta(days=1))
    assert earlier and all(one.read_on < newest for one in earlier)
