"""What of a conversation Redis must not keep: PINs, ZIP codes given as proof, one-time codes, card numbers.

A turn is masked as it is stored; nothing that runs later looks at the digits of an earlier turn. Only a slot that
still waits to be used keeps its value, until it is cleared. Pure: events as JSON objects in, the same out.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

Event = dict[str, Any]
SECRET_SLOTS = frozenset({"identity_secret", "email_code"})
"""Slots whose value proves who somebody is."""
MASK = "•••"
_SECRET_LENGTHS = (4, 5, 6)
_CARD_LENGTH_MIN = 12
_GAP_MAX = 2
_SHORT = re.compile(r"(?<![\d$.,])\d{4,6}(?!\d)")
_LONG = re.compile(r"\d(?:[ -]?\d){11,}")


def masked(event: Event, waiting: Collection[str] = ()) -> Event:
    """`event` fit to store; the slots `waiting` keep their value."""
    if event.get("event") == "user":
        return _masked_words(event)
    if event.get("event") == "slot":
        secret = event.get("name") in SECRET_SLOTS and event.get("name") not in waiting
        if event.get("value") is not None and (secret or _is_card(event["value"])):
            return {**event, "value": MASK}
    return event


def cleared(events: Collection[Event]) -> bool:
    """Whether a secret was used up among `events`."""
    return any(
        event.get("event") == "slot" and event.get("name") in SECRET_SLOTS and event.get("value") is None
        for event in events
    )


def _masked_words(event: Event) -> Event:
    """The words of a turn, and what was found in them, without the digits that are nobody's business later."""
    parsed = dict(event.get("parse_data") or {})
    entities = [entity for entity in parsed.get("entities") or [] if isinstance(entity, dict)]
    text = str(event.get("text") or "")
    spans = [(entity["start"], entity["end"]) for entity in entities if _is_secret(entity)]
    spans += _long_runs([entity for entity in entities if entity.get("entity") == "digits"])
    spans += [match.span() for pattern in (_SHORT, _LONG) for match in pattern.finditer(text)]
    if not spans:
        return event
    kept = [entity if not _touches(entity, spans) else {**entity, "value": MASK} for entity in entities]
    said = _without(text, spans)
    return {**event, "text": said, "parse_data": {**parsed, "text": said, "entities": kept}}


def _long_runs(groups: Sequence[Event]) -> list[tuple[int, int]]:
    """Groups said one after the other that together are as long as a card number."""
    spans: list[tuple[int, int]] = []
    for first in range(len(groups)):
        length, end = 0, groups[first].get("start", 0)
        for group in groups[first:]:
            if group.get("start", 0) - end > _GAP_MAX:
                break
            length, end = length + len(str(group.get("value"))), group.get("end", 0)
        if length >= _CARD_LENGTH_MIN + 1:
            spans.append((groups[first].get("start", 0), end))
    return spans


def _is_secret(entity: Event) -> bool:
    value = str(entity.get("value"))
    if entity.get("entity") != "digits" or "start" not in entity or "end" not in entity:
        return False
    return len(value) in _SECRET_LENGTHS or _is_card(value)


def _is_card(value: Any) -> bool:
    return isinstance(value, str) and value.isdecimal() and len(value) >= _CARD_LENGTH_MIN


def _touches(entity: Event, spans: Collection[tuple[int, int]]) -> bool:
    start, end = entity.get("start", 0), entity.get("end", 0)
    return entity.get("entity") not in ("language", "article") and any(start < to and at < end for at, to in spans)


def _without(text: str, spans: Collection[tuple[int, int]]) -> str:
    letters = list(text)
    for start, end in spans:
        letters[start:end] = ["\0"] * (min(end, len(letters)) - start)
    return re.sub("\0+", MASK, "".join(letters))
