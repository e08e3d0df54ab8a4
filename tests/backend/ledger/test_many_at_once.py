"""Many entries in one round trip keep the rules of one entry; accounts come in parts that cover them all once."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger import chart, rules, service
from backend.parts import WITHIN, account_parts
from tests.backend.factories import make_account

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY, DUE = date(2026, 11, 23), date(2026, 12, 14)


def fee(account_id: UUID, cents: int, key: str) -> rules.Entry:
    return rules.Entry(key, "fee", "Late fee", TODAY, rules.transfer(account_id, chart.FEE_REVENUE, cents, DUE))


async def test_many_entries_are_posted_each_once(session: AsyncSession) -> None:
    one, other = await make_account(session), await make_account(session)
    first = await service.post_entries(session, [fee(one, 500, "a"), fee(other, 700, "b")], NOW)
    await session.commit()
    second = await service.post_entries(session, [fee(other, 700, "b"), fee(one, 900, "c")], NOW)
    await session.commit()
    assert [posted.is_new for posted in first] == [True, True]
    assert second[0] == service.Posted(first[1].entry_id, is_new=False)
    assert second[1].is_new
    assert await service.balance_cents(session, one) == 1_400
    assert await service.balance_cents(session, other) == 700
    assert sum(line.balance_cents for line in await service.trial_balance(session)) == 0
    due = await session.scalars(text("SELECT due_on FROM ledger_postings WHERE amount_cents > 0"))
    assert set(due) == {DUE}


async def test_a_used_key_with_other_content_is_refused(session: AsyncSession) -> None:
    one = await make_account(session)
    await service.post_entries(session, [fee(one, 500, "a")], NOW)
    await session.commit()
    with pytest.raises(service.IdempotencyConflictError):
        await service.post_entries(session, [fee(one, 300, "b"), fee(one, 501, "a")], NOW)
    await session.rollback()
    assert await service.balance_cents(session, one) == 500


async def test_nothing_is_posted_when_one_entry_is_unsound(session: AsyncSession) -> None:
    one = await make_account(session)
    uneven = rules.Entry("u", "fee", "Late fee", TODAY, (rules.Posting(one, 5), rules.Posting(chart.FEE_REVENUE, -4)))
    with pytest.raises(rules.UnsoundEntryError):
        await service.post_entries(session, [fee(one, 300, "b"), uneven], NOW)
    with pytest.raises(ValueError, match="one key"):
        await service.post_entries(session, [fee(one, 300, "b"), fee(one, 300, "b")], NOW)
    assert await service.balance_cents(session, one) == 0
    assert await service.post_entries(session, [], NOW) == []


async def test_parts_hold_every_account_once_and_stay_as_they_are(session: AsyncSession) -> None:
    made = {await make_account(session) for _ in range(7)}
    parts = await account_parts(session, size=3)
    assert [part.number for part in parts] == [1, 2, 3]
    statement = text(f"SELECT a.id FROM accounts a WHERE {WITHIN.format('a.id')}")
    held = [set(await session.scalars(statement, part.bounds)) for part in parts]
    assert [len(ids) for ids in held] == [3, 3, 1]
    assert set().union(*held) == made
    newcomer = await make_account(session)
    again = await account_parts(session, size=3)
    assert again == parts
    assert newcomer in set(await session.scalars(statement, again[-1].bounds))
