"""What every money page is: the section's head with its tabs, and below it the page's own parts."""

from abc import abstractmethod
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.money.tabs import draw_money_head
from backend.console.page import LivePage
from backend.console.sheet import Deed, Sheet
from backend.nightly import items


class MoneyPage(LivePage):
    """One tab. `read` in one transaction, then `draw`."""

    tab: ClassVar[str]

    def build(self) -> None:
        self._head = Sheet(self.press, css="column")
        self.title(self.t(f"money_tab_{self.tab}"))
        self.build_parts()

    async def show(self) -> None:
        async with self.seat.looking() as session:
            counts = (await items.work(session, self.seat.principal)).counts
            await self.read(session)
        self._head.show(lambda pen: draw_money_head(pen, self.t, self.seat.me, self.tab, counts))
        self.draw()

    @abstractmethod
    def build_parts(self) -> None:
        """Lay out what is below the tabs."""

    @abstractmethod
    async def read(self, session: AsyncSession) -> None:
        """Read what is shown."""

    @abstractmethod
    def draw(self) -> None:
        """Show what was read."""

    @abstractmethod
    async def press(self, deed: Deed) -> bool | None:
        """Do what a button or a form asks for."""
