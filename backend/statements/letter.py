"""What stands on a statement: the figures of one bill, worded for `district/letters/statement.typ`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backend.district.schemas import StatementMessage
from backend.district.service import District, in_language
from backend.fees.names import fee_name
from backend.rates.rules import Line
from backend.rates.service import RateBook
from backend.statements import sentences
from backend.statements.amounts import Wording
from backend.statements.history import ADJUSTMENTS, FEES, PAYMENTS, Around, BillRow, Moved
from backend.statements.notices import Notice
from backend.statements.reckoning import ServiceBilled
from backend.statements.rules import Billed
from backend.statements.wording import Told

USE_MONTHS = 13
NO_BREAK = "\u00a0"
CUBIC_FEET_PER_UNIT = 100


@dataclass(frozen=True, slots=True)
class Use:
    """One column of the usage picture."""

    end: date
    units: Decimal
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class MeterUse:
    """What one meter counted; a read is (day, kind, what the register showed). No opening: the first read."""

    serial_number: str
    size_inches: str
    units_per_count: Decimal
    opening: tuple[date, str, int] | None
    closing: tuple[date, str, int]
    units: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything on a statement, before it is worded."""

    row: BillRow
    bill: Billed
    around: Around
    previous_cents: int
    """What the statement before asked for, and what a payment plan put off of it."""
    previous_planned_cents: int
    past_due_cents: int
    account_number: str
    customer: str
    service_address: str
    mailing: tuple[str, ...]
    pays_itself: bool
    uses: tuple[Use, ...]
    """Oldest first; the last is this bill's."""
    meters: tuple[tuple[MeterUse, ...], ...]
    """Of each service of the bill."""
    notices: tuple[Notice, ...]
    messages: tuple[StatementMessage, ...]
    told: tuple[Mapping[str, Told], ...]


def letter(statement: Statement, language: str, district: District, book: RateBook, *, demo: bool) -> dict[str, Any]:
    """The data of the template, every figure in words of `language`."""
    wording, bill, row = Wording(language), statement.bill, statement.row
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
        "due": wording.day(row.due_date) if owed else None,
        "past_due": wording.money(statement.past_due_cents) if owed and statement.past_due_cents else None,
        "credit": wording.money(bill.due_cents) if bill.due_cents < 0 else None,
        "cancelled": row.is_cancelled,
        "pays_itself": statement.pays_itself,
        "notices": [{"code": each.code, "values": _values(each, wording)} for each in statement.notices],
        "messages": [_message(each, language, district) for each in statement.messages],
        "summary": _summary(statement, wording),
        "total": wording.money(bill.due_cents),
        "services": _services(statement, book, wording),
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


def _message(message: StatementMessage, language: str, district: District) -> dict[str, str]:
    settings = district.settings
    words = in_language(message.text, language)
    text = words.format(phone=_phone(settings.phone), website=settings.website.removeprefix("https://"))
    return {"title": in_language(message.title, language), "text": " ".join(text.split())}


def _values(notice: Notice, wording: Wording) -> dict[str, str]:
    def worded(value: int | date | Decimal | str) -> str:
        if isinstance(value, int):
            return signed(value, wording)
        if isinstance(value, Decimal):
            return wording.price(value)
        return wording.day(value) if isinstance(value, date) else value

    return {name: worded(value) for name, value in notice.values.items()}


def signed(cents: int, wording: Wording) -> str:
    """An amount with a true minus sign when it is negative."""
    return f"{'−' if cents < 0 else ''}{wording.money(cents)}"


def _summary(statement: Statement, wording: Wording) -> list[dict[str, str]]:
    """Rows that add up to the amount due; payments count as negative, and what explains nothing is left out."""
    bill, around = statement.bill, statement.around
    before = statement.previous_cents + statement.previous_planned_cents
    carried = bill.carried_cents - before - around.payments_cents
    rows: list[tuple[str, int, dict[str, str]]] = [("previous", statement.previous_cents, {})]
    if statement.previous_planned_cents:
        rows.append(("planned_before", statement.previous_planned_cents, {}))
    rows += _moved(around, wording)
    rows += [(code, cents, {}) for code, cents in (("corrections", carried), ("settled", bill.settled_cents)) if cents]
    rows.append(("charges", bill.new_charges_cents, {}))
    if bill.levelled_cents:
        rows.append(("levelled_off" if bill.levelled_cents < 0 else "levelled_up", bill.levelled_cents, {}))
    if bill.planned_cents:
        rows.append(("planned", -bill.planned_cents, {}))
    return [{"code": code, "amount": signed(cents, wording), **more} for code, cents, more in rows]


