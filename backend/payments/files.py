"""What the files of banks have in common: read purely, taken whole or refused with line, field and reason."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

LINES_MAX = 200_000
PROBLEMS_MAX = 50
REFERENCE_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: `line` counts from 1."""

    line: int
    field: str
    reason: str


class FileRefusedError(ValueError):
    """A file that cannot be taken; nothing of it is. `problems` are in the order of the lines, at most 50."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"line {p.line}: {p.field}: {p.reason}" for p in problems[:3]))
        self.problems = tuple(problems[:PROBLEMS_MAX])


@dataclass(frozen=True, slots=True)
class Dates:
    """The days a line may be of: not after `today` by more than one (banks date ahead), not before `earliest`."""

    today: date
    days_back: int

    def problem(self, day: date) -> str | None:
        """Why `day` cannot be, or None."""
        if day > self.today + timedelta(days=1):
            return f"{day} is in the future"
        if day < self.today - timedelta(days=self.days_back):
            return f"{day} is more than {self.days_back} days ago"
        return None


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """Money that a file says was received. `reference` is the account number as it was given."""

    line: int
    reference: str
    amount_cents: int
    received_on: date
    method: str
    bank_reference: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """A file that is sound in itself; its total foots."""

    receipts: tuple[FileReceipt, ...]
    line_count: int

    @property
    def total_cents(self) -> int:
        return sum(receipt.amount_cents for receipt in self.receipts)


def lines_of(content: bytes) -> list[str]:
    """The lines of a text file, without their ends.

    :raises FileRefusedError: not text, empty, or longer than any day's file.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        raise FileRefusedError([Problem(line, "encoding", "this is not a text file (UTF-8)")]) from wrong
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise FileRefusedError([Problem(line, "encoding", "a NUL character")])
    lines = re.split(r"\r\n|\n|\r", text)
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise FileRefusedError([Problem(1, "file", "the file is empty")])
    if len(lines) > LINES_MAX:
        raise FileRefusedError([Problem(LINES_MAX, "file", f"more than {LINES_MAX} lines")])
    return lines


def digits(value: str, length: int | None = None) -> int | None:
    """The number that these ASCII digits are (so many, when `length` is given), or None."""
    fits = re.fullmatch(r"[0-9]{1,18}", value) is not None and (length is None or len(value) == length)
    return int(value) if fits else None


def yymmdd(value: str) -> date | None:
    """The day of this century that "261123" is, or None."""
    try:
        return (
            date(2000 + int(value[:2]), int(value[2:4]), int(value[4:])) if re.fullmatch(r"[0-9]{6}", value) else None
        )
    except ValueError:
        return None


def account_number_in(reference: str) -> str:
    """The reference without the blanks, dashes and leading zeros that banks put around account numbers."""
    plain = re.sub(r"[\s-]", "", reference)
    return plain.lstrip("0") if plain.isascii() and plain.isdigit() else plain
