"""Whatever is posted, repeated, returned or reversed, and in whatever order: the books balance."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from backend.district.service import District
from backend.ledger import service
from backend.payments import returns
from backend.payments import service as payments
from backend.settings import driver_url
from tests.backend.factories import make_account

NOW, TODAY, DUE = datetime(2026, 11, 23, 18, 0, tzinfo=UTC), date(2026, 11, 23), date(2026, 12, 14)
DISTRICT = District.load(Path(__file__).parents[3] / "district")
FEES_CENTS = (2_500, 3_500)
"""The first returned payment of a customer, and each later one (Civil Code 1719)."""

amounts = st.integers(1, 500_000)
steps = st.one_of(
    st.tuples(st.just("bill"), amounts),
    st.tuples(st.just("pay"), amounts),
    st.tuples(st.just("returned"), st.integers(0, 30)),
    st.tuples(st.just("reverse_bill"), st.integers(0, 30)),
)
sequences = st.lists(st.tuples(steps, st.booleans()), max_size=14)


@dataclass
class Books:
    """An account in the database, and beside it what a careful clerk would have on paper."""

    session: AsyncSession
    account_id: UUID
    owed_cents: int = 0
    entries: int = 0
    bills: list[tuple[UUID, int]] = field(default_factory=list)
    payments: list[tuple[UUID, int]] = field(default_factory=list)
    undone: set[UUID] = field(default_factory=set)

    async def take(self, number: int, step: tuple[str, int], repeated: bool) -> None:
        name, value = step
        for _ in range(2 if repeated else 1):
            await getattr(self, name)(f"{self.account_id}:{number}", value)
            await self.session.commit()

    def _count(self, key_is_new: bool, cents: int, entries: int = 1) -> None:
        if key_is_new:
            self.owed_cents += cents
            self.entries += entries

    async def bill(self, key: str, cents: int) -> None:
        bill = await service.post_bill(
            self.session,
            account_id=self.account_id,
            amount_cents=cents,
            usage_ccf=cents % 50,
            period=(date(2026, 10, 21), date(2026, 11, 20)),
            issued_on=TODAY,
            due_date=DUE,
            idempotency_key=key,
            now=NOW,
        )
        known = (bill.entry_id, cents) in self.bills
        self._count(not known, cents)
        self.bills += [] if known else [(bill.entry_id, cents)]

    async def pay(self, key: str, cents: int) -> None:
        payment = await payments.post_payment(
            self.session,
            account_id=self.account_id,
            amount_cents=cents,
            method="check",
            received_on=TODAY,
            idempotency_key=key,
            now=NOW,
        )
        known = (payment.id, cents) in self.payments
        self._count(not known, -cents)
        self.payments += [] if known else [(payment.id, cents)]

    async def reverse_bill(self, key: str, value: int) -> None:
        if not self.bills:
            return
        entry_id, cents = self.bills[value % len(self.bills)]
        try:
            await service.reverse_entry(
                self.session, entry_id, effective_on=TODAY, description="Wrong", idempotency_key=key, now=NOW
            )
        except service.NotReversibleError:
            assert entry_id in self.undone
            return
        self._count(entry_id not in self.undone, -cents)
        self.undone.add(entry_id)

    async def returned(self, key: str, value: int) -> None:
        if not self.payments:
            return
        payment_id, cents = self.payments[value % len(self.payments)]
        try:
            await returns.return_payment(
                self.session,
                payment_id=payment_id,
                given=returns.Given(TODAY, "R01"),
                district=DISTRICT,
                idempotency_key=key,
                now=NOW,
            )
        except service.NotReversibleError:
            assert payment_id in self.undone
            return
        earlier = len(self.undone & {known for known, _ in self.payments})
        self._count(payment_id not in self.undone, cents + FEES_CENTS[earlier > 0], entries=2)
        self.undone.add(payment_id)


async def check(books: Books) -> None:
    """The database agrees with the paper, and with itself."""
    session = books.session
    assert await service.balance_cents(session, books.account_id) == books.owed_cents
    assert sum(line.balance_cents for line in await service.trial_balance(session)) == 0
    unbalanced = "SELECT count(*) FROM (SELECT FROM ledger_postings GROUP BY entry_id HAVING sum(amount_cents) <> 0) x"
    assert (await session.execute(text(unbalanced))).scalar_one() == 0
    count = "SELECT count(*) FROM ledger_entries WHERE idempotency_key LIKE :prefix"
    found = (await session.execute(text(count), {"prefix": f"{books.account_id}:%"})).scalar_one()
    assert found == books.entries


async def run(engine: AsyncEngine, sequence: list[tuple[tuple[str, int], bool]]) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        books = Books(session, await make_account(session))
        for number, (step, repeated) in enumerate(sequence):
            await books.take(number, step, repeated)
        await check(books)
    await engine.dispose()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=sequences)
def test_every_sequence_keeps_the_books_balanced(
    database_url: str, sequence: list[tuple[tuple[str, int], bool]]
) -> None:
    engine = create_async_engine(driver_url(database_url), poolclass=NullPool)
    asyncio.run(run(engine, sequence))
