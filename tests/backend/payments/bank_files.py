"""Files as banks write them, with totals that foot: lockbox (BAI2), returns (NACHA) and plain CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

FILLER = "9" * 94
COMPANY = "1941234567"


@dataclass(frozen=True)
class Deposit:
    """A credit in a lockbox: the customer's account number, and what the bank calls it."""

    account: str
    cents: int
    bank_reference: str = "0001"
    text: str = ""
    funds: str = "Z"


def bai2(
    deposits: Sequence[Deposit], *, day: str = "261123", per_account: int = 50, summary: str = "", end: str = "\n"
) -> bytes:
    """A lockbox file of one group, with `per_account` deposits in each of its accounts."""
    lines = [f"01,122099999,RIOSECO,{day},0500,1,,,2/", f"02,RIOSECO,122099999,1,{day},,USD,2/"]
    chunks = [deposits[start : start + per_account] for start in range(0, len(deposits), per_account)] or [[]]
    group_total = 0
    for chunk in chunks:
        lines.append(f"03,0123456789,USD{summary}/")
        first = len(lines)
        for one in chunk:
            text = f",{one.text}" if one.text else ",/"
            lines.append(f"16,115,{one.cents},{one.funds},{one.bank_reference},{one.account}{text}")
        total = sum(one.cents for one in chunk)
        group_total += total
        lines.append(f"49,{total},{len(lines) - first + 2}/")
    lines.append(f"98,{group_total},{len(chunks)},{len(lines)}/")
    lines.append(f"99,{group_total},1,{len(lines) + 1}/")
    return (end.join(lines) + end).encode()


@dataclass(frozen=True)
class Entry:
    """An entry given back; `code` R… is a return, C… a correction."""

    code: str
    cents: int
    account: str = "10000018"
    trace: str = "121000350000001"
    transaction: str = "26"
    bank: str = "12100035"


def nacha(
    entries: Sequence[Entry], *, day: str = "261123", end: str = "\n", per_batch: int = 100, note: str = ""
) -> bytes:
    """A return file, with `per_batch` entries in each of its batches, filled to a block of ten."""
    lines = [f"101 122099999 121000358{day}0500A094101{'RIO SECO WATER':<23}{'FIRST BANK':<23}{'':8}"]
    sums = [0, 0, 0, 0]
    chunks = [entries[start : start + per_batch] for start in range(0, len(entries), per_batch)]
    for number, chunk in enumerate(chunks, 1):
        head = f"5225{'RIO SECO WATER':<16}{'':20}{COMPANY}PPD{'WATERBILL':<10}{'':6}261120"
        lines.append(f"{head}   112209999{number:07d}")
        for place, entry in enumerate(chunk, 1):
            own = f"12209999{place:07d}"
            head = f"6{entry.transaction}{entry.bank}8{'44210099':<17}{entry.cents:010d}"
            lines.append(f"{head}{entry.account:<15}{'A CUSTOMER':<22}  1{own}")
            kind = "99" if entry.code[0] == "R" else "98"
            lines.append(f"7{kind}{entry.code}{entry.trace:<15}{'':6}{entry.bank}{note:<44}{own}")
        batch = _sums(chunk)
        lines.append(f"8225{_totals(batch)}{COMPANY}{'':25}12209999{number:07d}")
        sums = [total + part for total, part in zip(sums, batch, strict=True)]
    count = len(lines) + 1
    blocks = -(-count // 10)
    totals = f"{sums[0]:08d}{sums[1] % 10**10:010d}{sums[2]:012d}{sums[3]:012d}"
    lines.append(f"9{len(chunks):06d}{blocks:06d}{totals}{'':39}")
    lines += [FILLER] * (blocks * 10 - count)
    return (end.join(lines) + end).encode()


def _sums(entries: Sequence[Entry]) -> list[int]:
    debits = sum(entry.cents for entry in entries if entry.transaction[1] in "56789")
    total = sum(entry.cents for entry in entries)
    return [2 * len(entries), sum(int(entry.bank) for entry in entries), debits, total - debits]


def _totals(sums: list[int]) -> str:
    return f"{sums[0]:06d}{sums[1] % 10**10:010d}{sums[2]:012d}{sums[3]:012d}"


@dataclass(frozen=True)
class Line:
    """A payment in a plain CSV."""

    account: str
    cents: int
    day: date = date(2026, 11, 20)
    method: str = "check"
    reference: str = "1042"


def dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def payment_csv(lines: Sequence[Line], *, quoted: bool = False, end: str = "\n") -> bytes:
    """A plain CSV of payments with its trailer."""
    rows = [["account_number", "amount", "received_on", "method", "reference"]]
    rows += [[one.account, dollars(one.cents), str(one.day), one.method, one.reference] for one in lines]
    rows.append(["TOTAL", str(len(lines)), dollars(sum(one.cents for one in lines))])
    return (end.join(",".join(_quoted(row, quoted)) for row in rows) + end).encode()


def _quoted(row: list[str], always: bool) -> list[str]:
    doubled = [value.replace('"', '""') for value in row]
    return [f'"{value}"' if always or set(value) & set('",') else value for value in doubled]
