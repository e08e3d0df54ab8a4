"""A drawer as it stands: by tender, what should be in it, and after the count what was over or short."""

from collections.abc import Sequence

from backend.console.pen import Pen
from backend.console.seat import Seat
from backend.console.tables import table
from backend.console.words import Wording
from backend.payments.batches import BatchReport


def over_or_short(t: Wording, cents: int | None) -> tuple[str, str]:
    """A difference in words, and its css."""
    if not cents:
        return t("drawer_even"), "good"
    return t("drawer_over" if cents > 0 else "drawer_short", amount=t.money(abs(cents))), "bad"


def draw_drawer(pen: Pen, t: Wording, found: BatchReport | None, seat: Seat) -> None:
    """One's own drawer, or the one that was just closed."""
    if found is None:
        return
    with pen.within("section", "panel", aria_labelledby="drawer-title", id="drawer"):
        with pen.within("div", "panel-head"):
            pen("h2", t("drawer_title", name=found.opened_by_name), id="drawer-title")
            css, state = ("good", "drawer_is_open") if found.closed_at is None else ("", "drawer_is_closed")
            pen("span", t(state), f"mark {css}")
        opened = t.clock_time(found.opened_at, seat.now())
        pen("p", t("drawer_opened_at", time=opened, amount=t.money(found.float_cents)), "soft")
        _draw_tenders(pen, t, found)
        if found.closed_at is not None:
            _draw_count(pen, t, found)
        else:
            with pen.within("div", "feet start"):
                pen.button(t("drawer_close"), "ask_close", found.batch_id)


def _draw_tenders(pen: Pen, t: Wording, found: BatchReport) -> None:
    columns = [
        (t("method"), ""),
        (t("drawer_count"), "number"),
        (t("amount"), "number"),
        (t("drawer_voided"), "number"),
    ]
    with table(pen, t("drawer_tenders"), columns) as rows:
        for tender in found.tenders:
            with rows.row():
                rows.cell(t.known("method", tender.method, "method_other"), "lead-cell")
                rows.cell(t.number(tender.count))
                rows.cell(t.money(tender.cents))
                rows.cell(t.money(tender.voided_cents) if tender.voided_count else "–")
        sums = (
            (t("drawer_expected_cash"), found.expected_cash_cents),
            (t("drawer_expected_checks"), found.expected_checks_cents),
        )
        for name, cents in sums:
            with rows.row("total"):
                rows.cell(name, "lead-cell")
                rows.cell("")
                rows.cell(t.money(cents))
                rows.cell("")


def _draw_count(pen: Pen, t: Wording, found: BatchReport) -> None:
    pen("h3", t("drawer_counted"))
    columns = [
        ("", ""),
        (t("drawer_expected"), "number"),
        (t("drawer_found"), "number"),
        (t("drawer_difference"), "right"),
    ]
    lines = (
        (t("method_cash"), found.expected_cash_cents, found.counted_cash_cents, found.cash_difference_cents),
        (t("method_check"), found.expected_checks_cents, found.counted_checks_cents, found.checks_difference_cents),
    )
    with table(pen, t("drawer_counted"), columns) as rows:
        for name, expected, counted, difference in lines:
            words, css = over_or_short(t, difference)
            with rows.row():
                rows.cell(name, "lead-cell")
                rows.cell(t.money(expected))
                rows.cell(t.money(counted or 0))
                with rows.within():
                    pen("span", words, f"mark {css}")
    if found.deposit_cents is not None:
        pen("p", t("drawer_deposit", amount=t.money(found.deposit_cents)), "strong")


def draw_drawers(pen: Pen, t: Wording, found: Sequence[BatchReport]) -> None:
    """The other drawers of the day, and those of earlier days that nobody has closed."""
    columns = [
        (t("drawer_clerk"), ""),
        (t("day"), "day"),
        (t("drawer_expected_cash"), "number"),
        (t("state"), ""),
        ("", "deeds-cell"),
    ]
    with pen.within("section", "panel flush", aria_labelledby="drawers-title"):
        with pen.within("div", "panel-head"):
            pen("h2", t("drawers_title"), id="drawers-title")
        with table(pen, t("drawers_title"), columns) as rows:
            for one in found:
                with rows.row():
                    rows.cell(one.opened_by_name, "lead-cell")
                    rows.cell(t.day(one.business_date))
                    rows.cell(t.money(one.expected_cash_cents))
                    with rows.within():
                        if one.closed_at is None:
                            pen("span", t("drawer_is_open"), "mark good")
                        else:
                            difference = (one.cash_difference_cents or 0) + (one.checks_difference_cents or 0)
                            words, css = over_or_short(t, difference)
                            pen("span", f"{t('drawer_is_closed')}: {words}", f"mark {css}")
                    with rows.within():
                        if one.closed_at is None:
                            label = t("drawer_close_of", name=one.opened_by_name)
                            pen.button(t("drawer_close"), "ask_close", one.batch_id, aria_label=label)
