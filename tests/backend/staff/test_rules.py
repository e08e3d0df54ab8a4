"""When a sign-in, a session and a password count."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.access import Role
from backend.errors import ForbiddenError
from backend.models.base import new_id
from backend.staff.permissions import PERMISSIONS, Permission, SignedIn, allows
from backend.staff.rules import (
    ABSOLUTE,
    FREE_FAILURES_USER,
    IDLE,
    PAUSE_MAX,
    PasswordFlaw,
    password_flaw,
    pause_after,
    session_is_alive,
    wait_left,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class TestSession:
    def test_lives_until_half_an_hour_without_activity(self) -> None:
        assert session_is_alive(NOON, NOON - IDLE + SECOND, NOON - IDLE + SECOND)
        assert not session_is_alive(NOON, NOON - IDLE, NOON - IDLE)

    def test_ends_after_a_working_day_however_busy(self) -> None:
        assert session_is_alive(NOON, NOON - ABSOLUTE + SECOND, NOON)
        assert not session_is_alive(NOON, NOON - ABSOLUTE, NOON)


class TestPause:
    def test_the_first_failures_cost_nothing(self) -> None:
        assert not any(pause_after(n, FREE_FAILURES_USER) for n in range(FREE_FAILURES_USER + 1))

    def test_then_it_doubles_up_to_a_quarter_of_an_hour(self) -> None:
        pauses = [pause_after(FREE_FAILURES_USER + n, FREE_FAILURES_USER) for n in range(1, 30)]
        assert [pause.seconds for pause in pauses[:4]] == [2, 4, 8, 16]
        assert max(pauses) == pauses[-1] == PAUSE_MAX

    def test_runs_out_by_itself(self) -> None:
        assert wait_left(NOON, 6, NOON - SECOND, FREE_FAILURES_USER) == 3 * SECOND
        assert wait_left(NOON, 6, NOON - 5 * SECOND, FREE_FAILURES_USER) == timedelta(0)


@pytest.mark.parametrize(
    ("new", "flaw"),
    [
        ("short", PasswordFlaw.TOO_SHORT),
        ("x" * 201, PasswordFlaw.TOO_LONG),
        ("Rosa's own password", PasswordFlaw.CONTAINS_NAME),
        ("ababababababab", PasswordFlaw.TOO_SIMPLE),
        ("the old password", PasswordFlaw.UNCHANGED),
        ("seven quiet herons", None),
    ],
)
def test_a_new_password_is_judged(new: str, flaw: PasswordFlaw | None) -> None:
    assert password_flaw(new, "the old password", "rosa") == flaw


class TestPermissions:
    def test_every_role_has_a_line(self) -> None:
        assert set(PERMISSIONS) == set(Role)

    def test_each_role_may_all_that_the_one_below_may(self) -> None:
        assert PERMISSIONS[Role.CSR] < PERMISSIONS[Role.LEAD] < PERMISSIONS[Role.SUPERVISOR]

    def test_only_a_lead_takes_a_case_out_of_another_hand(self) -> None:
        assert not allows(Role.CSR, Permission.TAKE_OVER_CASE)
        assert allows(Role.LEAD, Permission.TAKE_OVER_CASE)

    def test_a_role_that_may_not_is_told_so(self) -> None:
        dana = SignedIn(new_id(), "dana", "Dana Whitfield", Role.CSR, ("en",))
        dana.require(Permission.TAKE_CASE)
        with pytest.raises(ForbiddenError) as refused:
            dana.require(Permission.SIGN_OUT_OTHERS)
        assert refused.value.status == 403
