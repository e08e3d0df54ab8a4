"""What the files of banks have in common: read purely, taken whole or refused with line, field and reason."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

LINES_MAX = 200_000
PROBLEMS_MAX = 50
REFERENCE_LENGTH_MAX = 80
_LINE_END = re.compile(r"\r\n|\n|\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


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
        before = content[: wrong.start].decode("utf-8-sig")
        problem = Problem(len(_LINE_END.split(before)), "encoding", "this is not text in UTF-8; save it as UTF-8")
        raise FileRefusedError([problem]) from wrong
    lines = _LINE_END.split(text)
    for number, line in enumerate(lines, 1):
        if found := _CONTROL.search(line):
            raise FileRefusedError([Problem(number, "encoding", f"a control character ({ord(found[0])})")])
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise FileRefusedError([Problem(1, "file", "the file is empty")])
    if len(lines) > LINES_MAX:
        raise FileRefusedError([Problem(LINES_MAX, "file", f"more than {LINES_MAX} lines")])
    return lines


def same_content(content: bytes) -> bytes:
    """What is the same for a file that was sent again with other line ends, blanks or a byte order mark."""
    lines = re.split(rb"\r\n|\n|\r", content.removeprefix(b"\xef\xbb\xbf"))
    return b"\n".join(line.rstrip(b" \t") for line in lines).rstrip(b"\n")


def digits(value: str, length: int | None = None) -> int | None:
    """The number that these ASCII digits are (so many, when `length` is given), or None."""
    fits = re.fullmatch(r"[0-9]{1,18}", value) is not None and (length is None or len(value) == length)
    return int(value) if fits else None


def yymmdd(value: str) -> date | None:
    """The day of this century that "261123" is, or None."""
    if re.fullmatch(r"[0-9]{6}", value) is None:
        return None
    try:
        return date(2000 + int(value[:2]), int(value[2:4]), int(value[4:]))
    except ValueError:
        return None


def account_number_in(reference: str) -> str:
    """The reference without the blanks, dashes and leading zeros that banks put around account numbers."""
    plain = re.sub(r"[\s-]", "", reference)
    return plain.lstrip("0") if plain.isascii() and plain.isdigit() else plain
