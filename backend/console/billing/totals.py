"""The totals of a run: what must agree, the register by class beside the cycle before, and what is owed after it."""

from uuid import UUID

from backend.billing.report import RunReport
from backend.billing.tie_out import Check, ClassSums, Receivable, Variance
from backend.console.pen import Pen
from backend.console.surroundings import PREFIX
from backend.console.tables import table
from backend.console.words import Wording

MONEY_CHECKS = frozenset({"register", "receivable", "ledger"})


def draw_totals(pen: Pen, t: Wording, found: RunReport, run_id: UUID) -> None:
    """Everything that is added up."""
    _draw_checks(pen, t, found.checks)
    with pen.within("div", "columns even"):
        _draw_receivable(pen, t, found.receivable)
        _draw_counts(pen, t, found)
    _draw_register(pen, t, found.by_class)
    _draw_variance(pen, t, found)
    with pen.within("section", "panel", aria_labelledby="downloads-title"):
        pen("h2", t("downloads"), id="downloads-title")
        with pen.within("p", "papers"):
            for name in ("register", "exceptions"):
                pen.link(t(f"csv_{name}"), f"{PREFIX}/billing/{run_id}/{name}.csv", "button", download=True)


def _draw_checks(pen: Pen, t: Wording, checks: list[Check]) -> None:
    with pen.within("section", "panel flush", aria_labelledby="checks-title"):
        with pen.within("div", "panel-head"):
            pen("h2", t("checks_title"), id="checks-title")
        columns = [(t("check"), ""), (t("check_expected"), "number"), (t("check_found"), "number"), (t("state"), "")]
        with table(pen, t("checks_title"), columns) as rows:
            for check in checks:
                write = t.money if check.name in MONEY_CHECKS else t.number
                with rows.row():
                    rows.cell(t.known("check", check.name, "check_other"), "lead-cell")
                    rows.cell(write(check.expected))
                    rows.cell(write(check.found))
                    with rows.within():
                        pen("span", t("ties" if check.ties else "ties_not"), f"mark {'good' if check.ties else 'bad'}")


def _sums(pen: Pen, t: Wording, title: str, lines: list[tuple[str, str, bool]]) -> None:
    """A column of figures: (name, value, whether it is a total)."""
    with table(pen, title, [(title, ""), (t("amount"), "number")], css="sums") as rows:
        for name, value, is_total in lines:
            with rows.row("total" if is_total else ""):
                rows.cell(name, "lead-cell")
                rows.cell(value)


def _draw_receivable(pen: Pen, t: Wording, owed: Receivable) -> None:
    with pen.within("section", "panel", aria_labelledby="receivable-title"):
        pen("h2", t("receivable_title"), id="receivable-title")
        pen("p", t("receivable_help", since=t.day(owed.since), until=t.day(owed.until)), "soft small")
        _sums(
            pen,
            t,
            t("receivable_title"),
            [
                (t("receivable_beginning"), t.money(owed.beginning_cents), False),
                (t("receivable_billed"), t.money(owed.billed_cents), False),
                (t("receivable_other_bills"), t.money(owed.other_bills_cents), False),
                (t("receivable_fees"), t.money(owed.fees_cents), False),
                (t("receivable_payments"), t.money(-owed.payments_cents), False),
                (t("receivable_adjustments"), t.money(owed.adjustments_cents), False),
                (t("receivable_refunds"), t.money(owed.refunds_cents), False),
                (t("receivable_ending"), t.money(owed.ending_cents), True),
            ],
        )


def _draw_counts(pen: Pen, t: Wording, found: RunReport) -> None:
    counts = found.counts
    with pen.within("section", "panel", aria_labelledby="counts-title"):
        pen("h2", t("counts_title"), id="counts-title")
        _sums(
            pen,
            t,
            t("counts_title"),
            [
                (t("counts_active"), t.number(counts.accounts_active), False),
                (t("counts_not_due"), t.number(-counts.not_due), False),
                (t("counts_held"), t.number(-counts.held), False),
                (t("counts_without_charges"), t.number(-counts.without_charges), False),
                (t("run_bills"), t.number(counts.bills), True),
                (t("counts_estimated"), t.number(counts.estimated), False),
            ],
        )


def _draw_register(pen: Pen, t: Wording, classes: list[ClassSums]) -> None:
    with pen.within("section", "panel flush", aria_labelledby="register-title"):
        with pen.within("div", "panel-head"):
            pen("h2", t("register_title"), id="register-title")
        columns = [(t("service_class"), ""), (t("run_bills"), "number"), (t("usage_title"), "number")]
        columns += [(t(f"part_{name}"), "number") for name in ("fixed", "volume", "pass_through", "drought")]
        columns.append((t("amount"), "number strong"))
        with table(pen, t("register_title"), columns) as rows:
            for one in classes:
                with rows.row():
                    rows.cell(t.known("class", one.service_class, "class_other"), "lead-cell")
                    rows.cell(t.number(one.bills))
                    rows.cell(t("ccf", n=t.number(one.units)))
                    for cents in (one.fixed_cents, one.volume_cents, one.pass_through_cents, one.drought_cents):
                        rows.cell(t.money(cents))
                    rows.cell(t.money(one.amount_cents))
            if classes:
                with rows.row("total"):
                    rows.cell(t("total"), "lead-cell")
                    rows.cell("")
                    rows.cell(t("ccf", n=t.number(sum(one.units for one in classes))))
                    for name in ("fixed_cents", "volume_cents", "pass_through_cents", "drought_cents", "amount_cents"):
                        rows.cell(t.money(sum(int(getattr(one, name)) for one in classes)))


def _draw_variance(pen: Pen, t: Wording, found: RunReport) -> None:
    with pen.within("section", "panel flush", aria_labelledby="variance-title"):
        with pen.within("div", "panel-head"):
            pen("h2", t("variance_title"), id="variance-title")
            if found.before is not None:
                pen("p", t("variance_before", date=t.day(found.before)), "soft small")
        if found.before is None:
            pen("p", t("variance_nothing"), "nothing")
            return
        columns = [
            (t("service_class"), ""),
            (t("run_bills"), "number"),
            (t("variance_bills_before"), "number"),
            (t("amount"), "number"),
            (t("variance_amount_before"), "number"),
            (t("variance_change"), "number"),
        ]
        with table(pen, t("variance_title"), columns) as rows:
            for one in found.variance:
                with rows.row():
                    rows.cell(t.known("class", one.service_class, "class_other"), "lead-cell")
                    rows.cell(t.number(one.bills))
                    rows.cell(t.number(one.bills_before))
                    rows.cell(t.money(one.amount_cents))
                    rows.cell(t.money(one.amount_before_cents))
                    rows.cell(_change(t, one))


def _change(t: Wording, one: Variance) -> str:
    return "–" if one.percent is None else t("percent", n=f"{one.percent:+.1f}")
