"""Bodies of the knowledge routes, with examples for the API's page."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from backend.knowledge.facts import Kind
from backend.knowledge.files import LANGUAGES
from backend.knowledge.service import Answer

_EXAMPLE: dict[str, Any] = {
    "slug": "ccf",
    "title": {"en": "What a unit of water is", "es": "Qué es una unidad de agua"},
    "text": {"en": "One unit is 748 gallons. Questions? Call {phone}.", "es": "Una unidad son 748 galones. …"},
    "link": {"en": None, "es": None},
    "offers": None,
    "notices": False,
    "facts": {"phone": {"kind": "phone", "value": "+19515550100"}},
}


class FactOut(BaseModel):
    """A fact to be put into the text; `money` is cents."""

    kind: Kind
    value: int | str


class AnswerOut(BaseModel):
    """An answer in both languages; `{name}` in a text is one of `facts`, `offers` what may be offered after it.

    `notices`: which notices are on is told before it.
    """

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    slug: str
    title: dict[str, str]
    text: dict[str, str]
    link: dict[str, str | None]
    offers: str | None
    notices: bool
    facts: dict[str, FactOut]

    @classmethod
    def of(cls, answer: Answer) -> "AnswerOut":
        articles = answer.articles
        return cls(
            slug=answer.slug,
            title={language: article.title for language, article in articles.items()},
            text={language: article.text for language, article in articles.items()},
            link={language: article.link for language, article in articles.items()},
            offers=articles[LANGUAGES[0]].offers,
            notices=articles[LANGUAGES[0]].notices,
            facts={name: FactOut(kind=fact.kind, value=fact.value) for name, fact in answer.facts.items()},
        )


class SlugsOut(BaseModel):
    """The names of all answers."""

    model_config = ConfigDict(json_schema_extra={"example": {"slugs": ["ccf", "read_meter"]}})

    slugs: list[str]
