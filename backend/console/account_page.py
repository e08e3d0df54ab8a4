"""One account: its head and a tab at a time. Registered at `/accounts/{id}` and `/accounts/{id}/{tab}`."""

from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui

from backend.access import reach_account_as_staff
from backend.console.account import bills, fees, holds, ledger, options, overview, payments, service, texts, usage
from backend.console.account.head import Head, draw_head, read_head
from backend.console.account.view import Look, View
from backend.console.navigation import ACCOUNTS
from backend.console.page import BUILD_SECONDS, Frame, LivePage, id_in, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.surroundings import PREFIX
from backend.errors import NotFoundError

VIEWS: dict[str, type[View]] = {
    view.name: view
    for view in (
        overview.Overview,
        bills.Bills,
        payments.Payments,
        ledger.Ledger,
        usage.Usage,
        service.Service,
        fees.Fees,
        options.Options,
        holds.Holds,
        texts.Texts,
    )
}


def register() -> None:
    """Put the pages on NiceGUI's router; once a process."""
    ui.page("/accounts/{account_id:uuid}", response_timeout=BUILD_SECONDS)(show_account)
    ui.page("/accounts/{account_id:uuid}/{tab}", response_timeout=BUILD_SECONDS)(show_account)


async def show_account(
    request: Request, client: Client, account_id: UUID, tab: str = "overview", case: str = ""
) -> Response | None:
    """`case`: what its customer asked for is asked at once, on the tab that does it."""
    return await serve(request, client, ACCOUNTS, lambda frame: AccountPage(frame, account_id, tab, id_in(case)))


class AccountPage(LivePage):
    """An account, looked at. Each look is in the audit trail (once in five minutes)."""

    hears = frozenset({"money", "account", "hand_off"})

    def __init__(self, frame: Frame, account_id: UUID, tab: str, case_id: UUID | None = None) -> None:
        super().__init__(frame)
        if tab not in VIEWS:
            raise NotFoundError("page_not_found", "There is no such page.")
        self.account_id, self.case_id = account_id, case_id
        self.view = VIEWS[tab](self)

    def build(self) -> None:
        self._head = Sheet(self._press, css="column")
        self._tabs = Sheet(self._press)
        self._view = Sheet(self._press, css="column")
        self._tabs.show(self._draw_tabs)

    async def keep_up(self) -> None:
        if isinstance(self.view, service.Service):
            await self.view.ask_wanted()
        await super().keep_up()

    async def show(self) -> None:
        now = self.seat.now()
        async with self.seat.looking() as session:
            await reach_account_as_staff(session, self.seat.principal, self.account_id, purpose="account_page", now=now)
            look = Look(session, self.account_id, now, self.seat.today())
            self.head: Head = await read_head(look, self.seat.principal)
            shown = await self.view.read(look)
        self.title(f"{self.head.record.name} · {self.head.record.number}")
        self._head.show(lambda pen: draw_head(pen, self.t, self.head))
        self._view.show(lambda pen: self.view.draw(pen, shown))

    def address_of(self, tab: str) -> str:
        """Where this account's tab is."""
        return account_address(self.account_id, tab)

    def _draw_tabs(self, pen: Pen) -> None:
        with pen.within("nav", "tabs", aria_label=self.t("account_tabs")):
            for name in VIEWS:
                current = "page" if name == self.view.name else None
                pen.link(self.t(f"account_tab_{name}"), self.address_of(name), aria_current=current)

    async def _press(self, deed: Deed) -> bool | None:
        return await self.view.press(deed)


def account_address(account_id: UUID, tab: str = "overview") -> str:
    """The address of an account's tab."""
    return f"{PREFIX}/accounts/{account_id}" + ("" if tab == "overview" else f"/{tab}")
