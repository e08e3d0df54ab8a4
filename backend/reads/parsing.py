"""Reading a file of reads by its layout: every line is sound and its totals agree, or nothing is taken. Pure."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.payments.files import FileRefusedError, Problem, lines_of
from backend.reads.layout_schemas import DateFormat, Edge, InLayout, ReadField, SumField, Where

REFERENCE_LENGTH_MAX = 80
DIGITS_MAX = 15
NOT_READ = "not_read"
_PATTERNS: Mapping[DateFormat, str] = {
    "mmdd": r"(?P<m>\d{2})(?P<d>\d{2})",
    "mmddyy": r"(?P<m>\d{2})(?P<d>\d{2})(?P<y>\d{2})",
    "mmddyyyy": r"(?P<m>\d{2})(?P<d>\d{2})(?P<y>\d{4})",
    "yymmdd": r"(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    "yyyymmdd": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "yyyy-mm-dd": r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
}


@dataclass(frozen=True, slots=True)
class FileRead:
    """A read as a file has it. `value` is in register counts; None with kind `not_read`."""

    line: int
    serial_number: str
    account_number: str | None
    read_on: date
    value: int | None
    kind: str
    note: str | None


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that is sound in itself."""

    reads: tuple[FileRead, ...]
    line_count: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A line taken apart, and how to find a field in it."""

    number: int
    text: str
    cells: Sequence[str]
    columns: Mapping[str, int]

    def raw(self, where: Where) -> str:
        """What stands there, without the blanks around it; "" where the line ends before."""
        if where.start is not None and where.length is not None:
            return self.text[where.start - 1 : where.start - 1 + where.length].strip()
        place = where.column - 1 if isinstance(where.column, int) else self.columns.get(str(where.column).lower(), -1)
        return self.cells[place].strip() if 0 <= place < len(self.cells) else ""


def parse(layout: InLayout, content: bytes, today: date) -> ReadFile:
    """The reads in the file, which was taken on `today`.

    :raises FileRefusedError: with every line that is wrong, or the total that does not agree.
    """
    lines = _records(layout, content)
    problems: list[Problem] = []
    columns = _columns(layout, lines, problems)
    first, last = int(layout.column_names), len(lines)
    for edge, place in ((layout.header, first), (layout.trailer, last - 1)):
        if edge is not None and not (first <= place < last and lines[place].startswith(edge.begins)):
            name = "header" if edge is layout.header else "trailer"
            problems.append(Problem(max(place, 0) + 1, name, f"this line must begin with {edge.begins}"))
    if problems:
        raise FileRefusedError(problems)
    first, last = first + (layout.header is not None), last - (layout.trailer is not None)
    reads = []
    for number, text in enumerate(lines[first:last], first + 1):
        if layout.begins is not None and not text.startswith(layout.begins):
            problems.append(Problem(number, "line", f"a read must begin with {layout.begins}"))
            continue
        found = _read(layout, _row(layout, number, text, columns, problems), today, problems)
        if found is not None:
            reads.append(found)
    _seen_twice(reads, problems)
    if layout.trailer is not None and not problems:
        _check_totals(layout.trailer, _row(layout, len(lines), lines[-1], columns, problems), reads, problems)
    if problems:
        raise FileRefusedError(problems)
    return ReadFile(tuple(reads), len(lines))


def _records(layout: InLayout, content: bytes) -> list[str]:
    lines = lines_of(content)
    if layout.line_ends or layout.record_length is None:
        return lines
    if len(lines) > 1:
        raise FileRefusedError([Problem(2, "file", "a line end: the records of this layout follow without")])
    whole, size = lines[0], layout.record_length
    if len(whole) % size:
        reason = f"{len(whole)} characters are no whole number of records of {size}"
        raise FileRefusedError([Problem(len(whole) // size + 1, "file", reason)])
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def _columns(layout: InLayout, lines: Sequence[str], problems: list[Problem]) -> dict[str, int]:
    if not layout.column_names:
        return {}
    names = {name.strip().lower(): place for place, name in enumerate(_cells(lines[0]) or [])}
    for field in layout.fields:
        if field.required and isinstance(field.column, str) and field.column.lower() not in names:
            problems.append(Problem(1, field.field, f"the first line does not name the column {field.column}"))
    return names


def _cells(line: str) -> list[str] | None:
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return None


def _row(layout: InLayout, number: int, text: str, columns: Mapping[str, int], problems: list[Problem]) -> _Row | None:
    if layout.format == "csv":
        cells = _cells(text)
        if cells is None:
            problems.append(Problem(number, "line", "the quotes in this line do not close"))
            return None
        return _Row(number, text, cells, columns)
    if layout.record_length is not None and len(text) > layout.record_length:
        reason = f"{len(text)} characters, where a record has {layout.record_length}"
        problems.append(Problem(number, "line", reason))
        return None
    return _Row(number, text, (), {})


def _read(layout: InLayout, row: _Row | None, today: date, problems: list[Problem]) -> FileRead | None:
    if row is None:
        return None
    fields = {field.field: field for field in layout.fields}
    given = {name: _value(field, row) for name, field in fields.items()}
    wrong: list[Problem] = []

    def complain(name: str, reason: str) -> None:
        wrong.append(Problem(row.number, name, reason))

    kind = _kind(fields.get("kind"), given.get("kind", ""))
    if kind is None:
        complain("kind", f"the code {given['kind'][:8]!r} is not known; see reads.toml")
    for name, field in fields.items():
        needed = field.required and not (name == "register_value" and kind == NOT_READ)
        if needed and not given[name] and not (name == "kind" and kind is not None):
            complain(name, "is missing")
        elif len(given[name]) > REFERENCE_LENGTH_MAX:
            complain(name, "is too long")
    value = _counts(fields["register_value"], given["register_value"])
    if given["register_value"] and value is None:
        complain("register_value", f"is not a whole number of at most {DIGITS_MAX} digits")
    day = _day(fields["read_on"].date, given["read_on"], today)
    if given["read_on"] and day is None:
        complain("read_on", f"is not a day written {fields['read_on'].date}")
    elif day is not None and (reason := _day_problem(day, today, layout.days_back_max)):
        complain("read_on", reason)
    problems += wrong
    if wrong or day is None or kind is None:
        return None
    number = given.get("account_number") or None
    return FileRead(
        row.number,
        given["serial_number"],
        number,
        day,
        None if kind == NOT_READ else value,
        kind,
        given.get("note") or None,
    )


def _value(field: ReadField, row: _Row) -> str:
    return row.raw(field).lstrip(field.pad).rstrip()


def _kind(field: ReadField | None, code: str) -> str | None:
    if field is None or field.codes is None:
        return "actual"
    if not code and "" not in field.codes:
        return None if field.required else "actual"
    return field.codes.get(code)


def _counts(field: ReadField, raw: str) -> int | None:
    if not re.fullmatch(rf"[0-9]{{1,{DIGITS_MAX}}}", raw):
        return None
    return int(raw) // int(10**field.decimals)


def _day(written: DateFormat | None, raw: str, today: date) -> date | None:
    """The day that `raw` is; without a year the last such day up to `today`."""
    found = re.fullmatch(_PATTERNS[written or "yyyy-mm-dd"], raw, re.ASCII)
    if found is None:
        return None
    month, day = int(found["m"]), int(found["d"])
    if "y" in found.groupdict():
        year = int(found["y"])
        return _date(year if year >= 100 else 2000 + year, month, day)
    # February 29 is at most eight years ago.
    years = range(today.year, today.year - 9, -1)
    days = [one for year in years if (one := _date(year, month, day)) is not None and one <= today]
    return max(days, default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_problem(day: date, today: date, days_back_max: int) -> str | None:
    if day > today:
        return f"{day} is in the future"
    if day < today - timedelta(days=days_back_max):
        return f"{day} is more than {days_back_max} days ago"
    return None


def _seen_twice(reads: Sequence[FileRead], problems: list[Problem]) -> None:
    seen: dict[tuple[str, date], int] = {}
    for read in reads:
        before = seen.setdefault((read.serial_number, read.read_on), read.line)
        if before != read.line:
            problems.append(Problem(read.line, "serial_number", f"line {before} has this meter on the same day"))


def _check_totals(trailer: Edge, row: _Row | None, reads: Sequence[FileRead], problems: list[Problem]) -> None:
    if row is None:
        return
    held = {"count": len(reads), "hash_total": sum(read.value or 0 for read in reads)}
    for field in trailer.fields:
        _check_total(field, row, held[field.field], problems)


def _check_total(field: SumField, row: _Row, held: int, problems: list[Problem]) -> None:
    raw = row.raw(field)
    if not re.fullmatch(r"[0-9]{1,18}", raw):
        problems.append(Problem(row.number, field.field, "is not a number"))
    elif int(raw) != held:
        problems.append(Problem(row.number, field.field, f"the trailer says {int(raw)}, the file has {held}"))
