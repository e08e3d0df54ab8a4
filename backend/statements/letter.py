"""What stands on a statement: the figures of one bill, worded for `district/letters/statement.typ`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backend.district.service import District, in_language
from backend.rates.rules import Line
from backend.rates.service import RateBook
from backend.statements.amounts import Wording
from backend.statements.rules import Billed
from backend.statements.wording import Told

USE_MONTHS = 13
NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Use:
    """One column of the usage picture."""

    end: date
    units: Decimal
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A box on the statement; `code` names its words in the template, `values` fill them (cents, days, words)."""

    code: str
    values: Mapping[str, int | date | str]


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything on a statement, before it is worded."""

    bill: Billed
    kind: str
    due_date: date
    is_cancelled: bool
    previous_cents: int
    """What the statement before asked for."""
    payments_cents: int
    """Received since then; negative, as it lowers what is owed."""
    account_number: str
    customer: str
    service_address: str
    mailing: tuple[str, ...]
    uses: tuple[Use, ...]
    """Oldest first; the last is this bill's."""
    notices: tuple[Notice, ...]
    told: tuple[Mapping[str, Told], ...]


def letter(statement: Statement, language: str, district: District, book: RateBook, *, demo: bool) -> dict[str, Any]:
    """The data of the template, every figure in words of `language`."""
    wording, bill = Wording(language), statement.bill
    owed = bill.due_cents > 0
    return {
        "language": language,
        "demonstration": demo,
        "district": _district(district, language),
        "customer": statement.customer,
        "mailing": list(statement.mailing),
        "account": f"{statement.account_number[:4]}{NO_BREAK}{statement.account_number[4:]}",
        "issued": wording.day(bill.issued_on),
        "period": f"{wording.short_day(bill.start)} – {wording.short_day(bill.end)} ({wording.days(bill.days)})",
        "service_address": statement.service_address,
        "amount": wording.money(bill.due_cents) if owed else None,
        "due": wording.day(statement.due_date) if owed else None,
        "credit": wording.money(bill.due_cents) if bill.due_cents < 0 else None,
        "cancelled": statement.is_cancelled,
        "notices": [{"code": each.code, "values": _values(each, wording)} for each in statement.notices],
        "summary": _summary(statement, wording),
        "total": wording.money(bill.due_cents),
        "lines": _lines(bill, book, wording),
        "new_charges": wording.money(bill.new_charges_cents),
        "use": _use(statement.uses, bill, wording),
        "why": [
            {"summary": told[language].summary, "causes": list(told[language].statement)} for told in statement.told
        ],
    }


def _district(district: District, language: str) -> dict[str, str]:
    settings = district.settings
    places = [f"{in_language(place.name, language)}, {place.address}" for place in settings.locations]
    return {
        "name": settings.name,
        "phone": _phone(settings.phone),
        "emergency": _phone(settings.emergency_phone),
        "website": settings.website.removeprefix("https://"),
        "address": settings.locations[0].address,
        "places": ". ".join(places) + ".",
    }


def _phone(number: str) -> str:
    digits = number.removeprefix("+1")
    return f"({digits[:3]}){NO_BREAK}{digits[3:6]}\u2011{digits[6:]}" if len(digits) == 10 else number


def _values(notice: Notice, wording: Wording) -> dict[str, str]:
    def worded(value: int | date | str) -> str:
        if isinstance(value, int):
            return signed(value, wording)
        return wording.day(value) if isinstance(value, date) else value

    return {name: worded(value) for name, value in notice.values.items()}


def signed(cents: int, wording: Wording) -> str:
    """An amount with a true minus sign when it is negative."""
    return f"{'−' if cents < 0 else ''}{wording.money(cents)}"


def _summary(statement: Statement, wording: Wording) -> list[dict[str, str]]:
    """Rows that add up to the amount due; payments count as negative, and what explains nothing is left out."""
    bill = statement.bill
    rows = [
        ("previous", statement.previous_cents),
        ("payments", statement.payments_cents),
        ("corrections", bill.carried_cents - statement.previous_cents - statement.payments_cents),
        ("fees", bill.fees_cents),
        ("charges", bill.new_charges_cents),
    ]
    always = {"previous", "payments", "charges"}
    return [{"code": code, "amount": signed(cents, wording)} for code, cents in rows if cents or code in always]


def _lines(bill: Billed, book: RateBook, wording: Wording) -> list[dict[str, str]]:
    if not bill.lines:
        name = {"en": "Water service", "es": "Servicio de agua"}[wording.language]
        how = wording.units(bill.units)
        return [{"name": name, "kind": "service", "how": how, "amount": wording.money(bill.new_charges_cents)}]
    return [
        {
            "name": book.line_name(line.code, line.detail, wording.language),
            "kind": line.code.partition(":")[0].removesuffix("_fixed"),
            "how": _how(line, wording),
            "amount": signed(line.amount_cents, wording),
        }
        for line in bill.lines
    ]


def _how(line: Line, wording: Wording) -> str:
    each = wording.number(line.dollars_each, 4)
    whole, _, decimals = each.partition(".")
    price = f"${whole}.{decimals.ljust(2, '0')}"
    by_unit = line.code.startswith("volume:") or line.code == "drought" or line.code.startswith("pass_through:")
    quantity = wording.units(line.quantity) if by_unit else wording.number(line.quantity, 4)
    return f"{quantity} × {price}"


def _use(uses: Sequence[Use], bill: Billed, wording: Wording) -> dict[str, Any]:
    shown = uses[-USE_MONTHS:]
    points = [
        {
            "label": wording.month(use.end),
            "label_units": wording.number(use.units),
            "units": float(use.units),
            "current": number == len(shown),
            "estimated": use.is_estimated,
        }
        for number, use in enumerate(shown, 1)
    ]
    return {
        "units": wording.number(bill.units),
        "days": bill.days,
        "gallons": wording.gallons(bill.units / bill.days),
        "estimated": any(use.is_estimated for use in shown),
        "alt": ", ".join(f"{wording.month(use.end)} {use.end.year}: {wording.number(use.units)}" for use in shown)
        + ".",
        "points": points,
    }


def _in_words(use: Use, wording: Wording) -> str:
    return f"{wording.month(use.end)} {use.end.year}: {wording.number(use.units)}"
