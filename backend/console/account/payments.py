"""The payments of an account; beside the list one payment with what it paid. Voids and refunds are asked for here."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from backend.charges.service import PendingCharge, pending_charges
from backend.console.account.view import Look, View
from backend.console.forms import cents_in, feet, form, words_in
from backend.console.pen import Pen
from backend.console.sheet import Deed
from backend.console.surroundings import PREFIX
from backend.console.tables import facts, table
from backend.console.words import Wording
from backend.fees.service import DESCRIPTIONS
from backend.payments import card_refunds, refunds, voids
from backend.payments.history import PaymentRow, payments_of
from backend.payments.service import Paid, Receipt, receipt
from backend.staff.permissions import Permission

_FEE_OF = {description: code for code, description in DESCRIPTIONS.items()}


def what_was_paid(t: Wording, paid: Paid) -> str:
    """What a charge is called, in the reader's language."""
    if paid.kind == "fee":
        return t.known("fee", _FEE_OF.get(paid.description, ""), "entry_fee")
    if paid.kind == "bill" and paid.due_on is not None:
        return t("paid_bill", date=t.day(paid.due_on))
    return t.known("entry", paid.kind, "entry_other")


@dataclass(frozen=True, slots=True)
class _Shown:
    payments: tuple[PaymentRow, ...]
    open: PaymentRow | None
    receipt: Receipt | None
    on_their_way: tuple[PendingCharge, ...]


