"""The first tab: what is owed and how old it is, water use, why the last bill is what it is, who and where."""

from dataclasses import dataclass

from backend.console.account.usage_picture import draw_usage_picture
from backend.console.account.use import BILLS_NEEDED, MonthOfUse, months_of_use
from backend.console.account.view import Look, View
from backend.console.charts import Share, shares
from backend.console.pen import Pen
from backend.console.surroundings import PREFIX
from backend.console.tables import facts
from backend.statements.service import BillNotFoundError, Explanation, ListedBill, bills_of, explain_bill


@dataclass(frozen=True, slots=True)
class _Shown:
    months: tuple[MonthOfUse, ...]
    last_bill: ListedBill | None
    explanation: Explanation | None


class Overview(View):
    """What one needs to know before saying anything else."""

    name = "overview"

    async def read(self, look: Look) -> _Shown:
        bills = await bills_of(look.session, look.account_id, look.today, BILLS_NEEDED)
        last = next((bill for bill in bills if not bill.is_cancelled), None)
        return _Shown(months_of_use(bills), last, await self._explanation(look, last))

    async def _explanation(self, look: Look, last: ListedBill | None) -> Explanation | None:
        if last is None:
            return None
        try:
            book = self.seat.around.book
            return await explain_bill(look.session, book, look.account_id, last.id, now=look.now, today=look.today)
        except BillNotFoundError:
            return None

    def draw(self, pen: Pen, shown: _Shown) -> None:
        with pen.within("div", "columns"):
            with pen.within("div", "column"):
                self._draw_owed(pen)
                with pen.within("section", "panel", aria_labelledby="usage-title"):
                    pen("h2", self.t("usage_title"), id="usage-title")
                    draw_usage_picture(pen, self.t, shown.months)
                self._draw_last_bill(pen, shown)
            with pen.within("div", "column"):
                self._draw_customer(pen)
                self._draw_services(pen)
                self._draw_cases(pen)

    def _draw_owed(self, pen: Pen) -> None:
        t, head = self.t, self.page.head
        aging, owed = head.aging, head.balance
        ages = (
            (t("aging_not_due"), aging.current_cents),
            (t("aging_days", first=1, last=30), aging.days_1_30_cents),
            (t("aging_days", first=31, last=60), aging.days_31_60_cents),
            (t("aging_days", first=61, last=90), aging.days_61_90_cents),
            (t("aging_over", days=90), aging.days_over_90_cents),
        )
        parts = [Share(name, cents, t.money(cents), f"age-{place}") for place, (name, cents) in enumerate(ages)]
        if aging.credit_cents:
            parts.append(Share(t("credit"), aging.credit_cents, t.money(aging.credit_cents), "credit"))
        paid, returned, plan = owed.last_payment, owed.returned_payment, owed.arrangement
        with pen.within("section", "panel", aria_labelledby="owed-title"):
            pen("h2", t("owed_title"), id="owed-title")
            says = ", ".join(f"{part.name} {part.amount}" for part in parts if part.value)
            shares(pen, says or t("owed_nothing"), parts)
            facts(
                pen,
                [
                    (t("due_date"), t.day(owed.due_date) if owed.due_date else ""),
                    (t("last_payment"), self._dated(paid.amount_cents, t.day(paid.received_on)) if paid else ""),
                    (
                        t("returned_payment"),
                        self._dated(returned.amount_cents, t.day(returned.returned_on)) if returned else "",
                    ),
                    (
                        t("arrangement"),
                        t("installment", amount=t.money(plan.installment_cents), date=t.day(plan.next_due_on))
                        if plan
                        else "",
                    ),
                ],
                "pairs owed-facts",
            )

    def _dated(self, cents: int, day: str) -> str:
        return self.t("payment_on", amount=self.t.money(cents), date=day)

    def _draw_last_bill(self, pen: Pen, shown: _Shown) -> None:
        t, bill = self.t, shown.last_bill
        with pen.within("section", "panel", aria_labelledby="last-bill-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("last_bill"), id="last-bill-title")
                if bill is not None:
                    pen.link(t("bill_open"), self.page.address_of("bills"))
            if bill is None:
                pen("p", t("bills_nothing"), "nothing")
                return
            words = t("bill_line", amount=t.money(bill.amount_cents), date=t.day(bill.issued_on))
            pen("p", words)
            if shown.explanation is None:
                return
            found = [one for one in shown.explanation.against.values() if one is not None]
            for one in found:
                told = one.told[t.language]
                pen("h3", told.summary)
                with pen.within("ul", "causes"):
                    for sentence in told.statement:
                        pen("li", sentence)
            if not found:
                pen("p", t("bill_first"), "soft")

    def _draw_customer(self, pen: Pen) -> None:
        t, record = self.t, self.page.head.record
        phones = [t.phone(record.phone) if record.phone else ""]
        if record.text_phone and record.text_phone != record.phone:
            phones.append(t("texts_to", phone=t.phone(record.text_phone)))
        with pen.within("section", "panel", aria_labelledby="customer-title"):
            pen("h2", t("customer"), id="customer-title")
            facts(
                pen,
                [
                    (t("phone"), ", ".join(part for part in phones if part)),
                    (t("texts"), t("texts_allowed" if record.text_phone else "texts_not_allowed")),
                    (t("email"), record.email or ""),
                    (t("language"), t(f"speaks_{record.language}")),
                    (t("customer_since"), t.day(record.opened_on)),
                    (t("closed_on"), t.day(record.closed_on) if record.closed_on else ""),
                    (t("billing_cycle"), str(record.billing_cycle)),
                    (t("mark_billing_hold"), record.billing_hold or ""),
                ],
            )

    def _draw_services(self, pen: Pen) -> None:
        t = self.t
        with pen.within("section", "panel", aria_labelledby="service-title"):
            pen("h2", t("service_title"), id="service-title")
            services = self.page.head.record.services
            if not services:
                pen("p", t("service_nothing"), "nothing")
            for service in services:
                pen("h3", service.service_address)
                meters = [
                    t("meter_line", serial=meter.serial_number, size=meter.size_inches)
                    for meter in service.meters
                    if meter.removed_on is None
                ]
                facts(
                    pen,
                    [
                        (t("service_class"), t.known("class", service.service_class, "class_other")),
                        (t("service_since"), t.day(service.started_on)),
                        (t("service_until"), t.day(service.ended_on) if service.ended_on else ""),
                        (t("meters"), ", ".join(meters) or t("meters_none")),
                        (t("zone"), service.zone),
                        (t("persons"), str(service.persons)),
                        (
                            t("landscape"),
                            t("sqft", n=t.number(service.landscape_sqft)) if service.landscape_sqft else "",
                        ),
                    ],
                )

    def _draw_cases(self, pen: Pen) -> None:
        t, cases, now = self.t, self.page.head.cases, self.seat.now()
        with pen.within("section", "panel", aria_labelledby="cases-title"):
            pen("h2", t("account_cases"), id="cases-title")
            if not cases:
                pen("p", t("account_cases_none"), "nothing")
                return
            with pen.within("ul", "plain-list"):
                for case in cases:
                    with pen.within("li"):
                        pen.link(case.reference, f"{PREFIX}/cases/{case.id}", "whole")
                        pen("span", t.known("reason", case.reason, "reason_other"))
                        state = t.known("state", case.state, "state_waiting")
                        pen("span", f"{state} · {t.clock_time(case.created_at, now)}", "sub")
