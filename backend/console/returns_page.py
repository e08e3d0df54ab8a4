"""What banks' returns leave for a person. Registered at `/money/returns`."""

from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.account_page import account_address
from backend.console.forms import words_in
from backend.console.item_done import ask_what_was_done
from backend.console.money.page import MoneyPage
from backend.console.money.tabs import RETURNS
from backend.console.page import BUILD_SECONDS, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.tables import Rows, table
from backend.payments import return_items
from backend.payments.return_items import ItemRow
from backend.staff.permissions import Permission


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/money/returns", response_timeout=BUILD_SECONDS)(show_returns)


async def show_returns(request: Request, client: Client) -> Response | None:
    return await serve(request, client, RETURNS, ReturnsPage)


class ReturnsPage(MoneyPage):
    """A list; what was seen to leaves it, with a note of what was done."""

    tab = "returns"

    def build_parts(self) -> None:
        self._body = Sheet(self.press)

    async def read(self, session: AsyncSession) -> None:
        self._items = await return_items.open_items(session)

    def draw(self) -> None:
        self._body.show(self._draw)

    def _draw(self, pen: Pen) -> None:
        t = self.t
        with pen.within("section", "panel flush", aria_labelledby="returns-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("returns_title"), id="returns-title")
                pen("p", t("returns_help"), "soft small")
            if not self._items:
                with pen.within("p", "nothing"):
                    pen("strong", t("returns_nothing"))
                    pen.text(t("returns_nothing_help"))
                return
            columns = [
                (t("return_cause"), ""),
                (t("returned_on"), "day"),
                (t("bank_reason"), ""),
                (t("amount"), "number"),
                (t("account"), ""),
                (t("return_from"), ""),
                ("", "deeds-cell"),
            ]
            with table(pen, t("returns_title"), columns) as rows:
                for item in self._items:
                    with rows.row():
                        self._draw_row(pen, rows, item)

    def _draw_row(self, pen: Pen, rows: Rows, item: ItemRow) -> None:
        t = self.t
        with rows.within("lead-cell"):
            pen("span", t.known("cause", item.cause, "cause_other"))
            if help := t.said(f"cause_help_{item.cause}"):
                pen("span", help, "sub")
        rows.cell(t.day(item.returned_on))
        rows.cell(f"{item.reason_code}: {t.known('return_reason', item.reason_code, 'return_reason_other')}")
        rows.cell(t.money(item.amount_cents) if item.amount_cents else "–")
        with rows.within():
            if item.account_id is not None:
                pen.link(item.account_number or "", account_address(item.account_id, "payments"))
            else:
                pen.text(item.given_reference or "–")
        with rows.within():
            pen.text(item.file_name or t("by_hand"))
            if item.line is not None:
                pen("span", t("file_line", n=item.line), "sub")
        with rows.within():
            pen.button(t("item_done"), "ask_done", item.id)

    async def press(self, deed: Deed) -> bool | None:
        if deed.name == "ask_done":
            ask_what_was_done(self, UUID(deed.value), self._finish)
        return None

    async def _finish(self, deed: Deed) -> bool:
        async def finish() -> None:
            note, seat = words_in(deed.fields, "note"), self.seat
            async with seat.deed(Permission.HANDLE_BANK_MONEY) as session:
                who, item_id = seat.principal, UUID(deed.value)
                await return_items.finish_item(session, who, item_id, note=note, district=seat.district, now=seat.now())

        return await self.conclude(finish, self.t("item_done_done"))
