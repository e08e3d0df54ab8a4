"""Billing: the runs of every cycle, and the cycles whose meters are read. Registered at `/billing`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import Request, Response
from nicegui import Client, ui

from backend.billing import report, service
from backend.billing.report import RunRow
from backend.billing.service import DueCycle
from backend.console.navigation import BILLING
from backend.console.page import BUILD_SECONDS, LivePage, serve
from backend.console.pen import Pen
from backend.console.seat import Refusal
from backend.console.sheet import Deed, Sheet
from backend.console.surroundings import PREFIX
from backend.console.tables import table
from backend.staff.permissions import Permission

RUN_CSS = {"preparing": "accent", "prepared": "warn", "approved": "accent", "billed": "good"}
BUSY_SECONDS = 1.5


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/billing", response_timeout=BUILD_SECONDS)(show_billing)


async def show_billing(request: Request, client: Client) -> Response | None:
    return await serve(request, client, BILLING, BillingPage)


@dataclass(frozen=True, slots=True)
class _Shown:
    runs: Sequence[RunRow]
    due: Sequence[DueCycle]
    unscheduled: Sequence[int]


def errand_of(cycle: int, period_end: date) -> str:
    """The name of preparing this cycle."""
    return f"prepare:{cycle}:{period_end}"


class BillingPage(LivePage):
    """What is due first, then the newest runs."""

    hears = frozenset({"billing", "billing_run_prepared"})
    _busy = False

    def build(self) -> None:
        self._head = Sheet(self._press)
        self._body = Sheet(self._press, css="column")
        self._head.show(self._draw_head)
        self.title(self.t("nav_billing"))

    @property
    def poll_seconds(self) -> float:
        return BUSY_SECONDS if self._busy else super().poll_seconds

    async def show(self) -> None:
        async with self.seat.looking() as session:
            tariff = self.seat.around.tariff
            shown = _Shown(
                await report.runs(session),
                await service.due_cycles(session, tariff, self.seat.today()),
                await service.unscheduled_cycles(session, tariff),
            )
        self._busy = any(run.status == "preparing" for run in shown.runs)
        self._body.show(lambda pen: self._draw(pen, shown))

    def _draw_head(self, pen: Pen) -> None:
        with pen.within("div", "page-head"):
            pen("h1", self.t("nav_billing"))
            pen("p", self.t("billing_lead"), "lead")

    def _draw(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        if shown.unscheduled:
            cycles = ", ".join(str(cycle) for cycle in shown.unscheduled)
            pen("p", t("cycles_unscheduled", cycles=cycles), "notice bad")
        self._draw_due(pen, shown)
        with pen.within("section", "panel flush", aria_labelledby="runs-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("runs_title"), id="runs-title")
            if shown.runs:
                self._draw_runs(pen, shown.runs)
            else:
                with pen.within("p", "nothing"):
                    pen("strong", t("runs_nothing"))
                    pen.text(t("runs_nothing_help"))

    def _draw_due(self, pen: Pen, shown: _Shown) -> None:
        t, errands = self.t, self.seat.around.errands
        with pen.within("section", "panel", aria_labelledby="due-title"):
            pen("h2", t("due_title"), id="due-title")
            if not shown.due:
                pen("p", t("due_nothing"), "nothing")
            with pen.within("ul", "plain-list"):
                for due in shown.due:
                    with pen.within("li", "due-cycle"):
                        pen("strong", t("cycle_n", n=due.cycle))
                        pen("span", t("cycle_read_until", date=t.day(due.period_end)), "soft")
                        if errands.is_under_way(errand_of(due.cycle, due.period_end)):
                            pen("span", t("run_preparing"), "mark accent")
                        elif self.seat.me.may(Permission.REVIEW_BILLING):
                            label = t("prepare_cycle", n=due.cycle)
                            pen.button(t("prepare_now"), "prepare", f"{due.cycle}:{due.period_end}", aria_label=label)

    def _draw_runs(self, pen: Pen, runs: Sequence[RunRow]) -> None:
        t = self.t
        columns = [
            (t("cycle"), ""),
            (t("usage_period"), "day"),
            (t("state"), ""),
            (t("run_accounts"), "number"),
            (t("exceptions_open"), "number"),
            (t("run_prepared"), ""),
            (t("run_approved"), ""),
        ]
        with table(pen, t("runs_title"), columns) as rows:
            for run in runs:
                with rows.row():
                    with rows.within("lead-cell"):
                        pen.link(t("cycle_n", n=run.cycle), f"{PREFIX}/billing/{run.id}", "whole")
                    rows.cell(f"{t.day(run.period_start)} – {t.day(run.period_end)}")
                    with rows.within():
                        pen("span", t.known("run", run.status, "run_prepared"), f"mark {RUN_CSS.get(run.status, '')}")
                    bills = run.bills or run.drafts
                    rows.cell(t.number(bills) if bills else "–")
                    with rows.within():
                        css = "badge" if run.open_exceptions else ""
                        pen("span", t.number(run.open_exceptions) if run.open_exceptions else "–", css)
                    rows.cell(run.prepared_by or t("by_the_night"))
                    rows.cell(run.approved_by or "–")

    async def _press(self, deed: Deed) -> bool | None:
        if deed.name == "prepare":
            cycle, _, period_end = deed.value.partition(":")
            return await self.do(lambda: self._prepare(int(cycle), date.fromisoformat(period_end)))
        return None

    async def _prepare(self, cycle: int, period_end: date) -> None:
        seat, around = self.seat, self.seat.around
        async with seat.deed(Permission.REVIEW_BILLING) as session:
            due = await service.due_cycles(session, around.tariff, seat.today())
            if DueCycle(cycle, period_end) not in due:
                raise Refusal("cycle_not_due")
            me, now = seat.me.id, seat.now()
        around.errands.start(
            errand_of(cycle, period_end),
            lambda: service.prepare_run(
                around.database, around.tariff, cycle=cycle, period_end=period_end, now=now, prepared_by=me
            ),
            around.live.wake_all,
        )
        self._busy = True
