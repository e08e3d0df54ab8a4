"""The report of a run, worked out by hand: sums by class, what is owed before and after, the cycle before, as CSV."""

import csv
import io
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import listing, report, service
from backend.billing.errors import AccountNotInRunError, RunNotFoundError
from backend.billing.tie_out import Check, ClassSums, Counts, LineSum, Receivable, Variance, checks, register, variances
from backend.ledger import chart
from backend.ledger import rules as ledger_rules
from backend.ledger import service as ledger
from tests.backend.billing.deeds import bill_of, billed_run, cancel
from tests.backend.billing.town import END, NOW, TODAY, Town


async def pay(session: AsyncSession, account_id: UUID, amount_cents: int, on: date) -> UUID:
    posted = await ledger.post_receipt(
        session,
        account_id=account_id,
        amount_cents=amount_cents,
        description="Payment",
        received_on=on,
        idempotency_key=f"paid {account_id} {on}",
        now=NOW,
    )
    return posted.entry_id


class TestSums:
    LINES = (
        LineSum("residential", "fixed", Decimal(2), 5_762),
        LineSum("residential", "volume", Decimal(22), 7_830),
        LineSum("residential", "pass_through", Decimal(22), 682),
        LineSum("residential", "pass_through_fixed", Decimal(2), 122),
        LineSum("irrigation", "fixed", Decimal(1), 2_881),
        LineSum("irrigation", "drought", Decimal(5), 175),
    )

    def test_a_class_s_lines_are_added_up_by_their_sort(self) -> None:
        assert register(self.LINES, {"residential": 2, "irrigation": 1}) == [
            ClassSums("irrigation", 1, Decimal(0), 2_881, 0, 0, 175),
            ClassSums("residential", 2, Decimal(22), 5_762, 7_830, 804, 0),
        ]

    def test_classes_of_either_cycle_are_compared(self) -> None:
        now = [ClassSums("residential", 2, Decimal(22), 5_000, 5_000, 0, 0)]
        before = [
            ClassSums("fire_line", 1, Decimal(0), 800, 0, 0, 0),
            ClassSums("residential", 2, Decimal(20), 8_000, 0, 0, 0),
        ]
        found = variances(now, before)
        assert found == [
            Variance("fire_line", 0, 1, Decimal(0), Decimal(0), 0, 800),
            Variance("residential", 2, 2, Decimal(22), Decimal(20), 10_000, 8_000),
        ]
        assert [one.percent for one in found] == [-100.0, 25.0]
        assert variances(now, [])[0].percent is None

    def test_every_check_can_fail(self) -> None:
        counts = Counts(accounts_active=10, not_due=1, held=2, without_charges=1, bills=5, estimated=0)
        owed = Receivable(TODAY, TODAY, 1_000, 500, 0, 25, 300, -50, 10, 1_184)
        found = checks(
            counts, [ClassSums("residential", 5, Decimal(9), 400, 99, 0, 0)], owed, bills_cents=500, posted_cents=501
        )
        assert found == [
            Check("register", 500, 499),
            Check("bills", 6, 5),
            Check("receivable", 1_185, 1_184),
            Check("ledger", 500, 501),
        ]
        assert not any(check.ties for check in found)


