"""One case on the right: its head with what can be done, the conversation, and what is known."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from nicegui.elements.mixins.text_element import TextElement

from backend.console.facts_pane import draw_facts
from backend.console.queue_pane import priority_name
from backend.console.recordings_pane import draw_recordings
from backend.console.surroundings import PREFIX
from backend.console.tags import FOLLOW, button, form, set_text, tag
from backend.console.transcript import Composer, Transcript
from backend.console.views import Case
from backend.console.words import Wording
from backend.staff.permissions import Permission, SignedIn

DISPOSITIONS = ("resolved", "callback_done", "transferred", "no_answer", "duplicate", "other")


class Deeds(Protocol):
    """What the pane asks its page to do."""

    async def take(self) -> None: ...

    async def take_over(self) -> None: ...

    async def answer(self, text: str) -> None: ...

    async def give_back(self) -> None: ...

    async def close(self, disposition: str, note: str) -> None: ...

    async def leave_case(self) -> None: ...

    async def mark_shut_off(self, today: bool) -> None: ...


class CasePane:
    """Drawn once for a case; `show` then renews the parts that changed and leaves the rest."""

    def __init__(self, t: Wording, me: SignedIn, district_name: str, deeds: Deeds) -> None:
        self._t, self._me, self._deeds, self._district = t, me, deeds, district_name
        self._head_of: object = None
        self._facts_of: object = None
        self._foot_of: object = None
        self._sounds_of: object = ()
        self._closing = False

    def build(self, case: Case) -> None:
        with tag("div", css="case-head") as self._head:
            pass
        with tag("div", css="case-body"):
            with tag("div", css="talk"):
                self._transcript = Transcript(self._t, case.item.language)
                self._foot = tag("div", css="talk-foot")
            with tag("aside", css="known", tabindex="0", aria_label=self._t("facts")):
                # A part of its own: a player that is drawn anew stops playing.
                self._sounds = tag("div", css="inside")
                self._facts = tag("div", css="inside")

    def show(self, case: Case, now: datetime, viewers: tuple[str, ...]) -> None:
        """Bring the pane up to date with `case`."""
        self._case = case
        item = case.item
        who = (item.state, item.staff_id, item.customer_name, case.mode)
        head = (*who, viewers, case.assistant_continues, case.shut_off_on)
        if head != self._head_of:
            self._head_of = head
            self._draw_head(viewers)
        set_text(self._since, self._since_words(now))
        self._transcript.show(case, now)
        facts = (
            case.summary,
            case.details,
            item.reason,
            item.verification_level,
            case.facts,
            case.steps,
            item.place,
            item.why,
        )
        if facts != self._facts_of:
            self._facts_of = facts
            self._facts.clear()
            with self._facts:
                draw_facts(self._t, case, now)
        if case.recordings != self._sounds_of:
            self._sounds_of = case.recordings
            self._sounds.clear()
            with self._sounds:
                draw_recordings(self._t, case, now)
        self._draw_foot()

    def _since_words(self, now: datetime) -> str:
        if self._case.item.state == "closed":
            return ""
        return self._t("since", time=self._t.clock_time(self._case.item.created_at, now))

    def _has_it(self) -> bool:
        return self._case.item.state == "taken" and self._case.item.staff_id == self._me.id

    def _draw_head(self, viewers: tuple[str, ...]) -> None:
        t, item = self._t, self._case.item
        self._head.clear()
        with self._head:
            back = tag("a", f"← {t('queue')}", "back", href=f"{PREFIX}/")
            back.on("click", self._deeds.leave_case, js_handler=FOLLOW)
            with tag("div", css="case-title"):
                tag("h2", item.customer_name or t("unknown_customer"), id="case-title", tabindex="-1")
                tag("span", item.reference, "reference")
                if priority_name(item) != "normal":
                    tag("span", t(f"priority_{priority_name(item)}"), "priority", data_priority=priority_name(item))
            with tag("p", css="case-line"):
                channel = t.known("channel", item.channel, "channel")
                for words in (channel, t(f"speaks_{item.language}"), item.department):
                    tag("span", words, "chip")
                tag("span", self._state_words(), "state", data_state=item.state, id="case-state")
                self._since: TextElement = tag("span", css="since")
            if viewers:
                tag("p", t("viewing", names=", ".join(viewers)), "viewing")
            if self._case.assistant_continues and item.state == "waiting":
                tag("p", t("assistant_continues"), "viewing")
            with tag("div", css="deeds"):
                self._draw_deeds()

    def _state_words(self) -> str:
        item = self._case.item
        if item.state != "taken":
            return self._t.known("state", item.state, "state_waiting")
        if self._has_it():
            return self._t("held_by_you")
        return self._t("held_by", name=item.staff_name or self._t("someone"))

    def _draw_deeds(self) -> None:
        t, state = self._t, self._case.item.state
        if self._has_it():
            button(t("give_back"), self._deeds.give_back, "button")
            button(t("close_case"), self._start_closing, "button", id="start-closing")
        elif state == "waiting":
            button(t("take"), self._deeds.take, "button main", id="take")
        if state == "waiting" and self._case.shut_off_on is None:
            button(t("mark_shut_off"), lambda: self._deeds.mark_shut_off(True), "button", id="mark-shut-off")
        elif state == "waiting":
            button(t("unmark_shut_off"), lambda: self._deeds.mark_shut_off(False), "button", id="mark-shut-off")
        elif state == "taken" and not self._has_it() and self._me.may(Permission.TAKE_OVER_CASE):
            button(t("take_over"), self._deeds.take_over, "button", id="take-over")

    def _start_closing(self) -> None:
        self._closing = True
        self._draw_foot()
        self._foot.client.run_javascript("headgate.focus('disposition')")

    def _stop_closing(self) -> None:
        self._closing = False
        self._draw_foot()
        self._foot.client.run_javascript("headgate.focus('start-closing')")

    def _draw_foot(self) -> None:
        case = self._case
        foot: tuple[bool, bool, bool, UUID] = (self._has_it(), case.can_answer, self._closing, case.item.id)
        if foot == self._foot_of:
            return
        self._foot_of = foot
        self._foot.clear()
        with self._foot:
            if not self._has_it():
                self._closing = False
                if case.item.state in ("waiting", "taken"):
                    tag("p", self._t("answer_takes"), "help")
            elif self._closing:
                self._draw_closing()
            elif not case.can_answer:
                tag("p", self._t("answer_no_number"), "help")
            else:
                Composer(self._t, case, self._greeting(), self._deeds.answer)

    def _greeting(self) -> str:
        first_name = self._me.name.split(" ")[0]
        return self._t(f"greeting_{self._case.item.language}", name=first_name, district=self._district)

    def _draw_closing(self) -> None:
        t = self._t
        with form(self._close, "closing"):
            tag("label", t("disposition"), for_="disposition")
            with tag("select", id="disposition", name="disposition"):
                for name in DISPOSITIONS:
                    tag("option", t(f"disposition_{name}"), value=name)
            tag("label", t("note"), for_="note")
            tag("textarea", id="note", name="note", rows="2", maxlength="2000", aria_describedby="note-help")
            tag("p", t("note_help"), "help", id="note-help")
            with tag("div", css="closing-foot"):
                button(t("cancel"), self._stop_closing, "button")
                tag("button", t("close_now"), "button main", type="submit")

    async def _close(self, fields: dict[str, str]) -> None:
        await self._deeds.close(fields.get("disposition", ""), fields.get("note", ""))