def _moved(around: Around, wording: Wording) -> list[tuple[str, int, dict[str, str]]]:
    """A row for each payment, fee and adjustment since the last bill."""
    return [
        (code, one.cents, {"day": wording.short_day(one.day), "name": _fee_name(one, wording.language)})
        for one in sorted(around.moved, key=lambda one: (one.day, one.kind not in PAYMENTS))
        if (code := _code(one)) is not None
    ]


def _code(one: Moved) -> str | None:
    if one.kind in PAYMENTS:
        return "payment_back" if one.is_reversal else "payment"
    if one.kind in FEES:
        return "fee_back" if one.is_reversal else "fee"
    return "adjustment" if one.kind in ADJUSTMENTS else None


def _fee_name(one: Moved, language: str) -> str:
    name = fee_name(one.code, language)
    return f"{name[0].upper()}{name[1:]}"


def _services(statement: Statement, book: RateBook, wording: Wording) -> list[dict[str, Any]]:
    bill = statement.bill
    if not bill.services:
        name = sentences.SERVICES["residential"][wording.language]
        line = {
            "name": name,
            "kind": "volume",
            "how": wording.units(bill.units),
            "amount": wording.money(bill.new_charges_cents),
        }
        return [{"name": name, "place": "", "lines": [line], "amount": line["amount"], "meters": []}]
    names_places = len({one.place for one in bill.services}) > 1
    return [
        {
            "name": sentences.SERVICES[one.service_class][wording.language],
            "place": one.place if names_places else "",
            "lines": [_line(line, book, wording) for line in one.lines],
            "amount": signed(one.cents, wording),
            "meters": [_meter(meter, wording) for meter in meters],
        }
        for one, meters in _with_meters(statement)
    ]


def _with_meters(statement: Statement) -> list[tuple[ServiceBilled, Sequence[MeterUse]]]:
    meters = statement.meters or ((),) * len(statement.bill.services)
    return list(zip(statement.bill.services, meters, strict=True))


def _line(line: Line, book: RateBook, wording: Wording) -> dict[str, str]:
    return {
        "name": book.line_name(line.code, line.detail, wording.language),
        "kind": line.code.partition(":")[0].removesuffix("_fixed"),
        "how": _how(line, wording),
        "amount": signed(line.amount_cents, wording),
    }


def _how(line: Line, wording: Wording) -> str:
    price = wording.price(line.dollars_each)
    by_unit = line.code.startswith("volume:") or line.code == "drought" or line.code.startswith("pass_through:")
    if by_unit:
        return f"{wording.units(line.quantity)} × {price}"
    return price if line.quantity == 1 else f"{wording.number(line.quantity, 4)} × {price}"


def _meter(meter: MeterUse, wording: Wording) -> dict[str, Any]:
    return {
        "serial": meter.serial_number,
        "size": meter.size_inches,
        "opening": _read(meter.opening, wording) if meter.opening else None,
        "closing": _read(meter.closing, wording),
        "units": wording.number(Decimal(meter.units)),
        "cubic_feet": wording.number(meter.units_per_count * CUBIC_FEET_PER_UNIT),
    }


def _read(read: tuple[date, str, int], wording: Wording) -> dict[str, str]:
    day, kind, value = read
    return {"day": wording.short_day(day), "kind": kind, "value": str(value)}


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
        "units": wording.units(bill.units),
        "days": wording.days(bill.days),
        "gallons": wording.gallons(bill.units / bill.days),
        "estimated": any(use.is_estimated for use in shown),
        "alt": ", ".join(f"{wording.month(use.end)} {use.end.year}: {wording.number(use.units)}" for use in shown)
        + ".",
        "points": points,
    }
