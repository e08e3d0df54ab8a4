"""A credit after a leak, by the district's policy: what it would be is shown first, then it is posted."""

from typing import TYPE_CHECKING
from uuid import UUID

from backend.console.forms import feet, form, needed_day, words_in
from backend.console.pen import Pen
from backend.console.sheet import Deed
from backend.leaks import service
from backend.leaks.service import Claim, Proposed
from backend.staff.permissions import Permission
from backend.statements.service import ListedBill

if TYPE_CHECKING:
    from backend.console.account.bills import Bills


class LeakCredit:
    """The button below a bill, and what it asks."""

    def __init__(self, view: "Bills") -> None:
        self.view, self.page, self.t, self.seat = view, view.page, view.t, view.seat

    def draw(self, pen: Pen, bill: ListedBill) -> None:
        if not bill.is_cancelled and self.seat.me.may(Permission.ASK_FOR_MONEY_BACK):
            with pen.within("div", "feet start"):
                pen.button(self.t("leak_adjust"), "ask_leak", bill.id)

    async def ask(self, bill_id: UUID) -> None:
        """What the policy credits of this bill, before anything is posted."""
        found: list[Proposed] = []

        async def propose() -> None:
            self.view.require_own(bill_id)
            seat = self.seat
            async with seat.deed(Permission.ASK_FOR_MONEY_BACK) as session:
                found.append(
                    await service.propose(session, bill_id, seat.today(), now=seat.now(), district=seat.district)
                )

        if not await self.page.do(propose):
            return
        if found[0].is_posted:
            self.page.told(self.t("leak_known", amount=self.t.money(found[0].credit_cents)))
        else:
            self.page.ask(self.t("leak_title"), lambda pen: self._draw_form(pen, found[0]), self._adjust)

    def _draw_form(self, pen: Pen, found: Proposed) -> None:
        t = self.t
        with pen.within("div", "about"):
            units = t("ccf", n=t.number(found.units))
            pen("strong", t("leak_would_be", amount=t.money(found.credit_cents), use=units))
            pen("p", t("leak_help"))
        with form(pen, t, "leak", value=found.bill_id) as fields:
            fields.field("repaired_on", t("leak_repaired_on"), "date", value=self.seat.today().isoformat())
            fields.words("note", t("leak_note"), help=t("leak_note_help"))
            with feet(pen):
                fields.cancel()
                fields.send(t("leak_now"))

    async def _adjust(self, deed: Deed) -> bool:
        bill_id, made = UUID(deed.value), list[Proposed]()

        async def adjust() -> None:
            claim, seat = Claim(needed_day(deed.fields, "repaired_on"), words_in(deed.fields, "note")), self.seat
            self.view.require_own(bill_id)
            async with seat.deed(Permission.ASK_FOR_MONEY_BACK) as session:
                made.append(
                    await service.adjust(
                        session, seat.principal, bill_id, claim, now=seat.now(), district=seat.district
                    )
                )

        self.view.chosen = bill_id
        if not await self.page.conclude(adjust, ""):
            return False
        self.page.told(self.t("leak_done", amount=self.t.money(made[0].credit_cents)))
        return True
