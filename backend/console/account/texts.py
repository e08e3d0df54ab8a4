"""Which of the customer's numbers take texts and automatic calls, why others do not, and what was said about it."""

from dataclasses import dataclass

from backend.consent import service as consent
from backend.consent.rules import About
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
        if one.calls_stopped_by is not None and one.calls_stopped_at is not None:
            pen("span", t(f"calls_stopped_{one.calls_stopped_by}"), "mark bad")
            pen("span", t("texts_since", time=t.clock_time(one.calls_stopped_at, now)), "sub")

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
        which = "stop" if one.calls_stopped_by is None else "allow"
        words = self.t(f"calls_{which}")
        pen.button(words, f"ask_calls_{which}", one.phone, aria_label=label.format(words))

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
                            pen.text(t(f"{one.about}_{one.kind}"))
                            name = one.staff_name or t("someone")
                            pen("span", t(f"texts_source_{one.source}", name=name), "sub")
                        rows.cell(one.wording)

    async def press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "ask_stop" | "ask_allow":
                self._ask("texts", deed.name.removeprefix("ask_"), deed.value)
            case "ask_calls_stop" | "ask_calls_allow":
                self._ask("calls", deed.name.removeprefix("ask_calls_"), deed.value)
            case _:
                return await super().press(deed)
        return None

    def _ask(self, about: About, which: str, phone: str) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            with form(pen, t, f"{about}-{which}", value=phone) as fields:
                fields.words("wording", t("texts_wording"), help=t("why_kept"), autofocus=True)
                with feet(pen):
                    fields.cancel()
                    fields.send(t(f"{about}_{which}"))

        title = t(f"{about}_{which}_title", phone=t.phone(phone))
        self.page.ask(title, draw, lambda deed: self._keep(about, which, deed))

    async def _keep(self, about: About, which: str, deed: Deed) -> bool:
        async def keep() -> None:
            wording, seat = words_in(deed.fields, "wording"), self.seat
            work = consent.withdraw if which == "stop" else consent.give
            async with seat.deed(Permission.CHANGE_OPTIONS) as session:
                who, account_id = seat.principal, self.page.account_id
                await work(session, who, account_id, deed.value, wording=wording, now=seat.now(), about=about)

        done = self.t(f"{about}_is_stopped" if which == "stop" else f"{about}_is_allowed")
        return await self.page.conclude(keep, done)
