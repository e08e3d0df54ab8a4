"""Return files of the ACH network (NACHA): 94 characters a record.

Types: 1 file header, 5 batch header, 6 entry, 7 addenda (99 a return, 98 a correction), 8 batch control, 9 file
control, then lines of 9s that fill a block of ten. Counts, entry hashes (the sum of the first eight digits of the
receiving banks' numbers, its last ten digits) and totals are checked on each level.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from backend.payments.files import FileRefusedError, Problem, digits, lines_of, yymmdd

RECORD_LENGTH = 94
HASH_MODULUS = 10**10
FILLER = "9" * RECORD_LENGTH
RETURN, CORRECTION = "99", "98"


@dataclass(frozen=True, slots=True)
class FileReturn:
    """One entry given back. `trace_number` is that of our original entry; a correction has `amount_cents` 0."""

    line: int
    reason_code: str
    trace_number: str
    individual_id: str
    amount_cents: int
    information: str


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """A return file that is sound in itself."""

    returns: tuple[FileReturn, ...]
    line_count: int
    created_on: date

    @property
    def total_cents(self) -> int:
        return sum(returned.amount_cents for returned in self.returns)


class _Entry(NamedTuple):
    line: int
    cents: int
    individual_id: str
    trace: str


@dataclass(slots=True)
class _Sums:
    """What was counted in a batch or the file; cents by debits and credits."""

    entries: int = 0
    hash: int = 0
    debits: int = 0
    credits: int = 0
    batches: int = 0

    def add(self, other: "_Sums") -> None:
        self.entries += other.entries
        self.hash += other.hash
        self.debits += other.debits
        self.credits += other.credits
        self.batches += 1


@dataclass(slots=True)
class _State:
    file: _Sums | None = None
    batch: _Sums | None = None
    batch_number: str = ""
    entry: _Entry | None = None
    created_on: date | None = None
    ended: bool = False
    returns: list[FileReturn] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, line: int, name: str, reason: str) -> None:
        self.problems.append(Problem(line, name, reason))


def parse(content: bytes) -> ReturnFile:
    """The returns in the file.

    :raises FileRefusedError: a record of another length or out of place, a count, hash or total that does not foot.
    """
    lines = lines_of(content)
    _check_shape(lines)
    state = _State()
    for number, line in enumerate(lines, 1):
        if state.ended:
            if line != FILLER:
                state.wrong(number, "record", "after the file control (9) only lines of 9s may follow")
            continue
        take = _TAKERS.get(line[0])
        if take is None:
            state.wrong(number, "record type", f"{line[0]!r} is no record type")
        else:
            take(number, line, state)
    if not state.ended and not state.problems:
        state.wrong(len(lines), "9", "the file control (9) is missing: the file is not complete")
    if state.problems or state.created_on is None:
        raise FileRefusedError(state.problems)
    return ReturnFile(tuple(state.returns), len(lines), state.created_on)


def _check_shape(lines: list[str]) -> None:
    problems = [
        Problem(number, "record length", f"{len(line)} characters; a record has {RECORD_LENGTH}")
        for number, line in enumerate(lines, 1)
        if len(line) != RECORD_LENGTH or not line.isascii()
    ]
    if problems:
        raise FileRefusedError(problems)


def _file_header(number: int, line: str, state: _State) -> None:
    if state.file is not None:
        state.wrong(number, "record", "a second file header (1)")
    state.file = _Sums()
    state.created_on = yymmdd(line[23:29])
    if state.created_on is None:
        state.wrong(number, "file creation date", "is not a day like 261123")
    if line[34:37] != "094":
        state.wrong(number, "record size", "must be 094")


def _batch_header(number: int, line: str, state: _State) -> None:
    if state.file is None or state.batch is not None:
        state.wrong(number, "record", "a batch header (5) out of place")
    state.batch, state.batch_number = _Sums(), line[87:94]


def _entry(number: int, line: str, state: _State) -> None:
    _finish_entry(number, state)
    if state.batch is None:
        state.wrong(number, "record", "an entry (6) outside a batch")
        return
    code, bank, cents = digits(line[1:3]), digits(line[3:11]), digits(line[29:39])
    found = {"transaction code": code, "receiving bank": bank, "amount": cents}
    for name, value in found.items():
        if value is None:
            state.wrong(number, name, "is not a number")
    if code is None or bank is None or cents is None:
        return
    if line[78] != "1":
        state.wrong(number, "addenda indicator", "a returned entry has addenda")
    state.batch.entries += 1
    state.batch.hash += bank
    if code % 10 >= 5:  # 26, 27, 36, 37 …: debits, and their returns
        state.batch.debits += cents
    else:
        state.batch.credits += cents
    state.entry = _Entry(number, cents, line[39:54].strip(), line[79:94].strip())


def _finish_entry(number: int, state: _State) -> None:
    if state.entry is not None:
        state.wrong(state.entry.line, "addenda", "the entry has no addenda with the reason")
        state.entry = None


def _addenda(number: int, line: str, state: _State) -> None:
    """799R01…: the reason, our trace number, and what the bank has to say."""
    if state.batch is None or state.entry is None:
        state.wrong(number, "record", "addenda (7) of no entry")
        return
    state.batch.entries += 1
    kind, reason, entry = line[1:3], line[3:6], state.entry
    letter = {RETURN: "R", CORRECTION: "C"}.get(kind)
    if letter is None:
        state.wrong(number, "addenda type", f"{kind!r} is neither a return (99) nor a correction (98)")
    elif not (reason[0] == letter and reason[1:].isdigit()):
        state.wrong(number, "reason code", f"{reason!r} is no reason like {letter}01")
    if kind == RETURN and entry.cents == 0:
        state.wrong(entry.line, "amount", "a return of nothing")
    if kind == CORRECTION and entry.cents != 0:
        state.wrong(entry.line, "amount", "a correction has no amount")
    trace, information = line[6:21].strip(), line[35:79].strip()
    state.returns.append(FileReturn(entry.line, reason, trace, entry.individual_id, entry.cents, information))
    state.entry = None


def _batch_control(number: int, line: str, state: _State) -> None:
    _finish_entry(number, state)
    if state.batch is None or state.file is None:
        state.wrong(number, "record", "a batch control (8) out of place")
        return
    batch = state.batch
    told = {
        "entry and addenda count": (line[4:10], batch.entries),
        "entry hash": (line[10:20], batch.hash % HASH_MODULUS),
        "total debits": (line[20:32], batch.debits),
        "total credits": (line[32:44], batch.credits),
    }
    _compare(number, told, state)
    if line[87:94] != state.batch_number:
        state.wrong(number, "batch number", f"{line[87:94]!r} closes batch {state.batch_number!r}")
    state.file.add(batch)
    state.batch = None


def _file_control(number: int, line: str, state: _State) -> None:
    if state.file is None or state.batch is not None:
        state.wrong(number, "record", "the file control (9) out of place")
        return
    file = state.file
    told = {
        "batch count": (line[1:7], file.batches),
        "entry and addenda count": (line[13:21], file.entries),
        "entry hash": (line[21:31], file.hash % HASH_MODULUS),
        "total debits": (line[31:43], file.debits),
        "total credits": (line[43:55], file.credits),
    }
    _compare(number, told, state)
    state.ended = True


def _compare(number: int, told: dict[str, tuple[str, int]], state: _State) -> None:
    for name, (said, counted) in told.items():
        if digits(said) != counted:
            state.wrong(number, name, f"the control record says {said!r}, the file has {counted}")


_TAKERS: dict[str, Callable[[int, str, _State], None]] = {
    "1": _file_header,
    "5": _batch_header,
    "6": _entry,
    "7": _addenda,
    "8": _batch_control,
    "9": _file_control,
}
