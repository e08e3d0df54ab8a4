"""One open page at work: what it shows, what its buttons do, and how it keeps up with the news."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from json import dumps
from uuid import UUID

from nicegui import ui
from nicegui.element import Element

from backend.console.at_work import AtWork
from backend.console.call_pane import CallPane
from backend.console.capture_pane import CapturePane
from backend.console.case_pane import CasePane
from backend.console.desk import Desk
from backend.console.floor_pane import FloorPane
from backend.console.page import Frame, LivePage
from backend.console.queue_pane import QueuePane
from backend.console.surroundings import PREFIX
from backend.console.tags import set_attribute, tag
from backend.console.views import Case

CHARGE_SECONDS = 1.5


class Workplace(LivePage):
    """The queue, with a case when its address names one."""

    hears = frozenset({"hand_off", "message", "message_status", "ended", "viewing", "queue", "offer", "presence"})

    def __init__(self, frame: Frame, case_id: UUID | None = None) -> None:
        super().__init__(frame)
        self.desk = Desk(self.seat, self.t.language)
        self._case_id = case_id
        self._pane: CasePane | None = None
        self._call: CallPane | None = None
        self._capture: CapturePane | None = None
        self._waiting_case: UUID | None = None
        self.at_work = AtWork(self)

    def main(self) -> Element:
        self._main = tag("main", css="work")
        return self._main

    def build(self) -> None:
        tag("h1", self.t("cases"), "unseen")
        with tag("div", css="side"):
            self._floor = FloorPane(self.t, self.at_work, self._departments())
            self._floor.build()
            self._queue = QueuePane(self.t, self.desk.me.id, self.open_case)
            self._queue.build()
        self._case_area: Element = tag("section", css="case", id="case", tabindex="-1", aria_label=self.t("case"))

    def _departments(self) -> tuple[tuple[str, str], ...]:
        """The departments whose callers wait in line: key and name."""
        es = self.t.language == "es"
        return tuple(
            (key, department.name.es if es else department.name.en)
            for key, department in self.seat.district.departments.items()
            if department.line == "queue"
        )

    async def gone(self) -> None:
        """Nobody looks at this page any more."""
        if self._case_id is not None:
            await self.desk.look_away(self._case_id)

    @property
    def address(self) -> str:
        return f"{PREFIX}/cases/{self._case_id}" if self._case_id else f"{PREFIX}/"

    @property
    def poll_seconds(self) -> float:
        """Sooner while a card is being charged: no news comes of that."""
        waits = self._capture is not None and self._capture.waits
        return CHARGE_SECONDS if waits else super().poll_seconds

    async def show(self) -> None:
        case_id = self._case_id
        seen = await self.desk.look(case_id)
        if case_id != self._case_id:
            return  # another case was opened meanwhile, and shows itself
        with self.client:  # what called may be a button that is drawn anew just now
            self._floor.show(seen.floor, seen.now)
            self.at_work.offer = seen.floor.offer
            self._queue.show(seen.queue, seen.now, case_id)
            self._show_case(seen.case, seen.now, seen.viewers)
            if self._call is not None and self._capture is not None:
                self._call.show(seen.call, seen.now)
                self._capture.show(seen.call, seen.case.facts if seen.case else None)
            self._name_page(seen.case)

    def _name_page(self, case: Case | None) -> None:
        t, waiting = self.t, self._queue.waiting
        title = case.item.reference if case else t("cases")
        self.title(t("title_count", n=waiting, title=title) if waiting else title)

    def _show_case(self, case: Case | None, now: datetime, viewers: tuple[str, ...]) -> None:
        set_attribute(self._main, "data-open", "case" if self._case_id else "queue")
        if case is None:
            self._show_none()
            return
        if self._pane is None:
            self._case_area.clear()
            with self._case_area:
                self._call = CallPane(self.t, self.desk.me, self.at_work)
                self._call.build()
                self._capture = CapturePane(self.t, self.desk.me, self.at_work)
                self._capture.build()
                self._pane = CasePane(self.t, self.desk.me, self.shell.district_name, self)
                self._pane.build(case)
        self._pane.show(case, now, viewers)
        self._tell_if_taken_away(case)

    def _tell_if_taken_away(self, case: Case) -> None:
        """Somebody took the case that this page was showing for the taking: its button is gone, so say why."""
        item = case.item
        if self._waiting_case == item.id and item.state == "taken" and item.staff_id != self.desk.me.id:
            self.shell.say_refused(self.t("refused_already_taken", staff_name=item.staff_name or self.t("someone")))
        self._waiting_case = item.id if item.state == "waiting" else None

    def _show_none(self) -> None:
        self._pane = self._call = None
        self._case_area.clear()
        with self._case_area, tag("div", css="none"):
            tag("p", self.t("case_gone" if self._case_id else "choose_case"), "none-words")
            tag("p", self.t("choose_case_help"), "help")

    async def open_case(self, case_id: UUID) -> None:
        """Show another case, without loading the page again."""
        await self._go_to(case_id)
        self.client.run_javascript("headgate.focus('case-title')")

    async def leave_case(self) -> None:
        """Back to the queue alone (narrow screens)."""
        await self._go_to(None)

    async def _go_to(self, case_id: UUID | None) -> None:
        if self._case_id is not None and self._case_id != case_id:
            await self.desk.look_away(self._case_id)
        self._case_id, self._pane, self._call = case_id, None, None
        self.shell.say_done("")
        self.shell.now_at(self.address)
        with self.client:
            ui.navigate.history.replace(self.address)
        await self.look()

    async def take(self) -> None:
        if await self.on_case(lambda case_id: self.desk.take(case_id, take_over=False), "done_taken"):
            self.client.run_javascript("headgate.focus('answer')")

    async def take_over(self) -> None:
        if await self.on_case(lambda case_id: self.desk.take(case_id, take_over=True), "done_taken"):
            self.client.run_javascript("headgate.focus('answer')")

    async def mark_shut_off(self, today: bool) -> None:
        await self.on_case(lambda case_id: self.desk.floor.mark_shut_off(case_id, today=today), "done_place_changed")

    async def answer(self, text: str) -> None:
        if not text.strip():
            self.shell.say_refused(self.t("refused_empty_message"))
        elif await self.on_case(lambda case_id: self.desk.answer(case_id, text), "done_sent"):
            self.client.run_javascript(f"headgate.sent({dumps(text)})")

    async def give_back(self) -> None:
        if self._case_id is not None and await self.desk.floor.is_mine(self._case_id):
            await self.at_work.to_assistant()
        else:
            await self.on_case(self.desk.give_back, "done_given_back")
        self.client.run_javascript("headgate.focus('case-title')")

    async def close(self, disposition: str, note: str) -> None:
        await self.on_case(lambda case_id: self.desk.close(case_id, disposition, note), "done_closed")
        self.client.run_javascript("headgate.focus('case-title')")

    async def on_case(self, deed: Callable[[UUID], Awaitable[None]], done: str) -> bool:
        """Carry out one deed on the open case."""
        case_id = self._case_id
        return case_id is not None and await self.do(lambda: deed(case_id), self.t(done))
