"""What stands in the way of a night, in words that an operator can act on and that hold nothing about a customer."""

from sqlalchemy.exc import DBAPIError

from backend.district.service import DistrictFileError
from backend.errors import HeadgateError
from backend.nightly.rules import TITLES

_LOCKED = frozenset({"55P03", "40P01", "40001"})
_TOO_LONG = "57014"


def words(step: str, problem: BaseException) -> str:
    """One sentence on why `step` did not go on, and one on what to do."""
    why, remedy = _why(problem)
    return f"{TITLES[step]}: {why} {remedy} It is tried again by itself."


def where(problem: BaseException) -> str:
    """The last place in the program that a failure came through (`file:line`), for the log."""
    frame = problem.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "unknown"


def _why(problem: BaseException) -> tuple[str, str]:
    if isinstance(problem, DBAPIError):
        return _database(problem)
    if isinstance(problem, DistrictFileError):
        return f"the district's files need a correction ({problem}).", "Correct the file."
    if isinstance(problem, HeadgateError):
        return problem.detail, "Look into it in the console."
    if isinstance(problem, OSError) and problem.filename:
        return (
            f"{problem.filename} cannot be used ({problem.strerror}).",
            "See who owns it and whether the disk is full.",
        )
    return f"the program failed ({type(problem).__name__}).", "See the backend's log for where."


def _database(problem: DBAPIError) -> tuple[str, str]:
    state = getattr(problem.orig, "sqlstate", None)
    if state in _LOCKED:
        return "somebody else is working on the same accounts.", "Nothing is to be done."
    if state == _TOO_LONG:
        return "a statement took too long.", "See whether the database server is overloaded."
    if state is None or state.startswith(("08", "57P")) or problem.connection_invalidated:
        return "the database does not answer.", "See: headgate status, headgate doctor."
    return f"the database refused a statement ({state}).", "See the backend's log for where."
