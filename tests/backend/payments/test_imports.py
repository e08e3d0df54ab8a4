"""Files taken in: whole or not at all, the same content once, every cent on an account or kept for a person."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from backend.access import Principal
from backend.district.service import District
from backend.ledger import service as ledger
from backend.payments import imports, unapplied
from backend.payments.authority import AboveAuthorityError
from backend.payments.imports import File, Imported, ImportRefusedError
from backend.settings import driver_url
from tests.backend.payments import bank_files
from tests.backend.payments.bank_files import Deposit, Line
from tests.backend.payments.conftest import NOW, TODAY, books, close, count, number_of, owing_account

TABLES = ("ledger_entries", "payments", "unapplied_receipts", "file_imports", "payment_allocations")


async def take(
    session: AsyncSession, kind: str, content: bytes, district: District, name: str = "bank.txt"
) -> Imported:
    return await imports.TAKERS[kind](session, File(name, content, TODAY), district=district, now=NOW)


async def nothing(session: AsyncSession, before: dict[str, int]) -> bool:
    """Whether no table has more or fewer rows than before."""
    return {table: await count(session, table) for table in TABLES} == before


async def rows(session: AsyncSession) -> dict[str, int]:
    return {table: await count(session, table) for table in TABLES}


@pytest.fixture
async def account_id(session: AsyncSession) -> UUID:
    return await owing_account(session)


class TestTaken:
    async def test_a_lockbox_pays_accounts_and_keeps_the_rest(
        self, session: AsyncSession, account_id: UUID, district: District
    ) -> None:
        closed = await owing_account(session)
        await close(session, closed)
        content = bank_files.bai2(
            [
                Deposit(await number_of(session, account_id), 8_250),
                Deposit(await number_of(session, closed), 700),
                Deposit("99999999", 50),
                Deposit("", 9),
            ]
        )
        done = await take(session, "lockbox", content, district)
        assert (done.is_new, done.posted, done.set_aside, done.total_cents, done.line_count) == (True, 1, 3, 9_009, 10)
        await session.commit()
        assert await ledger.balance_cents(session, account_id) == 0
        assert (await books(session))["unapplied"] == -759
        kept = {(row.given_reference, row.amount_cents) for row in await unapplied.open_receipts(session)}
        assert kept == {(await number_of(session, closed), 700), ("99999999", 50), ("", 9)}

    async def test_a_plain_csv_keeps_the_day_and_the_tender_of_each_line(
        self, session: AsyncSession, account_id: UUID, district: District
    ) -> None:
        number = await number_of(session, account_id)
        lines = [Line(number, 5_000, TODAY - timedelta(days=3)), Line(number, 500, TODAY, "card", "")]
        await take(session, "payments", bank_files.payment_csv(lines), district)
        query = text("SELECT amount_cents, received_on, method, bank_reference FROM payments ORDER BY received_on")
        assert [tuple(row) for row in await session.execute(query)] == [
            (5_000, TODAY - timedelta(days=3), "check", "1042"),
            (500, TODAY, "card", None),
        ]

    async def test_many_lines_take_several_parts(
        self, session: AsyncSession, account_id: UUID, district: District
    ) -> None:
        number = await number_of(session, account_id)
        lines = [Line(number if place % 2 else "99999999", place + 1) for place in range(1_210)]
        done = await take(session, "payments", bank_files.payment_csv(lines), district)
        assert (done.posted, done.set_aside) == (605, 605)
        assert (await books(session))["cash"] == sum(one.cents for one in lines)

    async def test_a_file_without_payments_is_on_record(self, session: AsyncSession, district: District) -> None:
        done = await take(session, "payments", bank_files.payment_csv([]), district)
        assert (done.posted, done.set_aside, done.total_cents) == (0, 0, 0)
        (listed,) = await imports.taken_files(session)
        assert (listed.import_id, listed.kind, listed.file_name) == (done.import_id, "payments", "bank.txt")


class TestTheSameTwice:
    @pytest.mark.parametrize("kind", ["lockbox", "payments"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    async def test_is_one_import_whatever_it_is_called_and_however_its_lines_end(
        self, session: AsyncSession, account_id: UUID, district: District, kind: str, end: str
    ) -> None:
        number = await number_of(session, account_id)

        def content(end: str) -> bytes:
            if kind == "lockbox":
                return bank_files.bai2([Deposit(number, 100), Deposit("404", 5)], end=end)
            return bank_files.payment_csv([Line(number, 100), Line("404", 5)], end=end)

        first = await take(session, kind, content("\n"), district)
        before = await rows(session)
        again = await take(session, kind, content(end), district, name="copy of bank.txt")
        assert again == replace(first, is_new=False)
        assert await nothing(session, before)

    async def test_at_once_too(
        self, session: AsyncSession, engine: AsyncEngine, account_id: UUID, district: District
    ) -> None:
        content = bank_files.bai2([Deposit(await number_of(session, account_id), 100), Deposit("404", 5)])
        await session.commit()

        async def one() -> bool:
            async with AsyncSession(engine) as own:
                done = await take(own, "lockbox", content, district)
                await own.commit()
                return done.is_new

        assert sorted(await asyncio.gather(*(one() for _ in range(4)))) == [False, False, False, True]
        assert (await count(session, "payments"), await count(session, "unapplied_receipts")) == (1, 1)

    async def test_what_was_applied_since_does_not_change_what_the_file_was(
        self, session: AsyncSession, lead: Principal, account_id: UUID, district: District
    ) -> None:
        content = bank_files.bai2([Deposit("404", 5)])
        first = await take(session, "lockbox", content, district)
        (row,) = await unapplied.open_receipts(session)
        await unapplied.apply_receipt(
            session, lead, row.id, account_id=account_id, note="Hers", district=district, now=NOW
        )
        assert await take(session, "lockbox", content, district) == replace(first, is_new=False)

    async def test_two_payments_of_one_file_that_look_alike_are_two(
        self, session: AsyncSession, account_id: UUID, district: District
    ) -> None:
        twice = Line(await number_of(session, account_id), 100)
        await take(session, "payments", bank_files.payment_csv([twice, twice]), district)
        assert await ledger.balance_cents(session, account_id) == 8_050


class TestRefused:
    @pytest.mark.parametrize(
        ("old", "new", "line", "field"),
        [
            (b"TOTAL,2,", b"TOTAL,3,", 4, "count"),
            (b"50.00,2026", b"50.01,2026", 4, "total"),
            (b"50.00,2026", b"-50.00,2026", 2, "amount"),
            (b"2026-11-20", b"2026-02-29", 2, "received_on"),
        ],
    )
    async def test_whole_with_line_and_field_and_nothing_is_posted(
        self,
        *,
        session: AsyncSession,
        account_id: UUID,
        district: District,
        old: bytes,
        new: bytes,
        line: int,
        field: str,
    ) -> None:
        content = bank_files.payment_csv([Line(await number_of(session, account_id), 5_000), Line("404", 5)])
        before = await rows(session)
        with pytest.raises(ImportRefusedError) as refused:
            await take(session, "payments", content.replace(old, new, 1), district)
        assert [(one.line, one.field) for one in refused.value.problems] == [(line, field)]
        assert await nothing(session, before)

    async def test_as_another_kind_than_it_was_taken_as(self, session: AsyncSession, district: District) -> None:
        content = bank_files.payment_csv([Line("404", 5)])
        await take(session, "payments", content, district)
        with pytest.raises(ImportRefusedError, match="file_refused"):
            await take(session, "lockbox", content, district)

    async def test_is_listed_with_its_problems_until_it_is_taken(
        self, session: AsyncSession, district: District
    ) -> None:
        file = File("tomorrow.csv", bank_files.payment_csv([Line("404", 5, TODAY + timedelta(days=2))]), TODAY)
        with pytest.raises(ImportRefusedError) as refused:
            await imports.import_payments(session, file, district=district, now=NOW)
        for _ in range(2):
            await imports.note_refused(session, "payments", file, refused.value.problems, NOW)
        (listed,) = await imports.refused_files(session)
        assert (listed.file_name, listed.problems) == ("tomorrow.csv", refused.value.problems)
        later = replace(file, business_date=TODAY + timedelta(days=2))
        await imports.import_payments(session, later, district=district, now=NOW)
        assert await imports.refused_files(session) == []

    async def test_from_whoever_may_not_send_files(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        file = File("a.csv", bank_files.payment_csv([Line("404", 5)]), TODAY)
        with pytest.raises(AboveAuthorityError):
            await imports.import_file(session, clerk, "payments", file, district=district, now=NOW)
        assert (await imports.import_file(session, lead, "payments", file, district=district, now=NOW)).is_new


Taken = Literal["whole", "nothing", "a part"]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[bytes, bool]:
    """A lockbox file, and whether a byte of it was changed."""
    cents = draw(st.lists(st.integers(1, 99_999), min_size=1, max_size=4))
    content = bank_files.bai2([Deposit(draw(st.sampled_from(["{}", "404"])), one) for one in cents])
    if draw(st.booleans()):
        return content, False
    place = draw(st.integers(0, len(content) - 1))
    return content[:place] + bytes([draw(st.sampled_from(b"0123456789,/ x"))]) + content[place + 1 :], True


async def _taken(url: str, content: bytes, district: District) -> Taken:
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        number = await number_of(session, await owing_account(session))
        before, cash = await rows(session), (await books(session)).get("cash", 0)
        try:
            done = await take(session, "lockbox", content.replace(b"{}", number.encode()), district)
        except ImportRefusedError:
            taken: Taken = "nothing" if await nothing(session, before) else "a part"
        else:
            lines = await count(session, "payments") + await count(session, "unapplied_receipts")
            each = lines - before["payments"] - before["unapplied_receipts"] == done.posted + done.set_aside
            every_cent = (await books(session)).get("cash", 0) - cash == done.total_cents
            taken = "whole" if each and every_cent else "a part"
        await session.rollback()
    await engine.dispose()
    return taken


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=damaged())
def test_every_cent_of_a_file_or_none(database_url: str, district: District, made: tuple[bytes, bool]) -> None:
    content, is_damaged = made
    taken = asyncio.run(_taken(database_url, content, district))
    assert taken == "whole" or (is_damaged and taken == "nothing")


def test_a_file_keeps_its_content_s_digest_for_each_day_it_comes() -> None:
    content = bank_files.payment_csv([Line("404", 5, date(2026, 11, 20))])
    assert File("a", content, TODAY).sha256 == File("b", content, date(2026, 11, 24)).sha256
