"""Taking a bill back and billing its period again: a proposal first, with what is unusual about it."""

from typing import TYPE_CHECKING
from uuid import UUID

from backend.billing import cancellations, corrections
from backend.billing.corrections import Asked, Proposal
from backend.console.billing.words import finding_words
from backend.console.forms import feet, form, words_in
from backend.console.pen import Pen
from backend.console.sheet import Deed
from backend.staff.permissions import Permission
from backend.statements.service import ListedBill

if TYPE_CHECKING:
    from backend.console.account.bills import Bills


class Corrections:
    """The buttons below a bill, and what they ask."""

    def __init__(self, view: "Bills") -> None:
        self.view, self.page, self.t, self.seat = view, view.page, view.t, view.seat

    def draw(self, pen: Pen, bill: ListedBill) -> None:
        if not self.seat.me.may(Permission.CORRECT_BILLS):
            return
        with pen.within("div", "feet start"):
            if not bill.is_cancelled:
                pen.button(self.t("bill_cancel"), "ask_cancel", bill.id, "button bad")
            elif bill.replaced_by_id is None:
                pen.button(self.t("bill_again"), "ask_rebill", bill.id)

    def ask_cancel(self, bill_id: UUID) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            pen("p", t("bill_cancel_help"), "about")
            with form(pen, t, "cancel_bill", value=bill_id) as fields:
                fields.words("reason", t("why"), help=t("why_kept"), autofocus=True)
                with feet(pen):
                    fields.cancel()
                    fields.send(t("bill_cancel_now"), "button main bad")

        self.page.ask(t("bill_cancel_title"), draw, self._cancel)

    async def _cancel(self, deed: Deed) -> bool:
        bill_id = UUID(deed.value)

        async def cancel() -> None:
            reason, seat = words_in(deed.fields, "reason"), self.seat
            self.view.require_own(bill_id)
            async with seat.deed(Permission.CORRECT_BILLS) as session:
                at = (seat.today(), seat.now())
                await cancellations.cancel_bill(
                    session, bill_id, reason=reason, cancelled_by=seat.me.id, today=at[0], now=at[1]
                )

        self.view.chosen = bill_id
        return await self.page.conclude(cancel, self.t("bill_cancelled_done"))

    async def ask_rebill(self, bill_id: UUID) -> None:
        """Show what the bill would be before anything is posted."""
        found: list[Proposal] = []

        async def propose() -> None:
            self.view.require_own(bill_id)
            async with self.seat.deed(Permission.CORRECT_BILLS) as session:
                found.append(await corrections.propose_rebill(session, self.seat.around.tariff, bill_id))

        if await self.page.do(propose):
            self.page.ask(self.t("bill_again"), lambda pen: self._draw_proposal(pen, bill_id, found[0]), self._rebill)

    def _draw_proposal(self, pen: Pen, bill_id: UUID, found: Proposal) -> None:
        t, draft = self.t, found.draft
        with pen.within("div", "about"):
            units = t("ccf", n=t.number(draft.units))
            pen("strong", t("bill_would_be", amount=t.money(draft.amount_cents), use=units))
            period = f"{t.day(draft.period[0])} – {t.day(draft.period[1])}"
            pen("p", period)
        if found.unusual:
            pen("p", t("bill_unusual"), "warn-words")
            with pen.within("ul", "causes"):
                for one in found.unusual:
                    name = t.known("exception", one.code, "exception_other")
                    pen("li", f"{name}: {finding_words(t, one.code, one.detail)}")
        with form(pen, t, "rebill", value=bill_id) as fields:
            fields.words("reason", t("why"), help=t("why_unusual" if found.unusual else "why_optional"))
            with feet(pen):
                fields.cancel()
                fields.send(t("bill_again_now"))

    async def _rebill(self, deed: Deed) -> bool:
        bill_id = UUID(deed.value)

        async def rebill() -> None:
            reason, seat = words_in(deed.fields, "reason", needed=False), self.seat
            self.view.require_own(bill_id)
            async with seat.deed(Permission.CORRECT_BILLS) as session:
                asked = Asked(seat.today(), seat.now(), seat.me.id, reason, seat.district)
                made = await corrections.rebill(session, seat.around.tariff, bill_id, asked)
            self.view.chosen = made.bill_id

        return await self.page.conclude(rebill, self.t("bill_again_done"))
