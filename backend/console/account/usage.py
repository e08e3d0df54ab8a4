"""Water use: thirteen months beside the year before, and the reads of the meters."""

from dataclasses import dataclass

from backend.console.account.usage_picture import draw_usage_picture
from backend.console.account.use import BILLS_NEEDED, MonthOfUse, months_of_use
from backend.console.account.view import Look, View
from backend.console.pen import Pen
from backend.console.tables import table
from backend.reads.listing import ListedRead, reads_of
from backend.statements.service import bills_of


@dataclass(frozen=True, slots=True)
class _Shown:
    months: tuple[MonthOfUse, ...]
    reads: tuple[ListedRead, ...]


class Usage(View):
    """Nothing is changed here."""

    name = "usage"

    async def read(self, look: Look) -> _Shown:
        bills = await bills_of(look.session, look.account_id, look.today, BILLS_NEEDED)
        return _Shown(months_of_use(bills), tuple(await reads_of(look.session, look.account_id, look.today)))

    def draw(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        with pen.within("section", "panel", aria_labelledby="usage-title"):
            pen("h2", t("usage_title"), id="usage-title")
            draw_usage_picture(pen, t, shown.months)
        with pen.within("section", "panel flush", aria_labelledby="reads-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("reads_title"), id="reads-title")
            if shown.reads:
                self._draw_reads(pen, shown.reads)
            else:
                with pen.within("p", "nothing"):
                    pen("strong", t("reads_nothing"))
                    pen.text(t("reads_nothing_help"))

    def _draw_reads(self, pen: Pen, reads: tuple[ListedRead, ...]) -> None:
        t = self.t
        columns = [
            (t("read_on"), "day"),
            (t("meter"), "day"),
            (t("read_kind"), ""),
            (t("register"), "number"),
            (t("read_days"), "number"),
            (t("read_used"), "number"),
        ]
        with table(pen, t("reads_title"), columns) as rows:
            for one in reads:
                with rows.row():
                    rows.cell(t.day(one.read_on), "lead-cell")
                    rows.cell(one.serial_number)
                    with rows.within():
                        css = "" if one.kind == "actual" else "mark warn"
                        pen("span", t.known("read", one.kind, "read_actual"), css)
                    rows.cell(t.number(one.register_value))
                    rows.cell("" if one.days is None else str(one.days))
                    rows.cell(self._used(one))

    def _used(self, one: ListedRead) -> str:
        if one.counts is None:
            return ""
        if one.counts < 0:
            return self.t("read_backwards")
        return self.t("ccf", n=self.t.number((one.counts * one.units_per_count).normalize()))
