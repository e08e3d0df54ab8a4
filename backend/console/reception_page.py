"""The front desk: who is expected, who is in the building, who was. At `/reception`."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui

from backend.console.forms import feet, form, needed_day, words_in
from backend.console.navigation import RECEPTION
from backend.console.page import BUILD_SECONDS, LivePage, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.tables import table
from backend.console.visits import NO_ONE, draw_past, draw_who
from backend.district.people import Person
from backend.reception import service
from backend.reception.service import Book, NewVisit, Visit
from backend.staff.permissions import Permission


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/reception", response_timeout=BUILD_SECONDS)(show_reception)


async def show_reception(request: Request, client: Client) -> Response | None:
    return await serve(request, client, RECEPTION, ReceptionPage)


class ReceptionPage(LivePage):
    """Who is here comes first: in an alarm it is the list that counts."""

    hears = frozenset({"visit"})

    def build(self) -> None:
        self._body = Sheet(self._press, css="column")
        self._visits: dict[str, Visit] = {}
        self._on: date | None = None
        self.title(self.t("nav_reception"))

    async def show(self) -> None:
        seat = self.seat
        async with seat.looking() as session:
            book = await service.book(session, seat.principal, district=seat.district, now=seat.now())
            on, past = self._on, list[Visit]()
            if on is not None:
                past = await service.day(session, seat.principal, on, district=seat.district)
        self._visits = {str(one.id): one for one in (*book.expected, *book.later, *book.here)}
        self._body.show(lambda pen: self._draw(pen, book, past))

    @property
    def _may_run(self) -> bool:
        return self.seat.me.may(Permission.RUN_RECEPTION)

    def _draw(self, pen: Pen, book: Book, past: Sequence[Visit]) -> None:
        t = self.t
        with pen.within("div", "page-head"):
            pen("h1", t("nav_reception"))
            pen("p", t("reception_lead"), "lead")
            if self._may_run:
                with pen.within("div", "feet start"):
                    pen.button(t("reception_new"), "ask_new", css="button main")
        self._draw_here(pen, book.here)
        self._draw_expected(pen, "expected", book.expected)
        if book.later:
            self._draw_expected(pen, "later", book.later)
        if book.over:
            with pen.within("section", "panel flush", aria_labelledby="over-title"):
                with pen.within("div", "panel-head"):
                    pen("h2", t("reception_over"), id="over-title")
                draw_past(pen, t, book.over, now=self.seat.now(), caption=t("reception_over"))
        self._draw_day(pen, past)

    def _draw_here(self, pen: Pen, visits: Sequence[Visit]) -> None:
        t = self.t
        with pen.within("section", "panel flush", aria_labelledby="here-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("reception_here"), id="here-title")
                pen("p", t.count("reception_here_count", len(visits)), "soft", role="status")
            if not visits:
                pen("p", t("reception_here_nobody"), "nothing")
                return
            columns = [
                (t("reception_badge"), ""), (t("reception_who"), ""), (t("reception_to"), ""),
                (t("reception_escort"), ""), (t("reception_since"), "day"), ("", "deeds-cell"),
            ]  # fmt: skip
            with table(pen, t("reception_here"), columns) as rows:
                for one in visits:
                    with rows.row():
                        rows.cell(one.badge or "", "lead-cell")
                        draw_who(pen, rows, t, one, self.seat.today())
                        rows.cell(one.host or NO_ONE)
                        rows.cell(one.escort or NO_ONE)
                        rows.cell(t.clock_time(one.came_at, self.seat.now()) if one.came_at else "")
                        with rows.within():
                            if self._may_run:
                                self._deed(pen, t("reception_leave"), "leave", one)

    def _draw_expected(self, pen: Pen, name: str, visits: Sequence[Visit]) -> None:
        t, today = self.t, self.seat.today()
        with pen.within("section", "panel flush", aria_labelledby=f"{name}-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t(f"reception_{name}"), id=f"{name}-title")
            if not visits:
                with pen.within("p", "nothing"):
                    pen("strong", t("reception_expected_nobody"))
                    pen.text(t("reception_expected_help"))
                return
            columns = [
                (t("reception_who"), ""), (t("reception_to"), ""), (t("reception_for"), ""),
                (t("reception_day"), "day"), ("", "deeds-cell"),
            ]  # fmt: skip
            with table(pen, t(f"reception_{name}"), columns) as rows:
                for one in visits:
                    with rows.row():
                        draw_who(pen, rows, t, one, self.seat.today())
                        rows.cell(one.host or NO_ONE)
                        with rows.within():
                            pen.text(one.purpose or NO_ONE)
                            pen("span", self._from_whom(one), "sub")
                        rows.cell(t.day(one.expected_on))
                        with rows.within():
                            if self._may_run and one.expected_on <= today:
                                self._deed(pen, t("reception_admit"), "ask_admit", one)
                            if self._may_run:
                                self._deed(pen, t("reception_turn_away"), "ask_turn_away", one)

    def _draw_day(self, pen: Pen, visits: Sequence[Visit]) -> None:
        """What happened on a day that somebody asks for."""
        t, on = self.t, self._on
        with pen.within("section", "panel flush", aria_labelledby="day-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("reception_another_day"), id="day-title")
                with form(pen, t, "day", css="form one-line") as fields:
                    fields.field("on", t("reception_day"), "date", value=on.isoformat() if on else "")
                    fields.send(t("reception_show"), css="button")
            if on is not None and visits:
                draw_past(pen, t, visits, now=self.seat.now(), caption=t("reception_on_day", day=t.day(on)))
            elif on is not None:
                pen("p", t("reception_nobody_on", day=t.day(on)), "nothing", role="status")

    async def _show_day(self, deed: Deed) -> bool:
        async def show_day() -> None:
            self._on = needed_day(deed.fields, "on")
            self.shell.say_done("")

        return await self.do(show_day)

    def _from_whom(self, one: Visit) -> str:
        if one.case_number is not None:
            return f"{self.t('reception_case', number=one.case_number)}, {self.t('reception_by_assistant')}"
        return self.t("reception_by", name=one.registered_by or NO_ONE)

    def _deed(self, pen: Pen, words: str, deed: str, one: Visit) -> None:
        pen.button(words, deed, str(one.id), aria_label=f"{words.rstrip('…')}: {one.who}")

    async def _press(self, deed: Deed) -> bool | None:
        match deed.name:
            case "ask_new":
                self._ask_new()
            case "ask_admit" if deed.value in self._visits:
                self._ask_admit(self._visits[deed.value])
            case "ask_turn_away" if deed.value in self._visits:
                self._ask_turn_away(self._visits[deed.value])
            case "day":
                return await self._show_day(deed)
            case "leave":
                return await self._leave(UUID(deed.value))
        return None

    def _ask_new(self) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            with form(pen, t, "visit", key=self.key("visit")) as fields:
                kinds = [(kind, t(f"reception_{kind}")) for kind in ("visitor", "vendor")]
                fields.radios("kind", t("reception_kind"), kinds, chosen="visitor")
                fields.field("name", t("reception_name"), maxlength=80)
                fields.field("company", t("reception_company"), maxlength=80)
                fields.field("host", t("reception_host"), help=t("reception_host_help"), maxlength=80)
                fields.field("purpose", t("reception_purpose"), maxlength=service.WORDS_MAX)
                fields.field("day", t("reception_day"), "date", value=self.seat.today().isoformat())
                with feet(pen):
                    fields.cancel()
                    fields.send(t("reception_save"))

        self.ask(t("reception_new"), draw, self._expect)

    async def _expect(self, deed: Deed) -> bool:
        async def expect() -> None:
            given, seat = deed.fields, self.seat
            words = {name: words_in(given, name, needed=False) for name in ("name", "company", "host", "purpose")}
            new = NewVisit(
                kind="vendor" if given.get("kind") == "vendor" else "visitor",
                expected_on=needed_day(given, "day"),
                **words,
            )
            async with seat.deed(Permission.RUN_RECEPTION) as session:
                key = given.get("key") or self.key("visit")
                await service.expect(session, seat.principal, new, key=key, district=seat.district, now=seat.now())

        return await self.conclude(expect, self.t("reception_saved"), form="visit")

    def _ask_admit(self, one: Visit) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            pen("p", t("reception_admit_help"), "about")
            with form(pen, t, "admit", value=one.id) as fields:
                fields.field("badge", t("reception_badge_number"), maxlength=20, autofocus=True)
                fields.field("escort", t("reception_escort_who"), help=t("reception_escort_help"), maxlength=80)
                if service.needs_approval(one, self.seat.today()):
                    fields.field("approved_by", t("reception_approved"), maxlength=80)
                with feet(pen):
                    fields.cancel()
                    fields.send(t("reception_admit_now"))

        self.ask(t("reception_admit_title", who=one.who), draw, self._admit)

    async def _admit(self, deed: Deed) -> bool:
        told: list[Person] = []

        async def admit() -> None:
            given, seat = deed.fields, self.seat
            async with seat.deed(Permission.RUN_RECEPTION) as session:
                host = await service.admit(
                    session,
                    seat.principal,
                    UUID(deed.value),
                    badge=given.get("badge", ""),
                    escort=given.get("escort", ""),
                    approved_by=given.get("approved_by", ""),
                    district=seat.district,
                    now=seat.now(),
                )
            if host is not None:
                told.append(host)

        if not await self.conclude(admit, ""):
            return False
        name = told[0].name if told else ""
        self.shell.say_done(self.t("reception_admitted_told", name=name) if told else self.t("reception_admitted"))
        return True

    def _ask_turn_away(self, one: Visit) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            with form(pen, t, "turn-away", value=one.id) as fields:
                fields.words("note", t("why"), help=t("why_kept"), autofocus=True)
                with feet(pen):
                    fields.cancel()
                    fields.send(t("reception_turn_away_now"))

        self.ask(t("reception_turn_away_title", who=one.who), draw, self._turn_away)

    async def _turn_away(self, deed: Deed) -> bool:
        async def turn_away() -> None:
            note, seat = words_in(deed.fields, "note"), self.seat
            async with seat.deed(Permission.RUN_RECEPTION) as session:
                await service.turn_away(session, seat.principal, UUID(deed.value), note=note, now=seat.now())

        return await self.conclude(turn_away, self.t("reception_turned_away"))

    async def _leave(self, visit_id: UUID) -> bool:
        async def leave() -> None:
            async with self.seat.deed(Permission.RUN_RECEPTION) as session:
                await service.leave(session, self.seat.principal, visit_id, now=self.seat.now())

        return await self.do(leave, self.t("reception_left"))
