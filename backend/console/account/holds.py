"""What keeps fees and shut-offs away: holds with their reasons, and low-income declarations (HSC 116914)."""

from dataclasses import dataclass
from uuid import UUID

from backend.accounts import holds, low_income
from backend.accounts.holds import Hold
from backend.accounts.low_income import Declaration
from backend.console.account.view import Look, View
from backend.console.forms import day_in, feet, form, words_in
from backend.console.pen import Pen
from backend.console.seat import Refusal
from backend.console.sheet import Deed
from backend.console.tables import table
from backend.models.account_hold import HOLD_KINDS, INCOME_PROGRAMS
from backend.staff.permissions import Permission

OWN_WORD = "declaration"


@dataclass(frozen=True, slots=True)
class _Shown:
    holds: tuple[Hold, ...]
    declarations: tuple[Declaration, ...]


class Holds(View):
    """Live ones first in their lists; ended ones stay to be seen."""

    name = "holds"

    async def read(self, look: Look) -> _Shown:
        return _Shown(
            tuple(await holds.holds_of(look.session, look.account_id, look.today)),
            tuple(await low_income.declarations_of(look.session, look.account_id, look.today)),
        )

    def draw(self, pen: Pen, shown: _Shown) -> None:
        t, me = self.t, self.seat.me
        with pen.within("section", "panel flush", aria_labelledby="holds-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("account_tab_holds"), id="holds-title")
                if me.may(Permission.PLACE_HOLD):
                    pen.button(t("hold_place"), "ask_hold")
            if shown.holds:
                self._draw_holds(pen, shown.holds)
            else:
                with pen.within("p", "nothing"):
                    pen("strong", t("holds_nothing"))
                    pen.text(t("holds_nothing_help"))
        with pen.within("section", "panel flush", aria_labelledby="low-income-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("low_income"), id="low-income-title")
                if me.may(Permission.RECORD_LOW_INCOME):
                    with pen.within("span", "marks"):
                        pen.button(t("low_income_record"), "ask_low_income")
                        if any(one.is_live for one in shown.declarations):
                            pen.button(t("low_income_withdraw"), "withdraw")
            if shown.declarations:
                self._draw_declarations(pen, shown.declarations)
            else:
                pen("p", t("low_income_nothing"), "nothing")

    def _draw_holds(self, pen: Pen, found: tuple[Hold, ...]) -> None:
        t, me = self.t, self.seat.me
        columns = [
            (t("hold"), ""),
            (t("from"), "day"),
            (t("until"), "day"),
            (t("note"), ""),
            (t("by"), ""),
            ("", "deeds-cell"),
        ]
        with table(pen, t("account_tab_holds"), columns) as rows:
            for hold in found:
                with rows.row("" if hold.is_live else "over"):
                    with rows.within("lead-cell"):
                        pen.text(t.known("hold", hold.kind, "hold_other"))
                        state, css = ("hold_live", "mark warn after") if hold.is_live else ("hold_over", "mark after")
                        pen("span", t(state), css)
                    rows.cell(t.day(hold.started_on))
                    rows.cell(t.day(hold.ended_on) if hold.ended_on else t("hold_until_lifted"))
                    with rows.within():
                        pen.text(hold.note)
                        if hold.lift_note:
                            pen(
                                "span",
                                t("hold_lifted", name=hold.lifted_by or t("someone"), note=hold.lift_note),
                                "sub",
                            )
                    rows.cell(hold.placed_by or t("someone"))
                    with rows.within():
                        if hold.is_live and hold.lift_note is None and me.may(Permission.LIFT_HOLD):
                            pen.button(t("hold_lift"), "ask_lift", hold.id)

    def _draw_declarations(self, pen: Pen, found: tuple[Declaration, ...]) -> None:
        t = self.t
        columns = [(t("low_income_basis"), ""), (t("from"), "day"), (t("until"), "day"), (t("by"), "")]
        with table(pen, t("low_income"), columns) as rows:
            for one in found:
                with rows.row("" if one.is_live else "over"):
                    with rows.within("lead-cell"):
                        pen.text(t.known("program", one.program or OWN_WORD, "program_declaration"))
                        pen("span", t("hold_live" if one.is_live else "hold_over"), "mark after")
                    rows.cell(t.day(one.declared_on))
                    rows.cell(t.day(one.expires_on))
                    rows.cell(one.recorded_by or t("said_assistant"))

    async def press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "ask_hold":
                self._ask_hold()
            case "ask_lift":
                self._ask_lift(UUID(deed.value))
            case "ask_low_income":
                self._ask_low_income()
            case "withdraw":
                await self._withdraw()
            case _:
                return await super().press(deed)
        return None

    def _ask_hold(self) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            pen("p", t("hold_help"), "about")
            with form(pen, t, "hold") as fields:
                kinds = [(kind, t(f"hold_{kind}")) for kind in HOLD_KINDS]
                fields.radios("kind", t("hold"), kinds, chosen=HOLD_KINDS[0])
                fields.field("until", t("until"), "date", help=t("hold_until_help"), min=self.seat.today().isoformat())
                fields.words("note", t("why"), help=t("why_kept"))
                with feet(pen):
                    fields.cancel()
                    fields.send(t("hold_place"))

        self.page.ask(t("hold_title"), draw, self._place)

    async def _place(self, deed: Deed) -> bool:
        async def place() -> None:
            until, note = day_in(deed.fields, "until"), words_in(deed.fields, "note")
            kind = deed.fields.get("kind", "")
            async with self.seat.deed(Permission.PLACE_HOLD) as session:
                await holds.place_hold(
                    session,
                    self.seat.principal,
                    self.page.account_id,
                    kind=kind if kind in HOLD_KINDS else HOLD_KINDS[0],
                    note=note,
                    until=until,
                    today=self.seat.today(),
                    now=self.seat.now(),
                )

        return await self.page.conclude(place, self.t("hold_placed"))

    def _ask_lift(self, hold_id: UUID) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            pen("p", t("hold_lift_help"), "about")
            with form(pen, t, "lift", value=hold_id) as fields:
                fields.words("note", t("why"), help=t("why_kept"), autofocus=True)
                with feet(pen):
                    fields.cancel()
                    fields.send(t("hold_lift"))

        self.page.ask(t("hold_lift_title"), draw, self._lift)

    async def _lift(self, deed: Deed) -> bool:
        async def lift() -> None:
            note = words_in(deed.fields, "note")
            async with self.seat.deed(Permission.LIFT_HOLD) as session:
                await holds.lift_hold(
                    session,
                    self.seat.principal,
                    self.page.account_id,
                    UUID(deed.value),
                    note=note,
                    today=self.seat.today(),
                    now=self.seat.now(),
                )

        return await self.page.conclude(lift, self.t("hold_lifted_done"))

    def _ask_low_income(self) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            pen("p", t("low_income_help"), "about")
            with form(pen, t, "low_income") as fields:
                given = (*INCOME_PROGRAMS, OWN_WORD)
                fields.radios("program", t("low_income_basis"), [(one, t(f"program_{one}")) for one in given])
                with feet(pen):
                    fields.cancel()
                    fields.send(t("low_income_record"))

        self.page.ask(t("low_income"), draw, self._declare)

    async def _declare(self, deed: Deed) -> bool:
        async def declare() -> None:
            chosen = deed.fields.get("program", "")
            if chosen not in (*INCOME_PROGRAMS, OWN_WORD):
                raise Refusal("choice_needed", field="program")
            async with self.seat.deed(Permission.RECORD_LOW_INCOME) as session:
                await low_income.declare_low_income(
                    session,
                    self.seat.principal,
                    self.page.account_id,
                    program=None if chosen == OWN_WORD else chosen,
                    now=self.seat.now(),
                    district=self.seat.district,
                )

        return await self.page.conclude(declare, self.t("low_income_recorded"))

    async def _withdraw(self) -> bool:
        async def withdraw() -> None:
            async with self.seat.deed(Permission.RECORD_LOW_INCOME) as session:
                await low_income.withdraw_low_income(
                    session,
                    self.seat.principal,
                    self.page.account_id,
                    now=self.seat.now(),
                    district=self.seat.district,
                )

        return await self.page.do(withdraw, self.t("low_income_withdrawn"))
