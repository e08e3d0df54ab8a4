"""Several requests in one message: where it may be cut, what the second part asks for, and what comes after a name."""

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
_INTRODUCTION = re.compile(
    r"\W*(?:(?:hi|hello|hey|yes|good (?:morning|afternoon|evening)|hola|s[ií]|buen[oa]s(?: (?:d[ií]as|tardes|noches))?)"
    r"\b[\s,.!]*)*"
    r"(?:this is|my name(?:'s| is)|i'?m|i am|me llamo|mi nombre es|soy|(?:le )?habla)\s+"
    r"(?:(?:mr|mrs|ms|miss|dr|don|doña|(?:el |la )?señora?)\.?\s+)?"
    r"[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){0,3}?(?:\s*[,.;]\s*|\s+)(?:(?:and|y)\s+)?"
    r"(?=(?:i|i'?m|i'?d|i'?ve|my|we|our|can|could|would|what|how|when|where|why|who|is|are|do|does|did|there|please|need|"
    r"want|have|calling|tengo|tenemos|quiero|quisiera|queremos|necesito|cu[aá]nto|cu[aá]ndo|c[oó]mo|d[oó]nde|qu[eé]|por|"
    r"puedo|puede|me|mi|mis|no|se|le|vengo|llamo|hay)\b)",
    re.IGNORECASE,
)


def without_introduction(text: str) -> str | None:
    """What follows who somebody says they are, "this is Ana Torres, I want to pay"; None where there is no such thing.

    Any words may be a name, "this is an emergency" too: for messages that are not understood as a whole.
    """
    found = _INTRODUCTION.match(text)
    return text[found.end() :] if found else None


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
