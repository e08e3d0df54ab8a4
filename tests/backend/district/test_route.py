"""`GET /v1/district`: what anyone may know."""

from datetime import timedelta

from tests.backend.conftest import SEEDED_AT
from tests.backend.living import Api


async def test_public_facts_by_day_and_by_night(api: Api) -> None:
    await api.clock(SEEDED_AT)
    day = (await api.act("GET", "/v1/district")).json()
    assert day["name"] == "Rio Seco Water District" and day["open_now"]
    assert day["closes_at"] == "2026-11-23T17:30:00-08:00"
    assert day["next_closures"][0] == {
        "date": "2026-11-26",
        "name": {"en": "Thanksgiving Day", "es": "Día de Acción de Gracias"},
    }
    assert day["hours"][0]["days"] == ["monday", "tuesday", "wednesday", "thursday"]
    await api.clock(SEEDED_AT + timedelta(hours=10))
    night = (await api.act("GET", "/v1/district")).json()
    assert not night["open_now"] and night["closes_at"] is None
    assert night["opens_at"] == "2026-11-24T07:30:00-08:00"
    open_at_night = [one["id"] for one in night["departments"] if one["open_now"]]
    assert open_at_night == ["emergency"]
