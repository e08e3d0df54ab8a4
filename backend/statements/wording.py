"""An explanation in sentences: all of them for a statement, a few for a chat, spoken ones for a call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backend.fees.names import fee_name
from backend.statements import sentences
from backend.statements.amounts import LANGUAGES, Wording
from backend.statements.rules import Comparison
from backend.statements.steps import Cause

IN_CHAT = 3
SPOKEN_CAUSES = 2
USE_CODES = ("usage", "estimated_read", "catch_up_read", "charges")
_BEFORE_AND_NOW = {"previous_balance": "previous", "credit": "credit", "fees": "fees", "payment_plan": "plan"}
"""Causes whose words depend on which of the two bills had any of it."""
NameOf = Callable[[str, str], str]
"""Line code ("pass_through:state_fee") and language → what the line is called."""


@dataclass(frozen=True, slots=True)
class Told:
    """One comparison in one language. `statement` has every cause, `chat` and `speech` the biggest ones."""

    summary: str
    statement: tuple[str, ...]
    chat: str
    speech: str


@dataclass(frozen=True, slots=True)
class _Telling:
    """In which words, about which other bill ("last" or "last_year"), with which names of lines and services."""

    wording: Wording
    against: str
    name_of: NameOf
    names_places: bool
    """Two services are of one class, so that the place must be said too."""

    @property
    def language(self) -> str:
        return self.wording.language

    @property
    def other(self) -> str:
        return sentences.OTHER_BILL[self.against][self.language]


def tell(comparison: Comparison, against: str, name_of: NameOf) -> dict[str, Told]:
    """`comparison` in each language; `against` is "last" or "last_year"."""
    classes = [one.service_class for one in comparison.later.services]
    names_places = len(set(classes)) < len(classes)
    return {
        language: _told(
            comparison,
            _Telling(Wording(language), against, name_of, names_places),
            _Telling(Wording(language, spoken=True), against, name_of, names_places),
        )
        for language in LANGUAGES
    }


def _told(comparison: Comparison, written: _Telling, spoken: _Telling) -> Told:
    statement = tuple(_sentence(cause, written) for cause in comparison.causes)
    return Told(
        summary=_summary(comparison, written),
        statement=statement,
        chat=_short(comparison, written, IN_CHAT, statement.__getitem__),
        speech=_short(comparison, spoken, SPOKEN_CAUSES, lambda place: _sentence(comparison.causes[place], spoken)),
    )


def _sentence(cause: Cause, telling: _Telling) -> str:
    """One cause in one sentence or two, with the service it is of where a bill has several."""
    wording, language = telling.wording, telling.language
    pair = sentences.CAUSES[_variant(cause)][language]
    words = pair[cause.cents < 0].format(
        amount=wording.money(cause.cents), other=telling.other, **_values(cause, telling)
    )
    if "tier" in cause.facts and cause.cents > 0:
        words = f"{words} {_tier(cause.facts, telling)}"
    if cause.service is None:
        return words
    service_class, place = cause.service
    name = sentences.SERVICES[service_class][language]
    label = f"{name}, {place}" if telling.names_places and place else name
    return f"{label}: {words[0].lower()}{words[1:]}"


def _variant(cause: Cause) -> str:
    """Which of a code's sentences fits its facts."""
    if cause.code == "drought_surcharge":
        return f"drought_{cause.facts['how']}"
    head = _BEFORE_AND_NOW.get(cause.code)
    if head is None:
        return cause.code
    now, before = cause.facts["now"], cause.facts["before"]
    if cause.code == "fees" and now < 0:
        return "fees_back"
    return f"{head}_new" if not before else f"{head}_both" if now else f"{head}_gone"


def _tier(facts: Mapping[str, Any], telling: _Telling) -> str:
    units: Decimal = facts["tier_units"]
    return sentences.TIER[telling.language][units == 1].format(
        units=telling.wording.units(units),
        price=telling.wording.price(facts["tier_dollars"]),
        tier=telling.name_of(facts["tier"], telling.language),
    )


def _summary(comparison: Comparison, telling: _Telling) -> str:
    cents = comparison.difference_cents
    words = sentences.SUMMARY[telling.language][(cents < 0) if cents else 2]
    return words.format(amount=telling.wording.money(cents), other=telling.other)


def _short(comparison: Comparison, telling: _Telling, count: int, sentence: Callable[[int], str]) -> str:
    """The biggest causes, the biggest first; the others in one figure, so that it still adds up.

    `sentence` tells the cause at a place of `comparison.causes`.
    """
    causes = comparison.causes
    chosen, rest = _biggest(causes, count)
    lines = [_summary(comparison, telling)]
    lines += [sentence(place) for place in chosen]
    if rest:
        words = sentences.REST[telling.language][rest < 0]
        lines.append(words.format(amount=telling.wording.money(rest)))
    if any(causes[place].code in USE_CODES and causes[place].cents > 0 for place in chosen):
        lines.append(sentences.NO_CAUSE_OF_USE[telling.language])
    return " ".join(lines)


def _biggest(causes: Sequence[Cause], count: int) -> tuple[list[int], int]:
    """Their places, and the cents of all others."""
    ranked = sorted(range(len(causes)), key=lambda place: -abs(causes[place].cents))
    # Naming one cause more is better than "everything else" for a single one.
    chosen = ranked if len(ranked) <= count + 1 else ranked[:count]
    return chosen, sum(cause.cents for cause in causes) - sum(causes[place].cents for place in chosen)


def _values(cause: Cause, telling: _Telling) -> dict[str, str]:
    """The facts of a cause as its sentence takes them."""
    wording, language, facts = telling.wording, telling.language, cause.facts
    values: dict[str, str] = {}
    for name, fact in facts.items():
        if isinstance(fact, date):
            values[name] = wording.day(fact)
        elif name in ("dry_days", "dry_days_before", "days", "days_before"):
            values[name] = wording.days(fact)
        elif name in ("now", "before"):
            values[name] = wording.money(fact)
        elif name in ("budget", "budget_before"):
            values[name] = wording.units(fact)
        elif name in ("stage", "stage_before", "size", "size_before"):
            values[name] = str(fact)
    if cause.code == "period":
        values["change"] = str(abs(facts["days"] - facts["days_before"]))
    if cause.code == "pass_through":
        values["name"] = telling.name_of(f"{cause.code}:{facts['name']}", language)
    if cause.code == "fees":
        values["names"] = ", ".join(fee_name(code, language) for code in facts["names"])
    if "units_a_day" in facts:
        before = wording.gallons(facts["units_a_day_before"])
        estimated = facts.get("before_is_estimated")
        values["gallons"] = wording.gallons(facts["units_a_day"])
        values["gallons_before"] = sentences.ESTIMATED[language].format(gallons=before) if estimated else before
    return values
