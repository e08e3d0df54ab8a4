"""Taking fees back: within authority at once, above it by two people, and many at once as one after the other."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.access import Kind, Principal, Role
from backend.district.service import District
from backend.errors import ForbiddenError, HeadgateError
from backend.fees import reversals, service, worklist
from backend.ledger import service as ledger
from backend.models.customer import CustomerPhone
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, AddStaff, add_bill

ASSISTANT = Principal(Kind.ACTIONS)


async def delinquent_account(session: AsyncSession) -> UUID:
    """An account with a bill of $82.50 two months past due."""
    account_id = await make_account(session)
    await add_bill(session, account_id, due=TODAY - timedelta(days=62))
    return account_id


async def late_fee(session: AsyncSession, district: District, account_id: UUID, key: str = "late") -> UUID:
    bill = await add_bill(session, account_id, due=TODAY - timedelta(days=1))
    return await fee(session, district, account_id, "late", key=key, cause=bill.entry_id)


async def fee(
    session: AsyncSession, district: District, account_id: UUID, code: str, *, key: str = "", cause: UUID | None = None
) -> UUID:
    made = await service.charge_fee(
        session,
        account_id=account_id,
        code=code,
        charged_on=TODAY,
        due_on=TODAY + timedelta(days=21),
        caused_by_entry_id=cause,
        idempotency_key=key or code,
        now=NOW,
        district=district,
    )
    return made.id


async def ask(
    session: AsyncSession, district: District, who: Principal, fee_id: UUID, *, at: datetime = NOW, note: str = "asked"
) -> reversals.Reversal:
    return await reversals.request_reversal(
        session, who, fee_id, reason="courtesy", note=note, now=at, district=district
    )


async def decide(
    session: AsyncSession, district: District, who: Principal, reversal_id: UUID, *, approve: bool = True
) -> reversals.Reversal:
    return await reversals.decide_reversal(
        session, who, reversal_id, approve=approve, note="long-standing customer", now=NOW, district=district
    )


async def test_within_authority_it_posts_at_once_and_asking_again_changes_nothing(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    account_id, csr = await make_account(session), await add_staff(Role.CSR)
    fee_id = await late_fee(session, district, account_id)
    first = await ask(session, district, csr, fee_id)
    again = await ask(session, district, csr, fee_id)
    assert (first.status, first.why_pending, first.amount_cents) == ("posted", None, 1_000)
    assert again.id == first.id
    assert await ledger.balance_cents(session, account_id) == 8_250
    assert [one.state for one in await service.fees_of(session, account_id)] == ["reversed"]


async def test_the_second_in_twelve_months_waits_and_after_twelve_months_it_is_the_first_again(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    account_id, csr = await make_account(session), await add_staff(Role.CSR)
    fees = [await late_fee(session, district, account_id, f"late {number}") for number in range(3)]
    assert (await ask(session, district, csr, fees[0])).status == "posted"
    second = await ask(session, district, csr, fees[1], at=NOW + timedelta(days=364))
    assert (second.status, second.why_pending) == ("pending", "count_above_authority")
    left = await worklist.allowance(session, "csr", account_id, now=NOW, district=district)
    assert [(one.cents_max, one.count_left) for one in left] == [(1_500, 0)]
    third = await ask(session, district, csr, fees[2], at=NOW + timedelta(days=365))
    assert third.status == "posted"


async def test_another_person_with_the_authority_agrees_and_the_reason_is_kept(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    account_id = await delinquent_account(session)
    csr, other_csr, lead = [await add_staff(role) for role in (Role.CSR, Role.CSR, Role.LEAD)]
    fee_id = await fee(session, district, account_id, "tag")
    pending = await ask(session, district, csr, fee_id)
    assert (pending.status, pending.why_pending) == ("pending", "fee_not_in_authority")
    for person, error in ((csr, "same_person"), (other_csr, "above_authority"), (ASSISTANT, "staff_only")):
        with pytest.raises(ForbiddenError) as refused:
            await decide(session, district, person, pending.id)
        assert refused.value.error == error
    shown = await worklist.reversals(session, lead, pending=True, now=NOW, district=district)
    assert [(one.code, one.note, one.asked_role, one.may_decide) for one in shown] == [("tag", "asked", "csr", True)]
    assert (await decide(session, district, lead, pending.id)).status == "posted"
    assert await ledger.balance_cents(session, account_id) == 8_250
    (done,) = await worklist.reversals(session, lead, pending=False, now=NOW, district=district)
    assert (done.decision_note, done.decided_by is not None) == ("long-standing customer", True)
    with pytest.raises(reversals.AlreadyDecidedError):
        await decide(session, district, lead, pending.id, approve=False)


async def test_what_even_a_lead_may_not_goes_to_the_supervisor(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    account_id = await make_account(session)
    lead, other_lead, supervisor = [await add_staff(role) for role in (Role.LEAD, Role.LEAD, Role.SUPERVISOR)]
    pending = await ask(session, district, lead, await fee(session, district, account_id, "reconnection"))
    assert pending.status == "pending"
    with pytest.raises(ForbiddenError):
        await decide(session, district, other_lead, pending.id)
    assert (await decide(session, district, supervisor, pending.id)).status == "posted"


async def test_a_declined_request_leaves_the_fee_and_may_be_asked_again(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    account_id, csr, lead = await delinquent_account(session), await add_staff(Role.CSR), await add_staff(Role.LEAD)
    fee_id = await fee(session, district, account_id, "tag")
    first = await ask(session, district, csr, fee_id)
    assert (await decide(session, district, lead, first.id, approve=False)).status == "declined"
    assert await ledger.balance_cents(session, account_id) == 9_750
    second = await ask(session, district, csr, fee_id)
    assert second.id != first.id
    assert second.status == "pending"


async def test_the_assistant_proposes_and_the_customer_hears_the_decision(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    account_id, csr = await make_account(session), await add_staff(Role.CSR)
    customer_id = await session.scalar(text("SELECT customer_id FROM accounts WHERE id = :id"), {"id": account_id})
    session.add(CustomerPhone(customer_id=customer_id, phone="+15550001111", rank=0, texts_allowed=True))
    pending = await ask(session, district, ASSISTANT, await late_fee(session, district, account_id))
    assert (pending.status, pending.why_pending) == ("pending", "second_person_needed")
    await decide(session, district, csr, pending.id)
    (told,) = await session.scalars(text("SELECT text FROM outbound_messages"))
    assert told.startswith("Good news: your late fee of $10.00 has been taken off")


async def test_a_role_that_must_say_why_is_asked_to(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    account_id, lead = await delinquent_account(session), await add_staff(Role.LEAD)
    fee_id = await fee(session, district, account_id, "tag")
    with pytest.raises(reversals.NoteNeededError):
        await ask(session, district, lead, fee_id, note="  ")
    assert (await ask(session, district, lead, fee_id)).status == "posted"


async def test_two_who_approve_at_once_are_one(
    session: AsyncSession, engine: AsyncEngine, district: District, add_staff: AddStaff
) -> None:
    account_id, csr = await delinquent_account(session), await add_staff(Role.CSR)
    leads = [await add_staff(Role.LEAD) for _ in range(4)]
    pending = await ask(session, district, csr, await fee(session, district, account_id, "tag"))
    await session.commit()

    async def one(lead: Principal) -> str:
        try:
            async with AsyncSession(engine, expire_on_commit=False) as own, own.begin():
                return (await decide(own, district, lead, pending.id)).status
        except HeadgateError as refused:
            return refused.error

    assert sorted(await asyncio.gather(*map(one, leads))) == ["already_decided"] * 3 + ["posted"]
    assert await ledger.balance_cents(session, account_id) == 8_250


async def test_of_many_first_reversals_at_once_one_is_the_first(
    session: AsyncSession, engine: AsyncEngine, district: District, add_staff: AddStaff
) -> None:
    account_id = await make_account(session)
    fees = [await late_fee(session, district, account_id, f"late {number}") for number in range(4)]
    people = [await add_staff(Role.CSR) for _ in fees]
    await session.commit()

    async def one(who: Principal, fee_id: UUID) -> str:
        async with AsyncSession(engine, expire_on_commit=False) as own, own.begin():
            return (await ask(own, district, who, fee_id)).status

    statuses = await asyncio.gather(*map(one, people, fees))
    assert sorted(statuses) == ["pending"] * 3 + ["posted"]
