"""The picture of an account's water use, with its numbers as a table for whoever does not see it."""

from collections.abc import Sequence

from backend.console.account.use import MonthOfUse
from backend.console.charts import Bar, bars
from backend.console.pen import Pen
from backend.console.tables import table
from backend.console.words import Wording


def draw_usage_picture(pen: Pen, t: Wording, months: Sequence[MonthOfUse]) -> None:
    """Bars by month, this year before last year's."""
    if not months:
        with pen.within("p", "nothing"):
            pen("strong", t("usage_nothing"))
            pen.text(t("usage_nothing_help"))
        return
    places = [Bar(t.month(one.end), one.ccf, one.before_ccf, _says(t, one), one.is_estimated) for one in months]
    bars(pen, t("usage_picture", first=t.month_and_year(months[0].end), last=t.month_and_year(months[-1].end)), places)
    with pen.within("p", "key"):
        for css, words in (("", "usage_this"), ("before", "usage_before"), ("weak", "usage_estimated")):
            if css == "weak" and not any(one.is_estimated for one in months):
                continue
            with pen.within("span"):
                pen("i", "", css, aria_hidden="true")
                pen.text(t(words))
    with pen.within("details", "as-table"):
        pen("summary", t("usage_as_table"))
        _draw_table(pen, t, months)


def _says(t: Wording, one: MonthOfUse) -> str:
    before = t("usage_unknown") if one.before_ccf is None else t("ccf", n=t.number(one.before_ccf))
    return t("usage_month", month=t.month_and_year(one.end), use=t("ccf", n=t.number(one.ccf)), before=before)


def _draw_table(pen: Pen, t: Wording, months: Sequence[MonthOfUse]) -> None:
    columns = [
        (t("usage_period"), "day"),
        (t("usage_this"), "number"),
        (t("usage_before"), "number"),
        (t("gallons_a_day"), "number"),
        (t("read_kind"), ""),
    ]
    with table(pen, t("usage_as_table"), columns) as rows:
        for one in reversed(months):
            with rows.row():
                rows.cell(f"{t.day(one.start)} – {t.day(one.end)}", "lead-cell")
                rows.cell(t("ccf", n=t.number(one.ccf)))
                rows.cell("–" if one.before_ccf is None else t("ccf", n=t.number(one.before_ccf)))
                rows.cell(t.number(one.gallons_a_day))
                rows.cell(t("read_estimated" if one.is_estimated else "read_actual"))
