"""Reads `text,intent` CSV files, and draws the examples to learn from.

Pure but for reading files.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

OUT_OF_SCOPE = "out_of_scope"
"""What every label for it is called from here on."""
COLUMNS = ("text", "intent")
LABELS = ("out_of_scope", "oos", "")
EXAMPLES_MIN = 2


class DataError(Exception):
    """A file cannot be used; the message says which, where and what to do."""


@dataclass(frozen=True)
class Row:
    """One message and what it means."""

    text: str
    intent: str

    @property
    def in_scope(self) -> bool:
        return self.intent != OUT_OF_SCOPE


def read_rows(path: Path, labels: Sequence[str] = LABELS) -> list[Row]:
    """The rows of a CSV file in UTF-8 with the columns text and intent; `labels` mean out of scope.

    :raises DataError: it is missing, not UTF-8, has other columns, an empty text, or no rows.
    """
    try:
        content = path.read_text("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    lines = csv.DictReader(content.splitlines(keepends=True), strict=True)
    missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
    if missing:
        raise DataError(f"{path}, line 1: no column {' or '.join(missing)}; the first line must be text,intent")
    rows = []
    try:
        for line in lines:
            if None in line or line["intent"] is None:
                raise DataError(f"{path}, line {lines.line_num}: not two columns; put a text with a comma in quotes")
            text, intent = line["text"].strip(), line["intent"].strip()
            if not text:
                raise DataError(f"{path}, line {lines.line_num}: the text is empty")
            rows.append(Row(text, OUT_OF_SCOPE if intent in labels else intent))
    except csv.Error as error:
        raise DataError(f"{path}, line {lines.line_num}: {error}") from error
    if not rows:
        raise DataError(f"{path}: has no rows")
    return rows


def split_rows(rows: Sequence[Row], share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """Rows to learn from and `share` of each intent's to try."""
    learn, tried = [], []
    for group in _by_intent(rows, seed).values():
        count = round(len(group) * share)
        tried += group[:count]
        learn += group[count:]
    return learn, tried


def draw_rows(rows: Sequence[Row], shots: int, seed: int) -> list[Row]:
    """`shots` examples of each intent, drawn by `seed`; fewer where there are fewer."""
    return [row for group in _by_intent(rows, seed).values() for row in group[:shots]]


def hold_out(learn: Sequence[Row], tried: Sequence[Row], count: int, seed: int) -> tuple[list[Row], list[Row]]:
    """Take `count` intents out of what is learned: what is tried of them is out of scope."""
    names = sorted({row.intent for row in learn if row.in_scope})
    hidden = set(random.Random(seed).sample(names, count))
    kept = [row for row in learn if row.intent not in hidden]
    return kept, [Row(row.text, OUT_OF_SCOPE) if row.intent in hidden else row for row in tried]


def check_rows(learn: Sequence[Row], tried: Sequence[Row]) -> None:
    """:raises DataError: nothing can be learned from `learn`, or `tried` has intents that it has not."""
    known = {row.intent for row in learn}
    if len(known) < EXAMPLES_MIN:
        raise DataError("there must be examples of two intents at least")
    strange = sorted({row.intent for row in tried if row.in_scope} - known)
    if strange:
        named = ", ".join(strange[:5])
        raise DataError(
            f"the rows to try have intents without a training example: {named} (out of scope? name the label)"
        )


def _by_intent(rows: Sequence[Row], seed: int) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.intent].append(row)
    numbers = random.Random(seed)
    return {intent: numbers.sample(group, len(group)) for intent, group in sorted(groups.items())}
