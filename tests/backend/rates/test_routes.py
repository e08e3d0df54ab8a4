"""Rates over HTTP: public, as they are on the day."""

from datetime import UTC, datetime

import pytest

from tests.backend.living import ACTIONS, Api, seeded_api, seeded_url, shared_seeded_url, shared_url, valkey_url

__all__ = ["seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]
NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)


async def test_what_a_home_pays_today(seeded_api: Api) -> None:
    await seeded_api.clock(NOW)
    told = (await seeded_api.act("GET", "/v1/rates/residential")).json()
    assert told["effective_from"] == "2026-10-01"  # the drought surcharge ended
    assert told["fixed_cents"]["5/8"] == 2_881
    assert [(tier["up_to"], tier["dollars_per_unit"]) for tier in told["tiers"]] == [
        ("9", "3.47"),
        ("29", "3.96"),
        (None, "9.52"),
    ]
    assert told["tiers"][0]["name"]["es"] != told["tiers"][0]["name"]["en"]
    assert told["gallons_per_unit"] == "748"


async def test_the_rates_of_a_day_before_they_changed(seeded_api: Api) -> None:
    await seeded_api.clock(datetime(2026, 6, 1, 18, tzinfo=UTC))
    told = (await seeded_api.act("GET", "/v1/rates/residential")).json()
    assert (told["effective_from"] < "2026-07-01", told["fixed_cents"]["5/8"]) == (True, 2_744)
    await seeded_api.clock(NOW)


@pytest.mark.parametrize("service_class", ["multifamily", "commercial", "irrigation", "fire_line"])
async def test_every_class_has_its_rate(seeded_api: Api, service_class: str) -> None:
    told = (await seeded_api.act("GET", f"/v1/rates/{service_class}")).json()
    assert told["service_class"] == service_class
    assert told["tiers"][0]["of_budget"] is (service_class == "irrigation")


async def test_a_class_that_does_not_exist_is_malformed(seeded_api: Api) -> None:
    assert (await seeded_api.act("GET", "/v1/rates/castles")).status_code == 422


async def test_a_day_before_any_rate_has_none(seeded_api: Api) -> None:
    await seeded_api.clock(datetime(2001, 1, 1, tzinfo=UTC))
    told = await seeded_api.client.get("/v1/rates/residential", headers=ACTIONS)
    assert (told.status_code, told.json()["error"]) == (404, "rate_not_found")
    await seeded_api.clock(NOW)
