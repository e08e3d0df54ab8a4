"""Where a long conversation may be cut, and what must be known of the part before the cut.

Rules look at the latest turns, the slots and the active form. So the turns before the last few
are replaced, for the policies, by events that set the same slots and the same form; the cost of
a turn then does not grow with the conversation.
"""

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

EVENTS_MAX = 30
TURNS_KEPT = 3


def find_cut(events: list[Event]) -> int:
    """The index of the first event to keep: 0 while `events` are few.

    It follows the `action_listen` that ended the turn before the last `TURNS_KEPT`.
    """
    if len(events) <= EVENTS_MAX:
        return 0
    turns = 0
    for at in range(len(events) - 1, 0, -1):
        turns += isinstance(events[at], UserUttered)
        before = events[at - 1]
        listens = isinstance(before, ActionExecuted) and before.action_name == ACTION_LISTEN_NAME
        if turns >= TURNS_KEPT and listens:
            return at
    return 0


def head_before(conversation_id: str, events: list[Event], domain: Domain) -> list[Event]:
    """Events that bring a new tracker to the same slots and form as `events` do."""
    past = DialogueStateTracker.from_events(conversation_id, events, domain.slots)
    head: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    for name, slot in past.slots.items():
        if slot.value != slot.initial_value:
            head.append(SlotSet(name, slot.value))
    if past.active_loop_name:
        head.append(ActiveLoop(past.active_loop_name))
    head.append(ActionExecuted(ACTION_LISTEN_NAME))
    return head
