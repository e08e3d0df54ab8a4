"""Final bills, and bills taken back and made again, reckoned by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from backend.billing import cancellations, corrections, report, review, service
from backend.billing.corrections import Asked
from backend.billing.errors import BillNotFoundError, CorrectionError, UnusualBillError
from backend.errors import NotFoundError
from backend.ledger import service as ledger
from backend.payments import service as payments
from tests.backend.billing.town import DISTRICT, END, NOW, TARIFF, TODAY, Home, Town, cents

ENDED = date(2026, 11, 14)
ASKED = Asked(TODAY, NOW, reason="Looked at it", district=DISTRICT)


async def cancel(town: Town, bill_id: UUID, reason: str = "Misread") -> Any:
    return await cancellations.cancel_bill(
        town.session, bill_id, reason=reason, cancelled_by=await town.person(), today=TODAY, now=NOW
    )


async def end_service(town: Town, home: Home, day: date = ENDED) -> None:
    values = {"day": day, "id": home.agreement_id}
    await town.session.execute(text("UPDATE service_agreements SET ended_on = :day WHERE id = :id"), values)


async def billed_run(town: Town) -> UUID:
    """Prepare cycle 1, release what was found, approve and bill it."""
    run_id = await town.prepare()
    clerk, lead = await town.person(), await town.person("Ana")
    for row in await town.rows("SELECT id FROM billing_exceptions WHERE run_id = :run", run=run_id):
        await review.decide_exception(
            town.session, TARIFF, row.id, decision="released", reason="Looked at it", decided_by=clerk, now=NOW
        )
    await review.approve_run(town.session, run_id, approved_by=lead, today=TODAY, now=NOW)
    await town.session.commit()
    await service.bill_run(town.database, TARIFF, run_id, issued_on=TODAY, now=NOW)
    return run_id


async def bill_of(town: Town, account_id: UUID) -> Any:
    query = "SELECT * FROM bills WHERE account_id = :id ORDER BY period_end DESC, id DESC LIMIT 1"
    return (await town.rows(query, id=account_id))[0]


class TestFinalBills:
    async def test_the_last_days_are_prorated(self, town: Town) -> None:
        home = await town.home()
        await town.read(home.meter_id, ENDED, 142)
        await end_service(town, home)
        made = await corrections.final_bill(town.session, TARIFF, home.account_id, replace(ASKED, reason=""))
        # October 21 to November 14 are 25 days, which is still one period: 12 units, 9 of them in tier 1.
        assert made.amount_cents == 2_881 + 3_123 + 1_188 + 372 + 61
        bill = await bill_of(town, home.account_id)
        assert (bill.kind, bill.period_start, bill.period_end) == ("final", date(2026, 10, 21), ENDED)
        assert await ledger.balance_cents(town.session, home.account_id) == 7_000 + made.amount_cents

    async def test_a_few_days_cost_their_share_and_tiers_narrow_with_them(self, town: Town) -> None:
        home = await town.home()
        ended = date(2026, 10, 30)
        await town.read(home.meter_id, ended, 136)
        await end_service(town, home, ended)
        made = await corrections.final_bill(town.session, TARIFF, home.account_id, replace(ASKED, reason=""))
        lines = await town.rows("SELECT * FROM bill_lines WHERE bill_id = :id ORDER BY line", id=made.bill_id)
        # 10 of 30 days: a third of the meter charge; tier 1 holds 3 units, tier 2 the rest up to 9.67.
        assert [(one.code, one.quantity, one.amount_cents) for one in lines] == [
            ("fixed", Decimal("0.33333333"), 960),
            ("volume:1", 3, 1_041),
            ("volume:2", 3, 1_188),
            ("pass_through:wholesale", 6, 186),
            ("pass_through_fixed:state_fee", Decimal("0.33333333"), 20),
        ]

    async def test_it_is_made_once(self, town: Town) -> None:
        home = await town.home()
        await town.read(home.meter_id, ENDED, 142)
        await end_service(town, home)
        first = await corrections.final_bill(town.session, TARIFF, home.account_id, ASKED)
        second = await corrections.final_bill(town.session, TARIFF, home.account_id, ASKED)
        assert (second.bill_id, second.is_new) == (first.bill_id, False)

    async def test_an_estimated_one_needs_somebody_to_say_so(self, town: Town) -> None:
        home = await town.home()
        await end_service(town, home)
        proposal = await corrections.propose_final_bill(town.session, TARIFF, home.account_id)
        assert [found.code for found in proposal.unusual] == ["NO_READ"]
        with pytest.raises(UnusualBillError) as refused:
            await corrections.final_bill(town.session, TARIFF, home.account_id, replace(ASKED, reason=" "))
        assert refused.value.extra["findings"] == [{"code": "NO_READ", "detail": {"expected_on": "2026-11-14"}}]
        by = await town.person()
        asked = replace(ASKED, reason="Nobody lets us in", by=by)
        made = await corrections.final_bill(town.session, TARIFF, home.account_id, asked)
        (kept,) = await town.rows("SELECT * FROM bill_releases")
        assert (kept.bill_id, kept.reason, kept.released_by, kept.findings[0]["code"]) == (
            made.bill_id,
            "Nobody lets us in",
            by,
            "NO_READ",
        )

    async def test_the_next_customer_begins_where_it_ended(self, town: Town) -> None:
        home = await town.home()
        await end_service(town, home)
        await corrections.final_bill(town.session, TARIFF, home.account_id, ASKED)
        # 30 units in 92 days: 8 in 25 days.
        newcomer = await town.account(opened_on=date(2026, 11, 15))
        await town.service(newcomer, home.premise_id, started_on=date(2026, 11, 15))
        await town.read(home.meter_id, END, 141)
        run_id = await town.prepare()
        assert (await town.draft(run_id, newcomer)).usage_units == 141 - 138

    async def test_a_service_that_goes_on_has_none(self, town: Town) -> None:
        home = await town.home(closing=141)
        with pytest.raises(CorrectionError) as refused:
            await corrections.final_bill(town.session, TARIFF, home.account_id, ASKED)
        assert refused.value.error == "service_not_ended"

    async def test_nothing_is_left_to_bill(self, town: Town) -> None:
        home = await town.home()
        await end_service(town, home, date(2026, 10, 20))
        with pytest.raises(CorrectionError) as refused:
            await corrections.final_bill(town.session, TARIFF, home.account_id, ASKED)
        assert refused.value.error == "nothing_to_bill"

    async def test_a_missing_rate_cannot_be_let_pass(self, town: Town) -> None:
        home = await town.home(meter={"size_inches": "7"})
        await town.read(home.meter_id, ENDED, 142)
        await end_service(town, home)
        with pytest.raises(CorrectionError) as refused:
            await corrections.final_bill(town.session, TARIFF, home.account_id, ASKED)
        assert refused.value.error == "rate_missing"

    async def test_an_unknown_account(self, town: Town) -> None:
        with pytest.raises(NotFoundError):
            await corrections.final_bill(town.session, TARIFF, uuid4(), ASKED)

    async def test_cancelled_it_is_made_again(self, town: Town) -> None:
        home = await town.home()
        await town.read(home.meter_id, ENDED, 142)
        await end_service(town, home)
        first = await corrections.final_bill(town.session, TARIFF, home.account_id, ASKED)
        await cancel(town, first.bill_id)
        await town.session.execute(text("UPDATE meter_reads SET register_value = 140 WHERE register_value = 142"))
        second = await corrections.final_bill(town.session, TARIFF, home.account_id, ASKED)
        assert second.amount_cents == 2_881 + 3_123 + 396 + 310 + 61
        third = await corrections.final_bill(town.session, TARIFF, home.account_id, ASKED)
        assert (third.bill_id, third.is_new) == (second.bill_id, False)


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
            await corrections.rebill(town.session, TARIFF, bill.id, replace(ASKED, reason=""))
