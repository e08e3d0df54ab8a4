"""The nights: how far one is, what it came to, and what it left to people. At `/nightly` and `/nightly/{date}`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui

from backend.console.account_page import account_address
from backend.console.charts import progress
from backend.console.forms import words_in
from backend.console.item_done import ask_what_was_done
from backend.console.navigation import NIGHTS
from backend.console.night_lines import line_words
from backend.console.page import BUILD_SECONDS, Frame, LivePage, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.surroundings import PREFIX
from backend.console.tables import table
from backend.errors import NotFoundError
from backend.nightly import items, service
from backend.nightly.items import Item, Work
from backend.nightly.rules import PartRow, StepState
from backend.nightly.service import Progress
from backend.staff.permissions import Permission

NIGHTS_SHOWN = 14
BUSY_SECONDS = 2.0
STATUS_CSS = {"running": "accent", "waiting": "bad", "finished": "good"}
STEP_CSS = {"running": "accent", "waiting": "", "done": "good"}
STEP_CSS = {"running": "accent", "waiting": "", "done": "good"}
WHERE = {
    "billing_exceptions": "/billing",
    "runs_to_approve": "/billing",
    "unapplied_receipts": "/money/unapplied",
    "return_items": "/money/returns",
    "fee_reversals": "/requests",
    "refunds": "/requests",
    "voids": "/requests",
}
"""What waits for people → the page where they see to it."""


def register() -> None:
    """Put the pages on NiceGUI's router; once a process."""
    ui.page("/nightly", response_timeout=BUILD_SECONDS)(show_nights)
    ui.page("/nightly/{day}", response_timeout=BUILD_SECONDS)(show_nights)


async def show_nights(request: Request, client: Client, day: str = "") -> Response | None:
    return await serve(request, client, NIGHTS, lambda frame: NightlyPage(frame, day))


@dataclass(frozen=True, slots=True)
class _Shown:
    nights: tuple[tuple[date, datetime | None, Mapping[str, Any] | None], ...]
    night: Progress | None
    refused: tuple[PartRow, ...]
    work: Work


