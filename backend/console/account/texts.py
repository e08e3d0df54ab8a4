"""Which of the customer's numbers take texts, why others do not, and every word that was said about it."""

from dataclasses import dataclass

from backend.consent import service as consent
from backend.consent.service import Number, Statement
from backend.console.account.view import Look, View
from backend.console.forms import feet, form, words_in
from backend.console.pen import Pen
from backend.console.sheet import Deed
from backend.console.tables import table
from backend.staff.permissions import Permission


@dataclass(frozen=True, slots=True)
class _Shown:
    numbers: tuple[Number, ...]
    said: tuple[Statement, ...]


class Texts(View):
    """Landlines and blocked numbers are learned from the carrier's errors; consent from customers' words."""

    name = "texts"

    async def read(self, look: Look) -> _Shown:
        numbers = await consent.numbers_of(look.session, look.account_id)
        said = await consent.history(look.session, [one.phone for one in numbers])
        return _Shown(tuple(numbers), tuple(said))

    def draw(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        columns = [(t("texts_number"), ""), (t("texts_state"), ""), ("", "deeds-cell")]
        with pen.within("section", "panel flush", aria_labelledby="texts-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("texts_title"), id="texts-title")
            with table(pen, t("texts_title"), columns) as rows:
                for one in shown.numbers:
                    with rows.row():
                        rows.cell(t.phone(one.phone), "lead-cell")
                        with rows.within():
                            self._draw_state(pen, one)
                        with rows.within():
                            self._draw_deed(pen, one)
        if shown.said:
            self._draw_said(pen, shown.said)

    def _draw_state(self, pen: Pen, one: Number) -> None:
        t, now = self.t, self.seat.now()
        if one.takes_texts:
            pen("span", t("texts_ok"), "mark good")
        if one.unreachable is not None and one.unreachable_since is not None:
            pen("span", t(f"texts_unreachable_{one.unreachable}"), "mark warn")
            pen("span", t("texts_since", time=t.clock_time(one.unreachable_since, now)), "sub")
        if one.stopped_by is not None and one.stopped_at is not None:
            pen("span", t(f"texts_stopped_{one.stopped_by}"), "mark bad")
            pen("span", t("texts_since", time=t.clock_time(one.stopped_at, now)), "sub")
        if not one.texts_allowed:
            pen("span", t("texts_no_consent"), "mark")

    def _draw_deed(self, pen: Pen, one: Number) -> None:
        if not self.seat.me.may(Permission.CHANGE_OPTIONS):
            return
        label = f"{{}}: {self.t.phone(one.phone)}"
        if one.stopped_by is None:
            words = self.t("texts_stop")
            pen.button(words, "ask_stop", one.phone, aria_label=label.format(words))
        if one.stopped_by in ("words", "staff") or one.unreachable is not None:
            words = self.t("texts_allow")
            pen.button(words, "ask_allow", one.phone, aria_label=label.format(words))

    def _draw_said(self, pen: Pen, said: tuple[Statement, ...]) -> None:
        t, now = self.t, self.seat.now()
        columns = [(t("texts_when"), "day"), (t("texts_state"), ""), (t("note"), "")]
        with pen.within("section", "panel flush", aria_labelledby="said-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("texts_said"), id="said-title")
            with table(pen, t("texts_said"), columns) as rows:
                for one in said:
                    with rows.row():
                        rows.cell(t.clock_time(one.at, now))
                        with rows.within():
                            pen.text(t(f"texts_{one.kind}"))
                            name = one.staff_name or t("someone")
                            pen("span", t(f"texts_source_{one.source}", name=name), "sub")
                        rows.cell(one.wording)

    async def press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "ask_stop":
                self._ask("stop", deed.value)
            case "ask_allow":
                self._ask("allow", deed.value)
            case _:
                return await super().press(deed)
        return None

    def _ask(self, which: str, phone: str) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            with form(pen, t, f"texts-{which}", value=phone) as fields:
                fields.words("wording", t("texts_wording"), help=t("why_kept"), autofocus=True)
                with feet(pen):
                    fields.cancel()
                    fields.send(t(f"texts_{which}"))

        title = t(f"texts_{which}_title", phone=t.phone(phone))
        self.page.ask(title, draw, self._stop if which == "stop" else self._allow)

    async def _stop(self, deed: Deed) -> bool:
        async def stop() -> None:
            wording, seat = words_in(deed.fields, "wording"), self.seat
            async with seat.deed(Permission.CHANGE_OPTIONS) as session:
                who, account_id = seat.principal, self.page.account_id
                await consent.withdraw(session, who, account_id, deed.value, wording=wording, now=seat.now())

        return await self.page.conclude(stop, self.t("texts_is_stopped"))

    async def _allow(self, deed: Deed) -> bool:
        async def allow() -> None:
            wording, seat = words_in(deed.fields, "wording"), self.seat
            async with seat.deed(Permission.CHANGE_OPTIONS) as session:
                who, account_id = seat.principal, self.page.account_id
                await consent.give(session, who, account_id, deed.value, wording=wording, now=seat.now())

        return await self.page.conclude(allow, self.t("texts_is_allowed"))
