"""Bills taken back and made again, reckoned by hand."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.billing import cancellations, corrections, report, review
from backend.billing.errors import BillNotFoundError, CorrectionError, UnusualBillError
from backend.ledger import service as ledger
from backend.payments import service as payments
from tests.backend.billing.deeds import ASKED, UNEXPLAINED, bill_of, billed_run, cancel
from tests.backend.billing.town import DISTRICT, NOW, TARIFF, TODAY, Town, cents


class TestCancelling:
    async def test_the_ledger_is_as_if_it_had_not_been(self, town: Town) -> None:
        home = await town.home(closing=161)
        await billed_run(town)
        bill = await bill_of(town, home.account_id)
        cancelled = await cancel(town, bill.id, " Read ten times too high ")
        assert (cancelled.reason, cancelled.replaced_by_id) == ("Read ten times too high", None)
        assert await ledger.balance_cents(town.session, home.account_id) == 7_000
        assert (await cancel(town, bill.id)).reversal_entry_id == cancelled.reversal_entry_id
        assert sum(line.balance_cents for line in await ledger.trial_balance(town.session)) == 0

    async def test_it_needs_a_reason_and_a_bill(self, town: Town) -> None:
        home = await town.home(closing=141)
        await billed_run(town)
        with pytest.raises(CorrectionError):
            await cancel(town, (await bill_of(town, home.account_id)).id, "  ")
        with pytest.raises(BillNotFoundError):
            await cancel(town, uuid4())
        with pytest.raises(BillNotFoundError):
            await cancellations.account_of(town.session, uuid4())

    async def test_what_had_paid_it_pays_the_new_bill(self, town: Town) -> None:
        home = await town.home(closing=161)
        await billed_run(town)
        bill = await bill_of(town, home.account_id)
        await payments.post_payment(
            town.session,
            account_id=home.account_id,
            amount_cents=7_000 + bill.amount_cents,
            method="check",
            received_on=TODAY,
            idempotency_key="paid",
            now=NOW,
            district=DISTRICT,
        )
        await cancel(town, bill.id)
        await town.session.execute(text("UPDATE meter_reads SET register_value = 141 WHERE register_value = 161"))
        made = await corrections.rebill(town.session, TARIFF, bill.id, ASKED)
        (paid,) = await town.rows(
            "SELECT sum(p.amount_cents)::bigint AS cents FROM payment_allocations p"
            " JOIN bills b ON b.entry_id = p.charge_entry_id WHERE b.id = :id AND p.undone_by_id IS NULL",
            id=made.bill_id,
        )
        assert (made.amount_cents, paid.cents) == (7_198, 7_198)
        assert await ledger.balance_cents(town.session, home.account_id) == 7_198 - bill.amount_cents

    async def test_an_estimate_goes_with_its_bill(self, town: Town) -> None:
        home = await town.home()
        await billed_run(town)
        assert await town.rows("SELECT FROM meter_reads WHERE kind = 'estimated'")
        await cancel(town, (await bill_of(town, home.account_id)).id)
        assert not await town.rows("SELECT FROM meter_reads WHERE kind = 'estimated'")

    async def test_the_estimate_that_the_bill_began_with_stays(self, town: Town) -> None:
        home = await town.home()
        await town.session.execute(
            text("UPDATE meter_reads SET kind = 'estimated' WHERE read_on = :day"), {"day": date(2026, 10, 20)}
        )
        await billed_run(town)
        await cancel(town, (await bill_of(town, home.account_id)).id)
        (kept,) = await town.rows("SELECT * FROM meter_reads WHERE kind = 'estimated'")
        assert kept.read_on == date(2026, 10, 20)

    async def test_an_estimate_that_a_later_bill_began_with_stays(self, town: Town) -> None:
        home = await town.home()
        await billed_run(town)
        bill = await bill_of(town, home.account_id)
        await town.bill(home.account_id, date(2026, 12, 20))
        await cancel(town, bill.id)
        assert await town.rows("SELECT FROM meter_reads WHERE kind = 'estimated'")

    async def test_too_high_an_estimate_is_mended_by_cancelling_it(self, town: Town) -> None:
        home = await town.home()
        await billed_run(town)
        await town.read(home.meter_id, date(2026, 12, 20), 137)
        following = await town.prepare(period_end=date(2026, 12, 20))
        found = await town.exceptions(following, home.account_id)
        assert found["NEGATIVE"] == {"opening": 140, "closing": 137, "opening_kind": "estimated"}
        await cancel(town, (await bill_of(town, home.account_id)).id, "Estimated too high")
        await review.decide_exception(
            town.session,
            TARIFF,
            await town.exception_id(following, home.account_id, "NEGATIVE"),
            decision="resolved",
            reason="The estimate was cancelled",
            decided_by=await town.person(),
            now=NOW,
        )
        draft = await town.draft(following, home.account_id)
        assert (draft.period_start, draft.usage_units, draft.is_estimated) == (date(2026, 10, 21), 7, False)


class TestBillingAgain:
    async def test_the_same_days_from_the_reads_there_are_now(self, town: Town) -> None:
        home = await town.home(closing=161)
        run_id = await billed_run(town)
        bill = await bill_of(town, home.account_id)
        await cancel(town, bill.id)
        await town.session.execute(text("UPDATE meter_reads SET register_value = 141 WHERE register_value = 161"))
        made = await corrections.rebill(town.session, TARIFF, bill.id, ASKED)
        again = await corrections.rebill(town.session, TARIFF, bill.id, ASKED)
        assert (again.bill_id, again.amount_cents, again.is_new) == (made.bill_id, 7_198, False)
        new = await bill_of(town, home.account_id)
        assert (new.kind, new.period_start, new.period_end, new.run_id) == (
            "rebill",
            bill.period_start,
            bill.period_end,
            None,
        )
        (link,) = await town.rows("SELECT * FROM bill_cancellations")
        assert (link.bill_id, link.replaced_by_id) == (bill.id, made.bill_id)
        lines = await town.rows("SELECT code, amount_cents FROM bill_lines WHERE bill_id = :id", id=made.bill_id)
        assert cents([dict(one._mapping) for one in lines]) == {
            "fixed": 2_881,
            "volume:1": 3_123,
            "volume:2": 792,
            "pass_through:wholesale": 341,
            "pass_through_fixed:state_fee": 61,
        }
        made_report = await report.run_report(town.session, run_id, today=TODAY)
        assert made_report.ties
        # The bill before went out within the same days, since this is the cycle's first run.
        assert made_report.receivable.other_bills_cents == 7_000 - bill.amount_cents + 7_198

    async def test_only_what_was_cancelled(self, town: Town) -> None:
        home = await town.home(closing=141)
        await billed_run(town)
        bill = await bill_of(town, home.account_id)
        with pytest.raises(CorrectionError) as refused:
            await corrections.rebill(town.session, TARIFF, bill.id, ASKED)
        assert refused.value.error == "not_cancelled"
        with pytest.raises(BillNotFoundError):
            await corrections.propose_rebill(town.session, TARIFF, uuid4())

    async def test_not_days_that_another_bill_took_in_since(self, town: Town) -> None:
        home = await town.home(closing=141)
        await billed_run(town)
        bill = await bill_of(town, home.account_id)
        await cancel(town, bill.id)
        await town.bill(home.account_id, date(2026, 12, 20), days=61)
        with pytest.raises(CorrectionError) as refused:
            await corrections.rebill(town.session, TARIFF, bill.id, ASKED)
        assert refused.value.error == "billed_since"

    async def test_what_is_unusual_needs_a_reason_again(self, town: Town) -> None:
        home = await town.home(closing=161)
        await billed_run(town)
        bill = await bill_of(town, home.account_id)
        await cancel(town, bill.id)
        with pytest.raises(UnusualBillError):
            await corrections.rebill(town.session, TARIFF, bill.id, UNEXPLAINED)
