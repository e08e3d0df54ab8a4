"""What is asked before a service is changed: one dialog for each change, filled with what a customer said."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.account.starting import customer_fields, customer_in, number_in, place_fields, start_in
from backend.console.account.wanted import Wanted
from backend.console.forms import Form, feet, form, needed_day, words_in
from backend.console.pen import Pen
from backend.console.seat import Refusal
from backend.console.sheet import Deed
from backend.service_changes import meters, starts, stops, terms
from backend.service_changes.history import Asking, Change, Reads
from backend.service_changes.services import MeterThere, ServiceThere
from backend.service_changes.stops import Stop
from backend.staff.permissions import Permission

if TYPE_CHECKING:
    from backend.console.account_page import AccountPage

Draw = Callable[[Form, Wanted], None]
Deal = Callable[[AsyncSession, Mapping[str, str], Asking], Awaitable[Change]]


class ServiceForms:
    """The dialogs of the Service tab. `services` are the account's, as they were drawn last."""

    services: Sequence[ServiceThere] = ()

    def __init__(self, page: "AccountPage") -> None:
        self.page, self.t, self.seat = page, page.t, page.seat
        self._asked: dict[str, tuple[Draw, Deal, Permission, str]] = {
            "ask_stop": (self._stop_fields, self._stop, Permission.CHANGE_SERVICE, "service_stop"),
            "ask_start": (self._start_fields, self._start, Permission.CHANGE_SERVICE, "service_start"),
            "ask_transfer": (self._transfer_fields, self._transfer, Permission.CHANGE_SERVICE, "service_transfer"),
            "ask_household": (self._household_fields, self._household, Permission.CHANGE_SERVICE, "household_change"),
            "ask_exchange": (self._exchange_fields, self._exchange, Permission.EXCHANGE_METER, "meter_exchange"),
            "ask_hold_billing": (_no_fields, self._hold, Permission.HOLD_BILLING, "billing_hold"),
            "ask_release": (_no_fields, self._release, Permission.HOLD_BILLING, "billing_release"),
        }

    async def ask(self, deed: str, wanted: Wanted) -> None:
        """Open the dialog of `deed`, filled with what is wanted."""
        fields, deal, permission, words = self._asked[deed]
        t, name = self.t, deed.removeprefix("ask_")

        def draw(pen: Pen) -> None:
            pen("p", t(f"{words}_help"), "about")
            with form(pen, t, name, key=self.page.key(name), value=wanted.meter_id or "") as drawn:
                fields(drawn, wanted)
                drawn.words("reason", t("why"), help=t("why_kept"))
                with feet(pen):
                    drawn.cancel()
                    drawn.send(t(f"{words}_now"))

        async def carry_out(deed: Deed) -> bool:
            made: list[Change] = []

            async def work() -> None:
                given = {**deed.fields, "meter_id": deed.value}
                reason = words_in(given, "reason")
                async with self.seat.deed(permission) as session:
                    made.append(await deal(session, given, self._asking(given, reason)))

            if not await self.page.conclude(work, "", name):
                return False
            self.page.told(t(f"{words}_done", number=made[0].detail.get("account_number", "")))
            return True

        self.page.ask(t(f"{words}_title"), draw, carry_out)

    def _asking(self, given: Mapping[str, str], reason: str) -> Asking:
        seat = self.seat
        key = f"console:{given.get('key', '')}"
        return Asking(seat.principal, seat.now(), seat.today(), key, reason, seat.district, seat.around.tariff)

    def _stop_fields(self, fields: Form, wanted: Wanted) -> None:
        t = self.t
        self._choose_service(fields, self.services)
        fields.field("stop_on", t("stop_on"), "date", help=t("stop_on_help"), value=wanted.stop_on)
        self._read_fields(fields)
        fields.words("mail_to", t("mail_to"), help=t("mail_to_help"), filled=wanted.mail_to)

    async def _stop(self, session: AsyncSession, given: Mapping[str, str], asking: Asking) -> Change:
        return await stops.end_service(session, self.page.account_id, self._stop_in(given), asking)

    def _stop_in(self, given: Mapping[str, str]) -> Stop:
        mail_to = words_in(given, "mail_to", needed=False)
        return Stop(_id_in(given, "agreement"), needed_day(given, "stop_on"), self._reads_in(given), mail_to or None)

    def _start_fields(self, fields: Form, wanted: Wanted) -> None:
        t = self.t
        fields.radios(
            "whose", t("start_for"), [("known", t("start_for_known")), ("new", t("start_for_new"))], chosen="known"
        )
        customer_fields(fields, wanted, help=t("new_name_help"))
        self._place_fields(fields, wanted)

    def _place_fields(self, fields: Form, wanted: Wanted) -> None:
        place_fields(fields, wanted, next((one.service_class for one in self.services), "residential"))

    async def _start(self, session: AsyncSession, given: Mapping[str, str], asking: Asking) -> Change:
        start = await start_in(session, given, asking.today)
        if given.get("whose") != "new":
            return await starts.start_service(session, start, asking, known_by=self.page.account_id)
        return await starts.start_service(session, start, asking, new_customer=customer_in(given))

    def _transfer_fields(self, fields: Form, wanted: Wanted) -> None:
        t = self.t
        self._choose_service(fields, [one for one in self.services if one.ended_on is None])
        fields.field("stop_on", t("stop_on"), "date", help=t("stop_on_help"), value=wanted.stop_on)
        self._read_fields(fields)
        self._place_fields(fields, wanted)

    async def _transfer(self, session: AsyncSession, given: Mapping[str, str], asking: Asking) -> Change:
        stop, start = self._stop_in(given), await start_in(session, given, asking.today)
        return await starts.transfer_service(session, self.page.account_id, stop, start, asking)

    def _household_fields(self, fields: Form, wanted: Wanted) -> None:
        t, there = self.t, [one for one in self.services if one.ended_on is None]
        self._choose_service(fields, there)
        now = (there[0].persons, there[0].landscape_sqft) if there else (3, 0)
        fields.field("effective_on", t("household_from"), "date", value=self.seat.today().isoformat())
        fields.field("persons", t("persons"), inputmode="numeric", value=str(now[0]))
        fields.field("landscape", t("landscape_sqft"), inputmode="numeric", value=str(now[1]))

    async def _household(self, session: AsyncSession, given: Mapping[str, str], asking: Asking) -> Change:
        day, persons = needed_day(given, "effective_on"), number_in(given, "persons")
        household = terms.Household(_id_in(given, "agreement"), day, persons, number_in(given, "landscape"))
        return await terms.change_household(session, self.page.account_id, household, asking)

    def _exchange_fields(self, fields: Form, wanted: Wanted) -> None:
        t = self.t
        meter = next((one for one in self._meters() if one.meter_id == wanted.meter_id), None)
        size, each = (meter.size_inches, meter.units_per_count.normalize()) if meter else ("5/8", Decimal(1))
        fields.field("exchanged_on", t("exchanged_on"), "date", value=self.seat.today().isoformat())
        fields.field("last_value", t("exchange_last"), inputmode="numeric")
        fields.field("serial", t("exchange_serial"))
        fields.field("size", t("meter_size"), value=size)
        fields.field("digits", t("exchange_digits"), inputmode="numeric", value=str(meter.digits if meter else 6))
        fields.field("each", t("exchange_each"), help=t("exchange_each_help"), value=f"{each:f}")
        fields.field("first_value", t("exchange_first"), inputmode="numeric", value="0")

    async def _exchange(self, session: AsyncSession, given: Mapping[str, str], asking: Asking) -> Change:
        meter_id = _id_in(given, "meter_id")
        if meter_id is None or all(one.meter_id != meter_id for one in self._meters()):
            raise Refusal("service_refused", {"reason": "other_meter"})
        serial = given.get("serial", "").strip()[:40]
        if not serial:
            raise Refusal("serial_needed", field="serial")
        digits = number_in(given, "digits")
        if not 3 <= digits <= 12:
            raise Refusal("number_unreadable", field="digits")
        size = given.get("size", "").strip()
        new = meters.NewMeter(serial, size, digits, _each_in(given), number_in(given, "first_value"))
        day, last = needed_day(given, "exchanged_on"), number_in(given, "last_value")
        return await meters.exchange_meter(session, meters.Exchange(meter_id, day, last, new), asking)

    async def _hold(self, session: AsyncSession, given: Mapping[str, str], asking: Asking) -> Change:
        return await terms.hold_billing(session, self.page.account_id, asking)

    async def _release(self, session: AsyncSession, given: Mapping[str, str], asking: Asking) -> Change:
        return await terms.release_billing(session, self.page.account_id, asking)

    def _choose_service(self, fields: Form, there: Sequence[ServiceThere]) -> None:
        if len(there) > 1:
            t = self.t
            named = [
                (str(one.agreement_id), f"{t(f'class_{one.service_class}')}, {one.service_address}") for one in there
            ]
            fields.choice("agreement", t("service_which"), named)

    def _meters(self) -> list[MeterThere]:
        return [meter for one in self.services for meter in one.meters if meter.removed_on is None]

    def _read_fields(self, fields: Form) -> None:
        t = self.t
        for meter in self._meters():
            label = t("final_read_of", serial=meter.serial_number)
            fields.field(f"read-{meter.meter_id}", label, help=t("final_read_help"), inputmode="numeric")

    def _reads_in(self, given: Mapping[str, str]) -> Reads:
        names = [(meter.meter_id, f"read-{meter.meter_id}") for meter in self._meters()]
        return tuple((meter_id, number_in(given, name)) for meter_id, name in names if given.get(name, "").strip())


def _no_fields(fields: Form, wanted: Wanted) -> None:
    """The reason is all that is asked."""


def _each_in(given: Mapping[str, str]) -> Decimal:
    try:
        each = Decimal(given.get("each", "").strip())
    except InvalidOperation as unreadable:
        raise Refusal("number_unreadable", field="each") from unreadable
    if not each.is_finite() or not Decimal("0.000001") <= each <= 1_000:
        raise Refusal("number_unreadable", field="each")
    return each


def _id_in(given: Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(given.get(name, ""))
    except ValueError:
        return None