class TestReport:
    async def test_a_run_before_and_after_it_is_billed(self, town: Town) -> None:
        one, other = await town.home(closing=141), await town.home(closing=142)
        garden_account = await town.account()
        await town.session.execute(text("UPDATE accounts SET billing_cycle = 2 WHERE id = :id"), {"id": garden_account})
        await pay(town.session, one.account_id, 6_500, date(2026, 10, 20))
        await pay(town.session, one.account_id, 500, date(2026, 11, 2))
        returned = await pay(town.session, other.account_id, 7_000, date(2026, 11, 4))
        await ledger.reverse_entry(
            town.session, returned, effective_on=date(2026, 11, 9), description="Returned", idempotency_key="r", now=NOW
        )
        await ledger.post_fee(
            town.session,
            account_id=other.account_id,
            amount_cents=2_500,
            description="Returned payment fee",
            effective_on=date(2026, 11, 9),
            due_on=date(2026, 11, 30),
            idempotency_key="f",
            now=NOW,
        )
        courtesy = ledger_rules.transfer(chart.ADJUSTMENTS, other.account_id, 300)
        await ledger.post_entry(
            town.session, ledger_rules.Entry("c", "adjustment", "Courtesy", date(2026, 11, 10), courtesy), NOW
        )
        await pay(town.session, garden_account, 99_999, date(2026, 11, 4))  # of another cycle
        run_id = await town.prepare()
        made = await report.run_report(town.session, run_id, today=TODAY)
        # 11 and 12 units: 7198 as above, and one unit of tier 2 with its wholesale more.
        assert [(one.service_class, one.bills, one.units, one.amount_cents) for one in made.by_class] == [
            ("residential", 2, 23, 7_198 + 7_625)
        ]
        assert made.counts == Counts(2, 0, 0, 0, 2, 0)
        assert made.receivable == Receivable(
            since=date(2026, 10, 21),
            until=TODAY,
            beginning_cents=-6_500,
            billed_cents=14_823,
            other_bills_cents=14_000,
            fees_cents=2_500,
            payments_cents=500,
            adjustments_cents=-300,
            refunds_cents=0,
            ending_cents=-6_500 + 14_823 + 14_000 + 2_500 - 500 - 300,
        )
        assert made.ties
        await billed_run(town)
        after = await report.run_report(town.session, run_id, today=date(2027, 3, 1))
        assert (after.by_class, after.receivable) == (made.by_class, made.receivable)
        assert [check.name for check in after.checks] == ["register", "bills", "receivable", "ledger"]
        assert after.ties

    async def test_the_next_cycle_is_held_against_it(self, town: Town) -> None:
        home = await town.home(closing=141)
        await billed_run(town)
        await town.read(home.meter_id, date(2026, 12, 20), 161)
        run_id = await town.prepare(period_end=date(2026, 12, 20))
        made = await report.run_report(town.session, run_id, today=date(2026, 12, 23))
        # 20 units: 28.81 + 9 × 3.47 + 11 × 3.96 + 20 × 0.31 + 0.61 = 110.41 after 71.98
        assert made.variance == [Variance("residential", 1, 1, Decimal(20), Decimal(11), 11_041, 7_198)]
        assert (made.variance[0].percent, made.before) == (53.4, END)
        assert (made.receivable.since, made.receivable.beginning_cents) == (TODAY, 7_000 + 7_198)

    async def test_bills_of_two_cycles_on_one_day_are_told_apart(self, town: Town) -> None:
        home = await town.home(closing=141)
        first = await billed_run(town)
        await town.read(home.meter_id, date(2026, 12, 20), 152)
        second = await town.prepare(period_end=date(2026, 12, 20))
        await service.prepare_again(town.session, second, now=NOW)
        await town.prepare(period_end=date(2026, 12, 20))
        made = await report.run_report(town.session, second, today=TODAY)
        assert made.receivable.beginning_cents == 7_000 + 7_198
        assert made.ties
        assert (await report.run_report(town.session, first, today=TODAY)).ties

    async def test_services_of_two_classes_stand_in_both(self, town: Town) -> None:
        home = await town.home(closing=141, meter={"service_class": "residential"})
        await town.service(home.account_id, home.premise_id, service_class="commercial", started_on=date(2026, 10, 21))
        shop = await town.meter(home.premise_id, service_class="commercial", size_inches="1")
        await town.read(shop, date(2026, 10, 20), 500)
        await town.read(shop, END, 507)
        run_id = await town.prepare()
        made = await report.run_report(town.session, run_id, today=TODAY)
        assert [(one.service_class, one.bills, one.units, one.amount_cents) for one in made.by_class] == [
            ("commercial", 1, 7, 7_203 + 7 * 396 + 7 * 31 + 61),
            ("residential", 1, 11, 7_198),
        ]
        assert (made.counts.bills, made.ties) == (1, True)
        lines = (await town.draft(run_id, home.account_id)).lines
        assert {line["service_class"] for line in lines if line["agreement_id"] == str(home.agreement_id)} == {
            "residential"
        }

    async def test_an_unknown_run(self, town: Town) -> None:
        with pytest.raises(RunNotFoundError):
            await report.run_report(town.session, uuid4(), today=TODAY)
        with pytest.raises(RunNotFoundError):
            await report.run_row(town.session, uuid4())

    async def test_runs_are_listed_newest_first(self, town: Town) -> None:
        home = await town.home()
        first = await billed_run(town)
        await town.read(home.meter_id, date(2026, 12, 20), 151)
        second = await town.prepare(period_end=date(2026, 12, 20))
        listed = await report.runs(town.session)
        assert [(run.id, run.status, run.drafts) for run in listed] == [
            (second, "prepared", 1),
            (first, "billed", 1),
        ]
        assert (listed[1].prepared_by, listed[1].approved_by) == (None, "Ana")


