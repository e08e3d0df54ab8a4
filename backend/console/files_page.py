"""Files of payments and returns: sending one, those that were refused, those that were taken. At `/money/files`."""

from fastapi import Request, Response
from nicegui import Client, ui
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.money.page import MoneyPage
from backend.console.money.tabs import FILES
from backend.console.page import BUILD_SECONDS, Frame, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.surroundings import PREFIX
from backend.console.tables import table
from backend.payments import imports
from backend.payments.imports import LISTED_KINDS, RefusedFile, TakenFile

REFUSED_SHOWN = 10


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/money/files", response_timeout=BUILD_SECONDS)(show_files)


async def show_files(
    request: Request, client: Client, taken: str = "", known: str = "", told: str = ""
) -> Response | None:
    """`taken`, `known` and `told` say what became of the file that was just sent."""
    return await serve(request, client, FILES, lambda frame: FilesPage(frame, taken, known, told))


class FilesPage(MoneyPage):
    """What was just sent first."""

    tab = "files"

    def __init__(self, frame: Frame, taken: str, known: str, told: str) -> None:
        super().__init__(frame)
        self._sent, self._told = taken or known, told
        self._is_new = bool(taken)

    def build_parts(self) -> None:
        self._send = Sheet(self.press, css="column")
        self._lists = Sheet(self.press, css="column")

    async def read(self, session: AsyncSession) -> None:
        self._taken = await imports.taken_files(session)
        self._refused = await imports.refused_files(session, REFUSED_SHOWN)

    def draw(self) -> None:
        self._send.show(self._draw_send)
        self._lists.show(self._draw_lists)

    def _draw_send(self, pen: Pen) -> None:
        t = self.t
        self._draw_outcome(pen)
        with pen.within("section", "panel", aria_labelledby="send-title"):
            pen("h2", t("file_send_title"), id="send-title")
            pen("p", t("file_send_help"), "soft")
            with pen.within(
                "form", "form upload", method="post", action=f"{PREFIX}/money/files", enctype="multipart/form-data"
            ):
                with pen.within("div", "row-of-fields"):
                    with pen.within("div", "field"):
                        pen("label", t("file_kind"), for_="kind")
                        with pen.within("select", id="kind", name="kind"):
                            for kind in LISTED_KINDS:
                                pen("option", t(f"file_kind_{kind}"), value=kind)
                    with pen.within("div", "field"):
                        pen("label", t("file"), for_="file")
                        pen("input", id="file", name="file", type="file", required=True)
                with pen.within("div", "feet start"):
                    pen("button", t("file_send"), "button main", type="submit")

    def _draw_outcome(self, pen: Pen) -> None:
        t = self.t
        sent = next((one for one in self._taken if str(one.import_id) == self._sent), None)
        if sent is not None:
            words = t("file_taken" if self._is_new else "file_known", file=sent.file_name, n=t.number(sent.line_count))
            facts = t("file_became", posted=t.number(sent.posted), aside=t.number(sent.set_aside))
            pen("p", f"{words} {facts}", "notice good" if self._is_new else "notice", role="status", id="outcome")
        elif self._told:
            pen("p", t.refusal(self._told, {}), "notice bad", role="alert", id="outcome")

    def _draw_lists(self, pen: Pen) -> None:
        t = self.t
        for one in self._refused:
            self._draw_refused(pen, one)
        with pen.within("section", "panel flush", aria_labelledby="taken-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("files_taken"), id="taken-title")
            if self._taken:
                self._draw_taken(pen, self._taken)
            else:
                with pen.within("p", "nothing"):
                    pen("strong", t("files_nothing"))
                    pen.text(t("files_nothing_help"))

    def _draw_refused(self, pen: Pen, one: RefusedFile) -> None:
        t, title = self.t, f"refused-{one.id}"
        # No landmark, as landmarks have names of their own: a file is refused twice within a minute.
        with pen.within("article", "panel flush refused-file", aria_labelledby=f"{title} {title}-when"):
            with pen.within("div", "panel-head"):
                pen("h2", t("file_refused", file=one.file_name), id=title)
                kind = t.known("file_kind", one.kind, "file_kind_payments")
                pen(
                    "span",
                    f"{kind} · {t.clock_time(one.refused_at, self.seat.now())}",
                    "soft small",
                    id=f"{title}-when",
                )
            pen("p", t("file_refused_help"), "refused-help")
            columns = [(t("line"), "number"), (t("field"), ""), (t("file_problem"), "")]
            with table(pen, t("file_refused", file=one.file_name), columns) as rows:
                for problem in one.problems:
                    with rows.row():
                        rows.cell(t.number(problem.line) if problem.line else "–")
                        rows.cell(problem.field)
                        with rows.within():
                            pen("span", problem.reason, lang="en")

    def _draw_taken(self, pen: Pen, taken: list[TakenFile]) -> None:
        t = self.t
        columns = [
            (t("file"), ""),
            (t("file_kind"), ""),
            (t("day"), "day"),
            (t("file_lines"), "number"),
            (t("amount"), "number"),
            (t("file_posted"), "number"),
            (t("file_aside"), "number"),
        ]
        with table(pen, t("files_taken"), columns) as rows:
            for one in taken:
                with rows.row(aria_current="true" if str(one.import_id) == self._sent else None):
                    rows.cell(one.file_name, "lead-cell")
                    rows.cell(t.known("file_kind", one.kind, "file_kind_payments"))
                    rows.cell(t.day(one.business_date))
                    rows.cell(t.number(one.line_count))
                    rows.cell(t.money(one.total_cents))
                    rows.cell(t.number(one.posted))
                    rows.cell(t.number(one.set_aside))

    async def press(self, deed: Deed) -> bool | None:
        """Files are sent as files are; nothing here is a deed."""
        return None