class NightlyPage(LivePage):
    """One night with its steps (at first the newest), the nights before it, what waits for people."""

    hears = frozenset({"money", "billing", "billing_run_prepared", "nightly_item"})

    def __init__(self, frame: Frame, day: str) -> None:
        super().__init__(frame)
        try:
            self._day = date.fromisoformat(day) if day else None
        except ValueError as unreadable:
            raise NotFoundError("page_not_found", "There is no such page.") from unreadable
        self._busy = False

    @property
    def poll_seconds(self) -> float:
        return BUSY_SECONDS if self._busy else super().poll_seconds

    def build(self) -> None:
        self._body = Sheet(self._press, css="column")
        self.title(self.t("nav_nightly"))

    async def show(self) -> None:
        async with self.seat.looking() as session:
            nights = await service.latest(session, NIGHTS_SHOWN)
            day = self._day or (nights[0][0] if nights else None)
            night = await service.progress(session, day) if day is not None else None
            refused = await service.refused_files(session, day) if day is not None else []
            shown = _Shown(tuple(nights), night, tuple(refused), await items.work(session, self.seat.principal))
        self._busy = night is not None and night.status != "finished"
        self._body.show(lambda pen: self._draw(pen, shown))

    def _draw(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        with pen.within("div", "page-head"):
            pen("h1", t("nav_nightly"))
            pen("p", t("nightly_lead"), "lead")
        with pen.within("div", "columns"):
            with pen.within("div", "column"):
                if shown.night is None:
                    with pen.within("section", "panel"), pen.within("p", "nothing"):
                        pen("strong", t("nights_nothing"))
                        pen.text(t("nights_nothing_help"))
                else:
                    self._draw_night(pen, shown.night)
                    for row in shown.refused:
                        self._draw_refused(pen, row)
            with pen.within("div", "column"):
                self._draw_work(pen, shown.work)
                if shown.nights:
                    self._draw_nights(pen, shown)

    def _draw_night(self, pen: Pen, night: Progress) -> None:
        t, now = self.t, self.seat.now()
        with pen.within("section", "panel flush", aria_labelledby="night-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("night_of", date=t.weekday(night.business_date)), id="night-title")
                pen("span", t(f"night_{night.status}"), f"mark {STATUS_CSS[night.status]}")
            times = [t("night_started", time=t.clock_time(night.started_at, now))]
            if night.finished_at is not None:
                times.append(t("night_finished_at", time=t.clock_time(night.finished_at, now)))
            pen("p", " · ".join(times), "refused-help soft")
            if night.problem:
                pen("p", night.problem, "notice bad in-panel", lang="en")
            columns = [(t("step"), ""), (t("state"), ""), (t("step_did"), "step-lines")]
            with table(pen, t("night_steps"), columns) as rows:
                for step in night.steps:
                    with rows.row():
                        rows.cell(t.known("step", step.step, "step_other"), "lead-cell")
                        with rows.within():
                            self._draw_state(pen, step)
                        with rows.within():
                            for line in step.lines:
                                with pen.within("span", "step-line"):
                                    pen("span", line_words(t, line), "step-what")
                                    pen("span", "" if line.count is None else t.number(line.count), "number")
                                    pen(
                                        "span",
                                        "" if line.amount_cents is None else t.money(line.amount_cents),
                                        "number",
                                    )

    def _draw_state(self, pen: Pen, step: StepState) -> None:
        t = self.t
        pen("span", t(f"step_{step.status}"), f"mark {STEP_CSS[step.status]}")
        if step.status == "running" and step.parts:
            name = t("step_parts", done=step.parts_done, whole=step.parts)
            pen("span", name, "sub")
            progress(pen, name, step.parts_done, step.parts)

    def _draw_refused(self, pen: Pen, row: PartRow) -> None:
        t, title = self.t, f"refused-{row.part}"
        name = str(row.counts.get("file", "–"))
        with pen.within("article", "panel flush refused-file", aria_labelledby=title):
            with pen.within("div", "panel-head"):
                pen("h2", t("file_refused", file=name), id=title)
            pen("p", t("file_refused_help"), "refused-help")
            columns = [(t("line"), "number"), (t("field"), ""), (t("file_problem"), "")]
            with table(pen, t("file_refused", file=name), columns) as rows:
                for problem in row.counts.get("problems", ()):
                    with rows.row():
                        rows.cell(str(problem.get("line") or "–"))
                        rows.cell(str(problem.get("field", "")))
                        with rows.within():
                            pen("span", str(problem.get("reason", "")), lang="en")

    def _draw_work(self, pen: Pen, work: Work) -> None:
        t = self.t
        waiting = {name: count for name, count in work.counts.items() if count and name in WHERE}
        with pen.within("section", "panel", aria_labelledby="work-title"):
            pen("h2", t("work_title"), id="work-title")
            if not waiting and not work.items:
                pen("p", t("work_nothing"), "nothing")
            with pen.within("ul", "plain-list todo"):
                for name, count in waiting.items():
                    with pen.within("li"):
                        pen.link(t.known("work", name, "work_other"), f"{PREFIX}{WHERE[name]}")
                        pen("span", t.number(count), "badge")
                for item in work.items:
                    with pen.within("li"):
                        self._draw_item(pen, item)

    def _draw_item(self, pen: Pen, item: Item) -> None:
        t = self.t
        values = {name: value for name, value in item.detail.items() if isinstance(value, str | int)}
        with pen.within("span", "item"):
            pen.text(t.said(f"item_{item.kind}", **values))
            if "fee" in values:
                pen.text(f" {t('item_fee', fee=values['fee'])}")
            if item.account_id is not None:
                pen.text(" ")
                pen.link(item.account_number or "", account_address(item.account_id))
            pen("span", t.day(item.business_date), "sub")
        pen.button(t("item_done"), "ask_done", item.id)

    def _draw_nights(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        columns = [(t("night"), "day"), (t("state"), ""), (t("night_left"), "number")]
        with pen.within("section", "panel flush", aria_labelledby="nights-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("nights_title"), id="nights-title")
            with table(pen, t("nights_title"), columns) as rows:
                for day, finished_at, summary in shown.nights:
                    is_open = shown.night is not None and day == shown.night.business_date
                    with rows.row(aria_current="true" if is_open else None):
                        with rows.within("lead-cell"):
                            pen.link(t.weekday(day), f"{PREFIX}/nightly/{day.isoformat()}")
                        with rows.within():
                            state, css = ("finished", "good") if finished_at else ("running", "accent")
                            pen("span", t(f"night_{state}"), f"mark {css}")
                        left = (summary or {}).get("exceptions", {})
                        rows.cell(t.number(sum(left.values())) if summary else "–")

    async def _press(self, deed: Deed) -> bool | None:
        if deed.name == "ask_done":
            ask_what_was_done(self, UUID(deed.value), self._finish)
        return None

    async def _finish(self, deed: Deed) -> bool:
        async def finish() -> None:
            note, seat = words_in(deed.fields, "note"), self.seat
            async with seat.deed(Permission.SEE_NIGHTS) as session:
                await items.finish_item(session, seat.principal, UUID(deed.value), note=note, now=seat.now())

        return await self.conclude(finish, self.t("item_done_done"))
