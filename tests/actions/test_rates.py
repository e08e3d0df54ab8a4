"""What water costs, without an identity: the class that was named, the customer's own, or homes."""

from typing import Any

import pytest

from actions.account_api import AccountApi
from actions.rates import ActionRates
from tests.actions.harness import Loopback, Tell


def tier(name: str, up_to: str | None, dollars: str, of_budget: bool = False) -> dict[str, Any]:
    names = {"en": name, "es": f"{name} es"}
    return {"name": names, "up_to": up_to, "of_budget": of_budget, "dollars_per_unit": dollars}


def rate(service_class: str, *tiers: dict[str, Any]) -> dict[str, Any]:
    wholesale = {"name": {"en": "Wholesale water", "es": "Agua al mayoreo"}, "dollars_per_unit": "0.315"}
    return {
        "service_class": service_class,
        "fixed_cents": {"5/8": 2881, "3/4": 4322},
        "tiers": list(tiers),
        "added": [wholesale],
        "gallons_per_unit": "748",
    }


HOME = rate("residential", tier("1", "9", "3.47"), tier("2", "29", "3.96"), tier("3", None, "9.52"))
SHOP = rate("commercial", tier("uniform", None, "3.96"))
LAWN = rate("irrigation", tier("In budget", "1", "3.47", True), tier("Far over", None, "9.80"))


@pytest.mark.parametrize(
    ("language", "channel", "words"),
    [
        (
            "en",
            "chat",
            "the first 9 units cost $3.47 each, units 10 to 29 cost $3.96 each and any above that $9.52 each",
        ),
        (
            "es",
            "voice",
            "Las primeras 9 unidades cuestan 3 dólares con 47 centavos cada una. De la 10 a la 29 cuestan"
            " 3 dólares con 96 centavos cada una. Las que pasen de ahí 9 dólares con 52 centavos cada una",
        ),
    ],
)
async def test_the_steps_of_a_home(
    api: AccountApi, answers: Loopback, run: Tell, *, language: str, channel: str, words: str
) -> None:
    answers.say("GET", "/v1/rates/residential", HOME)
    said = await run(ActionRates(), intent="ask_rates", channel=channel, slots={"language": language})
    assert said.names == ["utter_rates_residential", "utter_rates_units", "utter_rates_added", "utter_rates_other"]
    assert said.variables("utter_rates_units")["tiers"] == words
    assert said.next == "action_listen"


@pytest.mark.parametrize(
    ("text", "entities"),
    [("what does a restaurant pay", []), ("tarifas para mi negocio", []), ("", [("choice", "commercial")])],
)
async def test_the_class_that_is_named(
    api: AccountApi, answers: Loopback, run: Tell, text: str, entities: list[tuple[str, Any]]
) -> None:
    answers.say("GET", "/v1/rates/commercial", SHOP)
    said = await run(ActionRates(), intent="ask_rates", text=text, entities=entities)
    assert said.names == ["utter_rates_commercial", "utter_rates_units", "utter_rates_added"]
    assert said.variables("utter_rates_units")["tiers"] == "each unit costs $3.96"
    assert said.variables("utter_rates_added")["price"] == "$0.315"


async def test_a_verified_customer_hears_their_own(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/usage", {"periods": [], "meters": [{"service_class": "irrigation"}]})
    answers.say("GET", "/v1/rates/irrigation", LAWN)
    said = await run(ActionRates(), intent="ask_rates", slots={"verification_level": 2})
    assert said.variables("utter_rates_units")["tiers"].startswith("“In budget” costs $3.47 a unit")


async def test_a_backend_that_cannot_tell_the_class_still_tells_the_prices(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    answers.say("GET", "/usage", "", 503)
    answers.say("GET", "/v1/rates/residential", HOME)
    said = await run(ActionRates(), intent="ask_rates", slots={"verification_level": 2})
    assert "utter_rates_residential" in said.names
