"""The next customer at the counter: whose account, how much, and the receipt."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import reach_account_as_staff
from backend.accounts import service as accounts
from backend.accounts.search import FoundAccount
from backend.accounts.service import AccountFacts, Balance
from backend.console.account.payments import what_was_paid
from backend.console.account_page import account_address
from backend.console.finder import Finder
from backend.console.forms import cents_in, form, words_in
from backend.console.pen import Pen
from backend.console.seat import Refusal
from backend.console.sheet import Deed, Sheet
from backend.console.surroundings import PREFIX
from backend.console.tables import facts, table
from backend.console.tags import set_attribute, tag
from backend.payments import counter, service
from backend.payments.counter import Given, Taken
from backend.payments.service import Receipt
from backend.staff.permissions import Permission

if TYPE_CHECKING:
    from backend.console.drawer_page import DrawerPage

METHODS = ("cash", "check", "card")
FORM = "take"


@dataclass(frozen=True, slots=True)
class _Paying:
    """Whose account is paid on; without one the money is kept unapplied, under the number that was given."""

    account: AccountFacts | None
    balance: Balance | None


class Counter:
    """Find the account, take the money, hand out the receipt; then the next."""

    def __init__(self, page: "DrawerPage") -> None:
        self.page, self.t, self.seat = page, page.t, page.seat
        self._chosen: UUID | None = None
        self._unknown = False
        self._paying: _Paying | None = None
        self._receipt: Receipt | None = None
        self._taken: Taken | None = None

    def build(self) -> None:
        self._receipt_sheet = Sheet(self.press)
        with tag("div", css="column") as self._finder_area:
            self._finder = Finder(self.page, self._found)
            self._finder.build()
            self._unknown_sheet = Sheet(self.press)
        self._form = Sheet(self.press)

    async def read(self, session: AsyncSession) -> None:
        """What is owed on the chosen account, and the receipt as it is now."""
        seat, now = self.seat, self.seat.now()
        paying = _Paying(None, None) if self._unknown else None
        if self._chosen is not None:
            await reach_account_as_staff(session, seat.principal, self._chosen, purpose="counter", now=now)
            found = await accounts.account_facts(session, self._chosen)
            paying = _Paying(found, await accounts.balance(session, self._chosen, now, seat.today()))
        self._paying = paying
        if self._taken is not None and self._taken.payment_id is not None:
            self._receipt = await service.receipt(session, self._taken.payment_id, now)

    def show(self) -> None:
        paying = self._paying
        set_attribute(self._finder_area, "hidden", paying is not None)
        self._receipt_sheet.show(self._draw_receipt)
        self._unknown_sheet.show(self._draw_unknown)
        self._form.show(lambda pen: self._draw_form(pen, paying) if paying is not None else None)

    def _draw_unknown(self, pen: Pen) -> None:
        with pen.within("p", "small"):
            pen.text(f"{self.t('take_unknown_help')} ")
            pen.button(self.t("take_unknown"), "unknown", "", "link")

    def _draw_form(self, pen: Pen, paying: _Paying) -> None:
        t, account, owed = self.t, paying.account, paying.balance
        with pen.within("section", "panel", aria_labelledby="take-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("take_title"), id="take-title")
                pen.button(t("take_other"), "other")
            if account is not None and owed is not None:
                with pen.within("div", "about"):
                    pen("strong", f"{account.name}, {account.number}")
                    pen("p", account.service_address)
                    pen("p", self._owed(owed))
            else:
                pen("p", t("take_unknown_about"), "about")
            number = account.number if account is not None else ""
            with form(pen, t, FORM, value=number, key=self.page.key(FORM)) as fields:
                if account is None:
                    fields.field("number", t("take_number"), help=t("take_number_help"), maxlength=80)
                due = owed.balance_cents if owed is not None and owed.balance_cents > 0 else 0
                with pen.within("div", "row-of-fields"):
                    shown = f"{due / 100:.2f}" if due else ""
                    fields.field("amount", t("amount"), "amount", value=shown, autofocus=True, autocomplete="off")
                    methods = [(one, t(f"method_{one}")) for one in METHODS]
                    fields.choice("method", t("method"), methods)
                    fields.field("reference", t("reference"), help=t("take_reference_help"), maxlength=60)
                with pen.within("div", "feet start"):
                    fields.send(t("take_now"))

    def _owed(self, owed: Balance) -> str:
        t = self.t
        if owed.balance_cents <= 0:
            return t("take_credit", amount=t.money(owed.credit_cents))
        if owed.past_due_cents:
            return t("take_past_due", amount=t.money(owed.balance_cents), late=t.money(owed.past_due_cents))
        return t("take_owed", amount=t.money(owed.balance_cents))

    def _draw_receipt(self, pen: Pen) -> None:
        t, taken, found = self.t, self._taken, self._receipt
        if taken is None:
            return
        with pen.within("section", "panel taken", aria_labelledby="receipt-title", id="receipt", tabindex="-1"):
            if found is None:
                pen("h2", t("take_kept_title"), id="receipt-title")
                pen("p", t("take_kept_help"))
                return
            with pen.within("div", "panel-head"):
                pen("h2", t("take_taken_title", amount=t.money(found.amount_cents)), id="receipt-title")
                if found.status != "posted":
                    pen("span", t(f"payment_status_{found.status}"), "mark bad")
            facts(
                pen,
                [
                    (t("confirmation_number"), str(found.confirmation_number)),
                    (
                        t("credit") if found.balance_cents < 0 else t("receipt_balance"),
                        t.money(abs(found.balance_cents)),
                    ),
                ],
            )
            if found.paid:
                with table(pen, t("paid_title"), [(t("paid_title"), ""), (t("amount"), "number")]) as rows:
                    for line in found.paid:
                        with rows.row():
                            rows.cell(what_was_paid(t, line), "lead-cell")
                            rows.cell(t.money(line.amount_cents))
            with pen.within("div", "feet start"):
                base = f"{PREFIX}/accounts/{found.account_id}/payments/{found.payment_id}"
                pen.link(t("take_print"), f"{base}/receipt", "button main", target="_blank", rel="noopener")
                pen.link(t("account_open"), account_address(found.account_id, "payments"), "button")

    async def _found(self, account: FoundAccount) -> None:
        self._chosen, self._unknown = account.account_id, False
        await self._next("form-take-amount")

    async def _next(self, focus: str) -> None:
        """Begin with another customer: what was typed for the one before is forgotten."""
        self.page.renew(FORM)
        self.page.client.run_javascript("headgate.settle('form-take', true)")
        await self.page.look()
        self.page.client.run_javascript(f"headgate.focus('{focus}')")

    async def press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "take":
                return await self._take(deed)
            case "unknown":
                self._chosen, self._unknown = None, True
                await self._next("form-take-number")
            case "other":
                self._chosen, self._unknown = None, False
                await self._next("find")
        return None

    async def _take(self, deed: Deed) -> bool:
        async def take() -> None:
            given, seat = self._given(deed), self.seat
            async with seat.deed(Permission.TAKE_PAYMENT) as session:
                self._taken = await counter.take_payment(
                    session, seat.principal, given, district=seat.district, now=seat.now()
                )
            self._receipt = None
            self._chosen, self._unknown = None, False
            self.page.renew(FORM)

        done = await self.page.do(take, self.t("take_done"))
        if done:
            self.page.client.run_javascript("headgate.focus('receipt')")
        return done

    def _given(self, deed: Deed) -> Given:
        """For the account that the form shows, whatever the page reads meanwhile."""
        fields = deed.fields
        method = fields.get("method", "")
        if method not in METHODS:
            raise Refusal("choice_needed", field="method")
        return Given(
            account_number=deed.value or words_in(fields, "number", needed=False),
            amount_cents=cents_in(fields, "amount"),
            method=method,
            idempotency_key=fields.get("key", ""),
            reference=fields.get("reference", "").strip() or None,
        )
