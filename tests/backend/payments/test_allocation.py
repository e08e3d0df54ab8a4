"""What pays what, row by row: the database allocates exactly as the pure rule says, whatever happened before."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from backend.district.service import District
from backend.ledger import chart, service
from backend.ledger import rules as ledger_rules
from backend.payments import repository, rules
from backend.payments import service as payments
from backend.payments.rules import Charge, Order
from backend.settings import driver_url
from tests.backend.factories import make_account
from tests.backend.fees.conftest import add_bill, pay
from tests.backend.payments.conftest import NOW, TODAY

Key = tuple[str, int]
Books = tuple[dict[tuple[Key, Key], int], dict[Key, int]]  # what each credit pays of each charge, what that has left
_LIVE = text("""
SELECT a.credit_entry_id, a.credit_line, a.charge_entry_id, a.charge_line, a.amount_cents
  FROM payment_allocations a WHERE a.account_id = :account_id AND a.undone_by_id IS NULL ORDER BY a.id
""")
_AGAIN = text("""
INSERT INTO payment_allocations (account_id, credit_entry_id, credit_line, charge_entry_id, charge_line, amount_cents)
SELECT account_id, credit_entry_id, credit_line, charge_entry_id, charge_line, :cents FROM payment_allocations
""")
_OPEN = text("SELECT entry_id, line, left_cents FROM open_charges WHERE account_id = :account_id")
orders = st.builds(
    Order,
    first=st.sampled_from(["oldest_first", "service_first", "fees_first"]),
    within_date=st.sampled_from(["service_first", "fees_first"]),
    on_plan=st.sampled_from(["current_bill_first", "as_usual"]),
)
days = st.integers(0, 6).map(lambda ago: TODAY - timedelta(days=20 * ago))
cents = st.integers(1, 30_000)
steps = st.one_of(
    st.tuples(st.just("charge"), st.sampled_from(["bill", "fee"]), cents, days),
    st.tuples(st.just("refund"), cents, days),
    st.tuples(st.just("credit"), st.sampled_from(["payment", "adjustment"]), cents, days),
    st.tuples(st.just("reverse"), st.integers(0, 20)),
    st.tuples(st.just("plan"), days),
    st.tuples(st.just("allocate"), orders),
    st.tuples(st.just("pay"), cents, days, orders),
)


@dataclass
class Paper:
    """An account in the database, and beside it every charge and credit as a clerk would note them."""

    session: AsyncSession
    account_id: UUID
    charges: dict[Key, Charge] = field(default_factory=dict)
    credits: dict[Key, tuple[date, int]] = field(default_factory=dict)
    paid: dict[tuple[Key, Key], int] = field(default_factory=dict)
    entries: list[UUID] = field(default_factory=list)
    plan: date | None = None
    posted: int = 0

    async def _post(
        self, kind: str, *, debit: UUID, credit: UUID, amount: int, day: date, due: date | None = None
    ) -> Key:
        postings = ledger_rules.transfer(debit, credit, amount, due)
        self.posted += 1
        key = f"{self.account_id}:{self.posted}"
        posted = await service.post_entry(self.session, ledger_rules.Entry(key, kind, kind, day, postings), NOW)
        self.entries.append(posted.entry_id)
        return str(posted.entry_id), 1 if debit == self.account_id else 2

    async def charge(self, kind: str, amount: int, day: date) -> None:
        due = day + timedelta(days=21)
        key = await self._post(kind, debit=self.account_id, credit=chart.WATER_REVENUE, amount=amount, day=day, due=due)
        self.charges[key] = Charge(key, amount, kind == "fee", day, due)

    async def refund(self, amount: int, day: date) -> None:
        key = await self._post("refund", debit=self.account_id, credit=chart.CASH, amount=amount, day=day)
        self.charges[key] = Charge(key, amount, False, day, day)

    async def credit(self, kind: str, amount: int, day: date) -> None:
        key = await self._post(kind, debit=chart.CASH, credit=self.account_id, amount=amount, day=day)
        self.credits[key] = (day, amount)

    async def reverse(self, number: int) -> None:
        if not self.entries:
            return
        entry_id = self.entries.pop(number % len(self.entries))
        await service.reverse_entry(
            self.session, entry_id, effective_on=TODAY, description="", idempotency_key=f"undo {entry_id}", now=NOW
        )
        gone = str(entry_id)
        self.charges = {key: charge for key, charge in self.charges.items() if key[0] != gone}
        self.credits = {key: credit for key, credit in self.credits.items() if key[0] != gone}
        self.paid = {pair: amount for pair, amount in self.paid.items() if gone not in (pair[0][0], pair[1][0])}

    async def plan_on(self, day: date) -> None:
        self.plan = day
        await self.session.execute(text("DELETE FROM arrangements WHERE account_id = :id"), {"id": self.account_id})
        agreed = "INSERT INTO arrangements VALUES (gen_random_uuid(), :id, :day, 1000, 'active')"
        await self.session.execute(text(agreed), {"id": self.account_id, "day": day})

    def _left(self, key: Key, amount: int) -> int:
        return amount - sum(cents for pair, cents in self.paid.items() if key in pair)

    async def pay(self, amount: int, day: date, order: Order) -> None:
        """A payment pays at once, after the credits that came before it."""
        self.posted += 1
        new = payments.new_payment(
            account_id=self.account_id,
            amount_cents=amount,
            method="check",
            received_on=day,
            idempotency_key=f"{self.account_id}:{self.posted}",
        )
        posted = await repository.post(self.session, new, order, NOW)
        assert posted is not None
        self.entries.append(posted.entry_id)
        self.credits[str(posted.entry_id), 2] = (day, amount)
        self.note(order)

    async def allocate(self, order: Order) -> None:
        await repository.allocate(self.session, [self.account_id], order)
        self.note(order)

    def note(self, order: Order) -> None:
        """By the pure rule, credit by credit from the oldest."""
        for key in sorted(self.credits, key=lambda key: (self.credits[key][0], key)):
            open_charges = [
                replace(one, unpaid_cents=self._left(one.key, one.unpaid_cents)) for one in self.charges.values()
            ]
            left = self._left(key, self.credits[key][1])
            for charge, amount in rules.allocate(left, rules.in_order(open_charges, order, self.plan)):
                pair = (key, charge.key)
                self.paid[pair] = self.paid.get(pair, 0) + amount

    async def compared(self) -> tuple[Books, Books]:
        """What the database has, and what the pure rule says."""
        found: dict[tuple[Key, Key], int] = {}
        for row in await self.session.execute(_LIVE, {"account_id": self.account_id}):
            pair = ((str(row[0]), row[1]), (str(row[2]), row[3]))
            found[pair] = found.get(pair, 0) + row[4]
        opened = await self.session.execute(_OPEN, {"account_id": self.account_id})
        kept = {(str(row[0]), row[1]): row[2] for row in opened}
        left = {key: cents for key, charge in self.charges.items() if (cents := self._left(key, charge.unpaid_cents))}
        return (found, kept), (dict(self.paid), left)


async def run(url: str, sequence: list[tuple[object, ...]], order: Order) -> list[tuple[Books, Books]]:
    compared = []
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        paper = Paper(session, await make_account(session))
        for name, *values in [*sequence, ("allocate", order)]:
            await getattr(paper, {"plan": "plan_on"}.get(str(name), str(name)))(*values)
            compared.append(await paper.compared())
        await session.commit()
    await engine.dispose()
    return compared


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(steps, max_size=14), order=orders)
def test_the_database_and_the_pure_rule_agree(
    database_url: str, sequence: list[tuple[object, ...]], order: Order
) -> None:
    compared = asyncio.run(run(database_url, sequence, order))
    assert len(compared) == len(sequence) + 1 and all(found == expected for found, expected in compared)


async def rows(session: AsyncSession, account_id: UUID) -> list[int]:
    return [row[4] for row in await session.execute(_LIVE, {"account_id": account_id})]


class TestPosting:
    async def test_a_payment_pays_what_its_preview_said(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        for amount, due in ((3_000, date(2026, 9, 25)), (8_250, date(2026, 10, 25))):
            await add_bill(session, account_id, cents=amount, due=due)
        preview = await payments.preview(session, account_id, 5_000, district)
        assert [(line.due_on, line.amount_cents) for line in preview.paid] == [
            (date(2026, 9, 25), 3_000),
            (date(2026, 10, 25), 2_000),
        ]
        payment = await payments.post_payment(
            session,
            account_id=account_id,
            amount_cents=5_000,
            method="card",
            received_on=TODAY,
            idempotency_key="previewed",
            now=NOW,
            district=district,
        )
        receipt = await payments.receipt(session, payment.id, NOW)
        assert (receipt.paid, receipt.left_as_credit_cents, receipt.balance_cents) == (preview.paid, 0, 6_250)

    async def test_what_is_left_pays_the_next_bill_when_it_comes(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await make_account(session)
        payment = await payments.post_payment(
            session,
            account_id=account_id,
            amount_cents=10_000,
            method="check",
            received_on=TODAY,
            idempotency_key="early",
            now=NOW,
            district=district,
        )
        await add_bill(session, account_id, cents=8_250, due=date(2026, 12, 14))
        assert await payments.allocate_credits(session, [account_id], district) == 1
        assert await payments.allocate_credits(session, [account_id], district) == 0
        receipt = await payments.receipt(session, payment.id, NOW)
        assert [line.amount_cents for line in receipt.paid] == [8_250]
        assert receipt.left_as_credit_cents == 1_750

    async def test_eight_payments_at_once_pay_a_bill_once(self, database_url: str, district: District) -> None:
        engine = create_async_engine(driver_url(database_url), pool_size=8)
        async with AsyncSession(engine) as session:
            account_id = await make_account(session)
            await add_bill(session, account_id, cents=10_000, due=TODAY)
            await session.commit()

        async def one(number: int) -> None:
            async with AsyncSession(engine) as session:
                await payments.post_payment(
                    session,
                    account_id=account_id,
                    amount_cents=3_000,
                    method="card",
                    received_on=TODAY,
                    idempotency_key=f"crowd {number % 6}",
                    now=NOW,
                    district=district,
                )
                await session.commit()

        await asyncio.gather(*(one(number) for number in range(8)))
        async with AsyncSession(engine) as session:
            assert sorted(await rows(session, account_id)) == [1_000, 3_000, 3_000, 3_000]
            assert await service.balance_cents(session, account_id) == -8_000
        await engine.dispose()


class TestOpenCharges:
    """The database keeps what is unpaid of each charge, and lets nothing be paid twice."""

    async def test_more_than_is_open_is_never_allocated(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        await add_bill(session, account_id, cents=1_000, due=TODAY)
        await pay(session, account_id, 1_500)
        await payments.allocate_credits(session, [account_id])
        with pytest.raises(DBAPIError, match="is not open"):
            await session.execute(_AGAIN, {"cents": 500})

    async def test_nor_more_than_is_left(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        await add_bill(session, account_id, cents=1_000, due=TODAY)
        await pay(session, account_id, 900)
        await payments.allocate_credits(session, [account_id])
        with pytest.raises(DBAPIError, match="left_cents"):
            await session.execute(_AGAIN, {"cents": 101})


class TestHistory:
    """Allocations may be undone by a reversal, never rewritten or removed."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE payment_allocations SET amount_cents = amount_cents + 1",
            "UPDATE payment_allocations SET account_id = gen_random_uuid()",
            "UPDATE payment_allocations SET charge_line = 2",
            "DELETE FROM payment_allocations",
            "TRUNCATE payment_allocations",
        ],
    )
    async def test_the_database_refuses(self, session: AsyncSession, statement: str) -> None:
        account_id = await make_account(session)
        await add_bill(session, account_id, cents=1_000, due=TODAY)
        await pay(session, account_id, 1_000)
        await payments.allocate_credits(session, [account_id])
        with pytest.raises(DBAPIError, match="payment_allocations"):
            await session.execute(text(statement))
