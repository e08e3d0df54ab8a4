"""What a message says apart from its intent: digits, amounts, dates, addresses of mail.

The readers are pure modules; spaCy's matchers find the fixed phrases. The table of entities is
in the docstring of `bot.nlu`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from bot.nlu.amounts import read_amounts
from bot.nlu.dates import read_dates
from bot.nlu.digit_groups import digit_groups
from bot.nlu.language import message_language
from bot.nlu.spoken_numbers import read_chunks
from bot.nlu.tokenizer import DOC, pipeline, tokenize, words_of
from bot.nlu.words import Language, Word

_PARTS: dict[str, tuple[str, ...]] = {
    "half": ("half", "one half", "la mitad", "mitad"),
    "all": (
        "all of it", "the whole thing", "the full amount", "full balance", "everything", "in full", "pay it all",
        "todo", "el total", "la cantidad completa", "completo",
    ),
}  # fmt: skip
_LANGUAGE_NAMES: dict[str, tuple[str, ...]] = {
    "en": ("english", "inglés", "ingles"),
    "es": ("spanish", "español", "espanol", "castellano", "espanish"),
}
_SPOKEN_MAIL: dict[str, dict[str, str]] = {
    "en": {"at": "@", "dot": ".", "underscore": "_", "dash": "-"},
    "es": {"arroba": "@", "punto": ".", "guion": "-", "guión": "-", "guion bajo": "_", "guión bajo": "_"},
}
_PHONE = re.compile(r"(?<![\d-])(?:\+?1[ .-]?)?\(?(\d{3})\)?[ .-]{1,2}(\d{3})[ .-](\d{4})(?![\d-])")
"""A telephone number as it is written; the tokenizers of the two languages cut these differently."""
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)

Found = tuple[str, Any, int, int]
"""Entity, value, and where it stands in the text (characters)."""


@cache
def _phrases(language: Language) -> PhraseMatcher:
    """Fixed phrases: parts of an amount and names of languages."""
    matcher = PhraseMatcher(pipeline(language).vocab, attr="LOWER")
    for entity, table in (("amount_part", _PARTS), ("requested_language", _LANGUAGE_NAMES)):
        for value, phrases in table.items():
            matcher.add(f"{entity}={value}", [tokenize(phrase, language) for phrase in phrases])
    return matcher


@cache
def _mails(language: Language) -> Matcher:
    """ "ana@example.com", "ana at example dot com", "ana arroba ejemplo punto com"."""
    signs = _SPOKEN_MAIL[language]
    at = next(word for word, sign in signs.items() if sign == "@")
    dot = next(word for word, sign in signs.items() if sign == ".")
    part: dict[str, Any] = {"TEXT": {"REGEX": r"^\w[\w.+-]*$"}}
    joined: dict[str, Any] = {"LOWER": {"IN": [word for word in signs if word != at and " " not in word]}}
    low: dict[str, Any] = {"LOWER": "bajo", "OP": "?"}
    matcher = Matcher(pipeline(language).vocab)
    matcher.add("written", [[{"LIKE_EMAIL": True}]], greedy="LONGEST")
    said: list[dict[str, Any]] = [part, {"LOWER": at}, part, {"LOWER": dot}, part]
    longer = [part, joined, low, part, {"LOWER": at}, part, {"LOWER": dot}, part]
    matcher.add("said", [said, longer, [*said, {"LOWER": dot}, part]], greedy="LONGEST")
    return matcher


def find_entities(text: str, doc: Doc, language: Language, today: date) -> list[Found]:
    """Everything the table in `bot.nlu` lists, in the order of the text."""
    words = words_of(doc)
    chunks = read_chunks(words, language)
    found = list(_phrase_entities(doc, language))
    found += [("email", mail, start, end) for mail, start, end in _mail_entities(doc, language)]
    taken: set[int] = set()
    amounts = read_amounts(words, chunks)
    found += [("amount_cents", amount.cents, *_span(words, amount)) for amount in amounts]
    days = read_dates(words, chunks, language, today)
    found += [("date", day.day.isoformat(), *_span(words, day)) for day in days]
    pieces: list[Any] = [*days, *(amount for amount in amounts if amount.certain)]
    for piece in pieces:
        taken.update(range(piece.first, piece.last))
    for phone in _PHONE.finditer(text):
        found.append(("digits", "".join(phone.groups()), phone.start(), phone.end()))
        taken.update(at for at, word in enumerate(words) if word.start < phone.end() and word.end > phone.start())
    free = [chunk for chunk in chunks if not taken & set(range(chunk.first, chunk.last))]
    for group in digit_groups(words, free):
        found.append(("digits", group.digits, *_span(words, group)))
    return sorted(found, key=lambda entity: entity[2:])


def _span(words: Sequence[Word], piece: Any) -> tuple[int, int]:
    return words[piece.first].start, words[piece.last - 1].end


def _phrase_entities(doc: Doc, language: Language) -> Iterator[Found]:
    for span in filter_spans(_phrases(language)(doc, as_spans=True)):
        entity, _, value = span.label_.partition("=")
        yield entity, value, span.start_char, span.end_char


def _mail_entities(doc: Doc, language: Language) -> Iterator[tuple[str, int, int]]:
    signs = _SPOKEN_MAIL[language]
    if not any(signs.get(token.lower_) == "@" or "@" in token.text for token in doc):
        return  # most messages: the patterns need not be tried at every word
    for _, first, last in _mails(language)(doc):
        span = doc[first:last]
        mail = span.text.lower()
        if last - first > 1:
            words = " ".join(token.lower_ for token in span)
            for word in sorted(signs, key=len, reverse=True):
                words = re.sub(rf"\b{word}\b", signs[word], words)
            mail = words.replace(" ", "")
        if _MAIL.fullmatch(mail):
            yield mail, span.start_char, span.end_char


def today_of(message: Message) -> date:
    """The day the customer speaks of as today: from the metadata, else this machine's."""
    now = (message.get("metadata") or {}).get("now")
    return datetime.fromisoformat(now).date() if now else datetime.now().astimezone().date()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityExtractor(GraphComponent):
    """Adds the entities that `find_entities` finds."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityExtractor:
        """Makes the matchers of both languages ready."""
        for language in ("en", "es"):
            _phrases(language)
            _mails(language)
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Appends to the entities of messages that have tokens."""
        for message in messages:
            doc = message.get(DOC)
            if doc is None:
                continue
            found = find_entities(message.get(TEXT), doc, message_language(message), today_of(message))
            entities = [_as_entity(piece) for piece in found]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing is learned."""
        return training_data


def _as_entity(found: Found) -> dict[str, Any]:
    entity, value, start, end = found
    return {"entity": entity, "value": value, "start": start, "end": end, "extractor": "EntityExtractor"}
