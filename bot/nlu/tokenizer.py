"""Tokens: spaCy's blank English and Spanish pipelines, chosen by the language of the message."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language as Pipeline
from spacy.tokens import Doc

from bot.nlu.language import message_language
from bot.nlu.words import Language, Word, fold

DOC = "headgate_doc"
"""Message property: the spaCy `Doc` (never part of the output)."""

_WHOLE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}(?:/\d{2,4})?|\d{1,2}-\d{1,2}-\d{4}")
TEXT_MAX = 1000
"""Characters that are looked at: nobody's request is longer, and work must stay bounded."""


@cache
def pipeline(language: Language) -> Pipeline:
    """spaCy's blank pipeline, changed so that written dates stay whole."""
    made = spacy.blank(language)
    tokenizer: Any = made.tokenizer
    tokenizer.token_match = _WHOLE.fullmatch
    return made


def tokenize(text: str, language: Language) -> Doc:
    """The tokens of the first `TEXT_MAX` characters of `text`."""
    return pipeline(language).make_doc(text[:TEXT_MAX])


def words_of(doc: Doc) -> list[Word]:
    """The tokens of `doc` that are not blank, for the readers of numbers, amounts and dates."""
    return [
        Word(token.text, fold(token.text), token.idx, token.idx + len(token)) for token in doc if not token.is_space
    ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BilingualTokenizer(GraphComponent):
    """Puts a spaCy `Doc` in the language of the message on it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BilingualTokenizer:
        """Loads both pipelines, so that the first customer does not wait for them."""
        pipeline("en")
        pipeline("es")
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `DOC` on messages with text."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                message.set(DOC, tokenize(text, message_language(message)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training needs no tokens: the classifier reads text as it reads a customer's."""
        return training_data
