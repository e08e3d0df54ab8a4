"""What stands in the way, in words that help and hold nothing about a customer."""

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import IntegrityError, OperationalError

from backend.district.service import DistrictFileError
from backend.errors import ConflictError
from backend.nightly import problems

SECRET = "INSERT … 'Rosa Aguilar'"


def wrapped(error: psycopg.Error) -> OperationalError:
    return OperationalError(SECRET, {}, error)


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (wrapped(psycopg.OperationalError("connection refused")), "the database does not answer. See: headgate status"),
        (wrapped(errors.AdminShutdown("terminating")), "the database does not answer."),
        (wrapped(errors.LockNotAvailable("lock timeout")), "somebody else is working on the same accounts."),
        (wrapped(errors.QueryCanceled("statement timeout")), "a statement took too long."),
        (
            IntegrityError(SECRET, {}, errors.CheckViolation("Rosa Aguilar")),
            "the database refused a statement (23514). See the backend's log",
        ),
        (
            DistrictFileError("district/policy.toml:12: fees: write cents"),
            "(district/policy.toml:12: fees: write cents)",
        ),
        (ConflictError("not_billable", "This cycle has open exceptions."), "This cycle has open exceptions."),
        (PermissionError(13, "Permission denied", "inbox/a.csv"), "inbox/a.csv cannot be used (Permission denied)."),
        (ZeroDivisionError("Rosa Aguilar"), "the program failed (ZeroDivisionError). See the backend's log"),
    ],
)
def test_say_what_it_is_and_what_to_do(problem: Exception, says: str) -> None:
    told = problems.words("late_fees", problem)
    assert told.startswith("Late fees: ") and told.endswith("It is tried again by itself.")
    assert says in told
    assert "Rosa" not in told and "INSERT" not in told


def test_the_log_hears_where_it_was() -> None:
    try:
        _ = {}["nothing"]
    except KeyError as problem:
        assert problems.where(problem).split(":")[0].endswith("test_problems.py")
    assert problems.where(ValueError()) == "unknown"
