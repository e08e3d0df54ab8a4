"""Lockbox deposits in BAI2 (Cash Management Balance Reporting, version 2).

Records: 01 file, 02 group, 03 account, 16 transaction, 88 continuation, 49, 98 and 99 trailers. Fields are
separated by commas, a record ends with `/`; the text of a 16 comes last and may hold commas. Amounts are cents.
A 49's control total is the sum of the amounts of its 03 and 16 records, and totals and counts must foot upwards.
"""

from dataclasses import dataclass, field
from datetime import date

from backend.payments.files import (
    REFERENCE_LENGTH_MAX,
    Dates,
    FileReceipt,
    FileRefusedError,
    Problem,
    ReceiptFile,
    account_number_in,
    digits,
    lines_of,
    yymmdd,
)
from backend.payments.rules import AmountRefusedError, check_amount

CREDIT_CODES = range(100, 400)
"""Type codes of credits; 400 and up are debits, which are no receipts."""
UPDATE = "1"
"""The status of a group with new data; 2 is a deletion, 3 a correction, 4 a test."""
_FIXED_FUNDS = {"": 0, "0": 0, "1": 0, "2": 0, "Z": 0, "V": 2, "S": 3}


@dataclass(slots=True)
class Record:
    """A record with its continuations: `fields` without the record code; `text` of a 16 stays whole."""

    line: int
    code: str
    fields: list[str]
    records: int = 1
    open_text: bool = False


@dataclass(slots=True)
class _Level:
    """What was counted since a 03, a 02 or the 01."""

    line: int
    total: int = 0
    records: int = 0
    parts: int = 0


@dataclass(slots=True)
class _State:
    dates: Dates
    largest_cents: int
    receipts: list[FileReceipt] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    file: _Level | None = None
    group: _Level | None = None
    account: _Level | None = None
    as_of: date | None = None
    ended: bool = False

    def wrong(self, line: int, name: str, reason: str) -> None:
        self.problems.append(Problem(line, name, reason))


def parse(content: bytes, dates: Dates, largest_cents: int) -> ReceiptFile:
    """The receipts in the file: its credit transactions, each with the account number from its customer reference.

    :raises FileRefusedError: a record out of place or malformed, a total or count that does not foot.
    """
    lines = lines_of(content)
    state = _State(dates, largest_cents)
    for record in records_of(lines):
        if state.ended:
            state.wrong(record.line, "record", "there is a record after the file trailer (99)")
            break
        _take(record, state)
    if not state.ended and not state.problems:
        state.wrong(len(lines), "99", "the file trailer (99) is missing: the file is not complete")
    if state.problems:
        raise FileRefusedError(state.problems)
    return ReceiptFile(tuple(state.receipts), len(lines))


def records_of(lines: list[str]) -> list[Record]:
    """The records, each with the fields of its continuations.

    :raises FileRefusedError: a line that is no record, or a continuation of nothing.
    """
    records: list[Record] = []
    for number, line in enumerate(lines, 1):
        code, body, text = line[:2], line[3:].rstrip(), line.rstrip()
        if code == "88":
            if not records:
                raise FileRefusedError([Problem(number, "88", "a continuation of nothing")])
            _continue(records[-1], body)
            continue
        if code not in _TAKERS or line[2:3] not in (",", "/"):
            raise FileRefusedError([Problem(number, "record", f"{code!r} is no record of BAI2")])
        ended = text.endswith("/")
        fields = body.removesuffix("/").split(",")
        records.append(Record(number, code, fields, open_text=not ended))
    problems = [
        Problem(record.line, "record", "a record ends with /")
        for record in records
        if record.open_text and record.code != "16"
    ]
    if problems:
        raise FileRefusedError(problems)
    return records


def _continue(record: Record, body: str) -> None:
    record.records += 1
    ended = body.endswith("/")
    more = body.removesuffix("/")
    if record.open_text:
        record.fields[-1] += more  # The text went on: commas in it are words, and no new fields.
    else:
        record.fields += more.split(",")
    record.open_text = not ended


def _take(record: Record, state: _State) -> None:
    levels = {"01": None, "02": state.file, "03": state.group, "16": state.account}
    levels |= {"49": state.account, "98": state.group, "99": state.file}
    if record.code == "01":
        if state.file is not None:
            state.wrong(record.line, "record", "a second file header (01)")
            return
    elif levels[record.code] is None:
        state.wrong(record.line, "record", f"record {record.code} is out of place")
        return
    if (record.code == "02" and state.group) or (record.code in ("03", "98") and state.account):
        state.wrong(record.line, "record", f"record {record.code} before the trailer of what is open")
        return
    if record.code == "99" and state.group:
        state.wrong(record.line, "record", "record 99 before the trailer of its group (98)")
        return
    for level in (state.file, state.group, state.account):
        if level is not None:
            level.records += record.records
    _TAKERS[record.code](record, state)


def _field(record: Record, index: int) -> str:
    return record.fields[index].strip() if index < len(record.fields) else ""


