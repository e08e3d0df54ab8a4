"""Several requests in one message: where it may be cut, and what the second part asks for."""

import re
from collections.abc import Iterable
from typing import Any

NEXT_REQUEST = "next_request"
"""The entity that names the second request."""
PARTS_MAX = 3
WORDS_MIN = 2
SURE = 0.75

_CUT = re.compile(
    r"\s*[.;?!]+\s+|,?\s+(?:and then|and also|and|also|plus|oh and|y luego|y también|y tambien|y además|y ademas|"
    r"también|tambien|además|ademas|y)\s+",
    re.IGNORECASE,
)


def parts_of(text: str) -> list[str]:
    """The parts of a message that could each be a request; the message itself alone when there is nothing to cut."""
    parts = [part.strip(" ,.;¿¡?!") for part in _CUT.split(text)]
    kept = [part for part in parts if len(part.split()) >= WORDS_MIN]
    return kept[:PARTS_MAX] if len(kept) > 1 else [text]


def requests_in(predictions: Iterable[dict[str, Any]], *, never: Iterable[str]) -> list[dict[str, Any]]:
    """Of the `predictions` of a message's parts those that surely ask for something, each thing once, in their order.

    `never` are intents that are no requests: yes, no, greetings, details.
    """
    no_requests = set(never)
    found: list[dict[str, Any]] = []
    for prediction in predictions:
        known = {one["name"] for one in found}
        if prediction["confidence"] >= SURE and not {prediction["name"]} & (known | no_requests):
            found.append(prediction)
    return found


def second_request(name: str, text: str) -> dict[str, Any]:
    """The entity over the whole text that names the second request."""
    return {"entity": NEXT_REQUEST, "value": name, "start": 0, "end": len(text), "extractor": "IntentClassifier"}
