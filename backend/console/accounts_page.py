"""Accounts: finding one. Registered at `/accounts`."""

from fastapi import Request, Response
from nicegui import Client, ui

from backend.console.finder import Finder
from backend.console.navigation import ACCOUNTS
from backend.console.page import BUILD_SECONDS, LivePage, serve
from backend.console.tags import tag


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/accounts", response_timeout=BUILD_SECONDS)(show_accounts)


async def show_accounts(request: Request, client: Client) -> Response | None:
    return await serve(request, client, ACCOUNTS, AccountsPage)


class AccountsPage(LivePage):
    """A search. What was found stays as it was found."""

    hears = frozenset()

    def build(self) -> None:
        with tag("div", css="page-head"):
            tag("h1", self.t("nav_accounts"))
        self.finder = Finder(self)
        self.finder.build()
        self.title(self.t("nav_accounts"))

    async def show(self) -> None:
        async with self.seat.looking():
            """Only whether the session still lives."""
