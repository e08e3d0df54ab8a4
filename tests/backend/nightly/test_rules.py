"""How far a night is, and what it came to."""

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.nightly import running
from backend.nightly.rules import (
    BY_ACCOUNTS,
    STEPS,
    WHOLE,
    Line,
    PartRow,
    billed_at_once,
    lines,
    states,
    sums,
    totals,
)

NOW = datetime(2026, 11, 24, 9, 15, tzinfo=UTC)


def row(step: str, part: int, **counts: Any) -> PartRow:
    return PartRow(step, part, counts, NOW)


def test_every_step_has_work_and_money_comes_in_before_anybody_pays_for_being_late() -> None:
    assert tuple(running._WORK) == STEPS
    assert set(STEPS) >= BY_ACCOUNTS
    order = [STEPS.index(step) for step in ("files", "drafts", "arrangements", "late_fees")]
    assert order == sorted(order)
    assert STEPS[-1] == "summary"


@pytest.mark.parametrize(("accounts", "billed"), [(2_000, 500), (10, 3), (3, 1), (1, 1)])
def test_bills_are_made_in_smaller_parts_of_at_least_one_account(accounts: int, billed: int) -> None:
    assert billed_at_once(accounts) == billed


class TestStates:
    def test_nothing_done_is_the_first_step_running(self) -> None:
        found = states([], account_parts=5)
        assert [one.status for one in found] == ["running"] + ["waiting"] * (len(STEPS) - 1)
        assert {one.step: one.parts for one in found} == {step: 5 if step in BY_ACCOUNTS else None for step in STEPS}

    def test_a_step_is_done_with_the_row_of_the_whole(self) -> None:
        found = {one.step: one for one in states([row("files", WHOLE), row("drafts", 1, autopay=2)], account_parts=2)}
        assert (found["files"].status, found["files"].parts, found["files"].done_at) == ("done", 0, NOW)
        assert (found["drafts"].status, found["drafts"].parts_done, found["drafts"].parts) == ("running", 1, 2)
        assert found["arrangements"].status == "waiting"

    def test_accounts_that_were_opened_meanwhile_make_no_more_than_all_parts(self) -> None:
        rows = [row("drafts", part) for part in (1, 2, 3)]
        drafts = next(one for one in states(rows, account_parts=2) if one.step == "drafts")
        assert (drafts.parts_done, drafts.parts) == (3, 3)


class TestSums:
    def test_add_up_numbers_and_nothing_else(self) -> None:
        rows = [row("files", 1, posted=2, file="a.csv", problems=[1]), row("files", 2, posted=3, new=True)]
        assert sums(rows) == {"posted": 5}

    def test_totals_leave_out_what_came_to_nothing(self) -> None:
        rows = [row("late_fees", 1, late_fees=0, late_fee_cents=0), row("drafts", 1, autopay=1, autopay_ended=0)]
        assert totals(rows) == {"drafts": {"autopay": 1}}


class TestLines:
    @pytest.mark.parametrize(
        ("step", "counts", "expected"),
        [
            ("late_fees", {"late_fees": 2, "late_fee_cents": 2000}, [Line(2, "late fees", 2000)]),
            ("late_fees", {"late_fees": 0, "late_fee_cents": 0}, []),
            ("aging", {"current_cents": 5}, [Line(None, "not yet due", 5)]),
            ("files", {"files_taken": 1, "set_aside": 3}, [(1, "files taken in"), (3, "receipts and returns")]),
            ("summary", {"trial_balance_cents": 0}, [Line(None, "trial balance", 0)]),
            ("summary", {}, []),
        ],
    )
    def test_say_what_was_done(self, step: str, counts: dict[str, int], expected: list[Any]) -> None:
        found = lines(step, counts)
        assert len(found) == len(expected)
        for one, wanted in zip(found, expected, strict=True):
            if isinstance(wanted, Line):
                assert one == wanted
            else:
                assert one.count == wanted[0] and one.what.startswith(wanted[1])
