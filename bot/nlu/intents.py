"""The intent classifier of the pipeline: `IntentModel` in Rasa's graph."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge import ARTICLE
from bot.nlu.calibration import OUT_OF_SCOPE
from bot.nlu.intent_model import PENALTY, IntentModel, train_intent_model
from bot.nlu.requests import parts_of, requests_in, second_request, without_introduction
from bot.nlu.spoken_numbers import has_long_number

RANKING = "intent_ranking"
RANKING_MAX = 5
_BESIDE_A_REQUEST = frozenset({"give_details", "verify_identity", "greet", "thanks"})
"""What a whole message may look like that asks for one thing beside it: "what do I owe? my account is 4412 4412"."""
REMEMBERED_MAX, REMEMBERED_LENGTH_MAX = 2_000, 60
"""Short messages are said again and again ("yes", "pay my bill"): they are classified once. Not those with a number,
which may prove who somebody is: that is kept nowhere longer than it is needed."""
OUT_OF_SCOPE_SURE = 0.7
"""Less sure than this that something is not ours is not having understood it: one may say it in other words."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Gives the intent, or `nlu_fallback` when nothing is likely enough.

    The ranking keeps the five likeliest intents; on a fallback it follows `nlu_fallback`, so
    that a question "did you mean …?" can name the likeliest ones.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`penalty` of the fit, `loss_max` (share of right answers the threshold may cost), or a `threshold`.

        `urgent` intents win over whatever else a message asks for; `no_requests` are never a second request.
        `made_of`: what is one request though its parts sound like these.
        """
        requests: dict[str, Any] = {"urgent": [], "no_requests": None, "made_of": {}}
        return {"penalty": PENALTY, "loss_max": 0.03, "threshold": None, **requests}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._model = model
        self._remembered = lru_cache(REMEMBERED_MAX)(self._first_and_second)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """The classifier as it was trained."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has a text and an intent."""
        pairs = [
            (example.get(TEXT), class_of(example)) for example in training_data.intent_examples if example.get(TEXT)
        ]
        self._model = train_intent_model(
            [text for text, _ in pairs],
            [intent for _, intent in pairs],
            penalty=self._config["penalty"],
            loss_max=self._config["loss_max"],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the intent and the ranking of messages with text."""
        for message in messages:
            text = message.get(TEXT)
            if text is None or message.get(INTENT):
                continue
            ranking, second = self._understood(text)
            intents = [_without_article(one) for one in ranking]
            message.set(INTENT, intents[0], add_to_output=True)
            message.set(RANKING, intents, add_to_output=True)
            for found in (_article(ranking[0], text), second and second_request(second, text)):
                if found:
                    message.set(ENTITIES, [*(message.get(ENTITIES) or []), found], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing downstream learns from predictions."""
        return training_data

    def _understood(self, text: str) -> tuple[list[dict[str, Any]], str | None]:
        """What `_first_and_second` gives, out of memory where it was asked before; not to be changed."""
        may_come_again = len(text) <= REMEMBERED_LENGTH_MAX and not has_long_number(text)
        return self._remembered(text) if may_come_again else self._first_and_second(text)

    def _first_and_second(self, text: str) -> tuple[list[dict[str, Any]], str | None]:
        """The ranking of what comes first, and the class of a second request in the same message."""
        if self._config["no_requests"] is None:
            return self._classify([text])[0], None
        found = self._requests_of(text)
        rest = without_introduction(text) if _is_nothing(found[0]) else None
        after_the_name = self._requests_of(rest) if rest else found
        return found if _is_nothing(after_the_name[0]) else after_the_name

    def _requests_of(self, text: str) -> tuple[list[dict[str, Any]], str | None]:
        parts = parts_of(text)
        whole, *rankings = self._classify([text, *parts] if len(parts) > 1 else [text])
        beside = whole[0]["name"] in _BESIDE_A_REQUEST
        if beside and len(at_commas := parts_of(text.replace(", ", ". "))) > len(parts):
            rankings = self._classify(at_commas)
        never = {*self._config["no_requests"], DEFAULT_NLU_FALLBACK_INTENT_NAME}
        found = requests_in((ranking[0] for ranking in rankings), never=never)
        if len(found) == 1 and beside:
            return [found[0], *whole[: RANKING_MAX - 1]], None
        one_request = {whole[0]["name"], *self._config["made_of"].get(whole[0]["name"], ())}
        several = len(found) > 1 and not one_request.issuperset(one["name"] for one in found)
        if not several or not _is_of(whole[0]["name"], found):
            return whole, None
        urgent = [one for one in found if one["name"] in self._config["urgent"]]
        if urgent or whole[0]["name"] in self._config["urgent"]:
            return ([urgent[0], *whole[: RANKING_MAX - 1]] if urgent else whole), None
        return [found[0], *whole[: RANKING_MAX - 1]], str(found[1]["name"])

    def _classify(self, texts: list[str]) -> list[list[dict[str, Any]]]:
        """The ranking of each of `texts`: together they take little longer than one."""
        if self._model is None:
            raise RuntimeError("the intent classifier has not been trained")
        confidences = self._model.confidences(texts)
        return [self._ranking(self._model, text, row) for text, row in zip(texts, confidences, strict=True)]

    def _ranking(self, model: IntentModel, text: str, confidences: NDArray[np.float64]) -> list[dict[str, Any]]:
        if model.knows_nothing_of(text):
            return [_prediction(DEFAULT_NLU_FALLBACK_INTENT_NAME, 1.0)]
        likeliest = np.argsort(-confidences)[:RANKING_MAX]
        ranking = [_prediction(model.classes[at], float(confidences[at])) for at in likeliest]
        threshold = self._config["threshold"] or model.threshold
        unsure = ranking[0]["name"] == OUT_OF_SCOPE and ranking[0]["confidence"] < OUT_OF_SCOPE_SURE
        if ranking[0]["confidence"] >= threshold and not unsure:
            return ranking
        return [_prediction(DEFAULT_NLU_FALLBACK_INTENT_NAME, 1.0 - ranking[0]["confidence"]), *ranking]


def _is_nothing(ranking: list[dict[str, Any]]) -> bool:
    return bool(ranking[0]["name"] == DEFAULT_NLU_FALLBACK_INTENT_NAME)


def _is_of(name: str, found: list[dict[str, Any]]) -> bool:
    """Whether the whole means one of its parts: "stop here and start there" is a move, neither a stop nor a start."""
    return name == DEFAULT_NLU_FALLBACK_INTENT_NAME or any(name == one["name"] for one in found)


def class_of(example: Message) -> str:
    """What the model tells apart: the intent, or one article of the district's knowledge."""
    intent, article = str(example.get(INTENT)), example.get(ARTICLE)
    return f"{intent}/{article}" if article else intent


def _without_article(prediction: dict[str, Any]) -> dict[str, Any]:
    return {**prediction, "name": prediction["name"].partition("/")[0]}


def _article(prediction: dict[str, Any], text: str) -> dict[str, Any] | None:
    """The article that was meant, as an entity over the whole text."""
    _, _, slug = prediction["name"].partition("/")
    if not slug:
        return None
    return {"entity": ARTICLE, "value": slug, "start": 0, "end": len(text), "extractor": "IntentClassifier"}


def _prediction(name: str, confidence: float) -> dict[str, Any]:
    return {"name": name, "confidence": round(confidence, 4)}
