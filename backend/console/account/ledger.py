"""Everything that was charged and paid, one line after another, with the balance after each."""

from dataclasses import dataclass

from backend.console.account.view import Look, View
from backend.console.pen import Pen
from backend.console.sheet import Deed
from backend.console.tables import table
from backend.console.words import Wording
from backend.ledger.listing import ListedEntry, entries_of

SHOWN = 40


@dataclass(frozen=True, slots=True)
class _Shown:
    lines: tuple[ListedEntry, ...]
    more: bool


def what(t: Wording, line: ListedEntry) -> str:
    """What an entry is, in the reader's language."""
    if line.kind == "reversal":
        return _reversal(t, line)
    if line.kind == "bill" and line.period_start and line.period_end:
        return t("entry_bill", start=t.day(line.period_start), end=t.day(line.period_end))
    if line.kind == "fee":
        return t.known("fee", line.fee_code or "", "entry_fee")
    if line.kind == "payment":
        return t("entry_payment", method=t.known("method", line.method or "", "method_other").lower())
    return t.known("entry", line.kind, "entry_other")


def _reversal(t: Wording, line: ListedEntry) -> str:
    if line.return_reason:
        return t("entry_returned", code=line.return_reason)
    if line.reversed_kind == "fee":
        return t("entry_fee_reversed", fee=t.known("fee", line.fee_code or "", "entry_fee"))
    if line.reversed_kind == "payment":
        return t("entry_voided")
    if line.reversed_kind == "bill" and line.period_start and line.period_end:
        return t("entry_bill_cancelled", start=t.day(line.period_start), end=t.day(line.period_end))
    return t("entry_reversal")


class Ledger(View):
    """Newest first."""

    name = "ledger"
    count = SHOWN

    async def read(self, look: Look) -> _Shown:
        lines = await entries_of(look.session, look.account_id, count=self.count + 1)
        return _Shown(tuple(lines[: self.count]), len(lines) > self.count)

    def draw(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        with pen.within("section", "panel flush", aria_labelledby="ledger-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("ledger_title"), id="ledger-title")
                pen("p", t("ledger_help"), "soft small")
            if not shown.lines:
                pen("p", t("ledger_nothing"), "nothing")
                return
            columns = [
                (t("day"), "day"),
                (t("ledger_what"), ""),
                (t("ledger_charge"), "number"),
                (t("ledger_credit"), "number"),
                (t("balance"), "number strong"),
            ]
            with table(pen, t("ledger_title"), columns) as rows:
                for line in shown.lines:
                    with rows.row("undone" if line.is_reversed else ""):
                        rows.cell(t.day(line.effective_on))
                        with rows.within("lead-cell"):
                            pen.text(what(t, line))
                            if facts := self._facts(line):
                                pen("span", facts, "sub")
                        charged = line.amount_cents > 0
                        rows.cell(t.money(line.amount_cents) if charged else "", "struck")
                        rows.cell("" if charged else t.money(-line.amount_cents), "struck")
                        rows.cell(t.money(line.balance_cents), "keep")
            if shown.more:
                with pen.within("p", "more"):
                    pen.button(t("ledger_more"), "more")

    def _facts(self, line: ListedEntry) -> str:
        t, parts = self.t, []
        if line.is_reversed:
            parts.append(t("entry_taken_back"))
        if line.kind in ("bill", "fee") and line.due_on and not line.is_reversed:
            parts.append(t("due_on", date=t.day(line.due_on)))
        if line.kind == "payment" and line.confirmation_number:
            parts.append(t("confirmation", number=line.confirmation_number))
        if line.kind == "reversal" and line.reversed_on:
            parts.append(t("entry_of", date=t.day(line.reversed_on)))
        return " · ".join(parts)

    async def press(self, deed: Deed) -> bool | None:
        if deed.name != "more":
            return await super().press(deed)
        self.count += SHOWN
        await self.page.look()
        return None
