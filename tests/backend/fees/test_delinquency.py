"""What the way to a shut-off costs: once, when an account enters the list, and nobody whom the law protects."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Role
from backend.district.service import District
from backend.fees import service
from backend.fees.delinquency import charge_delinquent
from backend.ledger import service as ledger
from backend.models.account_hold import AccountHold
from backend.models.arrangement import Arrangement, Installment
from backend.models.bill import Bill
from backend.models.emergency import Emergency
from backend.models.fee import FeeCharge
from backend.parts import EVERYTHING
from backend.payments import service as payments
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, AddStaff, add_bill
from tests.backend.fees.test_late_on_what_is_open import add_charge, add_fee, missed_installment, pay

DAY = timedelta(days=1)
SIXTY = TODAY - 60 * DAY
"""HSC 116908(a): who owes since then may be shut off from today on."""
NOTHING = {"delinquent_charges": 0, "delinquent_charge_cents": 0}


async def night(session: AsyncSession, district: District, day: date = TODAY) -> dict[str, int]:
    return await charge_delinquent(session, day, NOW, EVERYTHING, district=district)


def charges(count: int) -> dict[str, int]:
    return {"delinquent_charges": count, "delinquent_charge_cents": 2_500 * count}


async def by_hand(
    session: AsyncSession,
    district: District,
    account_id: UUID,
    code: str = "delinquent_processing",
    key: str = "by hand",
) -> service.Fee:
    return await service.charge_by_hand(
        session,
        account_id,
        code,
        caused_by_entry_id=None,
        worked_at=None,
        idempotency_key=key,
        now=NOW,
        district=district,
    )


async def owing(session: AsyncSession, due: date = SIXTY) -> tuple[UUID, Bill]:
    account_id = await make_account(session)
    return account_id, await add_bill(session, account_id, due=due)


class TestByNight:
    async def test_who_enters_the_list_is_charged_once_for_the_oldest_unpaid_bill(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id, bill = await owing(session)
        await add_bill(session, account_id, due=SIXTY + 30 * DAY)
        await owing(session, SIXTY + DAY)
        assert await night(session, district) == charges(1)
        assert await night(session, district) == NOTHING
        fee = (await session.scalars(select(FeeCharge))).one()
        assert (fee.account_id, fee.caused_by_entry_id, fee.charged_on) == (account_id, bill.entry_id, TODAY)
        assert await ledger.balance_cents(session, account_id) == 2 * 8_250 + 2_500
        assert sum(line.balance_cents for line in await ledger.trial_balance(session)) == 0

    async def test_the_next_bill_that_grows_as_old_does_not_charge_again(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id, _ = await owing(session)
        await add_bill(session, account_id, due=SIXTY + 30 * DAY)
        assert await night(session, district) == charges(1)
        assert await night(session, district, TODAY + 30 * DAY) == NOTHING
        # The first is paid when the second is 60 days old too: the account has been on the list all the time.
        await pay(session, account_id, district, 8_250, on=TODAY + 31 * DAY)
        assert await night(session, district, TODAY + 31 * DAY) == NOTHING

    async def test_who_left_the_list_and_enters_it_again_is_charged_again(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id, _ = await owing(session)
        await add_bill(session, account_id, due=SIXTY + 30 * DAY)
        assert await night(session, district) == charges(1)
        await pay(session, account_id, district, 8_250, on=TODAY + 5 * DAY)
        assert await night(session, district, TODAY + 29 * DAY) == NOTHING
        assert await night(session, district, TODAY + 30 * DAY) == charges(1)

    async def test_a_rest_that_is_small_or_long_on_the_list_is_not_charged(
        self, session: AsyncSession, district: District
    ) -> None:
        small, _ = await owing(session)
        await pay(session, small, district, 7_251)
        await owing(session, SIXTY - (district.policy.fees.late.catch_up_days + 1) * DAY)
        assert await night(session, district) == NOTHING

    async def test_whom_the_law_protects_and_whose_money_is_on_its_way(
        self, session: AsyncSession, district: District
    ) -> None:
        """HSC 116910(a), Gov. Code 60372(b): medical protection, plans, disputes; a closed account has no water."""
        medical, disputed, keeps, behind, closed, paying = [(await owing(session))[0] for _ in range(6)]
        await session.execute(text("UPDATE accounts SET medical_protection = true WHERE id = :id"), {"id": medical})
        await session.execute(
            text("UPDATE accounts SET status = 'closed', closed_on = :on WHERE id = :id"), {"id": closed, "on": TODAY}
        )
        session.add(AccountHold(account_id=disputed, kind="dispute", started_on=TODAY, note="", placed_at=NOW))
        plan = Arrangement(account_id=keeps, agreed_on=TODAY - DAY, total_cents=8_250, status="active")
        session.add(plan)
        await session.flush()
        session.add(Installment(arrangement_id=plan.id, number=1, due_on=TODAY + DAY, amount_cents=8_250))
        await missed_installment(session, behind, TODAY - 9 * DAY)
        await add_charge(session, paying, 8_250)
        assert await night(session, district) == NOTHING
        await session.execute(text("UPDATE arrangements SET status = 'broken' WHERE account_id = :id"), {"id": behind})
        assert await night(session, district) == charges(1)

    async def test_nobody_while_an_emergency_stands_dunning_down(
        self, session: AsyncSession, district: District, add_staff: AddStaff
    ) -> None:
        await owing(session)
        lead = await add_staff(Role.LEAD)
        one = Emergency(
            idempotency_key="main break",
            kind="water",
            zones=[],
            text_en="No water",
            text_es="Sin agua",
            reason="Main break",
            no_water=True,
            stands_down=True,
            started_by=lead.staff_id,
            started_at=NOW,
        )
        session.add(one)
        await session.flush()
        assert await night(session, district) == NOTHING

    async def test_a_district_without_the_charge_makes_none(self, session: AsyncSession, district: District) -> None:
        account_id, _ = await owing(session)
        fees = district.policy.fees.model_copy(update={"delinquent_processing_cents": 0, "tag_cents": 0})
        without = replace(district, policy=district.policy.model_copy(update={"fees": fees}))
        assert await night(session, without) == NOTHING
        for code in ("delinquent_processing", "tag"):
            with pytest.raises(service.FeeNotDueError) as refused:
                await by_hand(session, without, account_id, code, code)
            assert "no such fee" in str(refused.value.detail)


class TestByHand:
    @pytest.mark.parametrize("code", ["delinquent_processing", "tag"])
    async def test_another_key_does_not_charge_the_same_delinquency_twice(
        self, session: AsyncSession, district: District, code: str
    ) -> None:
        account_id, _ = await owing(session)
        first = await by_hand(session, district, account_id, code, "one")
        with pytest.raises(service.FeeAlreadyChargedError):
            await by_hand(session, district, account_id, code, "two")
        assert (await by_hand(session, district, account_id, code, "one")).id == first.id
        assert [fee.code for fee in await service.fees_of(session, account_id)] == [code]
        # The bill is paid, and the next one is left lying: that is another delinquency.
        await pay(session, account_id, district, 8_250)
        await add_bill(session, account_id, due=TODAY - DAY)
        assert (await by_hand(session, district, account_id, code, "three")).id != first.id

    async def test_a_night_does_not_charge_what_was_charged_by_hand_nor_a_hand_what_the_night_did(
        self, session: AsyncSession, district: District
    ) -> None:
        one, _ = await owing(session)
        await by_hand(session, district, one)
        assert await night(session, district) == NOTHING
        other, _ = await owing(session)
        assert await night(session, district) == charges(1)
        with pytest.raises(service.FeeAlreadyChargedError):
            await by_hand(session, district, other, key="after the night")

    async def test_what_was_charged_by_hand_before_bills_were_named_counts_too(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id, _ = await owing(session)
        await by_hand(session, district, account_id)
        await session.execute(text("UPDATE fee_charges SET caused_by_entry_id = NULL"))
        assert await night(session, district) == NOTHING

    async def test_fees_alone_make_no_delinquency(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        await add_fee(session, account_id, 1_500, SIXTY)
        with pytest.raises(service.FeeNotDueError) as refused:
            await by_hand(session, district, account_id)
        assert "what is owed are fees" in str(refused.value.detail)
        assert (await payments.preview(session, account_id, 1_500, district)).paid[0].kind == "fee"
