"""One account of a run beside its exception: the reads, the use by the day against its history, the bill to be."""

from collections.abc import Mapping
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

from backend.billing.listing import AccountInRun, DraftDetail, ExceptionRow
from backend.billing.rules import CANNOT_RELEASE
from backend.console.account_page import account_address
from backend.console.billing.words import finding_words
from backend.console.charts import sparkline
from backend.console.forms import feet, form
from backend.console.pen import Pen
from backend.console.tables import facts, table
from backend.console.words import Wording

if TYPE_CHECKING:
    from backend.console.billing_run_page import BillingRunPage


def draw_exception_facts(
    pen: Pen, page: "BillingRunPage", row: ExceptionRow, found: AccountInRun, *, may_decide: bool
) -> None:
    """Everything one needs to decide, and the decision."""
    t = page.t
    with pen.within("section", "facts-panel", aria_labelledby="facts", data_code=row.code):
        with pen.within("div", "panel-head"):
            pen(
                "h2",
                f"{t.known('exception', row.code, 'exception_other')} · {row.account_number}",
                id="facts",
                tabindex="-1",
            )
            pen.button("×", "close_facts", "", "button quiet close", aria_label=t("close"))
        with pen.within("div", "about"):
            pen("strong", finding_words(t, row.code, row.detail))
            pen("p", t.said(f"exception_help_{row.code}") or t("exception_help_other"))
        with pen.within("div", "columns even"):
            with pen.within("div", "column"):
                _draw_account(pen, t, row)
                _draw_use(pen, t, found)
            with pen.within("div", "column"):
                if found.draft is None:
                    pen("p", t("draft_nothing"), "nothing")
                else:
                    _draw_meters(pen, t, found.draft)
                    _draw_lines(pen, page, found.draft)
        _draw_decisions(pen, t, row)
        if may_decide and row.status != "resolved":
            _draw_form(pen, t, row)


def _draw_account(pen: Pen, t: Wording, row: ExceptionRow) -> None:
    facts(
        pen,
        [
            (t("service_address"), row.service_address),
            (t("service_class"), t.known("class", row.service_class, "class_other")),
            (t("meter"), row.serial_number or ""),
        ],
    )
    with pen.within("p", "papers"):
        pen.link(t("account_open"), account_address(row.account_id), "button", target="_blank", rel="noopener")
        pen.link(t("reads_title"), account_address(row.account_id, "usage"), "button", target="_blank", rel="noopener")


def _draw_use(pen: Pen, t: Wording, found: AccountInRun) -> None:
    history = [float(bill.units_per_day) for bill in reversed(found.past_bills)]
    if found.draft is None:
        return
    pen("h3", t("use_title"))
    days = (found.draft.period_end - found.draft.period_start).days + 1
    now = float(found.draft.units) / days
    sparkline(pen, [*history, now], t("use_picture", now=f"{now:.2f}", n=len(history)))
    pairs = [(t("use_now"), t("ccf_a_day", n=f"{now:.2f}"))]
    if history:
        pairs += [
            (t("use_median"), t("ccf_a_day", n=f"{median(history):.2f}")),
            (t("use_between"), t("ccf_a_day", n=f"{min(history):.2f} – {max(history):.2f}")),
        ]
    facts(pen, pairs)
    if found.past_bills:
        with pen.within("details", "as-table"):
            pen("summary", t("use_as_table"))
            columns = [(t("usage_period"), "day"), (t("usage_title"), "number"), (t("use_a_day"), "number")]
            columns.append((t("amount"), "number"))
            with table(pen, t("use_as_table"), columns) as rows:
                for bill in found.past_bills:
                    with rows.row():
                        rows.cell(f"{t.day(bill.period_start)} – {t.day(bill.period_end)}", "lead-cell")
                        rows.cell(t("ccf", n=t.number(bill.units)))
                        rows.cell(t.number(bill.units_per_day))
                        rows.cell(t.money(bill.amount_cents))


def _draw_meters(pen: Pen, t: Wording, draft: DraftDetail) -> None:
    pen("h3", t("draft_reads"))
    columns = [(t("meter"), "day"), (t("read_opening"), ""), (t("read_closing"), ""), (t("usage_title"), "number")]
    with table(pen, t("draft_reads"), columns) as rows:
        for meter in draft.meters:
            with rows.row():
                rows.cell(str(meter.get("serial_number") or "–"), "lead-cell")
                for name in ("opening", "closing"):
                    with rows.within():
                        _draw_read(pen, t, meter.get(name))
                rows.cell(t("ccf", n=t.number(Decimal(str(meter["units"])))))


def _draw_read(pen: Pen, t: Wording, read: Any) -> None:
    """A read as `[day, kind, value]`."""
    if not read:
        pen.text("–")
        return
    day, kind, value = read
    pen.text(t.number(int(value)))
    pen("span", f"{t.day_of(day)}, {t.known('read', kind, 'read_actual').lower()}", "sub")


def _draw_lines(pen: Pen, page: "BillingRunPage", draft: DraftDetail) -> None:
    t, book = page.t, page.seat.around.book
    pen("h3", t("draft_title"))
    columns = [(t("bill_charge"), ""), (t("bill_quantity"), "number"), (t("amount"), "number")]
    with table(pen, t("draft_title"), columns) as rows:
        for line in draft.lines:
            with rows.row():
                rows.cell(book.line_name(line["code"], line["detail"], t.language), "lead-cell")
                rows.cell(t.number(Decimal(line["quantity"])))
                rows.cell(t.money(int(line["amount_cents"])))
        with rows.row("total"):
            rows.cell(t("bill_new_charges"), "lead-cell")
            rows.cell("")
            rows.cell(t.money(draft.amount_cents))


def _draw_decisions(pen: Pen, t: Wording, row: ExceptionRow) -> None:
    """What was decided, and what was decided before somebody thought better of it."""
    said: list[Mapping[str, Any]] = [*row.earlier]
    if row.status != "open":
        said.append({"status": row.status, "reason": row.reason, "name": row.decided_by or t("by_the_run")})
    if not said:
        return
    pen("h3", t("decisions_title"))
    with pen.within("ul", "causes"):
        for one in said:
            name = one.get("name") or t("someone")
            pen(
                "li",
                t("decision_line", state=t(f"exception_{one['status']}"), name=name, reason=one.get("reason") or "–"),
            )


def _draw_form(pen: Pen, t: Wording, row: ExceptionRow) -> None:
    with form(pen, t, "decide_one", value=row.id, css="form decide-one") as fields:
        fields.words("reason", t("why"), help=t("why_kept"))
        with feet(pen):
            if row.code not in CANNOT_RELEASE:
                fields.send(t("decide_released"), data_as="released")
            fields.send(t("decide_resolved"), "button", data_as="resolved")
            fields.send(t("decide_held"), "button bad", data_as="held")
        with pen.within("ul", "causes small soft"):
            for decision in ("released", "resolved", "held"):
                pen("li", t(f"decide_{decision}_help"))
