"""What the district charges: the meter's charge and the price of each unit, by class. No identity is needed."""

import re
from decimal import Decimal

from actions import billing_api
from actions.account_api import AccountApiError
from actions.billing_types import Rate, Tier
from actions.identity import ACCOUNT_LEVEL
from actions.turn import TopicAction, Turn

HOME = "residential"
_CLASSES = {
    HOME: r"\b(?:home|house|residential|casa|vivienda|residencial|dom[eé]stic[oa])\b",
    "multifamily": r"\b(?:apartments?|multi.?family|duplex|condos?|apartamentos?|departamentos?|multifamiliar)\b",
    "commercial": r"\b(?:business|commercial|restaurant|store|office|shop|negocio|comercial|restaurante|tienda)\b",
    "irrigation": r"\b(?:irrigation|landscape|landscaping|riego|jard[ií]n|paisaje)\b",
    "fire_line": r"\b(?:fire line|fire service|fire sprinklers?|l[ií]nea contra incendios?)\b",
}
_SMALLEST = ("5/8", "3/4", "1", "1-1/2", "2")


class ActionRates(TopicAction):
    """The prices of the class that was named, else of the customer's own, else of homes."""

    def name(self) -> str:
        return "action_rates"

    async def answer(self, turn: Turn) -> None:
        named = _class_named(turn)
        service_class = named or await _own_class(turn)
        rate = await billing_api.rate(service_class)
        size = next((one for one in _SMALLEST if one in rate.fixed_cents), next(iter(rate.fixed_cents)))
        fixed = turn.wording.money(rate.fixed_cents[size])
        turn.say(f"utter_rates_{service_class}", fixed=fixed, size=turn.wording.inches(size))
        turn.say("utter_rates_units", tiers=_tiers(turn, rate), gallons=str(rate.gallons_per_unit or ""))
        for name, dollars in rate.added:
            turn.say("utter_rates_added", name=name[turn.language], price=turn.wording.dollars(dollars))
        if named is None:
            turn.say("utter_rates_other")


def _class_named(turn: Turn) -> str | None:
    chosen = [str(one) for one in turn.entities("choice") if one in _CLASSES]
    named = [one for one, words in _CLASSES.items() if re.search(words, turn.text, re.IGNORECASE)]
    return next(iter([*chosen, *named]), None)


async def _own_class(turn: Turn) -> str:
    """The class of the customer's meter; prices are public, so whatever stands in the way is no obstacle."""
    if turn.verification_level < ACCOUNT_LEVEL:
        return HOME
    try:
        classes = (await billing_api.usage(turn.conversation_id)).service_classes
    except AccountApiError:
        return HOME
    return next((one for one in classes if one in _CLASSES), HOME)


def _tiers(turn: Turn, rate: Rate) -> str:
    """ "the first 9 units cost $3.47 each and any above that $9.52 each"; for a voice each is a sentence."""
    parts, below = [], Decimal(0)
    for tier in rate.tiers:
        parts.append(_tier(turn, tier, below, only=len(rate.tiers) == 1))
        below = tier.up_to or below
    if turn.wording.spoken:
        return ". ".join(part[:1].upper() + part[1:] for part in parts)
    return turn.wording.listing(parts)


def _tier(turn: Turn, tier: Tier, below: Decimal, *, only: bool) -> str:
    price = turn.wording.dollars(tier.dollars_per_unit)
    words = _TIER[turn.language]
    if only:
        return words["only"].format(price=price)
    if tier.of_budget or (tier.up_to is None and below != below.to_integral_value()):
        return words["budget"].format(name=tier.name[turn.language], price=price)
    if tier.up_to is None:
        return words["rest"].format(price=price)
    first, last = int(below) + 1, int(tier.up_to)
    return words["first" if below == 0 else "next"].format(first=first, last=last, price=price)


_TIER = {
    "en": {
        "only": "each unit costs {price}",
        "first": "the first {last} units cost {price} each",
        "next": "units {first} to {last} cost {price} each",
        "rest": "any above that {price} each",
        "budget": "“{name}” costs {price} a unit",
    },
    "es": {
        "only": "cada unidad cuesta {price}",
        "first": "las primeras {last} unidades cuestan {price} cada una",
        "next": "de la {first} a la {last} cuestan {price} cada una",
        "rest": "las que pasen de ahí {price} cada una",
        "budget": "«{name}» cuesta {price} por unidad",
    },
}
