"""Visits as rows of the reception's tables: who it was, and what came of it."""

from collections.abc import Sequence
from datetime import date, datetime

from backend.console.pen import Pen
from backend.console.tables import Rows, table
from backend.console.words import Wording
from backend.reception.service import Visit

NO_ONE = "–"


def draw_who(pen: Pen, rows: Rows, t: Wording, one: Visit, today: date) -> None:
    """A cell: the name, and for a vendor whether it is listed and insured, and who answers for it."""
    with rows.within("lead-cell"):
        pen.text(one.who)
        if one.kind == "visitor":
            return
        listed, answers = one.vendor, one.approved_by
        is_insured = listed is not None and listed.is_insured(today)
        with pen.within("span", "sub"):
            if listed is None:
                pen("span", t("reception_vendor_unlisted"), "mark warn")
            else:
                until = "reception_vendor_insured" if is_insured else "reception_vendor_lapsed"
                pen("span", t("reception_vendor_listed", contract=listed.contract), "mark")
                pen("span", t(until, day=t.day(listed.insured_until)), "mark good" if is_insured else "mark bad")
        if is_insured and listed is not None:
            answers = answers or listed.approved_by
        if answers:
            pen("span", t("reception_answers", name=answers), "sub")


def draw_past(pen: Pen, t: Wording, visits: Sequence[Visit], *, now: datetime, caption: str) -> None:
    """A table of visits that happened or were refused: badge, who, to whom, with whom, from when to when."""
    columns = [
        (t("reception_badge"), ""), (t("reception_who"), ""), (t("reception_to"), ""), (t("reception_escort"), ""),
        (t("state"), ""),
    ]  # fmt: skip
    today = now.astimezone(t.zone).date()
    with table(pen, caption, columns) as rows:
        for one in visits:
            with rows.row():
                rows.cell(one.badge or NO_ONE)
                draw_who(pen, rows, t, one, today)
                rows.cell(one.host or NO_ONE)
                rows.cell(one.escort or NO_ONE)
                with rows.within():
                    _draw_state(pen, t, one, now)


def _draw_state(pen: Pen, t: Wording, one: Visit, now: datetime) -> None:
    if one.came_at is None:
        pen.text(t("reception_not_let_in", why=one.note))
        by = one.turned_away_by
    else:
        came = t.clock_time(one.came_at, now)
        left = t.clock_time(one.left_at, one.came_at) if one.left_at is not None else None
        pen.text(t("reception_was_here", came=came, left=left) if left else t("reception_still_here", came=came))
        by = one.admitted_by
    if by:
        pen("span", t("reception_by_desk", name=by), "sub")
