"""Money that came for nobody we know: whose it is, or back to the sender. Registered at `/money/unapplied`."""

from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import reach_account_as_staff, reach_accounts_as_staff
from backend.accounts.search import FoundAccount
from backend.console.finder import Finder
from backend.console.forms import feet, form, words_in
from backend.console.money.page import MoneyPage
from backend.console.money.tabs import UNAPPLIED
from backend.console.page import BUILD_SECONDS, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.tables import Rows, facts, table
from backend.console.tags import set_attribute, tag
from backend.payments import refunds, unapplied
from backend.payments.unapplied import ReceiptRow
from backend.staff.permissions import Permission


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/money/unapplied", response_timeout=BUILD_SECONDS)(show_unapplied)


async def show_unapplied(request: Request, client: Client) -> Response | None:
    return await serve(request, client, UNAPPLIED, UnappliedPage)


class UnappliedPage(MoneyPage):
    """The list; for the one that is chosen a search, and what to do with it."""

    tab = "unapplied"

    def build_parts(self) -> None:
        self._chosen: ReceiptRow | None = None
        self._receipts: list[ReceiptRow] = []
        self._list = Sheet(self.press)
        with tag("section", css="column", id="whose", tabindex="-1") as self._whose:
            self._facts = Sheet(self.press)
            self._finder = Finder(self, self._found)
            self._finder.build()
        set_attribute(self._whose, "hidden", True)

    async def read(self, session: AsyncSession) -> None:
        self._receipts = await unapplied.open_receipts(session)
        named = [one.account_id for one in self._receipts if one.account_id is not None]
        now = self.seat.now()
        await reach_accounts_as_staff(session, self.seat.principal, named, purpose="unapplied", now=now)

    def draw(self) -> None:
        if self._chosen is not None:
            chosen_id = self._chosen.id
            self._chosen = next((one for one in self._receipts if one.id == chosen_id), None)
        self._list.show(self._draw_list)
        set_attribute(self._whose, "hidden", self._chosen is None)
        if self._chosen is not None:
            chosen = self._chosen
            set_attribute(
                self._whose, "aria-label", self.t("unapplied_whose", amount=self.t.money(chosen.amount_cents))
            )
            self._facts.show(lambda pen: self._draw_chosen(pen, chosen))

    def _draw_list(self, pen: Pen) -> None:
        t = self.t
        with pen.within("section", "panel flush", aria_labelledby="unapplied-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("unapplied_title"), id="unapplied-title")
                total = sum(one.amount_cents for one in self._receipts)
                pen("p", t("unapplied_total", amount=t.money(total)), "soft small")
            if not self._receipts:
                with pen.within("p", "nothing"):
                    pen("strong", t("unapplied_nothing"))
                    pen.text(t("unapplied_nothing_help"))
                return
            columns = [
                (t("received"), "day"),
                (t("amount"), "number"),
                (t("method"), ""),
                (t("unapplied_given"), ""),
                (t("unapplied_maybe"), ""),
                ("", "deeds-cell"),
            ]
            with table(pen, t("unapplied_title"), columns) as rows:
                for one in self._receipts:
                    current = "true" if self._chosen is not None and one.id == self._chosen.id else None
                    with rows.row(aria_current=current):
                        self._draw_row(pen, rows, one)

    def _draw_row(self, pen: Pen, rows: Rows, one: ReceiptRow) -> None:
        t = self.t
        rows.cell(t.day(one.received_on), "lead-cell")
        rows.cell(t.money(one.amount_cents))
        with rows.within():
            pen.text(t.known("method", one.method, "method_other"))
            if one.file_name:
                pen("span", one.file_name, "sub")
        with rows.within():
            pen.text(one.given_reference or "–")
            if one.bank_reference:
                pen("span", one.bank_reference, "sub")
        with rows.within():
            if one.account_number is not None:
                pen.text(f"{one.customer_name}, {one.account_number}")
                if one.account_status == "closed":
                    pen("span", t("status_closed"), "mark after")
            else:
                pen.text("–")
        with rows.within():
            if one.refund_asked:
                pen("span", t("refund_asked"), "mark warn")
            else:
                pen.button(t("unapplied_decide"), "choose_receipt", one.id, aria_label=self._label(one))

    def _label(self, one: ReceiptRow) -> str:
        t = self.t
        return t("unapplied_decide_one", amount=t.money(one.amount_cents), date=t.day(one.received_on))

    def _draw_chosen(self, pen: Pen, one: ReceiptRow) -> None:
        t = self.t
        with pen.within("div", "panel"):
            with pen.within("div", "panel-head"):
                pen("h2", t("unapplied_whose", amount=t.money(one.amount_cents)), id="whose-title")
                pen.button(t("refund_ask"), "ask_back", "", "button")
            facts(
                pen,
                [
                    (t("received"), t.day(one.received_on)),
                    (t("unapplied_given"), one.given_reference),
                    (t("reference"), one.bank_reference or ""),
                    (t("file"), one.file_name or ""),
                ],
            )
            if one.account_number is not None and not one.refund_asked:
                name = f"{one.customer_name}, {one.account_number}"
                with pen.within("div", "feet start"):
                    pen.button(t("unapplied_apply_to", account=name), "apply_to_given", "", "button main")
            pen("p", t("unapplied_find"), "soft")

    async def press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "choose_receipt":
                self._chosen = next((one for one in self._receipts if str(one.id) == deed.value), None)
                await self.look()
                self.client.run_javascript("headgate.focus('whose')")
            case "ask_back" if self._chosen is not None:
                self._ask_back(self._chosen)
            case "apply_to_given" if self._chosen is not None and self._chosen.account_id is not None:
                one = self._chosen
                name = f"{one.customer_name}, {one.account_number}"
                self._ask_apply(one, str(one.account_id), name)
        return None

    async def _found(self, account: FoundAccount) -> None:
        if self._chosen is not None:
            self._ask_apply(self._chosen, str(account.account_id), f"{account.name}, {account.number}")

    def _ask_apply(self, one: ReceiptRow, account_id: str, name: str) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            with pen.within("div", "about"):
                pen("strong", t("unapplied_apply_what", amount=t.money(one.amount_cents), account=name))
                pen("p", t("unapplied_apply_help", date=t.day(one.received_on)))
            with form(pen, t, "apply", value=account_id) as fields:
                fields.words("note", t("unapplied_note"), help=t("why_kept"), autofocus=True)
                with feet(pen):
                    fields.cancel()
                    fields.send(t("unapplied_apply"))

        self.ask(t("unapplied_apply_title"), draw, lambda deed: self._apply(one, deed))

    async def _apply(self, one: ReceiptRow, deed: Deed) -> bool:
        async def apply() -> None:
            note, seat = words_in(deed.fields, "note"), self.seat
            async with seat.deed(Permission.HANDLE_BANK_MONEY) as session:
                account_id, who, now = UUID(deed.value), seat.principal, seat.now()
                await reach_account_as_staff(session, who, account_id, purpose="unapplied", now=now)
                await unapplied.apply_receipt(
                    session,
                    who,
                    one.id,
                    account_id=account_id,
                    note=note,
                    district=seat.district,
                    now=now,
                )

        return await self.conclude(apply, self.t("unapplied_applied", amount=self.t.money(one.amount_cents)))

    def _ask_back(self, one: ReceiptRow) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            with pen.within("div", "about"):
                pen("strong", t.money(one.amount_cents))
                pen("p", t("unapplied_back_help"))
            with form(pen, t, "back") as fields:
                fields.words("reason", t("why"), help=t("why_kept"), autofocus=True)
                with feet(pen):
                    fields.cancel()
                    fields.send(t("refund_send"))

        self.ask(t("refund_title"), draw, lambda deed: self._back(one, deed))

    async def _back(self, one: ReceiptRow, deed: Deed) -> bool:
        async def back() -> None:
            reason, seat = words_in(deed.fields, "reason"), self.seat
            async with seat.deed(Permission.HANDLE_BANK_MONEY) as session:
                await refunds.request_receipt_refund(session, seat.principal, one.id, reason=reason, now=seat.now())

        return await self.conclude(back, self.t("request_sent"))
