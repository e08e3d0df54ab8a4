"""The bills of an account; beside the list one bill with its lines, why it differs, and its statement as PDF."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from backend.console.account.corrections import Corrections
from backend.console.account.leak import LeakCredit
from backend.console.account.view import Look, View
from backend.console.pen import Pen
from backend.console.seat import Refusal
from backend.console.sheet import Deed
from backend.console.surroundings import PREFIX
from backend.console.tables import facts, table
from backend.console.words import LANGUAGES
from backend.statements.service import BillNotFoundError, Explanation, ListedBill, bills_of, explain_bill

if TYPE_CHECKING:
    from backend.console.account_page import AccountPage


@dataclass(frozen=True, slots=True)
class _Shown:
    bills: tuple[ListedBill, ...]
    open: ListedBill | None
    explanation: Explanation | None


class Bills(View):
    """A list and what is chosen in it; at first the newest."""

    name = "bills"
    chosen: UUID | None = None
    listed: tuple[ListedBill, ...] = ()

    def __init__(self, page: "AccountPage") -> None:
        super().__init__(page)
        self.corrections, self.leak_credit = Corrections(self), LeakCredit(self)

    async def read(self, look: Look) -> _Shown:
        bills = tuple(await bills_of(look.session, look.account_id, look.today))
        self.listed = bills
        open_bill = next((bill for bill in bills if bill.id == self.chosen), None)
        open_bill = open_bill or next((bill for bill in bills if not bill.is_cancelled), None)
        return _Shown(bills, open_bill, await self._explain(look, open_bill))

    async def _explain(self, look: Look, bill: ListedBill | None) -> Explanation | None:
        if bill is None:
            return None
        try:
            book = self.seat.around.book
            return await explain_bill(look.session, book, look.account_id, bill.id, now=look.now, today=look.today)
        except BillNotFoundError:
            return None

    def draw(self, pen: Pen, shown: _Shown) -> None:
        with pen.within("div", "columns even"):
            with pen.within("section", "panel flush", aria_labelledby="bills-title"):
                with pen.within("div", "panel-head"):
                    pen("h2", self.t("account_tab_bills"), id="bills-title")
                if shown.bills:
                    self._draw_list(pen, shown)
                else:
                    pen("p", self.t("bills_nothing"), "nothing")
            if shown.open is not None:
                self._draw_bill(pen, shown.open, shown.explanation)

    def _draw_list(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        columns = [
            (t("bill_issued"), "day"),
            (t("usage_period"), ""),
            (t("usage_title"), "number"),
            (t("amount"), "number"),
        ]
        with table(pen, t("account_tab_bills"), columns) as rows:
            for bill in shown.bills:
                current = "true" if shown.open is not None and bill.id == shown.open.id else None
                with rows.row("undone" if bill.is_cancelled else "", aria_current=current):
                    with rows.within("lead-cell keep"):
                        pen.button(t.day(bill.issued_on), "open_bill", bill.id, "link", aria_current=current)
                    with rows.within():
                        pen.text(f"{t.day(bill.period_start)} – {t.day(bill.period_end)}")
                        self._draw_marks(pen, bill)
                    rows.cell(t("ccf", n=t.number(bill.usage_ccf)))
                    rows.cell(t.money(bill.amount_cents), "struck")

    def _draw_marks(self, pen: Pen, bill: ListedBill) -> None:
        t = self.t
        if bill.kind != "regular":
            pen("span", t.known("bill_kind", bill.kind, "bill_kind_regular"), "mark accent after")
        if bill.is_estimated:
            pen("span", t("read_estimated"), "mark warn after")
        if bill.is_cancelled:
            pen("span", t("bill_cancelled"), "mark bad after")

    def _draw_bill(self, pen: Pen, bill: ListedBill, explanation: Explanation | None) -> None:
        t = self.t
        with pen.within("section", "panel", aria_labelledby="bill-title", id="bill", tabindex="-1"):
            with pen.within("div", "panel-head"):
                pen("h2", t("bill_of", date=t.day(bill.issued_on)), id="bill-title")
                with pen.within("span", "marks"):
                    self._draw_marks(pen, bill)
            self._draw_papers(pen, bill)
            days = (bill.period_end - bill.period_start).days + 1
            facts(
                pen,
                [
                    (
                        t("usage_period"),
                        f"{t.day(bill.period_start)} – {t.day(bill.period_end)} ({t.count('days', days)})",
                    ),
                    (t("usage_title"), t("ccf", n=t.number(bill.usage_ccf))),
                    (t("read_kind"), t("read_estimated" if bill.is_estimated else "read_actual")),
                    (t("due_date"), t.day(bill.due_date)),
                ],
            )
            if explanation is not None:
                self._draw_lines(pen, explanation)
                self._draw_why(pen, explanation)
            self.leak_credit.draw(pen, bill)
            self.corrections.draw(pen, bill)

    def _draw_papers(self, pen: Pen, bill: ListedBill) -> None:
        t, base = self.t, f"{PREFIX}/accounts/{self.page.account_id}/bills/{bill.id}"
        with pen.within("p", "papers"):
            for language in LANGUAGES:
                words = t("statement_pdf", language=t(f"speaks_{language}"))
                pen.link(words, f"{base}/statement-{language}.pdf", "button", target="_blank", rel="noopener")

    def _draw_lines(self, pen: Pen, explanation: Explanation) -> None:
        t, book, bill = self.t, self.seat.around.book, explanation.history.bill
        columns = [
            (t("bill_charge"), ""),
            (t("bill_quantity"), "number"),
            (t("bill_each"), "number"),
            (t("amount"), "number"),
        ]
        with table(pen, t("bill_lines"), columns) as rows:
            for line in (line for service in bill.services for line in service.lines):
                with rows.row():
                    rows.cell(book.line_name(line.code, line.detail, t.language), "lead-cell")
                    rows.cell(t.number(line.quantity))
                    rows.cell(f"${t.number(line.dollars_each)}")
                    rows.cell(t.money(line.amount_cents))
            sums = [(t("bill_new_charges"), bill.new_charges_cents)]
            sums += [(t("bill_carried"), bill.carried_cents)] if bill.carried_cents else []
            sums += [(t("bill_fees"), bill.fees_cents)] if bill.fees_cents else []
            sums += [(t("bill_asked"), bill.due_cents)] if len(sums) > 1 else []
            for place, (name, cents) in enumerate(sums):
                with rows.row("total" if place in (0, len(sums) - 1) else ""):
                    rows.cell(name, "lead-cell")
                    rows.cell("")
                    rows.cell("")
                    rows.cell(t.money(cents))

    def _draw_why(self, pen: Pen, explanation: Explanation) -> None:
        t = self.t
        pen("h3", t("bill_why"))
        found = [one for one in explanation.against.values() if one is not None]
        if not found:
            pen("p", t("bill_first"), "soft")
        for one in found:
            told = one.told[t.language]
            pen("p", told.summary, "strong")
            with pen.within("ul", "causes"):
                for sentence in told.statement:
                    pen("li", sentence)

    def require_own(self, bill_id: UUID) -> None:
        """Only bills of the account that is looked at, and noted as looked at.

        :raises Refusal: `bill_not_found`.
        """
        if all(bill.id != bill_id for bill in self.listed):
            raise Refusal("bill_not_found")

    async def press(self, deed: Deed) -> bool | None:
        bill_id = UUID(deed.value)
        match deed.name:
            case "open_bill":
                self.chosen = bill_id
                await self.page.look()
                self.page.client.run_javascript("headgate.show('bill')")
            case "ask_leak":
                await self.leak_credit.ask(bill_id)
            case "ask_cancel":
                self.corrections.ask_cancel(bill_id)
            case "ask_rebill":
                await self.corrections.ask_rebill(bill_id)
            case _:
                return await super().press(deed)
        return None
