"""An explanation in sentences: all of them for a statement, a few for a chat, spoken ones for a call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.statements import sentences
from backend.statements.amounts import LANGUAGES, Wording
from backend.statements.rules import Cause, Comparison

IN_CHAT = 3
SPOKEN_CAUSES = 2
USE_CODES = ("usage", "estimated_read", "catch_up_read", "charges")
NameOf = Callable[[str, str], str]
"""Line code ("pass_through:state_fee") and language → what the line is called."""


@dataclass(frozen=True, slots=True)
class Told:
    """One comparison in one language. `statement` has every cause, `chat` and `speech` the biggest ones."""

    summary: str
    statement: tuple[str, ...]
    chat: str
    speech: str


def tell(comparison: Comparison, against: str, name_of: NameOf) -> dict[str, Told]:
    """`comparison` in each language; `against` is "last" or "last_year"."""
    return {language: _told(comparison, against, language, name_of) for language in LANGUAGES}


def sentence(cause: Cause, against: str, wording: Wording, name_of: NameOf) -> str:
    """One cause in one sentence."""
    pair = sentences.CAUSES[cause.code][wording.language]
    values = _values(cause, wording, name_of)
    other = sentences.OTHER_BILL[against][wording.language]
    return pair[cause.cents < 0].format(amount=wording.money(cause.cents), other=other, **values)


def _told(comparison: Comparison, against: str, language: str, name_of: NameOf) -> Told:
    written, spoken = Wording(language), Wording(language, spoken=True)
    return Told(
        summary=_summary(comparison, against, written),
        statement=tuple(sentence(cause, against, written, name_of) for cause in comparison.causes),
        chat=_short(comparison, against, written, name_of, IN_CHAT),
        speech=_short(comparison, against, spoken, name_of, SPOKEN_CAUSES),
    )


def _summary(comparison: Comparison, against: str, wording: Wording) -> str:
    cents = comparison.difference_cents
    words = sentences.SUMMARY[wording.language][(cents < 0) if cents else 2]
    other = sentences.OTHER_BILL[against][wording.language]
    return words.format(amount=wording.money(cents), other=other)


def _short(comparison: Comparison, against: str, wording: Wording, name_of: NameOf, count: int) -> str:
    """The biggest causes, in the order of the steps; the others in one figure, so that it still adds up."""
    chosen, rest = _biggest(comparison.causes, count)
    lines = [_summary(comparison, against, wording)]
    lines += [sentence(cause, against, wording, name_of) for cause in chosen]
    if rest:
        words = sentences.REST[wording.language][rest < 0]
        lines.append(words.format(amount=wording.money(rest)))
    if any(cause.code in USE_CODES and cause.cents > 0 for cause in chosen):
        lines.append(sentences.NO_CAUSE_OF_USE[wording.language])
    return " ".join(lines)


def _biggest(causes: Sequence[Cause], count: int) -> tuple[list[Cause], int]:
    ranked = sorted(causes, key=lambda cause: -abs(cause.cents))
    # Naming one cause more is better than "everything else" for a single one.
    kept = ranked if len(ranked) <= count + 1 else ranked[:count]
    chosen = [cause for cause in causes if cause in kept]
    return chosen, sum(cause.cents for cause in causes) - sum(cause.cents for cause in chosen)


def _values(cause: Cause, wording: Wording, name_of: NameOf) -> dict[str, str]:
    facts: Mapping[str, Any] = cause.facts
    values: dict[str, str] = {}
    if "days" in facts:
        values["days"] = wording.days(facts["days"])
        values["change"] = str(abs(facts["days"] - facts["days_before"]))
    if "units_a_day" in facts:
        values["gallons"] = wording.gallons(facts["units_a_day"])
        values["gallons_before"] = wording.gallons(facts["units_a_day_before"])
    if isinstance(facts.get("since"), date):
        values["since"] = wording.day(facts["since"])
    if "name" in facts:
        values["name"] = name_of(f"{cause.code}:{facts['name']}", wording.language)
    values |= {key: str(facts[key]) for key in ("stage", "size", "size_before") if key in facts}
    return values
