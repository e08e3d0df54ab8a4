"""One tab of the account page."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.pen import Pen
from backend.console.sheet import Deed

if TYPE_CHECKING:
    from backend.console.account_page import AccountPage


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an account: the session to read in, the account, and the time it is."""

    session: AsyncSession
    account_id: UUID
    now: datetime
    today: date


class View(ABC):
    """Reads what it shows in the page's transaction, draws it, and carries out what is pressed in it."""

    name: ClassVar[str]
    """The last part of the address, and the words `account_tab_<name>`."""

    def __init__(self, page: "AccountPage") -> None:
        self.page, self.t, self.seat = page, page.t, page.seat

    @abstractmethod
    async def read(self, look: Look) -> Any:
        """What is to be shown."""

    @abstractmethod
    def draw(self, pen: Pen, shown: Any) -> None:
        """Show what was read."""

    async def press(self, deed: Deed) -> bool | None:
        """Do what a button or a form of the view asks for."""
        raise LookupError(f"nothing does {deed.name}")
