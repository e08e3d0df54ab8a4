"""How the customer pays and gets bills: autopay, a payment on a day, paperless, budget bill. Each on and off.

A way to pay is named ("checking ending 4421"), never numbered: the bank's own page keeps the number.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.account.view import Look, View
from backend.console.forms import Form, cents_in, feet, form, words_in
from backend.console.pen import Pen
from backend.console.seat import Refusal
from backend.console.sheet import Deed
from backend.console.tables import facts, table
from backend.district.service import District
from backend.enrolments import service as enrolments
from backend.enrolments.service import Enrolment
from backend.options import budget, service
from backend.options.budget import BudgetFacts
from backend.options.rules import method_label_is_fit
from backend.options.service import Autopay, Recurring, Source
from backend.saved_methods import service as saved_methods
from backend.saved_methods.service import SavedMethod
from backend.staff.permissions import Permission, require

ASKED = "asked"
Change = Callable[[AsyncSession, UUID, datetime, District], Awaitable[object]]
_CHANGES: dict[str, Change] = {
    "end_autopay": lambda s, a, now, d: service.end_autopay(s, a, reason=ASKED, now=now, district=d),
    "end_recurring": lambda s, a, now, d: service.end_recurring(s, a, reason=ASKED, now=now, district=d),
    "start_paperless": lambda s, a, now, d: service.set_paperless(s, a, paperless=True, now=now, district=d),
    "end_paperless": lambda s, a, now, d: service.set_paperless(s, a, paperless=False, now=now, district=d),
    "start_budget": lambda s, a, now, d: budget.join_budget_bill(s, a, now=now, district=d),
    "end_pay_by_text": lambda s, a, now, d: enrolments.end_of_account(s, a, now=now, district=d),
    "end_budget": lambda s, a, now, d: budget.leave_budget_bill(s, a, reason=ASKED, now=now, district=d),
}
"""What one press does."""


@dataclass(frozen=True, slots=True)
class _Shown:
    autopay: Autopay | None
    recurring: Recurring | None
    budget: BudgetFacts
    phones: Sequence[Enrolment]
    on_file: Sequence[SavedMethod]


class Options(View):
    """A panel for each option."""

    name = "options"
    _good: Sequence[SavedMethod] = ()
    """What is on file and can be charged."""

    async def read(self, look: Look) -> _Shown:
        session, account_id = look.session, look.account_id
        on_file = await saved_methods.methods_of(session, account_id)
        self._good = [one for one in on_file if not one.has_expired(look.today)]
        return _Shown(
            await service.autopay_of(session, account_id),
            await service.recurring_of(session, account_id, look.today),
            await budget.explain_budget(session, account_id, now=look.now, district=self.seat.district),
            await enrolments.enrolments_of(session, account_id),
            on_file,
        )

    def draw(self, pen: Pen, shown: _Shown) -> None:
        with pen.within("div", "grid-of-panels"):
            self._draw_autopay(pen, shown.autopay)
            self._draw_recurring(pen, shown.recurring)
            self._draw_pay_by_text(pen, shown)
            self._draw_paperless(pen)
            self._draw_budget(pen, shown.budget)

    def _draw_option(self, pen: Pen, name: str, *, is_on: bool) -> None:
        t = self.t
        with pen.within("div", "panel-head"):
            pen("h2", t(name), id=f"{name}-title")
            pen("span", t("option_on" if is_on else "option_off"), "mark good" if is_on else "mark")
        pen("p", t(f"{name}_help"), "soft")

    def _draw_buttons(self, pen: Pen, *buttons: tuple[str, str]) -> None:
        if not self.seat.me.may(Permission.CHANGE_OPTIONS):
            return
        with pen.within("div", "feet start"):
            for words, deed in buttons:
                pen.button(words, deed)

    def _draw_autopay(self, pen: Pen, found: Autopay | None) -> None:
        t = self.t
        with pen.within("section", "panel", aria_labelledby="autopay-title"):
            self._draw_option(pen, "autopay", is_on=found is not None)
            if found is None:
                self._draw_buttons(pen, (t("autopay_start"), "ask_autopay"))
                return
            facts(pen, [(t("pays_from"), found.method_label), (t("on_since"), t.day(found.started_on))])
            self._draw_buttons(pen, (t("change"), "ask_autopay"), (t("option_end"), "end_autopay"))

    def _draw_recurring(self, pen: Pen, found: Recurring | None) -> None:
        t = self.t
        with pen.within("section", "panel", aria_labelledby="recurring-title"):
            self._draw_option(pen, "recurring", is_on=found is not None)
            if found is None:
                self._draw_buttons(pen, (t("recurring_start"), "ask_recurring"))
                return
            facts(
                pen,
                [
                    (t("amount"), t.money(found.amount_cents)),
                    (t("recurring_day"), str(found.day_of_month)),
                    (t("recurring_next"), t.day(found.next_on)),
                    (t("pays_from"), found.method_label),
                    (t("on_since"), t.day(found.started_on)),
                ],
            )
            self._draw_buttons(pen, (t("change"), "ask_recurring"), (t("option_end"), "end_recurring"))

    def _draw_pay_by_text(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        with pen.within("section", "panel", aria_labelledby="pay_by_text-title"):
            self._draw_option(pen, "pay_by_text", is_on=any(one.status == "confirmed" for one in shown.phones))
            methods = ", ".join(one.label(t.language) for one in shown.on_file)
            facts(pen, [(t("methods_on_file"), methods or t("methods_none"))])
            for one in shown.phones:
                since = one.confirmed_at or one.asked_at
                facts(
                    pen,
                    [
                        (t("phone"), one.phone_masked),
                        (t(f"pay_by_text_{one.status}"), t.clock_time(since, self.seat.now())),
                    ],
                )
                with pen.within("details"):
                    pen("summary", t("pay_by_text_terms"))
                    pen("p", one.terms, "soft", lang=one.language)
            buttons = [(t("pay_by_text_ask"), "ask_pay_by_text")]
            self._draw_buttons(pen, *buttons, *([(t("option_end"), "end_pay_by_text")] if shown.phones else []))

    def _draw_paperless(self, pen: Pen) -> None:
        t, record = self.t, self.page.head.record
        with pen.within("section", "panel", aria_labelledby="paperless-title"):
            self._draw_option(pen, "paperless", is_on=record.paperless)
            facts(pen, [(t("email"), record.email or t("email_none"))])
            if record.paperless:
                self._draw_buttons(pen, (t("paperless_end"), "end_paperless"))
            elif record.email:
                self._draw_buttons(pen, (t("paperless_start"), "start_paperless"))

    def _draw_budget(self, pen: Pen, found: BudgetFacts) -> None:
        t, live = self.t, found.budget
        with pen.within("section", "panel", aria_labelledby="budget-title"):
            self._draw_option(pen, "budget", is_on=live is not None)
            if live is None:
                if found.why_not is not None:
                    why = t.known("refused_option_refused", found.why_not, "refused_other")
                    pen("p", why.format(bills=len(found.history), bills_needed=found.bills_needed), "warn-words")
                elif found.monthly_cents is not None:
                    pen("p", t("budget_would_be", amount=t.money(found.monthly_cents), n=len(found.history)))
                    self._draw_buttons(pen, (t("budget_start"), "start_budget"))
                return
            deferred = live.deferred_cents
            facts(
                pen,
                [
                    (t("budget_monthly"), t.money(live.monthly_cents)),
                    (t("on_since"), t.day(live.started_on)),
                    (t("budget_renewed"), t.day(live.recalculate_on)),
                    (t("budget_behind" if deferred >= 0 else "budget_ahead"), t.money(abs(deferred))),
                ],
            )
            if live.months:
                columns = [(t("bill_issued"), "day"), (t("budget_used"), "number"), (t("budget_asked"), "number")]
                with table(pen, t("budget"), columns) as rows:
                    for month in live.months:
                        with rows.row():
                            rows.cell(t.day(month.issued_on), "lead-cell")
                            rows.cell(t.money(month.used_cents))
                            rows.cell(t.money(month.asked_cents))
            self._draw_buttons(pen, (t("option_end"), "end_budget"))

    async def press(self, deed: Deed) -> bool | None:
        if deed.name == "ask_autopay":
            self._ask("autopay", self._autopay)
        elif deed.name == "ask_recurring":
            self._ask("recurring", self._recurring)
        elif deed.name == "ask_pay_by_text":
            await self._change(self._ask_phone, "pay_by_text_was_asked")
        elif deed.name in _CHANGES:
            await self._change(_CHANGES[deed.name], "option_ended" if deed.name.startswith("end") else "option_changed")
        else:
            return await super().press(deed)
        return None

    async def _change(self, change: Change, done: str) -> bool:
        async def act() -> None:
            async with self.seat.deed(Permission.CHANGE_OPTIONS) as session:
                await change(session, self.page.account_id, self.seat.now(), self.seat.district)

        return await self.page.do(act, self.t(done))

    async def _ask_phone(self, session: AsyncSession, account_id: UUID, now: datetime, district: District) -> object:
        staff_id = require(self.seat.principal, Permission.CHANGE_OPTIONS)
        return await enrolments.ask_by_staff(session, staff_id, account_id, district=district, now=now)

    def _ask(self, name: str, on_deed: Callable[[Deed], Awaitable[bool | None]]) -> None:
        t = self.t
        choices = [(str(one.id), one.label(t.language)) for one in self._good]
        by_bank = self.seat.district.policy.options.bank_drafts

        def draw(pen: Pen) -> None:
            pen("p", t(f"{name}_help" if choices or by_bank else "pays_from_nothing"), "about")
            with form(pen, t, name) as fields:
                if not choices and not by_bank:
                    fields.cancel()
                    return
                if name == "recurring":
                    self._draw_terms(pen, fields)
                if choices:
                    also = [("", t("pays_from_bank"))] if by_bank else []
                    fields.choice("method_id", t("pays_from"), [*choices, *also])
                if by_bank:
                    fields.field("method", t("pays_from_named"), help=t("pays_from_help"), maxlength=60)
                with feet(pen):
                    fields.cancel()
                    fields.send(t("save"))

        self.page.ask(t(name), draw, on_deed)

    def _draw_terms(self, pen: Pen, fields: Form) -> None:
        with pen.within("div", "row-of-fields"):
            fields.field("amount", self.t("amount"), "amount", autofocus=True)
            fields.field("day", self.t("recurring_day"), "number", min=1, max=31, help=self.t("recurring_day_help"))

    async def _autopay(self, deed: Deed) -> bool:
        async def act() -> None:
            async with self.seat.deed(Permission.CHANGE_OPTIONS) as session:
                source = await self._source(session, deed)
                await service.enrol_autopay(
                    session,
                    self.page.account_id,
                    method_label=source.label,
                    method_id=source.method_id,
                    now=self.seat.now(),
                    district=self.seat.district,
                )

        return await self.page.conclude(act, self.t("option_changed"))

    async def _recurring(self, deed: Deed) -> bool:
        async def act() -> None:
            cents, day = cents_in(deed.fields, "amount"), deed.fields.get("day", "").strip()
            if not (day.isascii() and day.isdigit() and 1 <= int(day[:3]) <= 31):
                raise Refusal("day_of_month", field="day")
            most = self.seat.district.policy.options.recurring_cents_max
            if cents > most:
                raise Refusal("recurring_too_much", {"most_cents": most}, field="amount")
            async with self.seat.deed(Permission.CHANGE_OPTIONS) as session:
                source = await self._source(session, deed)
                await service.set_recurring(
                    session,
                    self.page.account_id,
                    amount_cents=cents,
                    day_of_month=int(day),
                    method_label=source.label,
                    method_id=source.method_id,
                    now=self.seat.now(),
                    district=self.seat.district,
                )

        return await self.page.conclude(act, self.t("option_changed"))

    async def _source(self, session: AsyncSession, deed: Deed) -> Source:
        """What was chosen of what is on file, else the bank account that is named."""
        chosen = deed.fields.get("method_id", "")
        if chosen:
            return await service.source_on_file(session, self.page.account_id, UUID(chosen))
        return Source(_label_in(deed))


def _label_in(deed: Deed) -> str:
    try:
        label = words_in(deed.fields, "method")
    except Refusal as missing:
        raise Refusal("label_needed", field="method") from missing
    if not method_label_is_fit(label):
        raise Refusal("label_unfit", field="method")
    return label
