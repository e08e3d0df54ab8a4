"""The queue on the left: one link a case, kept in order without touching what did not change."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from nicegui.elements.mixins.text_element import TextElement

from backend.console.surroundings import PREFIX
from backend.console.tags import FOLLOW, button, set_attribute, set_text, tag
from backend.console.views import QueueItem
from backend.console.words import Wording

FILTERS = ("open", "waiting", "mine")
EMERGENCY, URGENT = 0, 1


def priority_name(item: QueueItem) -> str:
    """`emergency`, `urgent` or `normal`."""
    return "emergency" if item.priority <= EMERGENCY else "urgent" if item.priority == URGENT else "normal"


class Row:
    """One case: why and how long on the first line, who and how on the second, whose on the third."""

    def __init__(self, item: QueueItem, t: Wording, open_case: Callable[[UUID], Awaitable[None]]) -> None:
        self._t = t
        with tag("li") as self.element:
            self.link = tag("a", href=f"{PREFIX}/cases/{item.id}", css="row", data_case=item.reference)
            self.link.on("click", lambda: open_case(item.id), js_handler=FOLLOW)
            with self.link:
                self._priority = tag("span", css="priority")
                self._reason = tag("span", css="reason")
                self._waiting = tag("span", css="waiting")
                self._who = tag("span", css="who")
                self._how = tag("span", css="how")
                self._whose = tag("span", css="whose")
                self._place = tag("span", css="place")

    def show(self, item: QueueItem, me: UUID, now: datetime, *, is_open: bool) -> None:
        t, urgency = self._t, priority_name(item)
        set_attribute(self.link, "data-priority", urgency)
        set_attribute(self.link, "data-state", item.state)
        set_attribute(self.link, "aria-current", "true" if is_open else None)
        set_text(self._priority, "" if urgency == "normal" else t(f"priority_{urgency}"))
        said_already = item.reason == urgency  # an emergency's mark says its reason
        set_text(self._reason, "" if said_already else t.known("reason", item.reason, "reason_other"))
        set_text(self._waiting, t.span(now - item.created_at))
        set_attribute(self._waiting, "title", t("since", time=t.clock_time(item.created_at, now)))
        set_text(self._who, item.customer_name or t("unknown_customer"))
        level = t.known("level_short", str(item.verification_level), "level_short_0")
        how = (t.known("channel", item.channel, "channel"), t(f"speaks_{item.language}"), level)
        set_text(self._how, " · ".join(how))
        set_text(self._whose, self._line_of_department(item, me))
        set_text(self._place, t("in_line", place=item.place) if item.place else "")

    def _line_of_department(self, item: QueueItem, me: UUID) -> str:
        if item.staff_id is None:
            return item.department
        holder = self._t("held_by_you") if item.staff_id == me else self._held_by(item)
        return f"{item.department} · {holder}"

    def _held_by(self, item: QueueItem) -> str:
        return self._t("held_by", name=item.staff_name or self._t("someone"))


class QueuePane:
    """The list with its filter and counts."""

    def __init__(self, t: Wording, me: UUID, open_case: Callable[[UUID], Awaitable[None]]) -> None:
        self._t, self._me, self._open_case = t, me, open_case
        self._filter = FILTERS[0]
        self._items: Sequence[QueueItem] = ()
        self._rows: dict[UUID, Row] = {}
        self._filters: dict[str, TextElement] = {}
        self._shown: tuple[datetime, UUID | None] | None = None

    def build(self) -> None:
        t = self._t
        with tag("section", css="queue", aria_labelledby="queue-title"):
            with tag("div", css="queue-head"):
                tag("h2", t("queue"), id="queue-title")
                self._counts = tag("p", css="counts", role="status")
            with tag("div", css="filters", role="group", aria_label=t("queue_filter")):
                for name in FILTERS:
                    self._filters[name] = button(t(f"filter_{name}"), lambda name=name: self._choose(name), "filter")
            self._list = tag("ul", css="rows")
            self._empty = tag("p", css="empty")
        self._mark_filter()

    def _choose(self, name: str) -> None:
        self._filter = name
        self._mark_filter()
        if self._shown is not None:
            self.show(self._items, *self._shown)

    def _mark_filter(self) -> None:
        for name, element in self._filters.items():
            set_attribute(element, "aria-pressed", "true" if name == self._filter else "false")

    @property
    def waiting(self) -> int:
        """How many cases nobody has."""
        return sum(item.state == "waiting" for item in self._items)

    def show(self, items: Sequence[QueueItem], now: datetime, open_id: UUID | None) -> None:
        """Put these cases on the page, in their order."""
        self._items, self._shown = items, (now, open_id)
        visible = [item for item in items if self._passes(item)]
        self._drop({item.id for item in visible})
        for place, item in enumerate(visible):
            row = self._rows.get(item.id) or self._add(item)
            row.show(item, self._me, now, is_open=item.id == open_id)
            if self._list.default_slot.children.index(row.element) != place:
                row.element.move(self._list, target_index=place)
        mine = sum(item.staff_id == self._me for item in items)
        set_text(self._counts, self._t("queue_counts", waiting=self.waiting, mine=mine))
        set_text(self._empty, "" if visible else self._t(f"queue_empty_{self._filter}"))

    def _passes(self, item: QueueItem) -> bool:
        if self._filter == "mine":
            return item.staff_id == self._me
        return self._filter == "open" or item.state == "waiting"

    def _add(self, item: QueueItem) -> Row:
        with self._list:
            row = Row(item, self._t, self._open_case)
        self._rows[item.id] = row
        return row

    def _drop(self, keep: set[UUID]) -> None:
        for case_id in self._rows.keys() - keep:
            self._list.remove(self._rows.pop(case_id).element)
