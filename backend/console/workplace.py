"""One open page at work: what it shows, what its buttons do, and how it keeps up with the news."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from nicegui import Client, ui
from nicegui.element import Element

from backend.console.case_pane import CasePane
from backend.console.desk import Desk, Refusal, SignedOutError
from backend.console.queue_pane import QueuePane
from backend.console.shell import Shell
from backend.console.surroundings import PREFIX, DatabaseAwayError
from backend.console.tags import set_attribute, tag
from backend.console.views import Case
from backend.console.words import Wording

DONE_SECONDS = 8.0


class Workplace:
    """The state of one open page. `open_first` before anything else, then `keep_up` until it is gone."""

    def __init__(self, desk: Desk, t: Wording, shell: Shell, client: Client) -> None:
        self._desk, self._t, self._shell, self._client = desk, t, shell, client
        self._case_id: UUID | None = None
        self._pane: CasePane | None = None
        self._done_at = 0.0
        self._waiting_case: UUID | None = None

    async def open_first(self, case_id: UUID | None) -> None:
        """Draw the page, with a case when its address names one.

        :raises DatabaseAwayError: there is nothing to draw yet.
        """
        self._shell.build()
        with tag("main", css="work") as self._main:
            tag("h1", self._t("cases"), "unseen")
            self._queue = QueuePane(self._t, self._desk.me.id, self.open_case)
            self._queue.build()
            self._case_area: Element = tag("section", css="case", id="case", tabindex="-1", aria_label=self._t("case"))
        self._case_id = case_id
        await self._look()

    async def keep_up(self) -> None:
        """Look again at every piece of news, until the browser is gone."""
        async with self._desk.live.page() as page:
            while not self._client.is_deleted:
                await page.news()
                if self._client.is_deleted:
                    return
                await self.look()

    async def gone(self) -> None:
        """Nobody looks at this page any more."""
        if self._case_id is not None:
            await self._desk.look_away(self._case_id)

    async def look(self) -> None:
        """Show what is true now; say so when that cannot be found out."""
        try:
            await self._look()
        except DatabaseAwayError:
            self._shell.say_trouble(self._t("trouble_database"))
        except SignedOutError:
            self._client.open(f"/sign-in?over=1&next={self._address()}")  # NiceGUI puts the prefix in front
        else:
            self._shell.say_trouble("" if self._desk.live.listening else self._t("trouble_live"), mild=True)
            if self._done_at and time.monotonic() - self._done_at > DONE_SECONDS:
                self._done_at = 0.0
                self._shell.say_done("")

    def _address(self) -> str:
        return f"{PREFIX}/cases/{self._case_id}" if self._case_id else f"{PREFIX}/"

    async def _look(self) -> None:
        case_id = self._case_id
        seen = await self._desk.look(case_id)
        if case_id != self._case_id:
            return  # another case was opened meanwhile, and shows itself
        with self._client:  # what called may be a button that is drawn anew just now
            self._queue.show(seen.queue, seen.now, case_id)
            self._show_case(seen.case, seen.now, seen.viewers)
            self._name_page(seen.case)

    def _name_page(self, case: Case | None) -> None:
        t = self._t
        title = f"{case.item.reference if case else t('cases')} · {self._shell.district_name}"
        waiting = self._queue.waiting
        named = t("title_count", n=waiting, title=title) if waiting else title
        if self._client.title != named:
            ui.page_title(named)

    def _show_case(self, case: Case | None, now: datetime, viewers: tuple[str, ...]) -> None:
        set_attribute(self._main, "data-open", "case" if self._case_id else "queue")
        if case is None:
            self._show_none()
            return
        if self._pane is None:
            self._case_area.clear()
            with self._case_area:
                self._pane = CasePane(self._t, self._desk.me, self._shell.district_name, self)
                self._pane.build(case)
        self._pane.show(case, now, viewers)
        self._tell_if_taken_away(case)

    def _tell_if_taken_away(self, case: Case) -> None:
        """Somebody took the case that this page was showing for the taking: its button is gone, so say why."""
        item = case.item
        if self._waiting_case == item.id and item.state == "taken" and item.staff_id != self._desk.me.id:
            self._shell.say_refused(self._t("refused_taken", name=item.staff_name or self._t("someone")))
        self._waiting_case = item.id if item.state == "waiting" else None

    def _show_none(self) -> None:
        self._pane = None
        self._case_area.clear()
        with self._case_area, tag("div", css="none"):
            tag("p", self._t("case_gone" if self._case_id else "choose_case"), "none-words")
            tag("p", self._t("choose_case_help"), "help")

    async def open_case(self, case_id: UUID) -> None:
        """Show another case, without loading the page again."""
        await self._go_to(case_id)
        self._client.run_javascript("headgate.focus('case-title')")

    async def leave_case(self) -> None:
        """Back to the queue alone (narrow screens)."""
        await self._go_to(None)

    async def _go_to(self, case_id: UUID | None) -> None:
        if self._case_id is not None and self._case_id != case_id:
            await self._desk.look_away(self._case_id)
        self._case_id, self._pane = case_id, None
        self._shell.say_done("")
        self._shell.now_at(self._address())
        with self._client:
            ui.navigate.history.replace(self._address())
        await self.look()

    async def take(self) -> None:
        if await self._do(lambda case_id: self._desk.take(case_id, take_over=False), "done_taken"):
            self._client.run_javascript("headgate.focus('answer')")

    async def take_over(self) -> None:
        if await self._do(lambda case_id: self._desk.take(case_id, take_over=True), "done_taken"):
            self._client.run_javascript("headgate.focus('answer')")

    async def answer(self, text: str) -> None:
        if not text.strip():
            self._shell.say_refused(self._t("refused_empty"))
        elif await self._do(lambda case_id: self._desk.answer(case_id, text), "done_sent"):
            self._client.run_javascript("headgate.sent()")

    async def give_back(self) -> None:
        await self._do(self._desk.give_back, "done_given_back")
        self._client.run_javascript("headgate.focus('case-title')")

    async def close(self, disposition: str, note: str) -> None:
        await self._do(lambda case_id: self._desk.close(case_id, disposition, note), "done_closed")
        self._client.run_javascript("headgate.focus('case-title')")

    async def _do(self, deed: Callable[[UUID], Awaitable[None]], done: str) -> bool:
        """Carry out one deed on the open case, say how it went, show what is true now."""
        if self._case_id is None:
            return False
        try:
            await deed(self._case_id)
        except Refusal as refusal:
            self._shell.say_refused(self._t(refusal.key, **refusal.values))
            await self.look()
            return False
        except DatabaseAwayError:
            self._shell.say_refused(self._t("trouble_action"))
            return False
        except SignedOutError:
            await self.look()
            return False
        self._shell.say_done(self._t(done))
        self._done_at = time.monotonic()
        await self.look()
        return True
