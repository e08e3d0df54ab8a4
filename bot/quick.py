"""Rasa's costliest habits, replaced by something that does the same: done once, when an engine is loaded.

Measured over whole turns: making every default action anew for each prediction, copying each slot by way of
pickling, and checking each action's answer against a JSON schema that is checked as well.
"""

from typing import Any, TypeVar

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.slots import Slot

from bot.action_server import check_action_result

SlotType = TypeVar("SlotType", bound=Slot)


def _copied(slot: SlotType) -> SlotType:
    """A slot with the same value: what `copy.copy` gives, without pickling."""
    made: SlotType = object.__new__(type(slot))
    made.__dict__.update(slot.__dict__)
    return made


def be_quick() -> None:
    """Once is enough; more is harmless."""
    slot_type: Any = Slot
    action_type: Any = RemoteAction
    slot_type.__copy__ = _copied
    action_type._validate_action_result = lambda self, result: check_action_result(result)
