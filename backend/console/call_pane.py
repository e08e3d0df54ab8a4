"""The call of an open case: who is on it, and what can be done with it."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from backend.console.tags import button, form, tag
from backend.console.views import Call
from backend.console.words import Wording
from backend.staff.permissions import Permission, SignedIn

MANNERS = ("listen", "coach", "talk")


class CallDeeds(Protocol):
    """What the pane asks its page to do with the call."""

    async def hang_up(self) -> None: ...

    async def to_assistant(self) -> None: ...

    async def to_department(self, department: str) -> None: ...

    async def consult(self, colleague: str, private: bool) -> None: ...

    async def bring_together(self) -> None: ...

    async def pause_recording(self, on: bool) -> None: ...

    async def supervise(self, manner: str) -> None: ...


class CallPane:
    """Drawn anew when the call changes; nothing when there is none."""

    def __init__(self, t: Wording, me: SignedIn, deeds: CallDeeds) -> None:
        self._t, self._me, self._deeds = t, me, deeds
        self._shown: object = None

    def build(self) -> None:
        self._area = tag("section", css="call", aria_label=self._t("call"))

    def show(self, call: Call | None, now: datetime) -> None:
        """Bring it up to date."""
        if call == self._shown:
            return
        self._shown = call
        self._area.clear()
        if call is not None:
            with self._area:
                self._draw(call, now)

    def _draw(self, call: Call, now: datetime) -> None:
        t, line = self._t, call.line
        words = t(f"call_{line.contact}_{line.state}")
        if line.contact == "callback" and line.not_before and line.not_before > now:
            words += " " + t("callback_from", time=t.clock_time(line.not_before, now))
        tag("p", words, "call-state", id="call-state", data_state=line.state)
        with tag("ul", css="parties"):
            for party in line.parties:
                name = party.name or t("the_customer")
                role, state = t(f"leg_{party.role}_{party.manner}"), t(f"leg_state_{party.state}")
                tag("li", f"{name} · {role} · {state}", data_leg=party.state)
        if call.recording is not None:
            tag("p", t(f"recording_{call.recording}"), "help", id="call-recording", data_state=call.recording)
        if line.state == "talking":
            self._draw_deeds(call, any(self._is_mine(party.staff_id, party.state) for party in line.parties))

    def _is_mine(self, staff_id: UUID | None, state: str) -> bool:
        return staff_id == self._me.id and state == "joined"

    def _draw_deeds(self, call: Call, mine: bool) -> None:
        t = self._t
        talks = any(
            party.staff_id == self._me.id and party.role in ("lead", "consult") and party.state == "joined"
            for party in call.line.parties
        )
        with tag("div", css="deeds"):
            if talks:
                button(t("call_hang_up"), self._deeds.hang_up, "button", id="call-hang-up")
                if call.line.knows_assistant:
                    button(t("call_to_assistant"), self._deeds.to_assistant, "button", id="call-to-assistant")
                if call.recording is not None:
                    on = call.recording == "running"
                    words = t("recording_pause" if on else "recording_resume")
                    button(words, lambda: self._deeds.pause_recording(on), "button", id="pause-recording")
                if any(party.role == "consult" for party in call.line.parties):
                    button(t("call_together"), self._deeds.bring_together, "button", id="call-together")
            elif self._me.may(Permission.SUPERVISE_CALLS):
                for manner in MANNERS:
                    button(t(f"supervise_{manner}"), lambda manner=manner: self._deeds.supervise(manner), "button")
        if talks:
            self._draw_department(call)
            self._draw_colleague(call)

    def _draw_department(self, call: Call) -> None:
        t = self._t

        async def send(fields: dict[str, str]) -> None:
            await self._deeds.to_department(fields.get("department", ""))

        with form(send, "call-form"):
            tag("label", t("call_department"), for_="call-department")
            with tag("select", id="call-department", name="department"):
                for key, english, spanish in call.departments:
                    tag("option", spanish if t.language == "es" else english, value=key)
            tag("button", t("call_transfer"), "button", type="submit", id="call-transfer")

    def _draw_colleague(self, call: Call) -> None:
        t = self._t
        if not call.colleagues:
            tag("p", t("call_no_colleague"), "help")
            return

        async def send(fields: dict[str, str]) -> None:
            await self._deeds.consult(fields.get("colleague", ""), bool(fields.get("private")))

        with form(send, "call-form"):
            tag("label", t("call_colleague"), for_="call-colleague")
            with tag("select", id="call-colleague", name="colleague"):
                for staff_id, name in call.colleagues:
                    tag("option", name, value=str(staff_id))
            with tag("label", css="check"):
                tag("input", type="checkbox", name="private", value="1", checked=True)
                tag("span", t("call_private"))
            tag("button", t("call_consult"), "button", type="submit", id="call-consult")
