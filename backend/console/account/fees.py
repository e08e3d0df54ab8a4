"""Fees: what was charged, and taking one back, at once within one's authority or by asking for it."""

from dataclasses import dataclass
from typing import get_args
from uuid import UUID

from backend.console.account.view import Look, View
from backend.console.forms import feet, form, words_in
from backend.console.pen import Pen
from backend.console.seat import Refusal
from backend.console.sheet import Deed
from backend.console.tables import table
from backend.district.charges import ReversalReason
from backend.fees import reversals, service
from backend.fees.reversals import Reversal
from backend.fees.service import Fee
from backend.fees.worklist import Allowance, allowance
from backend.staff.permissions import Permission

STATE_CSS = {"charged": "", "reversal_pending": "warn", "reversed": "good"}
BY_HAND = ("delinquent_processing", "tag", "reconnection")


@dataclass(frozen=True, slots=True)
class _Shown:
    fees: tuple[Fee, ...]
    allowances: tuple[Allowance, ...]


class Fees(View):
    """The list, with what this person may still take back alone."""

    name = "fees"
    _shown = _Shown((), ())

    async def read(self, look: Look) -> _Shown:
        role = self.seat.me.role.value
        found = await allowance(look.session, role, look.account_id, now=look.now, district=self.seat.district)
        self._shown = _Shown(tuple(await service.fees_of(look.session, look.account_id)), tuple(found))
        return self._shown

    def draw(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        with pen.within("section", "panel flush", aria_labelledby="fees-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("account_tab_fees"), id="fees-title")
                if self.seat.me.may(Permission.CHARGE_FEE):
                    pen.button(t("fee_charge"), "ask_charge")
            if shown.fees:
                self._draw_list(pen, shown.fees)
            else:
                pen("p", t("fees_nothing"), "nothing")
        self._draw_authority(pen, shown.allowances)

    def _draw_list(self, pen: Pen, fees: tuple[Fee, ...]) -> None:
        t = self.t
        columns = [(t("day"), "day"), (t("fee"), ""), (t("state"), ""), (t("amount"), "number"), ("", "deeds-cell")]
        with table(pen, t("account_tab_fees"), columns) as rows:
            for fee in fees:
                with rows.row("undone" if fee.state == "reversed" else ""):
                    rows.cell(t.day(fee.charged_on))
                    rows.cell(t.known("fee", fee.code, "entry_fee"), "lead-cell")
                    with rows.within("keep"):
                        state = t.known("fee_state", fee.state, "fee_state_charged")
                        pen("span", state, f"mark {STATE_CSS.get(fee.state, '')}")
                    rows.cell(t.money(fee.amount_cents), "struck")
                    with rows.within("keep"):
                        if fee.state == "charged":
                            label = t("fee_reverse_one", fee=t.known("fee", fee.code, "entry_fee"))
                            pen.button(t("fee_reverse"), "ask_reverse", fee.id, aria_label=label)

    def _draw_authority(self, pen: Pen, allowances: tuple[Allowance, ...]) -> None:
        t = self.t
        with pen.within("section", "panel", aria_labelledby="authority-title"):
            pen("h2", t("authority_title"), id="authority-title")
            pen("p", t("authority_help", months=self.seat.district.policy.authority.rolling_months), "soft")
            with pen.within("ul", "causes"):
                for one in allowances:
                    fees = ", ".join(t.known("fee", code, "entry_fee").lower() for code in one.fees)
                    words = t.count("authority_left", one.count_left, fees=fees, amount=t.money(one.cents_max))
                    pen("li", words)
            if not allowances:
                pen("p", t("authority_none"))

    async def press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "ask_reverse":
                self._ask_reverse(UUID(deed.value))
            case "ask_charge":
                self._ask_charge()
            case _:
                return await super().press(deed)
        return None

    def _ask_reverse(self, fee_id: UUID) -> None:
        t = self.t
        fee = next((one for one in self._shown.fees if one.id == fee_id), None)
        if fee is None:
            return
        mine = [one for one in self._shown.allowances if fee.code in one.fees]

        def draw(pen: Pen) -> None:
            with pen.within("div", "about"):
                name = t.known("fee", fee.code, "entry_fee")
                pen("strong", t("fee_of", fee=name, amount=t.money(fee.amount_cents), date=t.day(fee.charged_on)))
                within = any(one.count_left > 0 and fee.amount_cents <= one.cents_max for one in mine)
                pen("p", t("fee_within" if within else "fee_above"))
            with form(pen, t, "reverse", value=fee_id) as fields:
                reasons = [(code, t(f"reversal_{code}")) for code in get_args(ReversalReason)]
                fields.choice("reason", t("why"), reasons)
                fields.words("note", t("note"), help=t("why_kept"))
                with feet(pen):
                    fields.cancel()
                    fields.send(t("fee_reverse_now"))

        self.page.ask(t("fee_reverse_title"), draw, self._reverse)

    async def _reverse(self, deed: Deed) -> bool:
        made: list[Reversal] = []

        async def reverse() -> None:
            reason = deed.fields.get("reason", "")
            fee_id = next((fee.id for fee in self._shown.fees if str(fee.id) == deed.value), None)
            if fee_id is None:
                raise Refusal("fee_not_found")
            async with self.seat.deed(Permission.ASK_FOR_MONEY_BACK) as session:
                made.append(
                    await reversals.request_reversal(
                        session,
                        self.seat.principal,
                        fee_id,
                        reason=reason,
                        note=words_in(deed.fields, "note", needed=False),
                        now=self.seat.now(),
                        district=self.seat.district,
                    )
                )

        if not await self.page.conclude(reverse, ""):
            return False
        t, done = self.t, made[0]
        why = t.known("why_pending", done.why_pending or "", "why_pending_other")
        self.page.told(t("fee_reversed_done") if done.status == "posted" else t("fee_pending_done", why=why))
        return True

    def _ask_charge(self) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            pen("p", t("fee_charge_help"), "about")
            with form(pen, t, "charge", key=self.page.key("charge")) as fields:
                fields.radios("code", t("fee"), [(code, t(f"fee_{code}")) for code in BY_HAND], chosen=BY_HAND[0])
                with feet(pen):
                    fields.cancel()
                    fields.send(t("fee_charge_now"))

        self.page.ask(t("fee_charge_title"), draw, self._charge)

    async def _charge(self, deed: Deed) -> bool:
        async def charge() -> None:
            code = deed.fields.get("code", "")
            async with self.seat.deed(Permission.CHARGE_FEE) as session:
                await service.charge_by_hand(
                    session,
                    self.page.account_id,
                    code if code in BY_HAND else BY_HAND[0],
                    caused_by_entry_id=None,
                    worked_at=None,
                    idempotency_key=f"console:{deed.fields.get('key', '')}",
                    now=self.seat.now(),
                    district=self.seat.district,
                )

        return await self.page.conclude(charge, self.t("fee_charged_done"), "charge")
