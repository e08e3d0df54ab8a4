"""Return files of the ACH network (NACHA): 94 characters a record, on lines or without any line ends.

Types: 1 file header, 5 batch header, 6 entry, 7 addenda (99 a return, 98 a correction), 8 batch control, 9 file
control, then lines of 9s that fill a block of ten. Counts, entry hashes (the sum of the first eight digits of the
receiving banks' numbers, its last ten digits) and totals are checked on each level. What a correction says is left
in the file: it can be a bank account's number.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from backend.payments.files import Dates, FileRefusedError, Problem, digits, lines_of, yymmdd

RECORD_LENGTH = 94
BLOCK_RECORDS = 10
HASH_MODULUS = 10**10
FILLER = "9" * RECORD_LENGTH
RETURN, CORRECTION = "99", "98"
_DEBITS, _CREDITS = frozenset({26, 36, 46, 56}), frozenset({21, 31, 41, 51})
"""Transaction codes of entries that are given back (or corrected): debits we drew, credits we sent."""


@dataclass(frozen=True, slots=True)
class FileReturn:
    """One entry given back. `trace_number` is that of our original entry.

    A correction, and the return of a trial entry, have `amount_cents` 0. Not `is_debit`: a credit that we had sent.
    """

    line: int
    reason_code: str
    trace_number: str
    individual_id: str
    amount_cents: int
    is_debit: bool


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
    is_debit: bool


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
    dates: Dates
    file: _Sums | None = None
    batch: _Sums | None = None
    batch_header: str = ""
    entry: _Entry | None = None
    created_on: date | None = None
    ended: bool = False
    returns: list[FileReturn] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, line: int, name: str, reason: str) -> None:
        self.problems.append(Problem(line, name, reason))


def parse(content: bytes, dates: Dates) -> ReturnFile:
    """The returns in the file.

    :raises FileRefusedError: a record of another length or out of place, a count, hash or total that does not foot.
    """
    lines = _records(content)
    state = _State(dates)
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


def _records(content: bytes) -> list[str]:
    lines = lines_of(content)
    if len(lines) == 1 and len(lines[0]) > RECORD_LENGTH:
        whole = lines[0]
        lines = [whole[start : start + RECORD_LENGTH] for start in range(0, len(whole), RECORD_LENGTH)]
    problems = [
        Problem(number, "record length", f"{len(line)} characters; a record has {RECORD_LENGTH}")
        if len(line) != RECORD_LENGTH
        else Problem(number, "encoding", "a character that is not ASCII")
        for number, line in enumerate(lines, 1)
        if len(line) != RECORD_LENGTH or not line.isascii()
    ]
    if problems:
        raise FileRefusedError(problems)
    return lines


def _file_header(number: int, line: str, state: _State) -> None:
    if state.file is not None:
        state.wrong(number, "record", "a second file header (1)")
    state.file = _Sums()
    state.created_on = yymmdd(line[23:29])
    if state.created_on is None:
        state.wrong(number, "file creation date", "is not a day like 261123")
    elif problem := state.dates.problem(state.created_on):
        state.wrong(number, "file creation date", problem)
    if line[34:37] != "094":
        state.wrong(number, "record size", "must be 094")


def _batch_header(number: int, line: str, state: _State) -> None:
    if state.file is None or state.batch is not None:
        state.wrong(number, "record", "a batch header (5) out of place")
    state.batch, state.batch_header = _Sums(), line


def _entry(number: int, line: str, state: _State) -> None:
    _finish_entry(number, state)
    if state.batch is None:
        state.wrong(number, "record", "an entry (6) outside a batch")
        return
    code, bank, cents = digits(line[1:3]), digits(line[3:11]), digits(line[29:39])
    if code not in _DEBITS | _CREDITS:
        state.wrong(number, "transaction code", f"{line[1:3]!r} is no code of a return, like 26 or 36")
    for name, value in {"receiving bank": bank, "amount": cents}.items():
        if value is None:
            state.wrong(number, name, "is not a number")
    if line[78] != "1":
        state.wrong(number, "addenda indicator", "a returned entry has addenda")
    if bank is None or cents is None:
        return
    state.batch.entries += 1
    state.batch.hash += bank
    if code in _DEBITS:
        state.batch.debits += cents
    else:
        state.batch.credits += cents
    state.entry = _Entry(number, cents, line[39:54].strip(), line[79:94], code in _DEBITS)


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
    elif not (reason[0] == letter and digits(reason[1:])):
        state.wrong(number, "reason code", f"{reason!r} is no reason like {letter}01")
    if kind == CORRECTION and entry.cents != 0:
        state.wrong(entry.line, "amount", "a correction has no amount")
    if line[79:94] != entry.trace:
        state.wrong(number, "trace number", "is not that of its entry")
    trace = line[6:21].strip()
    state.returns.append(FileReturn(entry.line, reason, trace, entry.individual_id, entry.cents, entry.is_debit))
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
    header = state.batch_header
    for name, said, opened in (
        ("service class", line[1:4], header[1:4]),
        ("company", line[44:54], header[40:50]),
        ("originating bank", line[79:87], header[79:87]),
        ("batch number", line[87:94], header[87:94]),
    ):
        if said != opened:
            state.wrong(number, name, f"{said!r} closes a batch of {opened!r}")
    state.file.add(batch)
    state.batch = None


def _file_control(number: int, line: str, state: _State) -> None:
    if state.file is None or state.batch is not None:
        state.wrong(number, "record", "the file control (9) out of place")
        return
    file = state.file
    told = {
        "batch count": (line[1:7], file.batches),
        "block count": (line[7:13], -(-number // BLOCK_RECORDS)),
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
