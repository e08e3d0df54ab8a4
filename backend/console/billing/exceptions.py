"""The exceptions of a run: filtered, decided one by one or many at once, with the facts of one beside the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import reach_accounts_as_staff
from backend.billing import listing, review
from backend.billing.history import units_per_day
from backend.billing.listing import AccountInRun, ExceptionPage, ExceptionRow
from backend.console.billing.exception_facts import draw_exception_facts
from backend.console.billing.words import finding_words
from backend.console.charts import sparkline
from backend.console.forms import form, words_in
from backend.console.pen import Pen
from backend.console.seat import Refusal
from backend.console.sheet import Deed, Sheet
from backend.console.tables import Rows, table
from backend.staff.permissions import Permission

if TYPE_CHECKING:
    from backend.console.billing_run_page import BillingRunPage

PAGE = 25
STATES = ("open", "held", "released", "resolved", "all")
STATE_CSS = {"open": "warn", "held": "bad", "released": "good", "resolved": "good"}
DECISIONS = ("released", "resolved", "held")


@dataclass(frozen=True, slots=True)
class _Read:
    found: ExceptionPage
    use: Mapping[UUID, Sequence[Decimal]]
    facts: AccountInRun | None


class Exceptions:
    """The list with its filters; what is chosen in it stays chosen while others decide."""

    def __init__(self, page: "BillingRunPage") -> None:
        self.page, self.t, self.seat = page, page.t, page.seat
        self.code, self.state, self.skip = "", STATES[0], 0
        self.chosen: UUID | None = None

    def build(self) -> None:
        self._filters = Sheet(self.press)
        self._list = Sheet(self.press)

    async def read(self, session: AsyncSession) -> None:
        """What the filters let through, and everything about the one that is opened."""
        status = None if self.state == "all" else self.state
        run_id = self.page.run_id
        found = await listing.exceptions(
            session, run_id, status=status, code=self.code or None, skip=self.skip, count=PAGE
        )
        accounts = list(dict.fromkeys(row.account_id for row in found.rows))
        now = self.seat.now()
        await reach_accounts_as_staff(session, self.seat.principal, accounts, purpose="billing_review", now=now)
        opened = next((row for row in found.rows if row.id == self.chosen), None)
        facts = await listing.account_in_run(session, run_id, opened.account_id) if opened else None
        self._shown = _Read(found, await units_per_day(session, accounts), facts)

    def show(self) -> None:
        self._filters.show(self._draw_filters)
        self._list.show(self._draw_list)

    def _draw_filters(self, pen: Pen) -> None:
        t, groups = self.t, self.page.report.exceptions
        with pen.within("div", "filter-bar"):
            with pen.within("div", "filters", role="group", aria_label=t("exceptions_by_code")):
                whole = sum(group.open for group in groups)
                self._draw_chip(pen, "", t("exceptions_all"), whole)
                for group in groups:
                    self._draw_chip(pen, group.code, t.known("exception", group.code, "exception_other"), group.open)
            with pen.within("div", "filters", role="group", aria_label=t("exceptions_by_state")):
                for state in STATES:
                    pressed = "true" if state == self.state else "false"
                    name = t("exceptions_state_open" if state == "open" else f"exceptions_{state}")
                    pen.button(name, "state", state, "filter", aria_pressed=pressed)

    def _draw_chip(self, pen: Pen, code: str, name: str, count: int) -> None:
        pressed = "true" if code == self.code else "false"
        with pen.within(
            "button",
            "filter",
            type="button",
            data_deed="code",
            data_value=code,
            id=f"code-{code or 'all'}",
            aria_pressed=pressed,
        ):
            pen.text(name)
            pen("span", self.t.number(count), "badge" if count else "badge quiet")

    def _may_decide(self) -> bool:
        return self.page.report.run.status == "prepared" and self.seat.me.may(Permission.REVIEW_BILLING)

    def _draw_list(self, pen: Pen) -> None:
        t, found = self.t, self._shown.found
        with pen.within("section", "panel flush", aria_labelledby="exceptions-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t.count("exceptions", found.total), id="exceptions-title")
                self._draw_pages(pen, found.total)
            if not found.rows:
                with pen.within("p", "nothing"):
                    pen("strong", t("exceptions_nothing"))
                    pen.text(t("exceptions_nothing_help"))
                return
            if self._may_decide():
                self._draw_bulk(pen)
            columns = [(t("exception"), ""), (t("account"), ""), (t("run_use_per_day"), ""), (t("amount"), "number")]
            columns = [("", "box"), *columns, (t("state"), "")] if self._may_decide() else [*columns, (t("state"), "")]
            with table(pen, t("run_tab_exceptions"), columns) as rows:
                for row in found.rows:
                    current = "true" if row.id == self.chosen else None
                    with rows.row(aria_current=current):
                        self._draw_row(pen, rows, row)
                    if row.id == self.chosen and self._shown.facts is not None:
                        with rows.across("facts-row"):
                            draw_exception_facts(pen, self.page, row, self._shown.facts, may_decide=self._may_decide())

    def _draw_pages(self, pen: Pen, total: int) -> None:
        t = self.t
        if total <= PAGE:
            return
        with pen.within("span", "pages"):
            last = min(self.skip + PAGE, total)
            pen(
                "span",
                t("pages", first=t.number(self.skip + 1), last=t.number(last), whole=t.number(total)),
                "soft small",
            )
            pen.button(
                "‹", "page", self.skip - PAGE, disabled=self.skip == 0, aria_label=t("page_before"), id="page-before"
            )
            pen.button(
                "›", "page", self.skip + PAGE, disabled=last >= total, aria_label=t("page_after"), id="page-after"
            )

    def _draw_bulk(self, pen: Pen) -> None:
        t = self.t
        with form(pen, t, "decide", css="bulk", data_choosing=True, data_count=0):
            with pen.within("label", "radio all"):
                pen("input", type="checkbox", data_all=True)
                pen("span", t("exceptions_choose_all"))
            pen("span", t("exceptions_chosen", n=0), "chosen", data_chosen=t("exceptions_chosen", n="#"), role="status")
            pen("label", t("why"), "unseen", for_="form-decide-reason")
            pen("input", id="form-decide-reason", name="reason", type="text", placeholder=t("exceptions_reason"))
            for decision in DECISIONS:
                pen("button", t(f"decide_{decision}"), "button", type="submit", data_as=decision)

    def _draw_row(self, pen: Pen, rows: Rows, row: ExceptionRow) -> None:
        t = self.t
        name = t.known("exception", row.code, "exception_other")
        if self._may_decide():
            with rows.within():
                label = t("exceptions_choose", exception=name, account=row.account_number)
                pen("input", type="checkbox", name="chosen", value=row.id, form="form-decide", aria_label=label)
        with rows.within("lead-cell"):
            is_open = "true" if row.id == self.chosen else "false"
            pen.button(name, "open", row.id, "link", aria_expanded=is_open)
            pen("span", finding_words(t, row.code, row.detail), "sub")
        with rows.within():
            pen("span", row.account_number, "day")
            pen("span", row.service_address, "sub")
        with rows.within():
            self._draw_use(pen, row)
        rows.cell("–" if row.amount_cents is None else t.money(row.amount_cents))
        with rows.within():
            pen("span", t(f"exception_{row.status}"), f"mark {STATE_CSS.get(row.status, '')}")
            if row.reason:
                pen("span", f"{row.decided_by or t('by_the_run')}: {row.reason}", "sub")

    def _draw_use(self, pen: Pen, row: ExceptionRow) -> None:
        history = [float(value) for value in self._shown.use.get(row.account_id, ())]
        if row.units is None:
            pen.text("–")
            return
        # The draft's own days are not in the list; a cycle's period is near enough for a picture of the row.
        run = self.page.report.run
        now = float(row.units) / ((run.period_end - run.period_start).days + 1)
        sparkline(pen, [*history, now], self.t("use_picture", now=f"{now:.2f}", n=len(history)))

    async def press(self, deed: Deed) -> bool | None:
        if deed.name in DECISIONS:
            ids = deed.chosen if deed.form == "form-decide" else (deed.value,)
            return await self._decide(deed.name, ids, deed.fields)
        if deed.name == "open":
            asked = UUID(deed.value)
            self.chosen = None if asked == self.chosen else asked
        elif deed.name == "close_facts":
            self.page.client.run_javascript(f"headgate.focus('open-{self.chosen}')")
            self.chosen = None
        elif deed.name == "code":
            self.code, self.skip = deed.value, 0
        elif deed.name == "state":
            self.state, self.skip = deed.value if deed.value in STATES else STATES[0], 0
        elif deed.name == "page":
            self.skip = max(0, int(deed.value))
        await self.page.look()
        return None

    async def _decide(self, decision: str, ids: Sequence[str], fields: Mapping[str, str]) -> bool:
        """Decide each in a transaction of its own: what one cannot be does not keep the others back."""
        not_done: list[str] = []

        async def decide() -> None:
            reason = words_in(fields, "reason")
            if not ids:
                raise Refusal("none_chosen")
            for one in ids:
                try:
                    await self._decide_one(UUID(one), decision, reason)
                except Refusal as refusal:
                    not_done.append(self.t.refusal(refusal.error, refusal.values))
            if not_done:
                raise Refusal("some_not_decided", {"n": len(not_done), "whole": len(ids), "why": not_done[0]})

        done = await self.page.do(decide, self.t.count("decided", len(ids)))
        return done or 0 < len(not_done) < len(ids)

    async def _decide_one(self, exception_id: UUID, decision: str, reason: str) -> None:
        seat = self.seat
        async with seat.deed(Permission.REVIEW_BILLING) as session:
            await review.decide_exception(
                session,
                seat.around.tariff,
                exception_id,
                decision=decision,
                reason=reason,
                decided_by=seat.me.id,
                now=seat.now(),
            )