class TestListing:
    async def test_open_exceptions_come_first(self, town: Town) -> None:
        await town.home(closing=161)
        read_low = await town.home(closing=133)
        run_id = await town.prepare()
        page = await listing.exceptions(town.session, run_id)
        assert (page.total, [row.code for row in page.rows]) == (2, ["HIGH", "LOW"])
        low = page.rows[1]
        assert (low.account_id, low.units, low.status, low.reason) == (read_low.account_id, 3, "open", None)
        assert (low.service_address, low.serial_number) == tuple(
            (
                await town.rows(
                    "SELECT p.street, m.serial_number FROM meters m JOIN premises p ON p.id = m.premise_id"
                    " WHERE m.id = :id",
                    id=read_low.meter_id,
                )
            )[0]
        )
        only = await listing.exceptions(town.session, run_id, code="LOW", status="open", count=1)
        assert ([row.id for row in only.rows], only.total) == ([low.id], 1)
        assert (await listing.exceptions(town.session, run_id, status="held")).rows == []

    async def test_one_account_with_what_made_its_bill(self, town: Town) -> None:
        home = await town.home(closing=161)
        run_id = await town.prepare()
        shown = await listing.account_in_run(town.session, run_id, home.account_id)
        assert shown.draft is not None
        (meter,) = shown.draft.meters
        assert (meter["opening"], meter["closing"], meter["units"]) == (
            ["2026-10-20", "actual", 130],
            ["2026-11-20", "actual", 161],
            31,
        )
        assert meter["serial_number"] == shown.exceptions[0].serial_number
        assert [(bill.units, bill.units_per_day) for bill in shown.past_bills] == [(10, Decimal("0.333"))]
        with pytest.raises(AccountNotInRunError):
            await listing.account_in_run(town.session, run_id, await town.account())

    async def test_the_register_as_csv_ends_with_its_total(self, town: Town) -> None:
        homes = [await town.home(closing=141), await town.home(closing=161)]
        run_id = await town.prepare()
        rows = list(csv.DictReader(io.StringIO(await listing.register_csv(town.session, run_id))))
        assert [(row["days"], row["units"], row["amount"], row["exceptions"]) for row in rows] == [
            ("31", "11", "71.98", ""),
            ("31", "31", "168.50", "HIGH"),
            ("", "42", "240.48", ""),
        ]
        assert len(homes) == 2
        assert rows[-1]["account_number"] == "TOTAL"

    async def test_exceptions_as_csv_cannot_smuggle_a_formula_into_a_spreadsheet(self, town: Town) -> None:
        home = await town.home(closing=161)
        run_id = await town.prepare()
        await town.session.execute(
            text("UPDATE premises SET street = :street WHERE id = :id"),
            {"street": "=HYPERLINK(1)", "id": home.premise_id},
        )
        (row,) = csv.DictReader(io.StringIO(await listing.exceptions_csv(town.session, run_id)))
        assert row["service_address"] == "'=HYPERLINK(1)"
        assert row["facts"] == "basis: recent; units: 31; units_per_day: 1.0; expected_per_day: 0.326"

    async def test_a_cancelled_bill_is_no_history(self, town: Town) -> None:
        home = await town.home(closing=161)
        run_id = await billed_run(town)
        await cancel(town, (await bill_of(town, home.account_id)).id)
        shown = await listing.account_in_run(town.session, run_id, home.account_id)
        assert [bill.period_end for bill in shown.past_bills] == [date(2026, 10, 20)]
