"""What an exception found, in a sentence of the reader's language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.billing.rules import FINAL_PENDING
from backend.console.words import Wording

_NAMES = frozenset({"basis", "fees", "missing"})


def finding_words(t: Wording, code: str, detail: Mapping[str, Any]) -> str:
    """What is unusual, with its figures; nothing where a newer service found something else."""
    if code == "BUDGET":
        return _budget(t, detail)
    return t.said(_key(code, detail), **_written(t, detail), **_named(t, detail))


def _key(code: str, detail: Mapping[str, Any]) -> str:
    """Some exceptions have two sentences, depending on what was found."""
    if code == "EXCHANGE" and detail.get("missing"):
        return "finding_EXCHANGE_missing"
    if code == "NO_PREV" and "last_read_on" in detail:
        return "finding_NO_PREV_moved"
    if code == "HOLD" and detail.get("hold") == FINAL_PENDING:
        return "finding_HOLD_final"
    return f"finding_{code}"


def _named(t: Wording, detail: Mapping[str, Any]) -> dict[str, str]:
    """Names among the facts, in the reader's language."""
    named: dict[str, str] = {}
    if "basis" in detail:
        named["basis"] = t.known("expected", str(detail["basis"]), "expected_class")
    if "fees" in detail:
        named["fees"] = ", ".join(t.known("fee", str(fee), "entry_fee") for fee in detail["fees"])
    if "missing" in detail:
        named["missing"] = ", ".join(t.known("read", str(kind), "read_actual") for kind in detail["missing"]).lower()
    return named


def _budget(t: Wording, detail: Mapping[str, Any]) -> str:
    """What a water budget lacks, or what changed in it."""
    found = [t.said(f"finding_BUDGET_{name}", value=value) for name, value in detail.items()]
    return " ".join(words for words in found if words) or t("finding_BUDGET")


def _written(t: Wording, detail: Mapping[str, Any]) -> dict[str, str]:
    return {name: _value(t, name, value) for name, value in detail.items() if name not in _NAMES}


def _value(t: Wording, name: str, value: Any) -> str:
    if name.endswith("_cents"):
        return t.money(int(value))
    if isinstance(value, list):
        return ", ".join(_value(t, "", one) for one in value)
    if isinstance(value, bool) or value is None:
        return "–"
    if isinstance(value, int):
        return t.number(value)
    try:
        return t.day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)
