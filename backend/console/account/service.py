"""Service: what goes on where, the meters that measure it, and what was changed, by whom and why."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from backend.console.account.service_forms import ServiceForms
from backend.console.account.view import Look, View
from backend.console.account.wanted import Wanted
from backend.console.pen import Pen
from backend.console.sheet import Deed
from backend.console.tables import facts, table
from backend.console.words import Wording
from backend.hand_offs import desk
from backend.service_changes.history import ListedChange, changes_of
from backend.service_changes.services import MeterThere, ServiceThere, services_of
from backend.staff.permissions import Permission

if TYPE_CHECKING:
    from backend.console.account_page import AccountPage


@dataclass(frozen=True, slots=True)
class _Shown:
    services: tuple[ServiceThere, ...]
    history: tuple[ListedChange, ...]


class Service(View):
    """Those that go on first. With a case in the address, what the customer asked for is asked at once."""

    name = "service"

    def __init__(self, page: "AccountPage") -> None:
        super().__init__(page)
        self.forms = ServiceForms(page)
        self._wanted: Wanted | None = None

    async def read(self, look: Look) -> _Shown:
        shown = _Shown(
            tuple(await services_of(look.session, look.account_id)),
            tuple(await changes_of(look.session, look.account_id)),
        )
        self.forms.services = shown.services
        if self.page.case_id is not None and self._wanted is None:
            details = await desk.details_of(look.session, self.seat.principal, self.page.case_id, look.account_id)
            self._wanted = Wanted.of_details(details)
        return shown

    async def ask_wanted(self) -> None:
        """Open the dialog for what the case asks for; the browser has to be there."""
        was_done = any(str(one.ended_on) == self._wanted.stop_on for one in self.forms.services if self._wanted)
        if self._wanted is not None and self._wanted.deed and not was_done:
            await self.forms.ask(self._wanted.deed, self._wanted)

    def draw(self, pen: Pen, shown: _Shown) -> None:
        t, me = self.t, self.seat.me
        with pen.within("section", "panel", aria_labelledby="services-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("account_tab_service"), id="services-title")
            self._draw_deeds(pen, shown)
            if not shown.services:
                pen("p", t("service_nothing"), "nothing")
            for service in shown.services:
                self._draw_service(pen, service)
            if me.may(Permission.HOLD_BILLING):
                held = self.page.head.record.billing_hold
                with pen.within("div", "feet start"):
                    if held:
                        pen("p", t("billing_held", why=held), "warn-words")
                        pen.button(t("billing_release"), "ask_release")
                    else:
                        pen.button(t("billing_hold"), "ask_hold_billing")
        self._draw_history(pen, shown.history)

    def _draw_deeds(self, pen: Pen, shown: _Shown) -> None:
        if not self.seat.me.may(Permission.CHANGE_SERVICE):
            return
        t, goes_on = self.t, any(one.ended_on is None for one in shown.services)
        with pen.within("div", "feet start"):
            if shown.services:
                pen.button(t("service_stop"), "ask_stop")
            if goes_on:
                pen.button(t("service_transfer"), "ask_transfer")
            pen.button(t("service_start"), "ask_start")
            if goes_on:
                pen.button(t("household_change"), "ask_household")

    def _draw_service(self, pen: Pen, service: ServiceThere) -> None:
        t = self.t
        with pen.within("section", aria_labelledby=f"service-{service.agreement_id}"):
            with pen.within("h3", id=f"service-{service.agreement_id}"):
                pen.text(service.service_address)
                state = "service_over" if service.ended_on else "service_goes_on"
                pen("span", t(state), "mark after" if service.ended_on else "mark good after")
            facts(
                pen,
                [
                    (t("service_class"), t.known("class", service.service_class, "class_other")),
                    (t("service_since"), t.day(service.started_on)),
                    (t("service_until"), t.day(service.ended_on) if service.ended_on else ""),
                    (t("persons"), str(service.persons)),
                    (t("landscape"), t("sqft", n=t.number(service.landscape_sqft)) if service.landscape_sqft else ""),
                ],
            )
            self._draw_meters(pen, service)

    def _draw_meters(self, pen: Pen, service: ServiceThere) -> None:
        t = self.t
        if not service.meters:
            pen("p", t("meters_none"), "nothing")
            return
        columns = [
            (t("meter"), ""),
            (t("meter_size"), ""),
            (t("meter_since"), "day"),
            (t("meter_until"), "day"),
            (t("meter_last_read"), "number"),
            ("", "deeds-cell"),
        ]
        with table(pen, t("meters_of", place=service.service_address), columns) as rows:
            for meter in service.meters:
                with rows.row("over" if meter.removed_on else ""):
                    rows.cell(meter.serial_number, "lead-cell")
                    rows.cell(t("meter_inches", size=meter.size_inches))
                    rows.cell(t.day(meter.installed_on))
                    rows.cell(t.day(meter.removed_on) if meter.removed_on else "")
                    rows.cell(_last_read(t, meter))
                    with rows.within("keep"):
                        if meter.removed_on is None and self.seat.me.may(Permission.EXCHANGE_METER):
                            label = t("meter_exchange_one", serial=meter.serial_number)
                            pen.button(t("meter_exchange"), "ask_exchange", meter.meter_id, aria_label=label)

    def _draw_history(self, pen: Pen, history: tuple[ListedChange, ...]) -> None:
        t = self.t
        with pen.within("section", "panel flush", aria_labelledby="service-history-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("service_history"), id="service-history-title")
            if not history:
                pen("p", t("service_history_nothing"), "nothing")
                return
            columns = [(t("day"), "day"), (t("service_change"), ""), (t("why"), ""), (t("by"), "")]
            with table(pen, t("service_history"), columns) as rows:
                for one in history:
                    with rows.row():
                        rows.cell(t.day(one.effective_on))
                        with rows.within("lead-cell"):
                            pen.text(t.known("service_did", one.kind, "service_did_stop"))
                            if told := _told(t, one):
                                pen("span", told, "sub")
                        rows.cell(one.reason)
                        rows.cell(f"{one.changed_by}, {t.clock_time(one.changed_at, self.seat.now())}")

    async def press(self, deed: Deed) -> bool | None:
        if not deed.name.startswith("ask_"):
            return await super().press(deed)
        meter_id = UUID(deed.value) if deed.name == "ask_exchange" else None
        wanted = self._wanted or Wanted()
        await self.forms.ask(deed.name, replace(wanted, meter_id=meter_id))
        return None


def _last_read(t: Wording, meter: MeterThere) -> str:
    if meter.last_value is None or meter.last_read_on is None:
        return ""
    return t("meter_read_on", value=t.number(meter.last_value), date=t.day(meter.last_read_on))


def _told(t: Wording, one: ListedChange) -> str:
    """What is worth a line of what a change was."""
    detail = one.detail
    if one.kind == "meter_exchange":
        return t("service_told_meter", old=detail["removed_serial"], new=detail["serial"])
    if one.kind == "household":
        return t("service_told_household", n=detail["persons"], was=detail["persons_was"])
    if one.kind == "stop" and detail.get("forwarding_address"):
        return t("service_told_mail", address=", ".join(str(detail["forwarding_address"]).splitlines()))
    return t("service_told_account", number=detail["account_number"]) if one.kind == "start" else ""
