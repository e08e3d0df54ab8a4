"""The cash drawer: opened with a float, paid into, counted and closed. Registered at `/money`."""

from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.forms import cents_in, feet, form
from backend.console.money.counter import Counter
from backend.console.money.drawer import draw_drawer, draw_drawers
from backend.console.money.page import MoneyPage
from backend.console.money.tabs import DRAWER
from backend.console.page import BUILD_SECONDS, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.tags import set_attribute, tag
from backend.payments import batches
from backend.payments.batches import BatchReport
from backend.staff.permissions import Permission


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/money", response_timeout=BUILD_SECONDS)(show_drawer)


async def show_drawer(request: Request, client: Client) -> Response | None:
    return await serve(request, client, DRAWER, DrawerPage)


class DrawerPage(MoneyPage):
    """Left what is done with the next customer, right one's own drawer and, for those who look after them, all."""

    tab = "drawer"

    def build_parts(self) -> None:
        self._mine: BatchReport | None = None
        self._all: list[BatchReport] = []
        self._closed: BatchReport | None = None
        with tag("div", css="columns even"):
            with tag("div", css="column"):
                self._open = Sheet(self.press)
                with tag("div", css="column") as self._counter_area:
                    self.counter = Counter(self)
                    self.counter.build()
            with tag("div", css="column"):
                self._drawer = Sheet(self.press, css="column")
                self._drawers = Sheet(self.press)

    async def read(self, session: AsyncSession) -> None:
        self._mine = await batches.current_batch(session, self.seat.principal)
        if self.seat.me.may(Permission.HANDLE_BANK_MONEY):
            self._all = await batches.batches_of(session, self.seat.today())
        await self.counter.read(session)

    def draw(self) -> None:
        mine, today = self._mine, self.seat.today()
        is_of_today = mine is not None and mine.business_date == today
        self._open.show(lambda pen: self._draw_opening(pen) if not is_of_today else None)
        set_attribute(self._counter_area, "hidden", not is_of_today)
        self.counter.show()
        self._drawer.show(lambda pen: draw_drawer(pen, self.t, mine or self._closed, self.seat))
        others = [one for one in self._all if mine is None or one.batch_id != mine.batch_id]
        self._drawers.show(lambda pen: draw_drawers(pen, self.t, others) if others else None)

    def _draw_opening(self, pen: Pen) -> None:
        t, mine = self.t, self._mine
        with pen.within("section", "panel", aria_labelledby="open-title"):
            if mine is not None:
                pen("h2", t("drawer_old_title", date=t.day(mine.business_date)), id="open-title")
                pen("p", t("drawer_old_help"))
                return
            pen("h2", t("drawer_open_title"), id="open-title")
            pen("p", t("drawer_open_help"), "soft")
            with form(pen, t, "open_drawer") as fields:
                fields.field("float", t("drawer_float"), "amount", help=t("drawer_float_help"), value="0.00")
                with pen.within("div", "feet start"):
                    fields.send(t("drawer_open"))

    async def press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "open_drawer":
                return await self._open_drawer(deed)
            case "ask_close":
                self._ask_close(UUID(deed.value))
        return None

    async def _open_drawer(self, deed: Deed) -> bool:
        async def act() -> None:
            cents, seat = cents_in(deed.fields, "float", least=0), self.seat
            async with seat.deed(Permission.TAKE_PAYMENT) as session:
                await batches.open_batch(
                    session, seat.principal, float_cents=cents, district=seat.district, now=seat.now()
                )
            self._closed = None

        return await self.do(act, self.t("drawer_opened"))

    def _ask_close(self, batch_id: UUID) -> None:
        t = self.t
        found = next((one for one in [self._mine, *self._all] if one and one.batch_id == batch_id), None)
        if found is None:
            return

        def draw(pen: Pen) -> None:
            pen("p", t("drawer_close_help", amount=t.money(found.float_cents)), "about")
            with form(pen, t, "close_drawer", value=batch_id) as fields:
                with pen.within("div", "row-of-fields"):
                    fields.field("cash", t("drawer_counted_cash"), "amount", autofocus=True)
                    fields.field("checks", t("drawer_counted_checks"), "amount", value="0.00")
                with feet(pen):
                    fields.cancel()
                    fields.send(t("drawer_close_now"))

        self.ask(t("drawer_close_title", name=found.opened_by_name), draw, self._close)

    async def _close(self, deed: Deed) -> bool:
        async def act() -> None:
            cash, checks = cents_in(deed.fields, "cash", least=0), cents_in(deed.fields, "checks", least=0)
            seat = self.seat
            async with seat.deed(Permission.TAKE_PAYMENT) as session:
                self._closed = await batches.close_batch(
                    session,
                    seat.principal,
                    UUID(deed.value),
                    counted_cash_cents=cash,
                    counted_checks_cents=checks,
                    district=seat.district,
                    now=seat.now(),
                )

        return await self.conclude(act, self.t("drawer_closed"))
