"""Water use: of the last period or a month, compared with the one before and a year ago."""

from typing import Any

import pytest

from actions.account_api import AccountApi
from actions.usage import ActionUsage
from tests.actions.harness import Loopback, Tell

KNOWN = {"slots": {"verification_level": 2}}


def period(month: str, a_day: int, **changes: Any) -> dict[str, Any]:
    """A period that ends on the 15th of its month."""
    last = f"{month}-15"
    return {
        "month": month,
        "first_day": last,
        "last_day": last,
        "units": 10,
        "gallons_a_day": a_day,
        "is_estimated": False,
        **changes,
    }


def usage(*periods: dict[str, Any]) -> dict[str, Any]:
    return {"periods": list(periods), "meters": []}


@pytest.mark.parametrize(
    ("before", "year_ago", "expected"),
    [
        (200, 400, ["utter_usage_before_more", "utter_usage_year_ago_less"]),
        (400, 200, ["utter_usage_before_less", "utter_usage_year_ago_more"]),
        (298, 305, ["utter_usage_before_same", "utter_usage_year_ago_same"]),
    ],
)
async def test_it_is_compared(
    api: AccountApi, answers: Loopback, run: Tell, *, before: int, year_ago: int, expected: list[str]
) -> None:
    answers.say("GET", "/usage", usage(period("2026-11", 300), period("2026-10", before), period("2025-11", year_ago)))
    said = await run(ActionUsage(), intent="ask_usage", **KNOWN)
    assert said.names == ["utter_usage", *expected]
    assert said.variables("utter_usage")["gallons"] == "7,480"


async def test_a_month_that_is_named(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/usage", usage(period("2026-11", 300), period("2026-10", 250)))
    said = await run(ActionUsage(), intent="ask_usage", text="how much did we use in october", **KNOWN)
    assert said.variables("utter_usage")["a_day"] == "250"
    other = await run(ActionUsage(), intent="ask_usage", text="y en abril", **KNOWN)
    assert other.names[:2] == ["utter_usage_no_such_month", "utter_usage"]


async def test_an_estimate_is_called_that(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/usage", usage(period("2026-11", 300, is_estimated=True)))
    assert (await run(ActionUsage(), intent="ask_usage", **KNOWN)).names == ["utter_usage_estimated"]


async def test_a_new_account_has_none_yet(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/usage", usage())
    assert (await run(ActionUsage(), intent="ask_usage", **KNOWN)).names == ["utter_usage_none"]
