"""Paying credit back: asked for by one person, agreed to by another within their authority, paid once."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.access import Principal
from backend.district.service import District
from backend.errors import HeadgateError
from backend.ledger import service as ledger
from backend.payments import refunds, service, unapplied
from backend.payments.authority import AboveAuthorityError, AlreadyDecidedError, SecondPersonError
from backend.payments.refunds import RefundState
from tests.backend.factories import make_account
from tests.backend.fees.conftest import add_bill
from tests.backend.payments.conftest import NOW, TODAY, books, close, count

CREDIT_CENTS = 15_000


@pytest.fixture
async def account_id(session: AsyncSession, district: District) -> UUID:
    """A closed account with a credit of $150."""
    made = await make_account(session)
    await service.post_payment(
        session,
        account_id=made,
        amount_cents=CREDIT_CENTS,
        method="check",
        received_on=TODAY,
        idempotency_key=f"credit of {made}",
        now=NOW,
        district=district,
    )
    await close(session, made)
    return made


async def ask(
    session: AsyncSession, who: Principal, account_id: UUID, cents: int = CREDIT_CENTS, key: str = "refund-key-1"
) -> RefundState:
    return await refunds.request_refund(
        session, who, account_id, amount_cents=cents, reason="Moved out", idempotency_key=key, now=NOW
    )


async def decide(
    session: AsyncSession, who: Principal, refund: RefundState, district: District, *, approve: bool = True
) -> RefundState:
    return await refunds.decide_refund(
        session, who, refund.id, approve=approve, note="Checked", district=district, now=NOW
    )


async def receipt(session: AsyncSession, cents: int = 6_100) -> UUID:
    """Unapplied money."""
    new = unapplied.NewReceipt("99999999", cents, "lockbox", TODAY, f"receipt of {cents}")
    (kept,) = await unapplied.keep(session, [new], NOW)
    return kept.id


class TestOfACredit:
    async def test_is_paid_out_and_the_credit_is_gone(
        self, session: AsyncSession, clerk: Principal, lead: Principal, account_id: UUID, district: District
    ) -> None:
        refund = await decide(session, lead, await ask(session, clerk, account_id), district)
        await session.commit()
        assert refund.status == "posted"
        assert await ledger.balance_cents(session, account_id) == 0
        assert await books(session) == {}
        (paid,) = await session.execute(text("SELECT amount_cents FROM payment_allocations"))
        assert paid == (CREDIT_CENTS,)

    async def test_asked_again_with_its_key_it_is_the_same(
        self, session: AsyncSession, clerk: Principal, lead: Principal, account_id: UUID, district: District
    ) -> None:
        first = await ask(session, clerk, account_id)
        assert await ask(session, clerk, account_id) == first
        paid = await decide(session, lead, first, district)
        assert await decide(session, lead, first, district) == paid
        assert await ask(session, clerk, account_id) == paid
        assert await books(session) == {}

    async def test_a_key_means_one_thing(self, session: AsyncSession, clerk: Principal, account_id: UUID) -> None:
        await ask(session, clerk, account_id, 5_000)
        with pytest.raises(ledger.IdempotencyConflictError):
            await ask(session, clerk, account_id, 6_000)

    @pytest.mark.parametrize("cents", [0, -1, CREDIT_CENTS + 1, 10**20])
    async def test_never_more_than_there_is(
        self, session: AsyncSession, clerk: Principal, account_id: UUID, cents: int
    ) -> None:
        with pytest.raises(refunds.NotEnoughCreditError) as refused:
            await ask(session, clerk, account_id, cents)
        assert refused.value.extra["available_cents"] == CREDIT_CENTS

    async def test_what_is_asked_for_already_counts(
        self, session: AsyncSession, clerk: Principal, account_id: UUID
    ) -> None:
        await ask(session, clerk, account_id, 10_000)
        with pytest.raises(refunds.NotEnoughCreditError) as refused:
            await ask(session, clerk, account_id, 5_001, key="refund-key-2")
        assert refused.value.extra["available_cents"] == 5_000

    async def test_not_when_the_credit_has_paid_something_meanwhile(
        self, session: AsyncSession, clerk: Principal, lead: Principal, account_id: UUID, district: District
    ) -> None:
        asked = await ask(session, clerk, account_id)
        await add_bill(session, account_id, cents=100, due=TODAY)
        with pytest.raises(refunds.NotEnoughCreditError):
            await decide(session, lead, asked, district)
        assert (await decide(session, lead, asked, district, approve=False)).status == "declined"

    async def test_two_at_once_are_paid_from_one_credit_once(
        self,
        *,
        session: AsyncSession,
        engine: AsyncEngine,
        clerk: Principal,
        lead: Principal,
        account_id: UUID,
        district: District,
    ) -> None:
        await session.commit()

        async def one(number: int) -> str:
            async with AsyncSession(engine) as own:
                try:
                    asked = await ask(own, clerk, account_id, 10_000, key=f"refund-key-{number}")
                    await own.commit()
                    await decide(own, lead, asked, district)
                    await own.commit()
                except refunds.NotEnoughCreditError:
                    return "refused"
                return "paid"

        assert sorted(await asyncio.gather(*(one(number) for number in range(4)))) == ["paid", *["refused"] * 3]
        assert await ledger.balance_cents(session, account_id) == -5_000

    async def test_of_an_account_that_there_is_not(self, session: AsyncSession, clerk: Principal) -> None:
        with pytest.raises(ledger.ReceivableNotFoundError):
            await ask(session, clerk, UUID(int=1))


class TestOfUnappliedMoney:
    async def test_all_of_it_is_paid_back(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        receipt_id = await receipt(session)
        assert await books(session) == {"cash": 6_100, "unapplied": -6_100}
        asked = await refunds.request_receipt_refund(session, clerk, receipt_id, reason="Not ours", now=NOW)
        (row,) = await unapplied.open_receipts(session)
        assert row.refund_asked
        await decide(session, lead, asked, district)
        assert await books(session) == {}
        assert await unapplied.open_receipts(session) == []

    async def test_one_request_at_a_time_and_another_after_a_no(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        receipt_id = await receipt(session)
        asked = await refunds.request_receipt_refund(session, clerk, receipt_id, reason="Not ours", now=NOW)
        with pytest.raises(unapplied.ReceiptDecidedError):
            await refunds.request_receipt_refund(session, clerk, receipt_id, reason="Again", now=NOW)
        await decide(session, lead, asked, district, approve=False)
        again = await refunds.request_receipt_refund(session, clerk, receipt_id, reason="Really", now=NOW)
        assert (again.status, again.amount_cents) == ("pending", 6_100)

    async def test_what_is_to_be_paid_back_is_not_applied_meanwhile(
        self, session: AsyncSession, clerk: Principal, lead: Principal, account_id: UUID, district: District
    ) -> None:
        receipt_id = await receipt(session)
        await refunds.request_receipt_refund(session, clerk, receipt_id, reason="Not ours", now=NOW)
        with pytest.raises(unapplied.ReceiptDecidedError):
            await unapplied.apply_receipt(
                session, lead, receipt_id, account_id=account_id, note="Hers", district=district, now=NOW
            )

    async def test_there_must_be_one(self, session: AsyncSession, clerk: Principal) -> None:
        with pytest.raises(unapplied.ReceiptNotFoundError):
            await refunds.request_receipt_refund(session, clerk, UUID(int=1), reason="?", now=NOW)


class TestWhoMay:
    async def test_never_the_one_who_asked(
        self, session: AsyncSession, lead: Principal, account_id: UUID, district: District
    ) -> None:
        with pytest.raises(SecondPersonError):
            await decide(session, lead, await ask(session, lead, account_id), district)

    @pytest.mark.parametrize(("cents", "lead_may"), [(20_000, True), (20_001, False)])
    async def test_up_to_what_the_district_lets_each_role(
        self,
        *,
        session: AsyncSession,
        clerk: Principal,
        lead: Principal,
        supervisor: Principal,
        district: District,
        cents: int,
        lead_may: bool,
    ) -> None:
        asked = await refunds.request_receipt_refund(
            session, clerk, await receipt(session, cents), reason="Not ours", now=NOW
        )
        (row,) = await refunds.pending_refunds(session, lead, district=district)
        assert row.may_decide is lead_may
        if not lead_may:
            with pytest.raises(AboveAuthorityError):
                await decide(session, lead, asked, district)
        assert (await decide(session, supervisor, asked, district)).status == "posted"

    async def test_a_role_without_a_say_neither_agrees_nor_declines(
        self, session: AsyncSession, clerk: Principal, lead: Principal, account_id: UUID, district: District
    ) -> None:
        asked = await ask(session, lead, account_id, 1)
        for approve in (True, False):
            with pytest.raises(AboveAuthorityError):
                await decide(session, clerk, asked, district, approve=approve)

    async def test_to_decline_moves_no_money_so_a_lead_may_whatever_the_amount(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        asked = await refunds.request_receipt_refund(
            session, clerk, await receipt(session, 900_000), reason="Not ours", now=NOW
        )
        assert (await decide(session, lead, asked, district, approve=False)).status == "declined"
        with pytest.raises(AlreadyDecidedError):
            await decide(session, lead, asked, district)

    async def test_the_database_wants_two_people(
        self, session: AsyncSession, clerk: Principal, account_id: UUID
    ) -> None:
        await ask(session, clerk, account_id)
        with pytest.raises(IntegrityError, match="two_people"):
            await session.execute(text("UPDATE refunds SET status = 'declined', decided_by = requested_by"))

    async def test_the_list_has_what_one_needs_to_decide(
        self, session: AsyncSession, clerk: Principal, lead: Principal, account_id: UUID, district: District
    ) -> None:
        await ask(session, clerk, account_id)
        (row,) = await refunds.pending_refunds(session, lead, district=district)
        assert (row.account_id, row.customer_name, row.amount_cents, row.reason, row.may_decide) == (
            account_id,
            "Rosa Aguilar",
            CREDIT_CENTS,
            "Moved out",
            True,
        )

    async def test_there_must_be_one(self, session: AsyncSession, lead: Principal, district: District) -> None:
        with pytest.raises(HeadgateError, match="refund_not_found"):
            await decide(session, lead, RefundState(UUID(int=1), None, None, 1, "pending"), district)
        assert await count(session, "refunds") == 0
