"""Answers to general questions, read once at start and said with the facts of the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from backend.district.service import District
from backend.errors import NotFoundError
from backend.knowledge.facts import Fact, facts_of, known_facts
from backend.knowledge.files import LANGUAGES, Article, read_articles
from backend.rates.service import RateBook

FOLDER = "knowledge"


class ArticleNotFoundError(NotFoundError):
    """404: the district has no such answer."""

    def __init__(self) -> None:
        super().__init__("article_not_found", "There is no answer of this name in the district's knowledge.")


@dataclass(frozen=True, slots=True)
class Answer:
    """An article in each language, and the facts that its text names."""

    slug: str
    articles: Mapping[str, Article]
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class Knowledge:
    """Every answer of the district."""

    articles: Mapping[str, Mapping[str, Article]]

    @classmethod
    def load(cls, folder: Path) -> "Knowledge":
        """Read and check the articles in `folder/knowledge`.

        :raises DistrictFileError: one is wrong; the message names file, line and remedy.
        """
        return cls(read_articles(folder / FOLDER, known_facts()))

    @property
    def slugs(self) -> list[str]:
        """The names of the answers."""
        return sorted(self.articles[LANGUAGES[0]])

    def answer(self, slug: str, district: District, book: RateBook, today: date) -> Answer:
        """An answer with its facts as of `today`.

        :raises ArticleNotFoundError: there is none of this name, or the district lacks a fact that it names.
        """
        if slug not in self.articles[LANGUAGES[0]]:
            raise ArticleNotFoundError
        articles = {language: self.articles[language][slug] for language in LANGUAGES}
        needed = frozenset[str]().union(*(article.placeholders for article in articles.values()))
        facts = facts_of(district, book, today)
        if not needed <= facts.keys():
            raise ArticleNotFoundError
        return Answer(slug, articles, {name: facts[name] for name in sorted(needed)})


async def _knowledge(request: Request) -> Knowledge:
    knowledge: Knowledge = request.app.state.knowledge
    return knowledge


KnowledgeDep = Annotated[Knowledge, Depends(_knowledge)]