def _file_header(record: Record, state: _State) -> None:
    state.file = _Level(record.line, records=record.records)
    if _field(record, 7) != "2":
        state.wrong(record.line, "version", "only version 2 of BAI is read")
    if yymmdd(_field(record, 2)) is None:
        state.wrong(record.line, "file creation date", "is not a day like 261123")


def _group_header(record: Record, state: _State) -> None:
    state.group = _Level(record.line, records=record.records)
    state.as_of = yymmdd(_field(record, 3))
    if state.as_of is None:
        state.wrong(record.line, "as-of date", "is not a day like 261123")
    elif problem := state.dates.problem(state.as_of):
        state.wrong(record.line, "as-of date", problem)
    if _field(record, 2) != UPDATE:
        state.wrong(record.line, "group status", "only new data (1) is taken, no deletion, correction or test")
    if _field(record, 5) not in ("", "USD"):
        state.wrong(record.line, "currency", "only dollars (USD) are taken")


def _account(record: Record, state: _State) -> None:
    """03,account,currency[,type code,amount,item count,funds type…]…: the amounts count for the control total."""
    state.account = _Level(record.line, records=record.records)
    if _field(record, 1) not in ("", "USD"):
        state.wrong(record.line, "currency", "only dollars (USD) are taken")
    index = 2
    while index < len(record.fields):
        amount = _field(record, index + 1)
        cents = 0 if amount == "" else _signed(amount)
        skip = _after_funds(record, index + 3)
        if cents is None or skip is None:
            state.wrong(record.line, "amount" if cents is None else "funds type", "cannot be read")
            return
        state.account.total += cents
        index = skip


def _signed(amount: str) -> int | None:
    cents = digits(amount.removeprefix("-").removeprefix("+"))
    return None if cents is None else -cents if amount.startswith("-") else cents


def _after_funds(record: Record, index: int) -> int | None:
    """The index after a funds type and the fields that belong to it, or None when it cannot be read."""
    kind = _field(record, index).upper()
    if kind in _FIXED_FUNDS:
        return index + 1 + _FIXED_FUNDS[kind]
    pairs = digits(_field(record, index + 1)) if kind == "D" else None
    return None if pairs is None or pairs > 99 else index + 2 + 2 * pairs


def _transaction(record: Record, state: _State) -> None:
    """16,type code,amount,funds type…,bank reference,customer reference,text"""
    code, cents, index = digits(_field(record, 0), 3), digits(_field(record, 1)), _after_funds(record, 2)
    if code is None or code not in CREDIT_CODES:
        state.wrong(record.line, "type code", f"{_field(record, 0)!r} is no credit (100 to 399)")
    if index is None:
        state.wrong(record.line, "funds type", "cannot be read")
    if cents is None:
        state.wrong(record.line, "amount", "is not cents in digits")
        return
    assert state.account is not None
    state.account.total += cents
    try:
        check_amount(cents, state.largest_cents)
    except AmountRefusedError as refused:
        state.wrong(record.line, "amount", str(refused))
    if index is None or state.as_of is None:
        return
    bank, customer, text = _field(record, index), _field(record, index + 1), ",".join(record.fields[index + 2 :])
    if record.open_text and len(record.fields) <= index + 2:
        state.wrong(record.line, "record", "a record ends with / or with its text")
    reference = account_number_in((customer or text)[:REFERENCE_LENGTH_MAX])
    bank_reference = bank[:REFERENCE_LENGTH_MAX] or None
    state.receipts.append(FileReceipt(record.line, reference, cents, state.as_of, "lockbox", bank_reference))


def _foot(record: Record, state: _State, level: _Level, *names: str) -> None:
    """The trailer's control total, its count of parts (98, 99) and its count of records against what was counted."""
    told = [_signed(_field(record, index)) for index in range(len(names) + 1)]
    counted = [level.total, *([level.parts] if len(names) > 1 else []), level.records]
    for name, said, found in zip(("control total", *names), told, counted, strict=True):
        if said != found:
            told_as = "nothing readable" if said is None else said
            state.wrong(record.line, name, f"the trailer says {told_as}, the file has {found}")


def _account_trailer(record: Record, state: _State) -> None:
    account, group = state.account, state.group
    assert account is not None and group is not None
    _foot(record, state, account, "number of records")
    group.total += account.total
    group.parts += 1
    state.account = None


def _group_trailer(record: Record, state: _State) -> None:
    group, file = state.group, state.file
    assert group is not None and file is not None
    _foot(record, state, group, "number of accounts", "number of records")
    file.total += group.total
    file.parts += 1
    state.group = None


def _file_trailer(record: Record, state: _State) -> None:
    assert state.file is not None
    _foot(record, state, state.file, "number of groups", "number of records")
    state.ended = True


_TAKERS = {
    "01": _file_header,
    "02": _group_header,
    "03": _account,
    "16": _transaction,
    "49": _account_trailer,
    "98": _group_trailer,
    "99": _file_trailer,
}
