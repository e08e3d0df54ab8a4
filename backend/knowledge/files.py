"""Reading `knowledge/<language>/<slug>.md`: a head in YAML, then the answer in plain words.

The head has the article's `title`, the `questions` people ask for it (the assistant learns from these), perhaps a
`link`, perhaps what the assistant `offers` to do after it, and `notices: true` where it first has to be said which
notices about the water are on. What changes (a price, a telephone number) stands in the text as `{name}` and is filled
in when it is said.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import yaml

from backend.district.files import DistrictFileError

# libyaml's loader where PyYAML has it: all articles are read whenever the backend starts, ten times as fast.
_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LANGUAGES = ("en", "es")
QUESTIONS_MIN = 8
HEAD_KEYS = frozenset({"title", "questions", "link", "offers", "notices"})
OFFERS = frozenset(
    {
        *("autopay", "budget_bill", "extension", "leak_credit", "medical", "meter_check", "paperless", "pay_by_text"),
        *("payment_plan", "sign_in", "usage"),
    }
)
"""What the assistant can do after an answer: turn something on, take a request down, look something up."""
_FENCE = "---"
_SLUG = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Article:
    """One answer in one language. `text` has `{name}` where a fact of the district belongs."""

    slug: str
    title: str
    questions: tuple[str, ...]
    text: str
    link: str | None
    offers: str | None
    notices: bool = False

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of the facts it needs."""
        parts = [*Formatter().parse(self.text), *Formatter().parse(self.link or "")]
        return frozenset(name for _, name, _, _ in parts if name is not None)


def read_articles(folder: Path, known_facts: frozenset[str]) -> dict[str, dict[str, Article]]:
    """Every article by language and slug, with the same ones in each language.

    :raises DistrictFileError: one is wrong; the message has a line `file:line: what is wrong` for each.
    """
    problems: list[str] = []
    found: dict[str, dict[str, Article]] = {}
    for language in LANGUAGES:
        found[language] = {}
        for path in sorted((folder / language).glob("*.md")):
            try:
                article = _read(path)
            except DistrictFileError as wrong:
                problems.append(str(wrong))
                continue
            unknown = sorted(article.placeholders - known_facts)
            problems += [f"{path}:{_line_of(path, f'{{{name}')}: there is no fact {{{name}}}" for name in unknown]
            found[language][article.slug] = article
    problems = problems or list(_differences(folder, found))
    if problems:
        raise DistrictFileError("\n".join(problems))
    return found


def _read(path: Path) -> Article:
    text = path.read_text("utf-8")
    if not _SLUG.fullmatch(path.stem):
        raise DistrictFileError(f"{path}:1: name the file with small letters, digits and _ alone")
    opening, _, rest = text.partition("\n")
    head, fence, body = rest.partition(f"\n{_FENCE}\n")
    if opening != _FENCE or not fence:
        raise DistrictFileError(f"{path}:1: begin with a head between two lines of {_FENCE}")
    try:
        values = yaml.load(head, _LOADER)
    except yaml.YAMLError as broken:
        mark = getattr(broken, "context_mark", None) or getattr(broken, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        raise DistrictFileError(
            f"{path}:{line}: {getattr(broken, 'problem', None) or 'the head is not YAML'}"
        ) from broken
    problems = list(_problems(path, values, body.strip(), line_of_body=head.count("\n") + 4))
    if problems:
        raise DistrictFileError("\n".join(problems))
    questions = tuple(str(question) for question in values["questions"])
    return Article(
        slug=path.stem,
        title=values["title"],
        questions=questions,
        text=" ".join(body.split()),
        link=values.get("link"),
        offers=values.get("offers"),
        notices=values.get("notices", False),
    )


def _problems(path: Path, head: object, body: str, line_of_body: int) -> Iterator[str]:
    if not isinstance(head, Mapping):
        yield f"{path}:2: the head has no names"
        return
    for key in sorted(set(head) - HEAD_KEYS):
        yield f"{path}:{_line_of(path, str(key))}: the head knows only {', '.join(sorted(HEAD_KEYS))}"
    if not isinstance(head.get("title"), str):
        yield f"{path}:2: give it a title"
    questions = head.get("questions")
    if not isinstance(questions, list) or len({str(one).lower() for one in questions}) < QUESTIONS_MIN:
        yield f"{path}:{_line_of(path, 'questions')}: give {QUESTIONS_MIN} or more different questions"
    if not isinstance(head.get("link", ""), str):
        yield f"{path}:{_line_of(path, 'link')}: a link is an address"
    if head.get("offers") not in OFFERS | {None}:
        yield f"{path}:{_line_of(path, 'offers')}: it may offer {', '.join(sorted(OFFERS))}"
    if not isinstance(head.get("notices", False), bool):
        yield f"{path}:{_line_of(path, 'notices')}: notices is true or false"
    if not body:
        yield f"{path}:{line_of_body}: there is no answer"
    try:
        list(Formatter().parse(body))
    except ValueError as broken:
        yield f"{path}:{line_of_body}: {broken}; write {{{{ for a brace"


def _differences(folder: Path, found: Mapping[str, Mapping[str, Article]]) -> Iterator[str]:
    english, spanish = (found[language] for language in LANGUAGES)
    for slug in sorted(english.keys() ^ spanish.keys()):
        missing = "es" if slug in english else "en"
        yield f"{folder / missing / slug}.md:1: this file is missing; every answer exists in both languages"
    for slug in sorted(english.keys() & spanish.keys()):
        if english[slug].placeholders != spanish[slug].placeholders:
            names = ", ".join(sorted(english[slug].placeholders ^ spanish[slug].placeholders))
            yield f"{folder / 'es' / slug}.md:1: says other facts than the English one: {names}"
        if english[slug].offers != spanish[slug].offers:
            yield f"{folder / 'es' / slug}.md:1: does not offer what the English one offers"
        if english[slug].notices != spanish[slug].notices:
            yield f"{folder / 'es' / slug}.md:1: `notices` is not what it is in the English one"


def _line_of(path: Path, words: str) -> int:
    """The first line that has `words`, else 1."""
    lines = path.read_text("utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if words in line), 1)
