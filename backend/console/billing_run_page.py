"""One billing run: its exceptions, totals, approval. Registered at `/billing/{id}` and `/billing/{id}/totals`."""

from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui

from backend.billing import report, review, service
from backend.billing.history import bills_out
from backend.billing.report import RunReport
from backend.console.billing.exceptions import Exceptions
from backend.console.billing.totals import draw_totals
from backend.console.billing_page import BUSY_SECONDS, RUN_CSS, errand_of
from backend.console.charts import progress
from backend.console.forms import feet, form
from backend.console.navigation import BILLING
from backend.console.page import BUILD_SECONDS, Frame, LivePage, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, OnDeed, Sheet
from backend.console.surroundings import PREFIX
from backend.errors import NotFoundError
from backend.staff.permissions import Permission

TABS = ("exceptions", "totals")


def register() -> None:
    """Put the pages on NiceGUI's router; once a process."""
    ui.page("/billing/{run_id:uuid}", response_timeout=BUILD_SECONDS)(show_run)
    ui.page("/billing/{run_id:uuid}/{tab}", response_timeout=BUILD_SECONDS)(show_run)


async def show_run(request: Request, client: Client, run_id: UUID, tab: str = "exceptions") -> Response | None:
    return await serve(request, client, BILLING, lambda frame: BillingRunPage(frame, run_id, tab))


