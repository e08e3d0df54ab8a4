"""People decide what was found; another approves; then nothing changes any more, and only then are bills posted."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.billing import service
from backend.billing.errors import (
    DecisionError,
    DoesNotTieError,
    ExceptionNotFoundError,
    OpenExceptionsError,
    RunNotFoundError,
    SamePersonError,
    WrongRunStatusError,
)
from tests.backend.billing.deeds import approve, bill, decide, high
from tests.backend.billing.town import NOW, Town


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

    async def test_a_meter_that_is_read_again_some_days_later_is_billed_up_to_then(self, town: Town) -> None:
        home = await town.home(closing=90)
        run_id = await town.prepare()
        negative = await town.exception_id(run_id, home.account_id, "NEGATIVE")
        await town.session.execute(text("DELETE FROM meter_reads WHERE register_value = 90"))
        await town.read(home.meter_id, date(2026, 11, 23), 142)
        await decide(town, negative, "resolved")
        draft = await town.draft(run_id, home.account_id)
        assert (draft.period_end, draft.usage_units, draft.is_estimated) == (date(2026, 11, 23), 12, False)
        assert await town.exceptions(run_id, home.account_id) == {}

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
