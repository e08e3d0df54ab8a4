"""Accounts: finding one. Registered at `/accounts`."""

from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui

from backend.console.finder import Finder
from backend.console.navigation import ACCOUNTS
from backend.console.opening import Opening
from backend.console.page import BUILD_SECONDS, Frame, LivePage, id_in, serve
from backend.console.tags import tag


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/accounts", response_timeout=BUILD_SECONDS)(show_accounts)


async def show_accounts(request: Request, client: Client, case: str = "") -> Response | None:
    """`case`: the account that its customer wants is asked for at once."""
    return await serve(request, client, ACCOUNTS, lambda frame: AccountsPage(frame, id_in(case)))


class AccountsPage(LivePage):
    """A search, and an account for somebody new. What was found stays as it was found."""

    hears = frozenset()

    def __init__(self, frame: Frame, case_id: UUID | None = None) -> None:
        super().__init__(frame)
        self.opening = Opening(self, case_id)

    def build(self) -> None:
        with tag("div", css="page-head"):
            tag("h1", self.t("nav_accounts"))
        self.finder = Finder(self)
        self.finder.build()
        self.opening.build()
        self.title(self.t("nav_accounts"))

    async def keep_up(self) -> None:
        await self.opening.ask_for_case()
        await super().keep_up()

    async def show(self) -> None:
        async with self.seat.looking():
            """Only whether the session still lives."""
