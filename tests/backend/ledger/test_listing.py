"""The entries of an account: newest first, each with the balance after it and what it is about."""

from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger.listing import entries_of


@pytest.fixture
async def nsf(seeded_session: AsyncSession) -> UUID:
    found = await seeded_session.execute(text("SELECT account_id FROM demo_customers WHERE situation = 'nsf'"))
    account_id: UUID = found.scalar_one()
    return account_id


async def test_a_returned_payment_reads_as_a_story(seeded_session: AsyncSession, nsf: UUID) -> None:
    bill, fee, back, paid, bill_before = (await entries_of(seeded_session, nsf))[:5]
    assert (bill.kind, bill.amount_cents, bill.balance_cents) == ("bill", 6_344, 17_633)
    assert (fee.kind, fee.fee_code, fee.amount_cents, fee.balance_cents) == ("fee", "returned_payment", 2_500, 11_289)
    assert (back.kind, back.reversed_kind, back.return_reason, back.method) == (
        "reversal",
        "payment",
        "R01",
        "bank_transfer",
    )
    assert (back.amount_cents, back.balance_cents, back.reversed_on) == (8_789, 8_789, paid.effective_on)
    assert (paid.kind, paid.amount_cents, paid.balance_cents, paid.is_reversed) == ("payment", -8_789, 0, True)
    assert (bill_before.bill_id is not None, bill_before.balance_cents) == (True, 8_789)


async def test_balances_run_to_the_sum_of_everything(seeded_session: AsyncSession, nsf: UUID) -> None:
    lines = await entries_of(seeded_session, nsf)
    for newer, older in pairwise(lines):
        assert newer.balance_cents == older.balance_cents + newer.amount_cents
    assert lines[-1].balance_cents == lines[-1].amount_cents


async def test_a_page_goes_on_where_the_one_before_ended(seeded_session: AsyncSession, nsf: UUID) -> None:
    whole = await entries_of(seeded_session, nsf)
    assert await entries_of(seeded_session, nsf, count=3) == whole[:3]
    assert await entries_of(seeded_session, nsf, skip=3, count=4) == whole[3:7]


async def test_an_account_without_entries_has_none(seeded_session: AsyncSession) -> None:
    assert await entries_of(seeded_session, UUID(int=1)) == []
