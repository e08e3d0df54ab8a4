"""Phones of the people in a test: prepared in the simulator, rung by the district, and what was heard on them."""

from concurrent.futures import Executor, Future
from typing import Any

from tests.e2e.people import People, eventually


class Phones:
    """Callers call beside the test; whoever is rung follows the steps that were prepared."""

    def __init__(self, people: People, beside: Executor) -> None:
        self._people, self._beside = people, beside
        self._before: dict[str, list[str]] = {}

    def prepare(self, phone: str, *steps: str, fate: str = "answered") -> None:
        """What happens when this phone is rung next."""
        rung = self._people.rows("SELECT provider_sid FROM call_legs WHERE number = %s", phone)
        self._before[phone] = [leg["provider_sid"] for leg in rung if leg["provider_sid"]]
        self._people.answers(phone, *steps, fate=fate)

    def call(self, phone: str, *steps: str) -> "Future[dict[str, Any]]":
        """This customer calls."""
        return self._beside.submit(self._people.call, phone, *steps)

    def heard_by(self, phone: str, words: str = "") -> dict[str, Any]:
        """The call of a phone of ours since it was prepared, once these words were heard on it, or it has ended."""
        last: list[dict[str, Any]] = []

        def record() -> dict[str, Any] | None:
            query = (
                "SELECT provider_sid, state FROM call_legs WHERE number = %s AND provider_sid <> ALL(%s)"
                " ORDER BY created_at DESC LIMIT 1"
            )
            found = self._people.rows(query, phone, self._before[phone])
            if not found or found[0]["state"] in ("pending", "ringing"):
                return None
            told: dict[str, Any] = self._people.simulator.get(f"/api/calls/{found[0]['provider_sid']}/events")
            last[:] = told["events"]
            heard = any(words in event["text"] for event in told["events"])
            return told if (heard if words else told["ended"]) else None

        try:
            found: dict[str, Any] = eventually(record, 60, f"{phone} hears {words!r}")
        except AssertionError as missing:
            raise AssertionError(f"{missing}; on that phone: {last}") from None
        return found
