"""Many bills in a few statements: each charged once for its key, and held to the ledger's rules."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger import rules, service
from backend.ledger.bulk import BillToPost, balances_cents, post_bills
from tests.backend.factories import make_account

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
PERIOD = (date(2026, 10, 21), date(2026, 11, 20))
ISSUED, DUE = date(2026, 11, 23), date(2026, 12, 14)


def a_bill(account_id: UUID, key: str, cents: int = 7_198) -> BillToPost:
    return BillToPost(account_id, cents, 11, PERIOD, ISSUED, DUE, key)


async def counted(session: AsyncSession, table: str) -> int:
    return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_every_bill_is_charged_and_balanced(session: AsyncSession) -> None:
    one, other = await make_account(session), await make_account(session)
    posted = await post_bills(session, [a_bill(one, "a"), a_bill(other, "b", 5_000)], NOW)
    await session.commit()
    assert [(bill.account_id, bill.is_new) for bill in posted] == [(one, True), (other, True)]
    assert await balances_cents(session, [one, other, uuid4()]) == {one: 7_198, other: 5_000}
    assert sum(line.balance_cents for line in await service.trial_balance(session)) == 0
    rows = await session.execute(
        text(
            "SELECT b.id, b.amount_cents, b.due_date, b.kind, e.description, p.due_on FROM bills b"
            " JOIN ledger_entries e ON e.id = b.entry_id JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1"
            " WHERE b.account_id = :id"
        ),
        {"id": one},
    )
    (bill,) = rows.all()
    words = "Water service 2026-10-21 to 2026-11-20, 11 CCF"
    assert tuple(bill) == (posted[0].bill_id, 7_198, DUE, "regular", words, DUE)


async def test_a_bill_by_itself_and_among_many_is_the_same_entry(session: AsyncSession) -> None:
    account_id = await make_account(session)
    alone = await service.post_bill(
        session,
        account_id=account_id,
        amount_cents=7_198,
        usage_ccf=11,
        period=PERIOD,
        issued_on=ISSUED,
        due_date=DUE,
        idempotency_key="a",
        now=NOW,
    )
    (again,) = await post_bills(session, [a_bill(account_id, "a")], NOW)
    assert (again.bill_id, again.entry_id, again.is_new) == (alone.id, alone.entry_id, False)


async def test_a_key_charges_once_however_often_and_wherever_it_comes(session: AsyncSession) -> None:
    one, other = await make_account(session), await make_account(session)
    first = await post_bills(session, [a_bill(one, "a"), a_bill(one, "a")], NOW)
    await session.commit()
    second = await post_bills(session, [a_bill(other, "b"), a_bill(one, "a")], NOW)
    await session.commit()
    assert first[0].bill_id == first[1].bill_id == second[1].bill_id
    assert [bill.is_new for bill in second] == [True, False]
    assert (await counted(session, "bills"), await counted(session, "ledger_entries")) == (2, 2)


@pytest.mark.parametrize("changed", [{"amount_cents": 7_199}, {"usage_ccf": 12}, {"due_date": date(2026, 12, 15)}])
async def test_a_key_with_other_content_is_refused(session: AsyncSession, changed: dict[str, object]) -> None:
    account_id = await make_account(session)
    bill = a_bill(account_id, "a")
    await post_bills(session, [bill], NOW)
    await session.commit()
    other = replace(bill, **changed)  # type: ignore[arg-type]
    for bills in ([other], [a_bill(account_id, "b"), replace(other, idempotency_key="b")]):
        with pytest.raises(service.IdempotencyConflictError):
            await post_bills(session, bills, NOW)
        await session.rollback()
    assert await counted(session, "bills") == 1


@pytest.mark.parametrize("cents", [0, 10**20])
async def test_an_amount_that_no_bill_can_have_posts_nothing(session: AsyncSession, cents: int) -> None:
    account_id = await make_account(session)
    with pytest.raises(rules.UnsoundEntryError):
        await post_bills(session, [a_bill(account_id, "a"), a_bill(account_id, "b", cents)], NOW)
    assert await counted(session, "ledger_entries") == 0


async def test_an_account_that_does_not_exist_posts_nothing(session: AsyncSession) -> None:
    account_id = await make_account(session)
    with pytest.raises(service.ReceivableNotFoundError):
        await post_bills(session, [a_bill(account_id, "a"), a_bill(uuid4(), "b")], NOW)
    assert await counted(session, "ledger_entries") == 0
    assert await post_bills(session, [], NOW) == []
