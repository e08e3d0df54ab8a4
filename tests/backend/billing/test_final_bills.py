"""Final bills: the last days of a service, reckoned by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.billing import corrections
from backend.billing.errors import CorrectionError, UnusualBillError
from backend.errors import NotFoundError
from backend.ledger import service as ledger
from tests.backend.billing.deeds import ASKED, ENDED, UNEXPLAINED, bill_of, cancel, end_service
from tests.backend.billing.town import END, TARIFF, Town


class TestFinalBills:
    async def test_the_last_days_are_prorated(self, town: Town) -> None:
        home = await town.home()
        await town.read(home.meter_id, ENDED, 142)
        await end_service(town, home)
        made = await corrections.final_bill(town.session, TARIFF, home.account_id, UNEXPLAINED)
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
        made = await corrections.final_bill(town.session, TARIFF, home.account_id, UNEXPLAINED)
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
            await corrections.final_bill(town.session, TARIFF, home.account_id, UNEXPLAINED)
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
