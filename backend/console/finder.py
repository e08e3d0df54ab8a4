"""Finding an account: a field for words, and what was found as links or as buttons to choose one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from backend.accounts.search import FOUND_MAX, Found, FoundAccount, find_accounts
from backend.console.forms import form
from backend.console.page import LivePage
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.surroundings import PREFIX
from backend.console.tables import Rows, table
from backend.console.tags import set_text, tag
from backend.staff.permissions import Permission

Choose = Callable[[FoundAccount], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Shown:
    query: str
    found: Found


class Finder:
    """The search of a page. Without `choose` an account that is found is a link, and a single one is opened at once."""

    def __init__(self, page: LivePage, choose: Choose | None = None) -> None:
        self._page, self._choose = page, choose
        self._shown: _Shown | None = None

    def build(self) -> None:
        Sheet(self._search, css="panel").show(self._draw_form)
        self._told = tag("p", css="unseen", role="status")
        self._results = Sheet(self._press)

    def _draw_form(self, pen: Pen) -> None:
        t = self._page.t
        with form(pen, t, "search", css="form", role="search", data_remember=self._choose is None):
            pen("label", t("find_label"), for_="find")
            with pen.within("div", "search"):
                pen("input", id="find", name="query", type="search", autocomplete="off", spellcheck="false")
                pen("button", t("find"), "button main", type="submit")
            pen("p", t("find_help"), "help")

    async def _search(self, deed: Deed) -> bool:
        query = deed.fields.get("query", "")

        async def look() -> None:
            async with self._page.seat.deed(Permission.SEE_ACCOUNTS) as session:
                found = await find_accounts(session, self._page.seat.principal, query, self._page.seat.now())
            self._shown = _Shown(query, found)

        if await self._page.do(look) and self._shown is not None:
            accounts = self._shown.found.accounts
            if self._choose is None and len(accounts) == 1:
                self._page.client.run_javascript("headgate.forget()")
                self._page.client.open(f"/accounts/{accounts[0].account_id}")
            set_text(self._told, self._page.t.count("found", len(accounts)))
            self._results.show(lambda pen: self._draw_results(pen, query, accounts))
        return False  # the words stay in the field

    def _draw_results(self, pen: Pen, query: str, accounts: tuple[FoundAccount, ...]) -> None:
        t = self._page.t
        assert self._shown is not None
        with pen.within("section", "panel flush", aria_labelledby="found-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t.count("found", len(accounts)), id="found-title")
                if self._shown.found.more:
                    pen("p", t("found_more", n=FOUND_MAX), "soft small")
            if not accounts:
                with pen.within("p", "nothing"):
                    pen("strong", t("found_nothing", query=query.strip()))
                    pen.text(t("found_nothing_help"))
                return
            columns = [(t(name), "") for name in ("customer", "account", "service_address", "phone", "account_status")]
            columns += [("", "deeds-cell")] if self._choose else []
            with table(pen, t("found_caption"), columns) as rows:
                for one in accounts:
                    with rows.row():
                        self._draw_row(pen, rows, one)

    def _draw_row(self, pen: Pen, rows: Rows, one: FoundAccount) -> None:
        t = self._page.t
        with rows.within("lead-cell"):
            if self._choose:
                pen("strong", one.name)
            else:
                pen.link(one.name, f"{PREFIX}/accounts/{one.account_id}", "whole")
        rows.cell(one.number, "day")
        rows.cell(one.service_address)
        rows.cell(t.phone(one.phone) if one.phone else "", "day")
        with rows.within():
            pen(
                "span",
                t.known("status", one.status, "status_active"),
                "mark" if one.status == "closed" else "mark good",
            )
        if self._choose:
            with rows.within():
                pen.button(t("choose"), "choose", one.account_id, aria_label=t("choose_account", name=one.name))

    async def _press(self, deed: Deed) -> None:
        accounts = self._shown.found.accounts if self._shown else ()
        chosen = next((one for one in accounts if str(one.account_id) == deed.value), None)
        if chosen is not None and self._choose is not None:
            await self._choose(chosen)
