"""One campaign: whom it would reach and what they would read, then how far it is. At `/campaigns/{id}`."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui
from sqlalchemy.ext.asyncio import AsyncSession

from backend.campaigns import service
from backend.campaigns.preview import Estimate, Preview, estimate
from backend.campaigns.service import Campaign, Progress
from backend.console.campaigns_page import STATUS_CSS
from backend.console.charts import progress as progress_bar
from backend.console.forms import feet, form, words_in
from backend.console.navigation import CAMPAIGNS
from backend.console.page import BUILD_SECONDS, Frame, LivePage, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.surroundings import PREFIX
from backend.console.tables import facts, table
from backend.staff.permissions import Permission

PREVIEW_SECONDS = 30.0
BUSY_SECONDS = 2.0
LANGUAGES = ("en", "es")


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/campaigns/{campaign_id:uuid}", response_timeout=BUILD_SECONDS)(show_campaign)


async def show_campaign(request: Request, client: Client, campaign_id: UUID) -> Response | None:
    return await serve(request, client, CAMPAIGNS, lambda frame: CampaignPage(frame, campaign_id))


@dataclass(frozen=True, slots=True)
class _Shown:
    one: Campaign
    preview: Preview | None
    progress: Progress | None


class CampaignPage(LivePage):
    """A draft with its preview, or a campaign that was started with its progress."""

    hears = frozenset({"campaign"})

    def __init__(self, frame: Frame, campaign_id: UUID) -> None:
        super().__init__(frame)
        self._id = campaign_id
        self._preview: Preview | None = None
        self._previewed_at = float("-inf")
        self._is_busy = False

    @property
    def poll_seconds(self) -> float:
        return BUSY_SECONDS if self._is_busy else super().poll_seconds

    def build(self) -> None:
        self._body = Sheet(self._press, css="column")

    async def show(self) -> None:
        async with self.seat.looking() as session:
            one = await service.campaign(session, self.seat.principal, self._id)
            if one.status == "draft":
                shown = _Shown(one, await self._preview_of(session, one), None)
            else:
                shown = _Shown(one, None, await service.progress(session, one.id))
        self._is_busy = one.status == "running"
        self.title(one.name)
        self._body.show(lambda pen: self._draw(pen, shown))

    async def _preview_of(self, session: AsyncSession, one: Campaign) -> Preview:
        if self._preview is None or time.monotonic() - self._previewed_at > PREVIEW_SECONDS:
            self._preview = await service.preview_of(session, one, district=self.seat.district, now=self.seat.now())
            self._previewed_at = time.monotonic()
        return self._preview

    def _draw(self, pen: Pen, shown: _Shown) -> None:
        t, one = self.t, shown.one
        with pen.within("div", "page-head"):
            with pen.within("nav", "crumbs", aria_label=t("crumbs")), pen.within("ol"):
                with pen.within("li"):
                    pen.link(t("nav_campaigns"), f"{PREFIX}/campaigns")
                pen("li", one.name)
            pen("h1", one.name)
            with pen.within("p", "marks"):
                pen("span", t(f"campaign_status_{one.status}"), f"mark {STATUS_CSS[one.status]}")
                pen("span", t.known("campaign_kind", one.kind, "campaign_kind_other"), "mark")
            pen("p", self._story(one), "soft")
        self._draw_deeds(pen, shown)
        with pen.within("div", "columns"):
            with pen.within("div", "column"):
                if shown.preview is not None:
                    self._draw_reach(pen, shown.preview)
                if shown.progress is not None:
                    self._draw_progress(pen, one, shown.progress)
                self._draw_left_out(pen, shown.preview.left_out if shown.preview is not None else one.left_out)
            with pen.within("div", "column"):
                preview = shown.preview
                self._draw_words(pen, one, "reads", one.words.texts, preview.samples if preview is not None else {})
                if one.words.spoken is not None:
                    said = preview.spoken if preview is not None else {}
                    self._draw_words(pen, one, "hears", one.words.spoken, said)

    def _story(self, one: Campaign) -> str:
        t, now = self.t, self.seat.now()
        parts = [t("campaign_made", name=one.made_by, time=t.clock_time(one.made_at, now))]
        if one.started_by is not None and one.started_at is not None:
            parts.append(t("campaign_started", name=one.started_by, time=t.clock_time(one.started_at, now)))
        if one.ended_at is not None:
            ended = t.clock_time(one.ended_at, now)
            named = one.ended_by is not None
            parts.append(
                t("campaign_ended_by", name=one.ended_by, time=ended) if named else t("campaign_ended", time=ended)
            )
        zones = ", ".join(one.audience.zones) or t("campaign_whole_district")
        return " · ".join([*parts, zones])

    def _draw_deeds(self, pen: Pen, shown: _Shown) -> None:
        t, status = self.t, shown.one.status
        if not self.seat.me.may(Permission.RUN_CAMPAIGNS) or status in ("finished", "canceled"):
            return
        with pen.within("div", "feet start"):
            if status == "draft" and shown.preview is not None and shown.preview.people:
                pen.button(t("campaign_start"), "ask_start", css="button main")
            if status == "running":
                pen.button(t("campaign_pause"), "pause", css="button main")
            if status == "paused":
                pen.button(t("campaign_resume"), "resume", css="button main")
            pen.button(t("campaign_cancel"), "ask_cancel")

    def _draw_reach(self, pen: Pen, preview: Preview) -> None:
        t = self.t
        with pen.within("section", "panel", aria_labelledby="reach-title"):
            pen("h2", t("campaign_reach_title"), id="reach-title")
            facts(
                pen,
                [
                    (t("campaign_people"), t.number(preview.people)),
                    (t("campaign_people_english"), t.number(preview.by_language.get("en", 0))),
                    (t("campaign_people_spanish"), t.number(preview.by_language.get("es", 0))),
                    (t("campaign_people_called"), t.number(preview.estimate.calls)),
                    *self._takes(preview.estimate),
                ],
            )

    def _takes(self, needed: Estimate) -> list[tuple[str, str]]:
        t = self.t
        return [
            (t("campaign_segments"), t.number(needed.segments)),
            (t("campaign_finishes"), t.clock_time(needed.finishes_at, self.seat.now())),
            (t("campaign_cost"), t.money(needed.cost_cents)),
        ]

    def _draw_progress(self, pen: Pen, one: Campaign, progress: Progress) -> None:
        t = self.t
        gone = progress.count("sent", "delivered", "failed")
        whole = progress.people
        with pen.within("section", "panel", aria_labelledby="progress-title"):
            pen("h2", t("campaign_progress_title"), id="progress-title")
            words = t("campaign_progress", done=t.number(gone), whole=t.number(whole))
            pen("p", words, role="status")
            progress_bar(pen, words, gone, max(whole, 1))
            if not one.is_filled and one.status == "running":
                pen("p", t("campaign_filling"), "soft")
            counts = [
                (t("campaign_people_called"), progress.calls),
                (t("campaign_delivered"), progress.count("delivered")),
                (t("campaign_sent"), progress.count("sent")),
                (t("campaign_waiting"), progress.count("pending", "held")),
                (t("campaign_failed"), progress.count("failed")),
                (t("campaign_dropped"), progress.count("canceled")),
            ]
            facts(pen, [(name, t.number(count)) for name, count in counts])
            self._draw_waiting(pen, progress)
            self._draw_failures(pen, progress)
            if one.status == "running":
                segments, calls = progress.left()
                needed = estimate(one.kind, segments, calls, district=self.seat.district, now=self.seat.now())
                facts(pen, self._takes(needed)[1:2])

    def _draw_waiting(self, pen: Pen, progress: Progress) -> None:
        waits = [each for each in progress.standing if each.waits_for is not None]
        if waits:
            with pen.within("ul", "plain-list"):
                for each in waits:
                    words = self.t.said(f"campaign_waits_{each.waits_for}")
                    pen("li", f"{self.t.number(each.messages)} {words}")

    def _draw_failures(self, pen: Pen, progress: Progress) -> None:
        t = self.t
        failed = [(each.error_code or "", each.messages) for each in progress.standing if each.status == "failed"]
        if not failed:
            return
        pen("h3", t("campaign_failures"))
        with table(pen, t("campaign_failures"), [(t("campaign_reason"), ""), (t("campaign_count"), "number")]) as rows:
            for code, count in failed:
                with rows.row():
                    rows.cell(t.said(f"text_error_{code}") or t("text_error_other", code=code))
                    rows.cell(t.number(count))

    def _draw_left_out(self, pen: Pen, left_out: Mapping[str, int]) -> None:
        t = self.t
        with pen.within("section", "panel flush", aria_labelledby="left-out-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("campaign_left_out"), id="left-out-title")
            if not left_out:
                pen("p", t("campaign_left_out_nobody"), "nothing")
                return
            columns = [(t("campaign_reason"), ""), (t("campaign_count"), "number")]
            with table(pen, t("campaign_left_out"), columns) as rows:
                for reason, count in sorted(left_out.items(), key=lambda one: -one[1]):
                    with rows.row():
                        rows.cell(t.known("left_out", reason, "left_out_other"), "lead-cell")
                        rows.cell(t.number(count))

    def _draw_words(
        self, pen: Pen, one: Campaign, how: str, words: Mapping[str, str], samples: Mapping[str, str]
    ) -> None:
        """What people read, or hear: the words of the first whom it reaches, else as they were written."""
        t = self.t
        for language in LANGUAGES:
            with pen.within("section", "panel", aria_labelledby=f"{how}-{language}"):
                pen("h2", t(f"campaign_{how}_{language}"), id=f"{how}-{language}")
                pen("blockquote", samples.get(language, words[language]), "said", lang=language)
                if one.status == "draft" and language not in samples:
                    pen("p", t(f"campaign_sample_nobody_{how}"), "soft")

    async def _press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "ask_start":
                self._ask_start()
            case "pause":
                return await self.do(
                    self._deed(lambda session: service.pause(session, self.seat.principal, self._id)),
                    self.t("campaign_is_paused"),
                )
            case "resume":
                return await self.do(
                    self._deed(lambda session: service.resume(session, self.seat.principal, self._id)),
                    self.t("campaign_is_resumed"),
                )
            case "ask_cancel":
                self._ask_cancel()
        return None

    def _deed(self, work: Callable[[AsyncSession], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def deed() -> None:
            async with self.seat.deed(Permission.RUN_CAMPAIGNS) as session:
                await work(session)

        return deed

    def _ask_start(self) -> None:
        t, people = self.t, self._preview.people if self._preview is not None else 0

        def draw(pen: Pen) -> None:
            pen("p", t("campaign_start_help", n=t.number(people)), "about")
            with form(pen, t, "start") as fields, feet(pen):
                fields.cancel()
                fields.send(t("campaign_start_now"))

        self.ask(t("campaign_start_title"), draw, self._start)

    async def _start(self, deed: Deed) -> bool:
        seat = self.seat
        work = self._deed(
            lambda session: service.start(session, seat.principal, self._id, district=seat.district, now=seat.now())
        )
        return await self.conclude(work, self.t("campaign_is_started"))

    def _ask_cancel(self) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            pen("p", t("campaign_cancel_help"), "about")
            with form(pen, t, "cancel") as fields:
                fields.words("note", t("why"), help=t("why_kept"))
                with feet(pen):
                    pen("button", t("campaign_keep"), "button", type="button", data_close=True)
                    fields.send(t("campaign_cancel_now"))

        self.ask(t("campaign_cancel_title"), draw, self._cancel)

    async def _cancel(self, deed: Deed) -> bool:
        async def cancel() -> None:
            note = words_in(deed.fields, "note")
            async with self.seat.deed(Permission.RUN_CAMPAIGNS) as session:
                await service.cancel(session, self.seat.principal, self._id, note=note, now=self.seat.now())

        return await self.conclude(cancel, self.t("campaign_is_canceled"))
