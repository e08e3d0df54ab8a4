"""People decide what was found; another approves; then nothing changes any more, and only then are bills posted."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from backend.billing import corrections, report, review, service
from backend.billing.corrections import Asked
from backend.billing.errors import (
    DecisionError,
    DoesNotTieError,
    ExceptionNotFoundError,
    OpenExceptionsError,
    PeriodPassedError,
    RunNotFoundError,
    SamePersonError,
    WrongRunStatusError,
)
from backend.ledger import service as ledger
from backend.models.account import Account
from backend.models.billing import BillingException
from tests.backend.billing.town import END, NOW, TARIFF, TODAY, Home, Town


async def decide(
    town: Town, exception_id: UUID, decision: str, by: UUID | None = None, reason: str = "Looked at it"
) -> BillingException:
    return await review.decide_exception(
        town.session, TARIFF, exception_id, decision=decision, reason=reason, decided_by=by, now=NOW
    )


async def approve(town: Town, run_id: UUID, by: UUID) -> None:
    await review.approve_run(town.session, run_id, approved_by=by, today=TODAY, now=NOW)
    await town.session.commit()


async def bill(town: Town, run_id: UUID) -> service.PartDone:
    return await service.bill_run(town.database, TARIFF, run_id, issued_on=TODAY, now=NOW)


async def high(town: Town) -> tuple[Home, UUID, UUID]:
    """An account with a high read, its run, and the exception."""
    home = await town.home(closing=161)
    run_id = await town.prepare()
    return home, run_id, await town.exception_id(run_id, home.account_id, "HIGH")


class TestDeciding:
    async def test_released_keeps_the_bill_as_it_is(self, town: Town) -> None:
        home, run_id, exception_id = await high(town)
        by = await town.person()
        decided = await decide(town, exception_id, "released", by, " Pool was filled ")
        assert (decided.status, decided.reason, decided.decided_by, decided.decided_at) == (
            "released",
            "Pool was filled",
            by,
            NOW,
        )
        assert (await town.draft(run_id, home.account_id)).usage_units == 31

    async def test_resolved_reckons_the_bill_anew(self, town: Town) -> None:
        home, run_id, exception_id = await high(town)
        await town.session.execute(text("UPDATE meter_reads SET register_value = 141 WHERE register_value = 161"))
        assert (await decide(town, exception_id, "resolved")).status == "resolved"
        draft = await town.draft(run_id, home.account_id)
        # 28.81 + 9 × 3.47 + 2 × 3.96 + 11 × 0.31 + 0.61
        assert (draft.usage_units, draft.amount_cents) == (11, 2_881 + 3_123 + 792 + 341 + 61)

    async def test_it_is_not_resolved_while_its_cause_is_there(self, town: Town) -> None:
        home, run_id, exception_id = await high(town)
        with pytest.raises(DecisionError) as refused:
            await decide(town, exception_id, "resolved")
        assert refused.value.error == "still_there"
        await town.session.rollback()
        assert await town.exceptions(run_id, home.account_id)

    async def test_what_mending_one_thing_brings_to_light_is_open(self, town: Town) -> None:
        home = await town.home(closing=90)
        run_id = await town.prepare()
        negative = await town.exception_id(run_id, home.account_id, "NEGATIVE")
        await town.session.execute(text("UPDATE meter_reads SET register_value = 161 WHERE register_value = 90"))
        await decide(town, negative, "resolved")
        assert (await town.exceptions(run_id, home.account_id)).keys() == {"HIGH"}

    async def test_a_release_is_for_what_was_seen_and_for_nothing_else(self, town: Town) -> None:
        home = await town.home(closing=161)
        await town.read(home.meter_id, date(2026, 11, 19), 160)
        run_id = await town.prepare()
        high_id = await town.exception_id(run_id, home.account_id, "HIGH")
        by = await town.person()
        await decide(town, high_id, "released", by, "Pool was filled")
        await town.session.execute(text("DELETE FROM meter_reads WHERE register_value = 160"))
        await town.session.execute(text("UPDATE meter_reads SET register_value = 461 WHERE register_value = 161"))
        await decide(town, await town.exception_id(run_id, home.account_id, "DUP_READ"), "resolved")
        (row,) = await town.rows("SELECT * FROM billing_exceptions WHERE id = :id", id=high_id)
        assert (row.status, row.reason, row.detail["units"]) == ("open", None, 331)
        assert [(one["status"], one["reason"], one["decided_by"]) for one in row.earlier] == [
            ("released", "Pool was filled", str(by))
        ]

    async def test_one_may_think_better_of_it(self, town: Town) -> None:
        _, _, exception_id = await high(town)
        await decide(town, exception_id, "held", reason="Sent for a re-read")
        decided = await decide(town, exception_id, "released", reason="The re-read agrees")
        assert (decided.status, [one["reason"] for one in decided.earlier]) == ("released", ["Sent for a re-read"])

    async def test_the_same_decision_again_changes_nothing(self, town: Town) -> None:
        _, _, exception_id = await high(town)
        first = await decide(town, exception_id, "released", reason="Pool was filled")
        assert (await decide(town, exception_id, "released", reason="Again")).reason == first.reason

    @pytest.mark.parametrize(
        ("decision", "reason"), [("released", "  "), ("ignored", "Why not"), ("held", "x" * 1_001)]
    )
    async def test_a_decision_has_a_name_and_a_reason(self, town: Town, decision: str, reason: str) -> None:
        _, _, exception_id = await high(town)
        with pytest.raises(DecisionError):
            await decide(town, exception_id, decision, reason=reason)

    async def test_what_is_resolved_stays_so(self, town: Town) -> None:
        _, _, exception_id = await high(town)
        await town.session.execute(text("UPDATE meter_reads SET register_value = 141 WHERE register_value = 161"))
        await decide(town, exception_id, "resolved")
        with pytest.raises(DecisionError):
            await decide(town, exception_id, "released")

    async def test_without_a_rate_there_is_nothing_to_release(self, town: Town) -> None:
        home = await town.home(closing=141, meter={"size_inches": "7"})
        run_id = await town.prepare()
        exception_id = await town.exception_id(run_id, home.account_id, "RATE_MISS")
        with pytest.raises(DecisionError) as refused:
            await decide(town, exception_id, "released")
        assert refused.value.error == "cannot_be_released"
        assert (await decide(town, exception_id, "held")).status == "held"

    async def test_an_unknown_exception(self, town: Town) -> None:
        with pytest.raises(ExceptionNotFoundError):
            await decide(town, uuid4(), "released")


class TestApproving:
    async def test_not_while_an_exception_is_open(self, town: Town) -> None:
        _, run_id, _ = await high(town)
        with pytest.raises(OpenExceptionsError) as refused:
            await approve(town, run_id, await town.person())
        assert refused.value.extra["open"] == 1
        await town.session.rollback()
        with pytest.raises(WrongRunStatusError):
            await bill(town, run_id)

    async def test_not_by_the_one_who_prepared_it(self, town: Town) -> None:
        await town.home(closing=141)
        preparer = await town.person()
        run_id = await town.prepare(prepared_by=preparer)
        with pytest.raises(SamePersonError):
            await approve(town, run_id, preparer)
        await approve(town, run_id, await town.person("Ana"))

    async def test_not_by_the_one_who_let_something_pass(self, town: Town) -> None:
        _, run_id, exception_id = await high(town)
        by = await town.person()
        await decide(town, exception_id, "released", by)
        with pytest.raises(SamePersonError):
            await approve(town, run_id, by)
        await approve(town, run_id, await town.person("Ana"))

    async def test_approved_it_does_not_change_any_more(self, town: Town) -> None:
        _, run_id, exception_id = await high(town)
        await decide(town, exception_id, "released", await town.person())
        by = await town.person("Ana")
        await approve(town, run_id, by)
        await approve(town, run_id, by)
        with pytest.raises(WrongRunStatusError):
            await decide(town, exception_id, "held")
        with pytest.raises(WrongRunStatusError):
            await service.prepare_again(town.session, run_id, now=NOW)
        with pytest.raises(WrongRunStatusError):
            await approve(town, run_id, await town.person("Bea"))

    async def test_not_when_an_account_was_forgotten(self, town: Town) -> None:
        await town.home(closing=141)
        run_id = await town.prepare()
        await town.home(closing=141)
        with pytest.raises(DoesNotTieError) as refused:
            await approve(town, run_id, await town.person())
        assert refused.value.extra["checks"] == ["bills"]
        await town.session.rollback()

    async def test_an_unknown_run(self, town: Town) -> None:
        with pytest.raises(RunNotFoundError):
            await approve(town, uuid4(), await town.person())


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
