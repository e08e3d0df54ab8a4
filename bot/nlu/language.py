"""Which language a customer writes in: English, Spanish, or not clear.

Counts words that only one of the languages has (spaCy's stop words, number words, the counter's
common words) and endings. Short and shared texts ("ok", "1234", a name) are never clear, so a
conversation does not change its language by accident.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH_STOP_WORDS
from spacy.lang.es.stop_words import STOP_WORDS as SPANISH_STOP_WORDS

from bot.nlu.words import ENGLISH, LANGUAGES, MONTHS, SPANISH, WEEKDAYS, Language, NumberWords, fold

DETECTED = "headgate_language"
"""Message property: the language the message is read in."""
LANGUAGE_ENTITY = "language"
CLEAR_SCORE = 2
_TEXT_MAX = 400

_WORD = re.compile(r"[^\W\d_]+")
_SPANISH_SIGNS = re.compile(r"[ñ¿¡áéíóúü]", re.IGNORECASE)
_ENDINGS: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"\w{3,}(?:ing|tion|ment|ness|ght|ould|ly)"),
    "es": re.compile(r"\w{2,}(?:cion|ando|iendo|mente|dad|aron|amos|arme|erme|irme)"),
}
_COUNTER: dict[Language, str] = {
    "en": """hello hi hey thanks thank please help bill balance water account pay payment due owe hours
        open office street someone talk speak person agent yes bye goodbye sorry number english want
        need know check question leak pressure late fee morning afternoon evening today tomorrow
        card bank save monthly paperless statement meter rates house tap pipe neighbor neighbors lawn yard rebate waive
        charge charged fix fixed shut moving service""",
    "es": """hola gracias favor ayuda factura recibo saldo agua cuenta pagar pago debo horario horarios
        oficina calle alguien hablar persona agente adios buenos buenas dias tardes noches numero
        espanol quiero quisiera necesito saber pregunta fuga presion multa manana hoy ayer si cuanto
        cuando donde como cual arroba punto proximo ayudame puedo puede tengo hay ustedes digame
        guardar tarjeta banco mensual papel correo medidor tarifa tarifas activar cancelar casa llave tubo vecino
        vecinos pasto jardin regar riego pagan cobran cobraron cobro recargo perdonar servicio cortar corten cortaron
        mudo mudanza arreglar""",
}


def _number_words(vocabulary: NumberWords) -> set[str]:
    return {*vocabulary.digits, *vocabulary.teens, *vocabulary.tens, *vocabulary.hundreds}


def _vocabularies() -> dict[Language, frozenset[str]]:
    english = {fold(word) for word in ENGLISH_STOP_WORDS} | set(_COUNTER["en"].split())
    spanish = {fold(word) for word in SPANISH_STOP_WORDS} | set(_COUNTER["es"].split())
    english |= {*_number_words(ENGLISH), *MONTHS["en"], *WEEKDAYS["en"]}
    spanish |= {*_number_words(SPANISH), *MONTHS["es"], *WEEKDAYS["es"]}
    shared = (english & spanish) | {"a", "no", "o", "me", "he", "son", "once", "sin", "ha", "e", "el"}
    return {"en": frozenset(english - shared), "es": frozenset(spanish - shared)}


_VOCABULARIES = _vocabularies()


def detect_language(text: str) -> Language | None:
    """The language `text` is clearly written in, or None."""
    sample = text[:_TEXT_MAX]
    words = _WORD.findall(fold(sample))
    scores = {language: _score(words, language) for language in LANGUAGES}
    if _SPANISH_SIGNS.search(sample):
        scores["es"] += 1
    first, second = ("en", "es") if scores["en"] >= scores["es"] else ("es", "en")
    clear = scores[first] >= CLEAR_SCORE and scores[first] >= 2 * scores[second] + 1  # type: ignore[index]
    alone = scores[second] == 0 and scores[first] > 0 and len(words) == 1  # type: ignore[index]
    return first if clear or alone else None  # type: ignore[return-value]


def _score(words: list[str], language: Language) -> int:
    vocabulary, ending = _VOCABULARIES[language], _ENDINGS[language]
    return sum(1 for word in words if word in vocabulary or ending.fullmatch(word))


def message_language(message: Message) -> Language:
    """The language to read `message` in."""
    language: Language = message.get(DETECTED) or "en"
    return language


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageDetector(GraphComponent):
    """Sets `DETECTED`, and the entity `language` when it is clearly not the conversation's."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        """Nothing to configure or load."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Reads the conversation's language from the message's metadata (`language`)."""
        for message in messages:
            text = message.get(TEXT) or ""
            current = (message.get("metadata") or {}).get("language")
            detected = detect_language(text)
            message.set(DETECTED, detected or current or "en")
            if detected is not None and detected != current:
                message.set(ENTITIES, [*message.get(ENTITIES, []), _entity(text, detected)], True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing is learned."""
        return training_data


def _entity(text: str, language: Language) -> dict[str, Any]:
    return {
        "entity": LANGUAGE_ENTITY,
        "value": language,
        "start": 0,
        "end": len(text),
        "extractor": "LanguageDetector",
    }
