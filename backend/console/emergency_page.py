"""The emergency switch: what is on, switching on, ending. At `/emergency`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui

from backend.console.campaigns_page import campaign_address, draw_zones
from backend.console.forms import Form, feet, form, moment_in, words_in
from backend.console.navigation import EMERGENCY
from backend.console.page import BUILD_SECONDS, LivePage, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.tables import facts, table
from backend.emergency import service
from backend.emergency.facts import Active
from backend.emergency.rules import EmergencyKind
from backend.emergency.service import Switched, Zone
from backend.staff.permissions import Permission

OPTIONS = ("no_water", "stands_down", "sends_texts")
SUGGESTED_ON = ("stands_down",)
LANGUAGES = ("en", "es")


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/emergency", response_timeout=BUILD_SECONDS)(show_emergency)


async def show_emergency(request: Request, client: Client) -> Response | None:
    return await serve(request, client, EMERGENCY, EmergencyPage)


@dataclass(frozen=True, slots=True)
class _Shown:
    active: tuple[Active, ...]
    before: tuple[Active, ...]
    now: datetime


class EmergencyPage(LivePage):
    """What holds now first, then the switch, then what was."""

    hears = frozenset({"emergency"})

    def build(self) -> None:
        self._body = Sheet(self._press, css="column")
        self._zones: tuple[Zone, ...] = ()
        self.title(self.t("nav_emergency"))

    async def show(self) -> None:
        now = self.seat.now()
        async with self.seat.looking() as session:
            found = await service.recent(session, self.seat.principal)
            self._zones = tuple(await service.zones(session))
        active = tuple(one for one in found if one.is_active(now))
        shown = _Shown(active, tuple(one for one in found if not one.is_active(now)), now)
        self._body.show(lambda pen: self._draw(pen, shown))

    def _draw(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        with pen.within("div", "page-head"):
            pen("h1", t("nav_emergency"))
            pen("p", t("emergency_lead"), "lead")
        if self.seat.me.may(Permission.SWITCH_EMERGENCY):
            with pen.within("div", "feet start"):
                pen.button(t("emergency_switch_on"), "ask_water", css="button main")
                pen.button(t("emergency_billing_switch_on"), "ask_billing_down")
        with pen.within("section", "column", aria_labelledby="now-title"):
            pen("h2", t("emergency_now"), id="now-title")
            if not shown.active:
                with pen.within("p", "panel nothing"):
                    pen("strong", t("emergency_none"))
                    pen.text(t("emergency_none_help"))
            for one in shown.active:
                self._draw_active(pen, one, shown.now)
        if shown.before:
            self._draw_before(pen, shown)

    def _draw_active(self, pen: Pen, one: Active, now: datetime) -> None:
        t = self.t
        with pen.within("article", "panel", aria_labelledby=f"title-{one.id}"):
            with pen.within("div", "panel-head"):
                pen("h3", one.reason, id=f"title-{one.id}")
                if self.seat.me.may(Permission.SWITCH_EMERGENCY):
                    pen.button(t("emergency_end"), "ask_end", one.id, aria_describedby=f"title-{one.id}")
            with pen.within("p", "marks"):
                pen("span", t.known("emergency_kind", one.kind, "emergency_kind_other"), "mark bad")
                if one.no_water:
                    pen("span", t("emergency_mark_no_water"), "mark warn")
                if one.stands_down:
                    pen("span", t("emergency_mark_stood_down"), "mark")
            for language, words in (("en", one.text_en), ("es", one.text_es)):
                pen("blockquote", words, "said", lang=language)
            ends = t("emergency_ends", time=t.clock_time(one.ends_at, now)) if one.ends_at else ""
            story = [
                t("emergency_by", name=one.started_by, time=t.clock_time(one.started_at, now)),
                ends or t("emergency_ends_by_hand"),
            ]
            facts(pen, [(t("emergency_zones"), ", ".join(one.zones) or t("emergency_whole_district"))])
            pen("p", " · ".join(story), "soft")
            if one.campaign_id is not None:
                pen.link(t("emergency_texts"), campaign_address(one.campaign_id))

    def _draw_before(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        columns = [(t("emergency_reason"), ""), (t("emergency_zones"), ""), (t("emergency_before"), "")]
        with pen.within("section", "panel flush", aria_labelledby="before-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("emergency_before"), id="before-title")
            with table(pen, t("emergency_before"), columns) as rows:
                for one in shown.before:
                    with rows.row():
                        rows.cell(one.reason, "lead-cell")
                        rows.cell(", ".join(one.zones) or t("emergency_whole_district"))
                        rows.cell(self._was(one, shown.now))

    def _was(self, one: Active, now: datetime) -> str:
        t = self.t
        over = one.ended_at or one.ends_at or one.started_at
        span = t("emergency_over", from_time=t.clock_time(one.started_at, now), to_time=t.clock_time(over, now))
        how = t("emergency_ended_by", name=one.ended_by) if one.ended_by else t("emergency_ended_itself")
        return f"{span} · {how}"

    async def _press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "ask_water":
                self._ask("water", "emergency_switch_on")
            case "ask_billing_down":
                self._ask("billing_down", "emergency_billing_switch_on")
            case "ask_end":
                self._ask_end(UUID(deed.value))
        return None

    def _ask(self, kind: EmergencyKind, title: str) -> None:
        t, is_water = self.t, kind == "water"

        def draw(pen: Pen) -> None:
            pen("p", t("emergency_help" if is_water else "emergency_billing_help"), "about")
            with form(pen, t, "switch", value=kind, key=self.key("switch")) as fields:
                if is_water:
                    draw_zones(pen, fields, self._zones, t("emergency_zones"), t("emergency_zones_help"))
                fields.words("reason", t("emergency_reason"), help=t("emergency_reason_help"))
                for language in LANGUAGES:
                    fields.words(
                        f"text_{language}",
                        t(f"emergency_text_{language}"),
                        help=t("emergency_text_help") if is_water and language == "en" else "",
                        rows=4,
                        filled="" if is_water else t(f"emergency_billing_{language}"),
                        lang=language,
                    )
                fields.field("until", t("emergency_until"), "datetime-local", help=t("emergency_until_help"))
                if is_water:
                    _draw_options(pen, fields)
                with feet(pen):
                    fields.cancel()
                    fields.send(t("emergency_do"), "button main")

        self.ask(t(title), draw, self._switch_on)

    async def _switch_on(self, deed: Deed) -> bool:
        async def switch_on() -> None:
            seat, is_water = self.seat, deed.value == "water"
            options = {name: is_water and deed.fields.get(name) == "yes" for name in OPTIONS}
            asked = Switched(
                "water" if is_water else "billing_down",
                _zones(deed.chosen, self._zones) if is_water else (),
                {language: words_in(deed.fields, f"text_{language}", needed=False) for language in LANGUAGES},
                words_in(deed.fields, "reason", needed=False),
                ends_at=moment_in(deed.fields, "until", seat.district.zone),
                **options,
            )
            async with seat.deed(Permission.SWITCH_EMERGENCY) as session:
                key = deed.fields.get("key") or self.key("switch")
                await service.switch_on(session, seat.principal, asked, key=key, now=seat.now())

        return await self.conclude(switch_on, self.t("emergency_is_on"), form="switch")

    def _ask_end(self, emergency_id: UUID) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            pen("p", t("emergency_end_help"), "about")
            with form(pen, t, "end", value=emergency_id) as fields, feet(pen):
                fields.cancel()
                fields.send(t("emergency_end"))

        self.ask(t("emergency_end_title"), draw, self._end)

    async def _end(self, deed: Deed) -> bool:
        async def end() -> None:
            seat = self.seat
            async with seat.deed(Permission.SWITCH_EMERGENCY) as session:
                await service.switch_off(session, seat.principal, UUID(deed.value), now=seat.now())

        return await self.conclude(end, self.t("emergency_is_over"))


def _draw_options(pen: Pen, fields: Form) -> None:
    t = fields.t
    with pen.within("fieldset", "radios"):
        pen("legend", t("emergency_options"))
        for name in OPTIONS:
            with pen.within("label", "radio"):
                pen("input", type="checkbox", name=name, value="yes", checked=name in SUGGESTED_ON)
                pen("span", t(f"emergency_{name}"))


def _zones(chosen: Sequence[str], zones: tuple[Zone, ...]) -> tuple[str, ...]:
    """All of them chosen is the whole district."""
    return () if {zone.name for zone in zones} <= set(chosen) else tuple(chosen)
