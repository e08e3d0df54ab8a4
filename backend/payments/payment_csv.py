"""A plain CSV of payments. The first line names the columns, the last is `TOTAL,<count>,<dollars>`.

    account_number,amount,received_on,method,reference
    10000018,84.20,2026-11-20,check,1042
    TOTAL,1,84.20

`reference` (a check number, a trace) may be empty. Everything else must be there.
"""

import csv
import re
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
)
from backend.payments.rules import TENDERS, AmountRefusedError, check_amount

COLUMNS = ("account_number", "amount", "received_on", "method", "reference")
TRAILER = "TOTAL"


def parse(content: bytes, dates: Dates, largest_cents: int) -> ReceiptFile:
    """The payments in the file.

    :raises FileRefusedError: with every line that is wrong, or the trailer that does not match.
    """
    lines = lines_of(content)
    if tuple(name.lower() for name in _fields(lines[0]) or ()) != COLUMNS:
        raise FileRefusedError([Problem(1, "header", f"the first line must be {','.join(COLUMNS)}")])
    problems: list[Problem] = []
    receipts: list[FileReceipt] = []
    for number, line in enumerate(lines[1:-1], 2):
        receipt = _receipt(number, _fields(line), dates, largest_cents, problems)
        if receipt is not None:
            receipts.append(receipt)
    _check_trailer(len(lines), _fields(lines[-1]) or [], receipts, problems)
    if problems:
        raise FileRefusedError(problems)
    return ReceiptFile(tuple(receipts), len(lines))


def _fields(line: str) -> list[str] | None:
    """The fields of a line, blanks around them dropped; None when its quotes do not close."""
    try:
        return [field.strip() for field in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return None


def dollars_to_cents(value: str) -> int | None:
    """ "1234.50" → 123450; None for anything that is not dollars with two decimals."""
    found = re.fullmatch(r"(-?)([0-9]{1,12})\.([0-9]{2})", value)
    return int(found[1] + found[2] + found[3]) if found else None


def _receipt(
    number: int, fields: list[str] | None, dates: Dates, largest_cents: int, problems: list[Problem]
) -> FileReceipt | None:
    if fields is None:
        problems.append(Problem(number, "line", "a quoted field does not end on its line"))
        return None
    if len(fields) != len(COLUMNS):
        problems.append(Problem(number, "line", f"{len(fields)} fields; there must be {len(COLUMNS)}"))
        return None
    account, amount, received, method, reference = fields
    cents, day = dollars_to_cents(amount), _day(received)
    wrong = {
        "account_number": None if account else "is missing",
        "amount": _amount_problem(cents, largest_cents),
        "received_on": dates.problem(day) if day else "is not a day like 2026-11-20",
        "method": None if method in TENDERS else f"must be one of {', '.join(TENDERS)}",
        "reference": "is too long" if max(len(reference), len(account)) > REFERENCE_LENGTH_MAX else None,
    }
    found = [Problem(number, field, reason) for field, reason in wrong.items() if reason]
    problems += found
    if found or cents is None or day is None:
        return None
    return FileReceipt(number, account_number_in(account), cents, day, method, reference or None)


def _amount_problem(cents: int | None, largest_cents: int) -> str | None:
    if cents is None:
        return "is not dollars and cents like 84.20"
    try:
        check_amount(cents, largest_cents)
    except AmountRefusedError as refused:
        return str(refused)
    return None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else None
    except ValueError:
        return None


def _check_trailer(number: int, fields: list[str], receipts: list[FileReceipt], problems: list[Problem]) -> None:
    if len(fields) != 3 or fields[0].upper() != TRAILER:
        problems.append(Problem(number, "trailer", "the last line must be TOTAL,<count>,<dollars>"))
        return
    count, total = digits(fields[1]), dollars_to_cents(fields[2])
    if count is None or total is None:
        problems.append(Problem(number, "trailer", "the count or the total is not a number"))
        return
    if problems:
        return  # Lines that could not be read make any total wrong.
    if count != len(receipts):
        problems.append(Problem(number, "count", f"the trailer says {count} payments, the file has {len(receipts)}"))
    held = sum(receipt.amount_cents for receipt in receipts)
    if total != held:
        problems.append(Problem(number, "total", f"the trailer says {total} cents, the payments come to {held}"))
