"""What is asked and read when a service starts: for whom, where, and from which day on."""

from collections.abc import Mapping
from datetime import date
from typing import get_args

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts.opening import NewCustomer
from backend.console.account.wanted import Wanted
from backend.console.forms import Form, needed_day
from backend.console.seat import Refusal
from backend.district.schemas import ServiceClass
from backend.service_changes import places
from backend.service_changes.history import Reads
from backend.service_changes.starts import Start


def customer_fields(fields: Form, wanted: Wanted, help: str = "") -> None:
    """Who a new customer is."""
    t = fields.t
    fields.field("name", t("new_name"), help=help, value=wanted.name)
    fields.field("phone", t("phone"), "tel", value=wanted.phone)
    languages = [(one, t(f"speaks_{one}")) for one in ("en", "es")]
    fields.choice("language", t("language"), languages, chosen="en")


def customer_in(given: Mapping[str, str]) -> NewCustomer:
    """:raises Refusal: `name_needed`, `phone_unreadable`."""
    name = given.get("name", "").strip()
    if not name:
        raise Refusal("name_needed", field="name")
    digits = "".join(letter for letter in given.get("phone", "") if letter.isdigit())
    if digits and len(digits.removeprefix("1")) != 10:
        raise Refusal("phone_unreadable", field="phone")
    phone = f"+1{digits.removeprefix('1')}" if digits else None
    language = "es" if given.get("language") == "es" else "en"
    return NewCustomer("person", name[:200], name.split()[0], language, phone, None)


def place_fields(fields: Form, wanted: Wanted, service_class: str) -> None:
    """Where and when, of which class, for whom, and what the meter shows."""
    t = fields.t
    fields.field("address", t("start_at"), help=t("start_at_help"), value=wanted.address)
    fields.field("start_on", t("start_on"), "date", value=wanted.start_on)
    classes = [(one, t(f"class_{one}")) for one in get_args(ServiceClass)]
    fields.choice("service_class", t("service_class"), classes, chosen=service_class)
    fields.field("persons", t("persons"), inputmode="numeric", value="3")
    fields.field("landscape", t("landscape_sqft"), inputmode="numeric", value="0")
    fields.field("opening", t("opening_read"), help=t("opening_read_help"), inputmode="numeric")


async def start_in(session: AsyncSession, given: Mapping[str, str], today: date) -> Start:
    """:raises Refusal: something is missing or unreadable. :raises HeadgateError: it cannot start there."""
    typed = given.get("address", "").strip()
    if not typed:
        raise Refusal("address_needed", field="address")
    place = await places.the_place(session, typed, today)
    day, service_class = needed_day(given, "start_on"), given.get("service_class", "")
    reads: Reads = ()
    if given.get("opening", "").strip():
        there = await places.free_meters(session, place.premise_id, service_class, day)
        if len(there) > 1:
            raise Refusal("several_meters", field="opening")
        reads = ((there[0].id, number_in(given, "opening")),)
    persons, area = number_in(given, "persons"), number_in(given, "landscape")
    return Start(place.premise_id, service_class, day, persons, area, reads)


def number_in(given: Mapping[str, str], name: str) -> int:
    """:raises Refusal: `number_unreadable`."""
    typed = given.get(name, "").replace(",", "").strip()
    if not typed.isascii() or not typed.isdigit() or len(typed) > 12:
        raise Refusal("number_unreadable", field=name)
    return int(typed)
