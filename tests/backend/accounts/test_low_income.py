"""Low-income households (HSC 116914): who may say so, until when it counts, and what it changes."""

from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal, Role
from backend.accounts import low_income
from backend.accounts.rules import months_after
from backend.district.service import District
from backend.errors import ForbiddenError
from backend.fees import service as fees
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, AddStaff

ASSISTANT = Principal(Kind.ACTIONS)


async def test_a_program_counts_for_twelve_months_and_caps_the_reconnection(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    account_id, csr = await make_account(session), await add_staff(Role.CSR)
    made = await low_income.declare_low_income(session, csr, account_id, program="calfresh", now=NOW, district=district)
    assert (made.basis, made.declared_on, made.expires_on) == ("program", TODAY, date(2027, 11, 23))
    assert made.is_live and made.recorded_by is not None
    again = await low_income.declare_low_income(
        session, csr, account_id, program="calfresh", now=NOW, district=district
    )
    assert again.id == made.id
    fee = await fees.charge_by_hand(
        session,
        account_id,
        "reconnection",
        caused_by_entry_id=None,
        worked_at=None,
        idempotency_key="order 1",
        now=NOW,
        district=district,
    )
    assert fee.amount_cents == 5_000
    day_after = date(2027, 11, 23)
    assert not any(one.is_live for one in await low_income.declarations_of(session, account_id, day_after))


async def test_the_customers_own_word_is_enough_and_can_be_taken_back(
    session: AsyncSession, district: District
) -> None:
    account_id = await make_account(session)
    made = await low_income.declare_low_income(session, ASSISTANT, account_id, program=None, now=NOW, district=district)
    assert (made.basis, made.program, made.recorded_by) == ("declaration", None, None)
    withdraw = {"now": NOW, "district": district}
    assert await low_income.withdraw_low_income(session, ASSISTANT, account_id, **withdraw) == 1
    assert await low_income.withdraw_low_income(session, ASSISTANT, account_id, **withdraw) == 0
    (kept,) = await low_income.declarations_of(session, account_id, TODAY)
    assert (kept.expires_on, kept.is_live) == (TODAY, False)


async def test_nobody_else_may_say_so(session: AsyncSession, district: District) -> None:
    account_id = await make_account(session)
    with pytest.raises(ForbiddenError):
        await low_income.declare_low_income(
            session, Principal(Kind.TELEPHONY), account_id, program=None, now=NOW, district=district
        )


def test_months_after_a_long_month_are_the_last_of_a_shorter() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_after(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert months_after(TODAY, 12) - TODAY == timedelta(days=365)
