"""A card taken by keys on the call of an open case: the amount, what is asked for, dots, and how it ended.

Whoever looks at it sees dots and at the end the last four digits; the number never comes here.
"""

from typing import Protocol

from backend.captures.view import CaptureSeen
from backend.console.tags import button, form, tag
from backend.console.views import AccountFacts, Call
from backend.console.words import Wording
from backend.staff.permissions import Permission, SignedIn

NOT_IN = "–"


class CaptureDeeds(Protocol):
    """What the pane asks its page to do."""

    async def take_card(self, fields: dict[str, str]) -> None: ...

    async def ask_card_again(self) -> None: ...

    async def drop_card(self) -> None: ...


class CapturePane:
    """Drawn anew when there is news of it; what is being typed into its form is left alone."""

    def __init__(self, t: Wording, me: SignedIn, deeds: CaptureDeeds) -> None:
        self._t, self._me, self._deeds = t, me, deeds
        self._shown: object = None
        self.waits = False
        """Whether a payment was begun and it is not known yet how it ends: then the page looks again soon."""

    def build(self) -> None:
        self._area = tag("section", css="call capture", aria_label=self._t("card_by_keys"), aria_live="polite")

    def show(self, call: Call | None, facts: AccountFacts | None) -> None:
        """Bring it up to date."""
        account = None if facts is None else (facts.number, facts.balance_cents)
        seen = (call.capture, call.fees, account) if call is not None and self._talks(call) else None
        self.waits = seen is not None and _is_under_way(seen[0])
        if seen == self._shown:
            return
        self._shown = seen
        self._area.clear()
        if seen is not None:
            with self._area:
                self._draw(seen[0], dict(seen[1]), facts)

    def _talks(self, call: Call) -> bool:
        return self._me.may(Permission.TAKE_PAYMENT) and any(
            party.staff_id == self._me.id and party.role in ("lead", "consult") and party.state == "joined"
            for party in call.line.parties
        )

    def _draw(self, capture: CaptureSeen | None, fees: dict[str, int], facts: AccountFacts | None) -> None:
        if capture is not None and capture.is_open:
            self._draw_open(capture)
            return
        if capture is not None:
            tag("p", self._ended(capture), "call-state", id="capture-state", data_state=capture.status)
        self._draw_form(fees, facts)

    def _draw_open(self, capture: CaptureSeen) -> None:
        t = self._t
        tag("p", self._amount(capture), "call-state", id="capture-state", data_state=capture.status)
        with tag("ul", css="parties"):
            for name, shown in capture.fields:
                now = name == capture.step
                dots = (capture.partial if now else shown) or NOT_IN
                current = {"aria_current": "step"} if now else {}
                tag("li", f"{t(f'field_{name}')} · {dots}", data_field=name, **current)
        self._draw_news(capture)
        if capture.status == "open":
            with tag("div", css="deeds"):
                button(t("capture_again"), self._deeds.ask_card_again, "button", id="capture-again")
                button(t("capture_cancel"), self._deeds.drop_card, "button", id="capture-cancel")

    def _draw_news(self, capture: CaptureSeen) -> None:
        t = self._t
        if capture.status == "completing":
            tag("p", t("capture_completing"), "help")
        elif capture.problem is not None:
            tag("p", t.known("key_problem", capture.problem, "key_problem_other"), "bad", id="capture-problem")
        elif capture.step is not None:
            tag("p", t("capture_asks", field=t(f"field_{capture.step}")), "help", id="capture-asks")
        else:
            tag("p", t("capture_begins"), "help")

    def _amount(self, capture: CaptureSeen) -> str:
        t, total = self._t, capture.amount_cents + capture.fee_cents
        if not capture.fee_cents:
            return t("capture_amount", amount=t.money(total))
        named = {"amount": t.money(capture.amount_cents), "fee": t.money(capture.fee_cents), "total": t.money(total)}
        return t("capture_amount_fee", **named)

    def _ended(self, capture: CaptureSeen) -> str:
        t, charge = self._t, capture.charge
        amount = t.money(capture.amount_cents + capture.fee_cents)
        if capture.fee_cents:
            amount = t("capture_with_fee", total=amount, fee=t.money(capture.fee_cents))
        if capture.status != "charged":
            why = "" if capture.problem is None else t.known("key_problem", capture.problem, "key_problem_other")
            return t(f"capture_{capture.status}", amount=amount, why=why).strip()
        if charge is None or charge.failure is not None:
            return t("capture_refused", amount=amount)
        if charge.confirmation_number is None:
            return t("capture_pending", amount=amount)
        return t("capture_paid", amount=amount, method=charge.method_label, number=charge.confirmation_number)

    def _draw_form(self, fees: dict[str, int], facts: AccountFacts | None) -> None:
        t = self._t
        with form(self._deeds.take_card, "call-form", id="capture-form"):
            tag("label", t("capture_amount_label"), for_="capture-amount")
            owed = f"{facts.balance_cents / 100:.2f}" if facts is not None and facts.balance_cents > 0 else ""
            tag("input", id="capture-amount", name="amount", inputmode="decimal", value=owed, autocomplete="off")
            if facts is None:
                tag("label", t("capture_account"), for_="capture-account")
                tag("input", id="capture-account", name="account", inputmode="numeric", autocomplete="off")
            tag("label", t("capture_kind"), for_="capture-kind")
            with tag("select", id="capture-kind", name="kind"):
                for kind, fee in fees.items():
                    words = t(f"kind_{kind}_fee", fee=t.money(fee)) if fee else t(f"kind_{kind}")
                    tag("option", words, value=kind)
            tag("button", t("capture_begin"), "button", type="submit", id="capture-begin")
        if any(fees.values()):
            tag("p", t("capture_say_fee"), "help")


def _is_under_way(capture: CaptureSeen | None) -> bool:
    if capture is None:
        return False
    charge = capture.charge
    return capture.is_open or (charge is not None and charge.failure is None and charge.confirmation_number is None)
