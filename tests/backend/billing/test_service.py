"""Runs prepared, prepared again, and billed part by part."""

from datetime import date

import pytest
from sqlalchemy import text

from backend.billing import corrections, report, service
from backend.billing.corrections import Asked
from backend.billing.errors import (
    PeriodPassedError,
)
from backend.ledger import service as ledger
from backend.models.account import Account
from tests.backend.billing.deeds import approve, bill, decide, high
from tests.backend.billing.town import END, NOW, TARIFF, TODAY, Town


class TestPreparingAgain:
    async def test_decisions_stand_where_the_same_is_found(self, town: Town) -> None:
        home, run_id, exception_id = await high(town)
        other = await town.home()
        await decide(town, exception_id, "released", reason="Pool was filled")
        await service.prepare_again(town.session, run_id, now=NOW)
        assert await town.draft(run_id, home.account_id) is None
        await town.prepare()
        assert (await town.rows("SELECT status FROM billing_exceptions WHERE id = :id", id=exception_id))[0][0] == (
            "released"
        )
        assert (await town.exceptions(run_id, other.account_id)).keys() == {"NO_READ"}
        await town.read(other.meter_id, END, 141)
        await service.prepare_again(town.session, run_id, now=NOW)
        await town.prepare()
        assert await town.exceptions(run_id, other.account_id) == {}
        made = await report.run_report(town.session, run_id, today=TODAY)
        assert (made.counts.bills, made.ties) == (2, True)

    async def test_a_run_goes_forward_in_time_only(self, town: Town) -> None:
        await town.home(closing=141)
        run_id = await town.prepare()
        assert await town.prepare() == run_id
        with pytest.raises(PeriodPassedError):
            await town.prepare(period_end=date(2026, 11, 19))


class TestBilling:
    async def test_an_approved_run_is_billed_once(self, town: Town) -> None:
        home, run_id, exception_id = await high(town)
        plain = await town.home(closing=141)
        await service.prepare_again(town.session, run_id, now=NOW)
        await town.prepare()
        await decide(town, exception_id, "released", await town.person())
        await approve(town, run_id, await town.person("Ana"))
        done = await bill(town, run_id)
        # 31 units: 28.81 + 9 × 3.47 + 20 × 3.96 + 2 × 9.52 + 31 × 0.31 + 0.61; 11 units as above.
        amounts = {home.account_id: 2_881 + 3_123 + 7_920 + 1_904 + 961 + 61, plain.account_id: 7_198}
        assert (done.bills, done.amount_cents) == (2, sum(amounts.values()))
        assert (await bill(town, run_id)).bills == 0
        bills = await town.rows("SELECT * FROM bills WHERE run_id = :run", run=run_id)
        assert {one.account_id: one.amount_cents for one in bills} == amounts
        assert {(one.period_start, one.period_end, one.issued_on, one.due_date) for one in bills} == {
            (date(2026, 10, 21), END, TODAY, date(2026, 12, 14))
        }
        assert await ledger.balance_cents(town.session, plain.account_id) == 7_000 + 7_198
        assert sum(line.balance_cents for line in await ledger.trial_balance(town.session)) == 0
        lines = await town.rows(
            "SELECT l.* FROM bill_lines l JOIN bills b ON b.id = l.bill_id WHERE b.account_id = :id ORDER BY line",
            id=plain.account_id,
        )
        assert [(one.code, one.amount_cents) for one in lines] == [
            ("fixed", 2_881),
            ("volume:1", 3_123),
            ("volume:2", 792),
            ("pass_through:wholesale", 341),
            ("pass_through_fixed:state_fee", 61),
        ]
        assert {(one.agreement_id, one.service_class) for one in lines} == {(plain.agreement_id, "residential")}

    async def test_a_held_account_is_left_out_and_its_next_bill_takes_the_days_in(self, town: Town) -> None:
        home, run_id, exception_id = await high(town)
        plain = await town.home(closing=141)
        await service.prepare_again(town.session, run_id, now=NOW)
        await town.prepare()
        await decide(town, exception_id, "held", await town.person(), "Sent for a re-read")
        before = await report.run_report(town.session, run_id, today=TODAY)
        assert (before.counts.accounts_active, before.counts.held, before.counts.bills) == (2, 1, 1)
        await approve(town, run_id, await town.person("Ana"))
        assert (await bill(town, run_id)).bills == 1
        await town.read(home.meter_id, date(2026, 12, 20), 155)
        await town.read(plain.meter_id, date(2026, 12, 20), 155)
        following = await town.prepare(period_end=date(2026, 12, 20))
        draft = await town.draft(following, home.account_id)
        assert (draft.period_start, draft.period_end, draft.usage_units) == (date(2026, 10, 21), date(2026, 12, 20), 25)
        assert (await town.draft(following, plain.account_id)).period_start == date(2026, 11, 21)

    async def test_days_that_a_final_bill_took_in_are_not_billed_again(self, town: Town) -> None:
        home, plain = await town.home(closing=141), await town.home(closing=141)
        run_id = await town.prepare()
        ended = date(2026, 11, 21)
        await town.session.execute(
            text("UPDATE service_agreements SET ended_on = :day WHERE id = :id"),
            {"day": ended, "id": home.agreement_id},
        )
        account = await town.session.get_one(Account, home.account_id)
        account.status, account.closed_on = "closed", ended
        await town.read(home.meter_id, ended, 142)
        final = await corrections.final_bill(
            town.session, TARIFF, home.account_id, Asked(TODAY, NOW, reason="Read twice")
        )
        await approve(town, run_id, await town.person())
        assert (await bill(town, run_id)).bills == 1
        bills = await town.rows("SELECT * FROM bills WHERE issued_on = :day", day=TODAY)
        assert {one.account_id: one.kind for one in bills} == {home.account_id: "final", plain.account_id: "regular"}
        assert final.is_new
        made = await report.run_report(town.session, run_id, today=TODAY)
        assert (made.counts.accounts_active, made.counts.held, made.counts.bills, made.ties) == (2, 1, 1, True)

    async def test_an_estimate_that_is_billed_becomes_a_read(self, town: Town) -> None:
        home = await town.home()
        run_id = await town.prepare()
        await decide(town, await town.exception_id(run_id, home.account_id, "NO_READ"), "released", await town.person())
        await approve(town, run_id, await town.person("Ana"))
        await bill(town, run_id)
        (read,) = await town.rows("SELECT * FROM meter_reads WHERE kind = 'estimated'")
        assert (read.meter_id, read.read_on, read.register_value) == (home.meter_id, END, 140)
        await town.read(home.meter_id, date(2026, 12, 20), 152)
        following = await town.prepare(period_end=date(2026, 12, 20))
        assert (await town.draft(following, home.account_id)).usage_units == 12

    async def test_a_part_that_was_killed_is_not_billed_twice(self, town: Town) -> None:
        homes = [await town.home(closing=141) for _ in range(3)]
        run_id = await town.prepare()
        await approve(town, run_id, await town.person())
        async with town.database.transaction() as session:
            first = await service.bill_part(session, TARIFF, run_id, issued_on=TODAY, now=NOW, count=1)
        assert (first.bills, first.is_last) == (1, False)
        with pytest.raises(ZeroDivisionError):
            async with town.database.transaction() as session:
                await service.bill_part(session, TARIFF, run_id, issued_on=TODAY, now=NOW, count=1)
                raise ZeroDivisionError
        assert (await bill(town, run_id)).bills == 2
        billed = await town.rows("SELECT account_id FROM bills WHERE run_id = :run", run=run_id)
        assert sorted(row[0] for row in billed) == sorted(home.account_id for home in homes)