class Payments(View):
    """A list and what is chosen in it; at first the newest."""

    name = "payments"
    chosen: UUID | None = None
    _refundable: Mapping[UUID, int] = MappingProxyType({})
    """By payment, what can go back to the card or bank account that was charged."""

    async def read(self, look: Look) -> _Shown:
        payments = tuple(await payments_of(look.session, look.account_id, look.today))
        opened = next((one for one in payments if one.payment_id == self.chosen), None)
        opened = opened or (payments[0] if payments else None)
        self._refundable = {one.payment_id: one.refundable_cents for one in payments}
        found = await receipt(look.session, opened.payment_id, look.now) if opened else None
        return _Shown(payments, opened, found, tuple(await pending_charges(look.session, look.account_id)))

    def draw(self, pen: Pen, shown: _Shown) -> None:
        t, credit = self.t, self.page.head.balance.credit_cents
        with pen.within("div", "columns even"):
            with pen.within("section", "panel flush", aria_labelledby="payments-title"):
                with pen.within("div", "panel-head"):
                    pen("h2", t("account_tab_payments"), id="payments-title")
                    if credit and self.seat.me.may(Permission.ASK_FOR_MONEY_BACK):
                        pen.button(t("refund_ask"), "ask_refund")
                if shown.on_their_way:
                    self._draw_on_their_way(pen, shown)
                if shown.payments:
                    self._draw_list(pen, shown)
                else:
                    pen("p", t("payments_nothing"), "nothing")
            if shown.open is not None and shown.receipt is not None:
                self._draw_payment(pen, shown.open, shown.receipt)

    def _draw_on_their_way(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        for one in shown.on_their_way:
            amount, day = t.money(one.amount_cents), t.day(one.received_on)
            pen("p", t("payment_on_its_way", amount=amount, method=one.method_label, date=day), "nothing")

    def _draw_list(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        columns = [(t("received"), "day"), (t("method"), ""), ("", ""), (t("amount"), "number")]
        with table(pen, t("account_tab_payments"), columns) as rows:
            for one in shown.payments:
                current = "true" if shown.open is not None and one.payment_id == shown.open.payment_id else None
                with rows.row("" if one.status == "posted" else "undone", aria_current=current):
                    with rows.within("lead-cell keep"):
                        pen.button(t.day(one.received_on), "open_payment", one.payment_id, "link", aria_current=current)
                    rows.cell(t.known("method", one.method, "method_other"))
                    with rows.within("keep"):
                        self._draw_state(pen, one)
                    rows.cell(t.money(one.amount_cents), "struck")

    def _draw_state(self, pen: Pen, one: PaymentRow) -> None:
        t = self.t
        if one.status != "posted":
            pen("span", t.known("payment_status", one.status, "payment_status_voided"), "mark bad")
        if one.void_asked and one.status == "posted":
            pen("span", t("void_asked"), "mark warn after")

    def _draw_payment(self, pen: Pen, one: PaymentRow, found: Receipt) -> None:
        t = self.t
        with pen.within("section", "panel", aria_labelledby="payment-title", id="payment", tabindex="-1"):
            with pen.within("div", "panel-head"):
                pen("h2", t("payment_of", date=t.day(one.received_on)), id="payment-title")
                with pen.within("span", "marks"):
                    self._draw_state(pen, one)
            pen("p", t.money(one.amount_cents), "big")
            facts(
                pen,
                [
                    (t("confirmation_number"), str(one.confirmation_number)),
                    (t("method"), t.known("method", one.method, "method_other")),
                    (t("reference"), one.reference or ""),
                    (t("payment_fee"), self._fee(found)),
                    *self._returned(one),
                ],
            )
            self._draw_paid(pen, found)
            with pen.within("div", "feet start"):
                base = f"{PREFIX}/accounts/{self.page.account_id}/payments/{one.payment_id}"
                pen.link(t("receipt_print"), f"{base}/receipt", "button", target="_blank", rel="noopener")
                if self._may_void(one):
                    pen.button(t("void_ask"), "ask_void", one.payment_id, "button bad")
                if one.refundable_cents > 0 and self.seat.me.may(Permission.ASK_FOR_MONEY_BACK):
                    pen.button(t("card_refund_ask"), "ask_card_refund", one.payment_id)

    def _fee(self, found: Receipt) -> str:
        t = self.t
        total = t.money(found.amount_cents + found.fee_cents)
        return t("payment_fee_in", fee=t.money(found.fee_cents), total=total) if found.fee_cents else ""

    def _may_void(self, one: PaymentRow) -> bool:
        is_of_today = one.received_on == self.seat.today()
        may = self.seat.me.may(Permission.ASK_FOR_MONEY_BACK)
        return is_of_today and one.status == "posted" and not one.void_asked and may

    def _returned(self, one: PaymentRow) -> list[tuple[str, str]]:
        t, back = self.t, one.returned
        if back is None:
            return []
        why = t.known("return_reason", back.reason_code, "return_reason_other")
        again = back.present_again_until
        return [
            (t("returned_on"), t.day(back.returned_on)),
            (t("returned_why"), f"{back.reason_code}: {why}"),
            (t("next_step"), t.known("next_step", back.next_step, "next_step_look_into")),
            (t("present_again"), t("present_again_until", date=t.day(again)) if again else ""),
        ]

    def _draw_paid(self, pen: Pen, found: Receipt) -> None:
        t = self.t
        pen("h3", t("paid_title"))
        if not found.paid:
            pen("p", t("paid_nothing" if found.status == "posted" else "paid_undone"), "soft")
            return
        columns = [(t("paid_what"), ""), (t("amount"), "number")]
        with table(pen, t("paid_title"), columns) as rows:
            for line in found.paid:
                with rows.row():
                    rows.cell(what_was_paid(t, line), "lead-cell")
                    rows.cell(t.money(line.amount_cents))
            if found.left_as_credit_cents:
                with rows.row():
                    rows.cell(t("paid_left_as_credit"), "lead-cell")
                    rows.cell(t.money(found.left_as_credit_cents))

    async def press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "open_payment":
                self.chosen = UUID(deed.value)
                await self.page.look()
                self.page.client.run_javascript("headgate.show('payment')")
            case "ask_void":
                self._ask_void(UUID(deed.value))
            case "ask_card_refund":
                self._ask_card_refund(UUID(deed.value))
            case "ask_refund":
                self._ask_refund()
            case _:
                return await super().press(deed)
        return None

    def _ask_void(self, payment_id: UUID) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            pen("p", t("void_help"), "about")
            with form(pen, t, "void", value=payment_id) as fields:
                fields.words("reason", t("why"), help=t("why_kept"), autofocus=True)
                with feet(pen):
                    fields.cancel()
                    fields.send(t("void_send"))

        self.page.ask(t("void_title"), draw, self._void)

    async def _void(self, deed: Deed) -> bool:
        async def void() -> None:
            reason, seat = words_in(deed.fields, "reason"), self.seat
            async with seat.deed(Permission.ASK_FOR_MONEY_BACK) as session:
                await voids.request_void(
                    session,
                    seat.principal,
                    UUID(deed.value),
                    reason=reason,
                    district=seat.district,
                    now=seat.now(),
                )

        return await self.page.conclude(void, self.t("request_sent"))

    def _ask_refund(self) -> None:
        t, credit = self.t, self.page.head.balance.credit_cents

        def draw(pen: Pen) -> None:
            pen("p", t("refund_help", amount=t.money(credit)), "about")
            with form(pen, t, "refund", key=self.page.key("refund")) as fields:
                fields.field("amount", t("amount"), "amount", value=f"{credit / 100:.2f}", autofocus=True)
                fields.words("reason", t("why"), help=t("why_kept"))
                with feet(pen):
                    fields.cancel()
                    fields.send(t("refund_send"))

        self.page.ask(t("refund_title"), draw, self._refund)

    async def _refund(self, deed: Deed) -> bool:
        async def refund() -> None:
            cents, reason = cents_in(deed.fields, "amount"), words_in(deed.fields, "reason")
            async with self.seat.deed(Permission.ASK_FOR_MONEY_BACK) as session:
                await refunds.request_refund(
                    session,
                    self.seat.principal,
                    self.page.account_id,
                    amount_cents=cents,
                    reason=reason,
                    idempotency_key=deed.fields.get("key", ""),
                    now=self.seat.now(),
                )

        return await self.page.conclude(refund, self.t("request_sent"), "refund")

    def _ask_card_refund(self, payment_id: UUID) -> None:
        t, cents = self.t, self._refundable.get(payment_id, 0)

        def draw(pen: Pen) -> None:
            pen("p", t("card_refund_help", amount=t.money(cents)), "about")
            with form(pen, t, "card_refund", key=self.page.key("card_refund"), value=payment_id) as fields:
                fields.field("amount", t("amount"), "amount", value=f"{cents / 100:.2f}", autofocus=True)
                fields.words("reason", t("why"), help=t("why_kept"))
                with feet(pen):
                    fields.cancel()
                    fields.send(t("refund_send"))

        self.page.ask(t("card_refund_title"), draw, self._card_refund)

    async def _card_refund(self, deed: Deed) -> bool:
        async def refund() -> None:
            cents, reason = cents_in(deed.fields, "amount"), words_in(deed.fields, "reason")
            async with self.seat.deed(Permission.ASK_FOR_MONEY_BACK) as session:
                await card_refunds.request_card_refund(
                    session,
                    self.seat.principal,
                    UUID(deed.value),
                    amount_cents=cents,
                    reason=reason,
                    idempotency_key=deed.fields.get("key", ""),
                    now=self.seat.now(),
                )

        return await self.page.conclude(refund, self.t("request_sent"), "card_refund")
