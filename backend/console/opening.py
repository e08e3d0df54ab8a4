"""Opening an account for somebody who is no customer yet: asked on the page of accounts, also for a case."""

from uuid import UUID

from backend.console.account.starting import customer_fields, customer_in, place_fields, start_in
from backend.console.account.wanted import Wanted
from backend.console.forms import feet, form, words_in
from backend.console.page import LivePage
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.hand_offs import desk
from backend.service_changes.history import Asking, Change
from backend.service_changes.starts import start_service
from backend.staff.permissions import Permission


class Opening:
    """The button of a page, and the dialog behind it. `case_id`: filled with what that case's customer told."""

    def __init__(self, page: LivePage, case_id: UUID | None) -> None:
        self._page, self._case_id, self._wanted = page, case_id, Wanted()

    def build(self) -> None:
        if self._page.seat.me.may(Permission.CHANGE_SERVICE):
            Sheet(self._press, css="feet start").show(lambda pen: pen.button(self._page.t("open_account"), "ask_open"))

    async def ask_for_case(self) -> None:
        """Ask at once for what a case wants; the browser has to be there."""
        if self._case_id is None or not self._page.seat.me.may(Permission.CHANGE_SERVICE):
            return
        async with self._page.seat.looking() as session:
            details = await desk.details_of(session, self._page.seat.principal, self._case_id, None)
        self._wanted = Wanted.of_details(details)
        if self._wanted.deed:
            self._ask()

    async def _press(self, deed: Deed) -> None:
        self._ask()

    def _ask(self) -> None:
        t = self._page.t

        def draw(pen: Pen) -> None:
            pen("p", t("service_start_help"), "about")
            with form(pen, t, "open", key=self._page.key("open")) as fields:
                customer_fields(fields, self._wanted)
                place_fields(fields, self._wanted, "residential")
                fields.words("reason", t("why"), help=t("why_kept"))
                with feet(pen):
                    fields.cancel()
                    fields.send(t("service_start_now"))

        self._page.ask(t("service_start_title"), draw, self._open)

    async def _open(self, deed: Deed) -> bool:
        made: list[Change] = []

        async def work() -> None:
            seat, given = self._page.seat, deed.fields
            customer, reason = customer_in(given), words_in(given, "reason")
            key = f"console:{given.get('key', '')}"
            asking = Asking(seat.principal, seat.now(), seat.today(), key, reason, seat.district, seat.around.tariff)
            async with seat.deed(Permission.CHANGE_SERVICE) as session:
                start = await start_in(session, given, asking.today)
                made.append(await start_service(session, start, asking, new_customer=customer))

        if not await self._page.conclude(work, "", "open"):
            return False
        self._page.told(self._page.t("service_start_done", number=made[0].detail.get("account_number", "")))
        return True
