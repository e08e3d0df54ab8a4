"""Campaigns so far, and beginning one. At `/campaigns`."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui

from backend.campaigns import rules, service
from backend.campaigns.rules import Audience
from backend.campaigns.service import Campaign, Plan
from backend.campaigns.wording import SPOKEN, SUGGESTED, Words
from backend.console.forms import Form, feet, form, words_in
from backend.console.navigation import CAMPAIGNS
from backend.console.page import BUILD_SECONDS, LivePage, serve
from backend.console.pen import Pen
from backend.console.seat import Refusal
from backend.console.sheet import Deed, Sheet
from backend.console.surroundings import PREFIX
from backend.console.tables import table
from backend.emergency import service as emergency
from backend.emergency.service import Zone
from backend.staff.permissions import Permission

STATUS_CSS = {"draft": "", "running": "accent", "paused": "warn", "finished": "good", "canceled": ""}
DAYS = {"payment_reminder": rules.DUE_WITHIN_DAYS, "shut_off_warning": rules.PAST_DUE_DAYS}
DAYS_MAX = 400


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/campaigns", response_timeout=BUILD_SECONDS)(show_campaigns)


async def show_campaigns(request: Request, client: Client) -> Response | None:
    return await serve(request, client, CAMPAIGNS, CampaignsPage)


@dataclass(frozen=True, slots=True)
class _Shown:
    campaigns: tuple[Campaign, ...]
    zones: tuple[Zone, ...]


class CampaignsPage(LivePage):
    """The newest campaigns; who may, begins another."""

    hears = frozenset({"campaign"})

    def build(self) -> None:
        self._body = Sheet(self._press, css="column")
        self._zones: tuple[Zone, ...] = ()
        self.title(self.t("nav_campaigns"))

    async def show(self) -> None:
        async with self.seat.looking() as session:
            found = tuple(await service.campaigns(session, self.seat.principal))
            shown = _Shown(found, tuple(await emergency.zones(session)))
        self._zones = shown.zones
        self._body.show(lambda pen: self._draw(pen, shown))

    def _draw(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        with pen.within("div", "page-head"):
            pen("h1", t("nav_campaigns"))
            pen("p", t("campaigns_lead"), "lead")
        if self.seat.me.may(Permission.RUN_CAMPAIGNS):
            self._draw_kinds(pen)
        with pen.within("section", "panel flush", aria_labelledby="campaigns-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("campaigns_title"), id="campaigns-title")
            if not shown.campaigns:
                with pen.within("p", "nothing"):
                    pen("strong", t("campaigns_nothing"))
                    pen.text(t("campaigns_nothing_help"))
                return
            columns = [(t("campaign"), ""), (t("state"), ""), (t("campaign_audience"), ""), (t("by"), "")]
            with table(pen, t("campaigns_title"), columns) as rows:
                for one in shown.campaigns:
                    with rows.row():
                        with rows.within("lead-cell"):
                            pen.link(one.name, campaign_address(one.id))
                            pen("span", t.known("campaign_kind", one.kind, "campaign_kind_other"), "sub")
                        with rows.within():
                            pen("span", t(f"campaign_status_{one.status}"), f"mark {STATUS_CSS[one.status]}")
                        rows.cell(", ".join(one.audience.zones) or t("campaign_whole_district"))
                        rows.cell(f"{one.made_by}, {t.clock_time(one.made_at, self.seat.now())}")

    def _draw_kinds(self, pen: Pen) -> None:
        t = self.t
        with pen.within("section", "panel", aria_labelledby="new-title"):
            pen("h2", t("campaign_new"), id="new-title")
            with pen.within("ul", "plain-list todo"):
                for kind in rules.PLANNED:
                    with pen.within("li"):
                        pen("span", t(f"campaign_for_{kind}"), id=f"for-{kind}")
                        name = t(f"campaign_kind_{kind}")
                        pen.button(name, "ask_new", kind, aria_describedby=f"for-{kind}")

    async def _press(self, deed: Deed) -> bool | None:
        if deed.name == "ask_new" and deed.value in rules.PLANNED:
            self._ask_new(deed.value)
        return None

    def _ask_new(self, kind: str) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            pen("p", t(f"campaign_for_{kind}"), "about")
            with form(pen, t, "campaign", value=kind, key=self.key("campaign")) as fields:
                fields.field(
                    "name", t("campaign_name"), help=t("campaign_name_help"), maxlength=service.NAME_LENGTH_MAX
                )
                draw_zones(pen, fields, self._zones, t("campaign_zones"), t("campaign_zones_help"))
                if kind in DAYS:
                    fields.field("days", t(f"campaign_days_{kind}"), "number", value=DAYS[kind], min=0, max=DAYS_MAX)
                places = ", ".join(f"{{{place}}}" for place in sorted(rules.places_of(kind)))
                for language in ("en", "es"):
                    fields.words(
                        f"text_{language}",
                        t(f"campaign_text_{language}"),
                        help=t("campaign_places", places=places) if language == "en" else "",
                        rows=5,
                        filled=SUGGESTED[kind][language],
                        lang=language,
                    )
                for language in ("en", "es"):
                    fields.words(
                        f"spoken_{language}",
                        t(f"campaign_spoken_{language}"),
                        help=t("campaign_spoken_help") if language == "en" else "",
                        rows=3,
                        filled=SPOKEN[kind][language],
                        lang=language,
                    )
                with feet(pen):
                    fields.cancel()
                    fields.send(t("campaign_look"))

        self.ask(t(f"campaign_kind_{kind}"), draw, self._make)

    async def _make(self, deed: Deed) -> bool:
        made: list[UUID] = []

        async def make() -> None:
            kind = deed.value if deed.value in rules.PLANNED else "notice"
            plan = Plan(
                words_in(deed.fields, "name", needed=False) or self.t(f"campaign_kind_{kind}"),
                kind,
                Audience(zones=deed.chosen, days=_days_in(deed) if kind in DAYS else 0),
                _words_in(deed),
            )
            async with self.seat.deed(Permission.RUN_CAMPAIGNS) as session:
                key = deed.fields.get("key") or self.key("campaign")
                made.append(await service.make(session, self.seat.principal, plan, key=key, now=self.seat.now()))

        done = await self.conclude(make, self.t("campaign_saved"), form="campaign")
        if made:
            self.client.open(campaign_address(made[0]).removeprefix(PREFIX))
        return done


def _words_in(deed: Deed) -> Words:
    """What is written, and what is said where nothing can be written: nothing said, nobody is called."""
    texts, spoken = (
        {language: words_in(deed.fields, f"{how}_{language}", needed=False) for language in ("en", "es")}
        for how in ("text", "spoken")
    )
    return Words(texts, spoken if any(spoken.values()) else None)


def campaign_address(campaign_id: UUID) -> str:
    """Where a campaign is."""
    return f"{PREFIX}/campaigns/{campaign_id}"


def draw_zones(pen: Pen, fields: Form, zones: tuple[Zone, ...], legend: str, help: str) -> None:
    """Boxes to choose zones with; none chosen is the whole district."""
    t = fields.t
    with pen.within("fieldset", "radios", aria_describedby="zones-help"):
        pen("legend", legend)
        for zone in zones:
            with pen.within("label", "radio"):
                pen("input", type="checkbox", name="chosen", value=zone.name)
                pen("span", t("campaign_zone_count", zone=zone.name, n=t.number(zone.premises)))
        pen("p", help, "help", id="zones-help")


def _days_in(deed: Deed) -> int:
    typed = deed.fields.get("days", "").strip()
    if not typed.isdecimal() or int(typed) > DAYS_MAX:
        raise Refusal("days_unreadable", field="days")
    return int(typed)
