"""What the buttons of the floor and of a call do."""

from typing import TYPE_CHECKING, cast

from backend.console.views import Offer
from backend.queue.lines import Manner
from backend.queue.presence import State

if TYPE_CHECKING:
    from backend.console.workplace import Workplace


class AtWork:
    """The deeds of one open page. `offer` is what it shows for the taking."""

    def __init__(self, page: "Workplace") -> None:
        self._page = page
        self.offer: Offer | None = None

    async def go(self, state: str) -> None:
        """Be available or away."""
        page = self._page
        await page.do(lambda: page.desk.floor.set_state(cast(State, state)), page.t(f"done_{state}"))

    async def settle(self, fields: dict[str, str]) -> None:
        """The phone, how many cases at once, which departments."""
        page = self._page
        await page.do(lambda: page.desk.floor.set_settings(fields), page.t("done_settled"))

    async def accept(self) -> None:
        """Take what is offered, and open it."""
        offer, page = self.offer, self._page
        if offer is not None:
            await page.open_case(offer.item.id)
            await page.take()

    async def decline(self) -> None:
        """Let the next one have it."""
        offer, page = self.offer, self._page
        if offer is not None:
            await page.do(lambda: page.desk.floor.decline(offer.item.id), page.t("done_declined"))

    async def hang_up(self) -> None:
        await self._page.on_case(self._page.desk.floor.hang_up, "done_hung_up")

    async def to_assistant(self) -> None:
        await self._page.on_case(self._page.desk.floor.to_assistant, "done_to_assistant")

    async def to_department(self, department: str) -> None:
        floor = self._page.desk.floor
        await self._page.on_case(lambda case: floor.to_department(case, department), "done_to_department")

    async def consult(self, colleague: str, private: bool) -> None:
        floor = self._page.desk.floor
        await self._page.on_case(lambda case: floor.consult(case, colleague, private=private), "done_consulted")

    async def bring_together(self) -> None:
        await self._page.on_case(self._page.desk.floor.bring_together, "done_together")

    async def pause_recording(self, on: bool) -> None:
        floor = self._page.desk.floor
        done = "done_recording_paused" if on else "done_recording_resumed"
        await self._page.on_case(lambda case: floor.pause_recording(case, on=on), done)

    async def take_card(self, fields: dict[str, str]) -> None:
        floor = self._page.desk.floor
        await self._page.on_case(lambda case: floor.take_card(case, fields), "done_card_asked")

    async def ask_card_again(self) -> None:
        await self._page.on_case(self._page.desk.floor.ask_card_again, "done_card_again")

    async def drop_card(self) -> None:
        await self._page.on_case(self._page.desk.floor.drop_card, "done_card_dropped")

    async def supervise(self, manner: str) -> None:
        floor = self._page.desk.floor
        await self._page.on_case(lambda case: floor.supervise(case, cast(Manner, manner)), f"done_{manner}")
