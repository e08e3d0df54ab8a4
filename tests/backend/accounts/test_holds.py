"""Holds: who may place and lift one, until when it covers an account, and what it stops."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal, Role
from backend.accounts import holds
from backend.accounts.service import AccountNotFoundError
from backend.district.service import District
from backend.errors import ForbiddenError
from backend.fees.late import charge_late_fees
from backend.parts import EVERYTHING
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, AddStaff, add_bill


async def place(
    session: AsyncSession,
    who: Principal,
    account_id: UUID,
    kind: str = "dispute",
    *,
    until: date | None = None,
    note: str = "The read of October cannot be right.",
) -> holds.Hold:
    return await holds.place_hold(session, who, account_id, kind=kind, note=note, until=until, today=TODAY, now=NOW)


async def late_fees(session: AsyncSession, district: District, day: date) -> int:
    return (await charge_late_fees(session, day, NOW, EVERYTHING, district=district))["late_fees"]


async def test_a_hold_says_who_placed_it_and_the_same_again_is_the_same(
    session: AsyncSession, add_staff: AddStaff
) -> None:
    account_id, csr = await make_account(session), await add_staff(Role.CSR)
    made = await place(session, csr, account_id)
    assert (made.kind, made.started_on, made.ended_on, made.is_live) == ("dispute", TODAY, None, True)
    assert made.placed_by is not None and made.placed_by.startswith("Person")
    assert (await place(session, csr, account_id)).id == made.id
    assert len(await holds.holds_of(session, account_id, TODAY)) == 1


async def test_while_it_is_live_no_late_fee_is_charged_and_after_it_one_is(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    account_id, csr = await make_account(session), await add_staff(Role.CSR)
    await add_bill(session, account_id, due=TODAY - timedelta(days=1))
    last_day = TODAY + timedelta(days=4)
    await place(session, csr, account_id, "extension", until=last_day)
    assert await late_fees(session, district, last_day) == 0
    assert await late_fees(session, district, last_day + timedelta(days=1)) == 1
    (gone,) = await holds.holds_of(session, account_id, last_day + timedelta(days=1))
    assert not gone.is_live


async def test_lifting_takes_a_lead_and_a_reason_which_is_kept(session: AsyncSession, add_staff: AddStaff) -> None:
    account_id, csr, lead = await make_account(session), await add_staff(Role.CSR), await add_staff(Role.LEAD)
    made = await place(session, csr, account_id, "appeal")
    lift = {"today": TODAY, "now": NOW}
    with pytest.raises(ForbiddenError) as refused:
        await holds.lift_hold(session, csr, account_id, made.id, note="Decided.", **lift)
    assert refused.value.error == "role_not_allowed"
    with pytest.raises(holds.HoldRefusedError):
        await holds.lift_hold(session, lead, account_id, made.id, note="  ", **lift)
    lifted = await holds.lift_hold(session, lead, account_id, made.id, note="The Board decided.", **lift)
    assert (lifted.ended_on, lifted.lift_note, lifted.is_live) == (TODAY, "The Board decided.", False)
    again = await holds.lift_hold(session, lead, account_id, made.id, note="Once more.", **lift)
    assert again == lifted
    assert (await place(session, csr, account_id, "appeal")).id != made.id


@pytest.mark.parametrize(
    ("kind", "until", "note", "reason"),
    [
        ("dispute", TODAY - timedelta(days=1), "Why.", "in_the_past"),
        ("extension", None, "Why.", "end_needed"),
        ("review", None, "   ", "note_needed"),
    ],
)
async def test_what_cannot_be_placed(
    session: AsyncSession, *, add_staff: AddStaff, kind: str, until: date | None, note: str, reason: str
) -> None:
    account_id, csr = await make_account(session), await add_staff(Role.CSR)
    with pytest.raises(holds.HoldRefusedError) as refused:
        await place(session, csr, account_id, kind, until=until, note=note)
    assert refused.value.extra["reason"] == reason


async def test_another_end_needs_the_first_hold_to_be_lifted(session: AsyncSession, add_staff: AddStaff) -> None:
    account_id, csr = await make_account(session), await add_staff(Role.CSR)
    made = await place(session, csr, account_id)
    with pytest.raises(holds.HoldRefusedError) as refused:
        await place(session, csr, account_id, until=TODAY + timedelta(days=30))
    assert refused.value.extra == {"reason": "exists", "hold_id": str(made.id)}


async def test_what_is_over_or_of_another_account_cannot_be_lifted(session: AsyncSession, add_staff: AddStaff) -> None:
    account_id, other, lead = await make_account(session), await make_account(session), await add_staff(Role.LEAD)
    made = await place(session, lead, account_id, "extension", until=TODAY)
    with pytest.raises(holds.HoldNotFoundError):
        await holds.lift_hold(session, lead, other, made.id, note="Why.", today=TODAY, now=NOW)
    with pytest.raises(holds.HoldRefusedError) as refused:
        tomorrow = TODAY + timedelta(days=1)
        await holds.lift_hold(session, lead, account_id, made.id, note="Why.", today=tomorrow, now=NOW)
    assert refused.value.extra["reason"] == "over"
    with pytest.raises(AccountNotFoundError):
        await place(session, lead, uuid4())
