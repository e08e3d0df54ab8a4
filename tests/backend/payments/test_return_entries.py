"""The entries of a bank's return file: each gives the right payment back, or waits for a person; none guesses."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.district.service import District
from backend.ledger import service as ledger
from backend.payments import imports, return_items, service, unapplied
from backend.payments.authority import AboveAuthorityError
from backend.payments.imports import File, Imported, ImportRefusedError
from backend.payments.return_items import ItemRow
from tests.backend.payments import bank_files
from tests.backend.payments.bank_files import Entry
from tests.backend.payments.conftest import NOW, TODAY, books, close, count, number_of, owing_account

TRACE, OTHER_TRACE = "121000350000001", "121000350000002"
CENTS = 8_250
FEE_CENTS = 2_500


async def take(session: AsyncSession, district: District, *entries: Entry, note: str = "") -> Imported:
    file = File("returns.ach", bank_files.nacha(entries, note=note), TODAY)
    return await imports.import_returns(session, file, district=district, now=NOW)


async def pay(
    session: AsyncSession,
    account_id: UUID,
    key: str = "payment-1",
    *,
    cents: int = CENTS,
    on: date = TODAY - timedelta(days=2),
    method: str = "bank_transfer",
    trace: str | None = None,
) -> UUID:
    payment = await service.post_payment(
        session,
        account_id=account_id,
        amount_cents=cents,
        method=method,
        received_on=on,
        idempotency_key=f"{account_id} {key}",
        now=NOW,
        bank_reference=trace,
    )
    return payment.id


async def entry_for(session: AsyncSession, account_id: UUID, code: str = "R01", cents: int = CENTS) -> Entry:
    return Entry(code, cents, account=await number_of(session, account_id), trace=TRACE)


async def status(session: AsyncSession, payment_id: UUID) -> str:
    return (await service.receipt(session, payment_id, NOW)).status


async def items(session: AsyncSession) -> list[ItemRow]:
    """What waits beside letters to customers without a telephone."""
    return [row for row in await return_items.open_items(session) if row.cause != "write_to_customer"]


class TestMatched:
    async def test_by_our_trace_number(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        mine = await pay(session, account_id, trace=TRACE)
        other = await pay(session, account_id, "payment-2", trace=OTHER_TRACE)
        done = await take(session, district, await entry_for(session, account_id))
        await session.commit()
        assert (done.posted, done.set_aside, done.total_cents) == (1, 0, CENTS)
        assert (await status(session, mine), await status(session, other)) == ("returned", "posted")
        assert await ledger.balance_cents(session, account_id) == FEE_CENTS

    async def test_by_account_number_and_amount_the_latest_when_it_has_no_trace(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await owing_account(session)
        older = await pay(session, account_id, "older", on=TODAY - timedelta(days=33))
        newer = await pay(session, account_id, "newer")
        await take(session, district, await entry_for(session, account_id))
        assert (await status(session, older), await status(session, newer)) == ("posted", "returned")

    async def test_on_a_closed_account(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        payment_id = await pay(session, account_id)
        await close(session, account_id)
        assert (await take(session, district, await entry_for(session, account_id, "R02"))).posted == 1
        assert await status(session, payment_id) == "returned"

    async def test_several_entries_of_one_file(self, session: AsyncSession, district: District) -> None:
        accounts = [await owing_account(session) for _ in range(3)]
        entries = []
        for place, account_id in enumerate(accounts):
            await pay(session, account_id)
            entries.append(Entry("R01", CENTS, account=await number_of(session, account_id), trace=f"{place:015d}"))
        assert (await take(session, district, *entries)).posted == 3
        await session.commit()
        assert [await ledger.balance_cents(session, one) for one in accounts] == [CENTS + FEE_CENTS] * 3

    async def test_money_not_applied_yet_leaves_the_unapplied(self, session: AsyncSession, district: District) -> None:
        new = unapplied.NewReceipt("404", CENTS, "lockbox", TODAY, "unapplied-1", bank_reference=TRACE)
        await unapplied.keep(session, [new], NOW)
        done = await take(session, district, Entry("R03", CENTS, account="404", trace=TRACE))
        assert (done.posted, done.set_aside) == (1, 0)
        assert await books(session) == {}
        assert await unapplied.open_receipts(session) == []

    async def test_money_applied_since_leaves_the_account_and_the_unapplied(
        self, session: AsyncSession, lead: Principal, district: District
    ) -> None:
        account_id = await owing_account(session)
        new = unapplied.NewReceipt("404", CENTS, "bank_transfer", TODAY, "unapplied-1", bank_reference=TRACE)
        (receipt,) = await unapplied.keep(session, [new], NOW)
        await unapplied.apply_receipt(
            session, lead, receipt.id, account_id=account_id, note="Hers", district=district, now=NOW
        )
        assert (await take(session, district, Entry("R10", CENTS, account="404", trace=TRACE))).posted == 1
        assert await books(session) == {"receivable": CENTS, "water_revenue": -CENTS}


class TestNotGuessed:
    async def test_two_that_look_alike_on_one_day(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        both = [await pay(session, account_id, key) for key in ("one", "two")]
        done = await take(session, district, await entry_for(session, account_id))
        assert (done.posted, done.set_aside) == (0, 1)
        assert [await status(session, one) for one in both] == ["posted", "posted"]
        (item,) = await items(session)
        assert (item.cause, item.amount_cents, item.trace_number, item.line) == ("unmatched", CENTS, TRACE, 3)

    async def test_another_customer_s_payment_with_the_same_trace_number(
        self, session: AsyncSession, district: District
    ) -> None:
        mine, theirs = await owing_account(session), await owing_account(session)
        payment_id = await pay(session, theirs, trace=TRACE)
        assert (await take(session, district, await entry_for(session, mine))).posted == 0
        assert await status(session, payment_id) == "posted"

    @pytest.mark.parametrize("method", ["cash", "card"])
    async def test_a_payment_that_no_bank_drew(self, session: AsyncSession, district: District, method: str) -> None:
        account_id = await owing_account(session)
        await pay(session, account_id, method=method)
        assert (await take(session, district, await entry_for(session, account_id))).posted == 0

    async def test_a_payment_of_another_amount_or_too_long_ago(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        await pay(session, account_id, "other amount", cents=CENTS + 1)
        await pay(session, account_id, "long ago", on=TODAY - timedelta(days=181))
        assert (await take(session, district, await entry_for(session, account_id))).posted == 0

    async def test_nobody_s_at_all_is_kept_for_a_person(self, session: AsyncSession, district: District) -> None:
        await take(session, district, Entry("R03", 4_200, account="99999999", trace=TRACE))
        (item,) = await items(session)
        assert (item.cause, item.given_reference, item.meaning, item.file_name) == (
            "unmatched",
            "99999999",
            "no account, or the name does not fit",
            "returns.ach",
        )


class TestTheSameAgain:
    async def test_the_same_file_is_one_import(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        await pay(session, account_id)
        entry = await entry_for(session, account_id)
        first = await take(session, district, entry)
        again = await take(session, district, entry)
        assert (again.import_id, again.is_new, again.posted) == (first.import_id, False, 1)
        assert await count(session, "payment_returns") == 1

    async def test_the_same_return_in_another_file_takes_no_other_payment(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await owing_account(session)
        october = await pay(session, account_id, "october", on=TODAY - timedelta(days=33))
        november = await pay(session, account_id, "november")
        entry = await entry_for(session, account_id)
        await take(session, district, entry)
        done = await take(session, district, entry, note="SENT AGAIN")
        assert (done.is_new, done.posted, done.set_aside) == (True, 0, 1)
        assert (await status(session, november), await status(session, october)) == ("returned", "posted")
        (item,) = await items(session)
        assert (item.cause, item.payment_id) == ("returned_before", november)

    async def test_twice_in_one_file_is_once(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        await pay(session, account_id, "october", on=TODAY - timedelta(days=33))
        await pay(session, account_id, "november")
        entry = await entry_for(session, account_id)
        done = await take(session, district, entry, entry)
        assert (done.posted, done.set_aside) == (1, 1)
        assert await ledger.balance_cents(session, account_id) == FEE_CENTS


class TestWhatMovesNoMoney:
    async def test_a_correction_is_for_a_person_and_what_it_says_is_kept_nowhere(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await owing_account(session)
        await pay(session, account_id, cents=1)
        await take(session, district, await entry_for(session, account_id, "C01", 0), note="998877665544")
        (item,) = await items(session)
        assert (item.cause, item.reason_code, item.amount_cents) == ("correct_bank_details", "C01", 0)
        assert "998877665544" not in repr(item)

    async def test_a_trial_entry_that_came_back(self, session: AsyncSession, district: District) -> None:
        await take(session, district, Entry("R03", 0, account="10000018", trace=TRACE))
        assert [item.cause for item in await items(session)] == ["correct_bank_details"]

    async def test_a_credit_that_we_sent_gives_no_payment_back(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        payment_id = await pay(session, account_id, trace=TRACE)
        number = await number_of(session, account_id)
        await take(session, district, Entry("R03", CENTS, account=number, trace=TRACE, transaction="21"))
        assert await status(session, payment_id) == "posted"
        assert [item.cause for item in await items(session)] == ["credit_returned"]

    @pytest.mark.parametrize("code", ["R61", "R67", "R71", "R73"])
    async def test_banks_at_odds_about_an_earlier_return(
        self, session: AsyncSession, district: District, code: str
    ) -> None:
        account_id = await owing_account(session)
        payment_id = await pay(session, account_id, trace=TRACE)
        await take(session, district, await entry_for(session, account_id))
        before = await books(session)
        await take(session, district, await entry_for(session, account_id, code))
        (item,) = await items(session)
        assert (item.cause, item.payment_id, await books(session)) == ("between_banks", payment_id, before)


class TestRefused:
    async def test_whole_when_a_total_does_not_foot(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        payment_id = await pay(session, account_id)
        content = bank_files.nacha([await entry_for(session, account_id)]).replace(
            b"000000008250000000000000", b"000000008251000000000000", 1
        )
        with pytest.raises(ImportRefusedError) as refused:
            await imports.import_returns(session, File("x", content, TODAY), district=district, now=NOW)
        assert [(one.line, one.field) for one in refused.value.problems] == [(5, "total debits")]
        assert await status(session, payment_id) == "posted"
        assert await count(session, "file_imports") == 0


class TestItems:
    async def test_are_done_once_with_a_note(
        self, session: AsyncSession, lead: Principal, clerk: Principal, district: District
    ) -> None:
        await take(session, district, Entry("R03", 4_200, account="99999999", trace=TRACE))
        (item,) = await items(session)
        with pytest.raises(AboveAuthorityError):
            await return_items.finish_item(session, clerk, item.id, note="x", district=district, now=NOW)
        await return_items.finish_item(session, lead, item.id, note="Another district's", district=district, now=NOW)
        assert await items(session) == []
        with pytest.raises(return_items.ReturnItemDoneError):
            await return_items.finish_item(session, lead, item.id, note="Again", district=district, now=NOW)
        with pytest.raises(return_items.ReturnItemNotFoundError):
            await return_items.finish_item(session, lead, UUID(int=1), note="?", district=district, now=NOW)
