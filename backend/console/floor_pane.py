"""Above the queue: whether this person takes cases, what is offered to them, and how they have set themselves."""

from datetime import datetime
from typing import Protocol

from backend.console.tags import button, form, set_attribute, set_text, tag
from backend.console.views import FloorSeen
from backend.console.words import Wording

CHANNELS = ("voice", "sms", "chat")


class FloorDeeds(Protocol):
    """What the pane asks its page to do."""

    async def go(self, state: str) -> None: ...

    async def settle(self, fields: dict[str, str]) -> None: ...

    async def accept(self) -> None: ...

    async def decline(self) -> None: ...


class FloorPane:
    """Drawn once; `show` renews the words. The offer is an alert, so it is read out when it comes."""

    def __init__(self, t: Wording, deeds: FloorDeeds, departments: tuple[tuple[str, str], ...]) -> None:
        self._t, self._deeds, self._departments = t, deeds, departments
        self._offer_of: object = None
        self._settings_of: object = None

    def build(self) -> None:
        t = self._t
        with tag("section", css="floor", aria_label=t("floor")):
            with tag("div", css="floor-line"):
                self._state = tag("span", css="presence", id="presence", role="status")
                self._available = button(t("go_available"), lambda: self._deeds.go("available"), "button small")
                self._away = button(t("go_away"), lambda: self._deeds.go("away"), "button small")
            self._offer = tag("div", css="offer", role="alert")
            with tag("details", css="floor-settings"):
                tag("summary", t("floor_settings"), id="floor-settings")
                self._form = form(self._deeds.settle, "floor-form")

    def show(self, seen: FloorSeen, now: datetime) -> None:
        """Bring the pane up to date."""
        set_text(self._state, self._t(f"presence_{seen.state}"))
        set_attribute(self._state, "data-state", seen.state)
        set_attribute(self._available, "hidden", seen.state == "available")
        set_attribute(self._away, "hidden", seen.state == "away")
        self._show_offer(seen)
        settings = (seen.phone, seen.voice_max, seen.sms_max, seen.chat_max, seen.departments)
        if settings != self._settings_of:
            self._settings_of = settings
            self._form.clear()
            with self._form:
                self._draw_settings(seen)

    def _show_offer(self, seen: FloorSeen) -> None:
        t, offer = self._t, seen.offer
        key = None if offer is None else (offer.item.id, offer.expires_at)
        if key == self._offer_of:
            return
        self._offer_of = key
        self._offer.clear()
        if offer is None:
            return
        item = offer.item
        who = item.customer_name or t("unknown_customer")
        how = f"{t.known('channel', item.channel, 'channel')} · {t(f'speaks_{item.language}')} · {item.department}"
        with self._offer:
            tag("p", t("offer", reference=item.reference, who=who), "offer-words")
            tag("p", f"{how} · {t.known('reason', item.reason, 'reason_other')}", "how")
            with tag("div", css="deeds"):
                button(t("offer_accept"), self._deeds.accept, "button main", id="offer-accept")
                button(t("offer_decline"), self._deeds.decline, "button", id="offer-decline")

    def _draw_settings(self, seen: FloorSeen) -> None:
        t = self._t
        tag("label", t("floor_phone"), for_="phone")
        shown = t.phone(seen.phone) if seen.phone else ""
        tag(
            "input",
            id="phone",
            name="phone",
            type="tel",
            autocomplete="tel",
            value=shown,
            aria_describedby="phone-help",
        )
        tag("p", t("floor_phone_help"), "help", id="phone-help")
        with tag("div", css="counts-of"):
            for channel in CHANNELS:
                name = f"{channel}_max"
                with tag("div"):
                    tag("label", t(f"capacity_{channel}"), for_=name)
                    value = getattr(seen, name)
                    tag("input", id=name, name=name, type="number", min="0", max="20", value=str(value))
        with tag("fieldset"):
            tag("legend", t("floor_departments"))
            for key, words in self._departments:
                with tag("label", css="check"):
                    ticked = key in seen.departments
                    tag("input", type="checkbox", name=f"department-{key}", value="1", checked=ticked)
                    tag("span", words)
        tag("button", t("floor_save"), "button", type="submit", id="floor-save")
