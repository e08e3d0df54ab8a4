"""The demonstration's clock, turned back only: what is due in days to come (a shut-off, an installment) must not come
due for the customers of the tests that follow.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from tests.e2e.people import People, eventually


@contextmanager
def office_hours(people: People) -> Iterator[None]:
    """It is ten in the morning of the last day on which the office was open."""
    now = datetime.fromisoformat(people.backend.get("/v1/demo/clock")["now"])
    mornings = ((now - timedelta(days=days)).replace(hour=10, minute=0) for days in range(10))
    try:
        for morning in (one for one in mornings if one <= now):
            people.backend.put("/v1/demo/clock", {"now": morning.isoformat(), "real": False})
            if people.backend.get("/v1/district")["open_now"]:
                break
        # The first words after a start take longer than a caller waits on a busy machine.
        eventually(lambda: "7:30" in people.text(people.new_phone(), "what are your hours?"), 120, "an answer")
        yield
    finally:
        people.backend.put("/v1/demo/clock", {"now": None, "real": True})