class BillingRunPage(LivePage):
    """The preliminary billing ledger of a cycle, from preparing to billed."""

    hears = frozenset({"billing", "billing_run_prepared"})

    def __init__(self, frame: Frame, run_id: UUID, tab: str) -> None:
        super().__init__(frame)
        if tab not in TABS:
            raise NotFoundError("page_not_found", "There is no such page.")
        self.run_id, self.tab = run_id, tab
        self._out = 0
        self.exceptions = Exceptions(self)

    @property
    def errand(self) -> str:
        return f"bill:{self.run_id}"

    @property
    def poll_seconds(self) -> float:
        return BUSY_SECONDS if self._is_busy() else super().poll_seconds

    def _is_busy(self) -> bool:
        return self.report.run.status == "preparing" or self.seat.around.errands.is_under_way(self.errand)

    def build(self) -> None:
        self._head = Sheet(self._press, css="column")
        self._tabs = Sheet(self._press)
        if self.tab == "exceptions":
            self.exceptions.build()
        else:
            self._totals = Sheet(self._press, css="column")

    async def show(self) -> None:
        async with self.seat.looking() as session:
            self.report: RunReport = await report.run_report(session, self.run_id, today=self.seat.today())
            self._out = await bills_out(session, self.run_id)
            if self.tab == "exceptions":
                await self.exceptions.read(session)
        run = self.report.run
        self.title(f"{self.t('cycle_n', n=run.cycle)} · {self.t.day(run.period_end)}")
        self._head.show(self._draw_head)
        self._tabs.show(self._draw_tabs)
        if self.tab == "exceptions":
            self.exceptions.show()
        else:
            self._totals.show(lambda pen: draw_totals(pen, self.t, self.report, self.run_id))

    def _draw_head(self, pen: Pen) -> None:
        t, found, run = self.t, self.report, self.report.run
        with pen.within("div", "page-head"):
            with pen.within("nav", "crumbs", aria_label=t("crumbs")), pen.within("ol"):
                with pen.within("li"):
                    pen.link(t("nav_billing"), f"{PREFIX}/billing")
                pen("li", t("cycle_n", n=run.cycle))
            pen("h1", f"{t('cycle_n', n=run.cycle)}, {t.day(run.period_start)} – {t.day(run.period_end)}")
            pen("span", t.known("run", run.status, "run_prepared"), f"mark {RUN_CSS.get(run.status, '')}")
            with pen.within("div", "deeds"):
                self._draw_deeds(pen)
            pen("p", self._history(), "lead small")
        if self._is_busy():
            self._draw_progress(pen)
        with pen.within("div", "panel figures"):
            figures = (
                (t("run_bills"), t.number(found.counts.bills)),
                (t("run_amount"), t.money(found.amount_cents)),
                (t("run_estimated"), t.number(found.counts.estimated)),
                (t("run_held"), t.number(found.counts.held)),
                (t("exceptions_open"), t.number(run.open_exceptions)),
            )
            for name, value in figures:
                with pen.within("div", "figure"):
                    pen("span", name, "of")
                    pen("strong", value)
            with pen.within("div", "figure"):
                pen("span", t("run_ties"), "of")
                pen("strong", t("ties" if found.ties else "ties_not"), "good-words" if found.ties else "bad-words")

    def _history(self) -> str:
        t, run, now = self.t, self.report.run, self.seat.now()
        by = run.prepared_by or t("by_the_night")
        parts = [t("run_prepared_by", name=by, time=t.clock_time(run.prepared_at, now))]
        if run.approved_at is not None:
            name = run.approved_by or t("someone")
            parts.append(t("run_approved_by", name=name, time=t.clock_time(run.approved_at, now)))
        if run.billed_at is not None:
            parts.append(t("run_billed_at", time=t.clock_time(run.billed_at, now)))
        return " · ".join(parts)

    def _draw_progress(self, pen: Pen) -> None:
        t, found = self.t, self.report
        is_preparing = found.run.status == "preparing"
        done = found.run.drafts if is_preparing else self._out
        whole = found.counts.accounts_active if is_preparing else found.counts.bills
        name = t(
            "progress_preparing" if is_preparing else "progress_billing", done=t.number(done), whole=t.number(whole)
        )
        with pen.within("div", "panel"):
            pen("p", name, "strong")
            progress(pen, name, done, whole)

    def _draw_deeds(self, pen: Pen) -> None:
        t, run, me = self.t, self.report.run, self.seat.me
        errands = self.seat.around.errands
        under_way = errands.is_under_way(errand_of(run.cycle, run.period_end)) or errands.is_under_way(self.errand)
        if run.status == "prepared" and me.may(Permission.REVIEW_BILLING):
            pen.button(t("prepare_again"), "prepare_again")
        if run.status == "prepared" and me.may(Permission.APPROVE_BILLING):
            pen.button(t("run_approve"), "ask_approve", "", "button main")
        if run.status == "preparing" and not under_way and me.may(Permission.REVIEW_BILLING):
            pen.button(t("prepare_on"), "prepare_on")
        if run.status == "approved" and not under_way and me.may(Permission.APPROVE_BILLING):
            pen.button(t("run_bill"), "ask_bill", "", "button main")

    def _draw_tabs(self, pen: Pen) -> None:
        t, run = self.t, self.report.run
        with pen.within("nav", "tabs", aria_label=t("run_tabs")):
            for name in TABS:
                address = f"{PREFIX}/billing/{self.run_id}" + ("" if name == TABS[0] else f"/{name}")
                with pen.within("a", href=address, aria_current="page" if name == self.tab else None):
                    pen.text(t(f"run_tab_{name}"))
                    if name == "exceptions" and run.open_exceptions:
                        pen("span", t.number(run.open_exceptions), "badge")

    async def _press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "ask_approve":
                self._ask("approve", self._approve)
            case "ask_bill":
                self._ask("bill", self._bill)
            case "prepare_again":
                return await self.do(self._prepare_again, self.t("prepare_again_done"))
            case "prepare_on":
                return await self.do(self._prepare_on)
        return None

    def _ask(self, what: str, on_deed: OnDeed) -> None:
        t, found = self.t, self.report

        def draw(pen: Pen) -> None:
            with pen.within("div", "about"):
                bills = t.count("bills", found.counts.bills)
                pen("strong", t("run_comes_to", bills=bills, amount=t.money(found.amount_cents)))
                pen("p", t(f"run_{what}_help"))
            with form(pen, t, what), feet(pen):
                pen("button", t("cancel"), "button", type="button", data_close=True)
                pen("button", t(f"run_{what}_now"), "button main", type="submit", autofocus=True)

        self.ask(t(f"run_{what}_title"), draw, on_deed)

    async def _approve(self, deed: Deed) -> bool:
        async def approve() -> None:
            seat = self.seat
            async with seat.deed(Permission.APPROVE_BILLING) as session:
                me = seat.me.id
                await review.approve_run(session, self.run_id, approved_by=me, today=seat.today(), now=seat.now())

        return await self.conclude(approve, self.t("run_approved_done"))

    async def _bill(self, deed: Deed) -> bool:
        async def bill() -> None:
            seat, around = self.seat, self.seat.around
            async with seat.deed(Permission.APPROVE_BILLING):
                today, now = seat.today(), seat.now()
            around.errands.start(
                self.errand,
                lambda: service.bill_run(around.database, around.tariff, self.run_id, issued_on=today, now=now),
                around.live.wake_all,
            )

        return await self.conclude(bill, self.t("run_billing_started"))

    async def _prepare_again(self) -> None:
        seat = self.seat
        async with seat.deed(Permission.REVIEW_BILLING) as session:
            await service.prepare_again(session, self.run_id, now=seat.now(), prepared_by=seat.me.id)
        await self._prepare_on()

    async def _prepare_on(self) -> None:
        seat, around, run = self.seat, self.seat.around, self.report.run
        async with seat.deed(Permission.REVIEW_BILLING):
            me, now = seat.me.id, seat.now()
        around.errands.start(
            errand_of(run.cycle, run.period_end),
            lambda: service.prepare_run(
                around.database,
                around.tariff,
                cycle=run.cycle,
                period_end=run.period_end,
                now=now,
                prepared_by=me,
            ),
            around.live.wake_all,
        )
