"""The frame every action shares: who is asking, how to say it, and what to do when the backend is out.

An action answers with a response of the domain and says itself what comes next, so that the
engine need not ask its rules again: the form that is open, or listening.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import names, waiting
from actions.account_api import AccountApi, AccountApiError, BillingDown, Refused, Unavailable
from actions.account_types import HandOffRequest
from actions.topics import with_topic
from actions.wording import Wording

Event = dict[str, Any]
logger = structlog.get_logger()
_connected: list[AccountApi] = []


def connect(api: AccountApi | None) -> None:
    """Give the actions their account API; the server does this once when it starts (None: take it away)."""
    _connected[:] = [] if api is None else [api]


def account_api() -> AccountApi:
    """The account API of this process.

    :raises Unavailable: the server has not connected one.
    """
    if not _connected:
        raise Unavailable("no account API is connected")
    return _connected[0]


@dataclass(slots=True)
class Turn:
    """One run of one action: what the customer said, and the replies collected so far."""

    tracker: Tracker
    dispatcher: CollectingDispatcher
    offered: str | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def conversation_id(self) -> str:
        return str(self.tracker.sender_id)

    @property
    def channel(self) -> str:
        return str(self.metadata.get("channel") or self.slot(names.CHANNEL) or "chat")

    @property
    def language(self) -> str:
        return "es" if self.slot(names.LANGUAGE) == "es" else "en"

    @property
    def verification_level(self) -> int:
        return int(self.slot(names.VERIFICATION_LEVEL) or 0)

    @property
    def wording(self) -> Wording:
        return Wording(self.language, spoken=self.channel == "voice")

    @property
    def metadata(self) -> dict[str, Any]:
        return self.tracker.latest_message.get("metadata") or {}

    @property
    def text(self) -> str:
        return str(self.tracker.latest_message.get("text") or "")

    @property
    def now(self) -> datetime:
        """The time it is for the district, in its zone."""
        told = self.metadata.get("now")
        return datetime.fromisoformat(told) if told else datetime.now().astimezone()

    @property
    def intent(self) -> str:
        return str((self.tracker.latest_message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """How sure the engine is of the intent, 0 to 1."""
        return float((self.tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)

    def entities(self, kind: str) -> list[Any]:
        """Values of one kind of entity in the message, in the order of its text."""
        found = self.tracker.latest_message.get("entities") or []
        return [one["value"] for one in found if one.get("entity") == kind]

    @property
    def answered_already(self) -> bool:
        """Whether another action has answered this message, so that a form only asks again."""
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                return False
            form = self.tracker.active_loop_name
            if event.get("event") == "action" and event.get("name") not in {form, names.LISTEN}:
                return True
        return False

    def slot(self, name: str) -> Any:
        return self.tracker.slots.get(name)

    def set(self, name: str, value: Any) -> None:
        """Set a slot, for the rest of this action too."""
        self.tracker.slots[name] = value
        self.events.append(SlotSet(name, value))

    def say(self, response: str, *, buttons: list[dict[str, str]] | None = None, **variables: Any) -> None:
        """Answer with a response of the domain; `buttons` come after its own."""
        self.dispatcher.utter_message(response=response, buttons=buttons, **variables)

    def command(self, kind: str, **details: Any) -> None:
        """Tell telephony what else to do."""
        self.dispatcher.utter_message(json_message={"command": {"type": kind, **details}})

    def go_on_with(self, action: str) -> None:
        """Run this action or form next."""
        self.events.append(FollowupAction(action))

    @property
    def next_action(self) -> str | None:
        """What this action has said comes next."""
        following = [event["name"] for event in self.events if event["event"] == "followup"]
        return following[-1] if following else None

    def offer(self, what: str | None) -> None:
        """Remember what was offered, so that "yes" means it."""
        self.set(names.OFFER, what)

    def close_forms(self) -> None:
        """Leave any form and forget what was given in it."""
        self.events.append(ActiveLoop(None))
        self.tracker.active_loop = {}
        self.set(names.REQUESTED_SLOT, None)
        for slot in names.FORM_SLOTS:
            if self.slot(slot) is not None:
                self.set(slot, None)

    def finished_events(self) -> list[Event]:
        """The events of this action, with what comes next at the end.

        Who was offered something answers that first: a form that asked its own question too would take the yes.
        """
        if not any(event["event"] == "followup" for event in self.events):
            is_asked = bool(self.slot(names.OFFER))
            self.go_on_with(names.LISTEN if is_asked else self.tracker.active_loop_name or names.LISTEN)
        return self.events


def begin(tracker: Tracker, dispatcher: CollectingDispatcher) -> Turn:
    """A turn; what was offered before counts for this turn alone."""
    turn = Turn(tracker, dispatcher, offered=tracker.slots.get(names.OFFER))
    if turn.offered is not None:
        turn.offer(None)
    topics = turn.slot(names.TOPICS_ASKED) or []
    if (asked := with_topic(topics, turn.intent)) != topics:
        turn.set(names.TOPICS_ASKED, asked)
    return turn


class TopicAction(Action, ABC):
    """An action of a topic: `answer` does the work, and whatever fails the customer gets a sentence."""

    @abstractmethod
    async def answer(self, turn: Turn) -> None:
        """Say what there is to say and note what changed.

        :raises AccountApiError: the backend refused or is out; the customer is told.
        """

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Event]:
        """Rasa's entry: events and replies of one turn; never raises for what the backend does."""
        turn = begin(tracker, dispatcher)
        waiting.keep_second_request(turn)
        try:
            await self.answer(turn)
        except AccountApiError as error:
            await say_backend_is_out(turn, error, action=self.name())
        if self.name() in waiting.ACTIONS | waiting.SETTLE:
            waiting.go_on_with_second_request(turn)
            waiting.announce_second_request(turn)
        return turn.finished_events()


class FormValidation(Action, ABC):
    """Reads a form's answers from the message. The engine's form asks for what is requested next."""

    @abstractmethod
    async def fill(self, turn: Turn) -> None:
        """Take what the message gives, and request the next slot (None ends the form).

        A message that gives nothing leaves the slots alone: the form then steps aside for the rules.

        :raises AccountApiError: the backend refused or is out; the form ends and the customer is told.
        """

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Event]:
        """Rasa's entry: slots for the form; never raises for what the backend does."""
        turn = Turn(tracker, dispatcher, offered=tracker.slots.get(names.OFFER))
        if _is_for_the_offer(turn):
            turn.set(names.REQUESTED_SLOT, turn.slot(names.REQUESTED_SLOT))
            return turn.events
        try:
            await self.fill(turn)
        except AccountApiError as error:
            await say_backend_is_out(turn, error, action=self.name())
            finish_form(turn)
        if turn.next_action == names.LISTEN:
            waiting.go_on_with_second_request(turn)
        _forget_the_offer(turn)
        return turn.events


def _is_for_the_offer(turn: Turn) -> bool:
    """Whether a yes or no answers what was offered since the form's question, so that the form has to step aside."""
    is_open = turn.slot(names.REQUESTED_SLOT) is not None and not turn.answered_already
    return is_open and bool(turn.offered) and turn.intent in {"affirm", "deny"}


def _forget_the_offer(turn: Turn) -> None:
    """Whoever answers the form's question instead has not taken up what was offered before it."""
    taken = {event["name"] for event in turn.events if event["event"] == "slot"} - {names.REQUESTED_SLOT}
    if turn.offered and taken and names.OFFER not in taken:
        turn.offer(None)


def finish_form(turn: Turn, next_action: str = names.LISTEN) -> None:
    """End the open form and forget what was given in it."""
    turn.close_forms()
    # A form that reports nothing but its requested slot counts as not having understood.
    turn.set(names.IDENTITY_SECRET, None)
    turn.go_on_with(next_action)


async def say_backend_is_out(turn: Turn, error: AccountApiError, *, action: str) -> None:
    """Tell the customer plainly, and put the case in the queue if that much works."""
    logger.warning(
        "account API failed",
        conversation_id=turn.conversation_id,
        action=action,
        error=type(error).__name__,
        reason=error.name if isinstance(error, Refused) else str(error),
    )
    turn.close_forms()
    turn.set(names.WAITING, None)
    request = HandOffRequest(
        conversation_id=turn.conversation_id,
        channel=turn.channel,
        reason="backend_unavailable",
        summary=f"The assistant could not reach the account system while answering ({action}).",
        topic=turn.intent or None,
        assistant_continues=True,
    )
    try:
        filed = await account_api().hand_off(request)
    except AccountApiError:
        _say_without_case(turn)
        return
    said = "utter_billing_down" if isinstance(error, BillingDown) else "utter_backend_out_case_filed"
    turn.say(said, reference=turn.wording.reference(filed.reference))


def _say_without_case(turn: Turn) -> None:
    known = _connected[0].last_known_district() if _connected else None
    if known is None:
        turn.say("utter_backend_out")
    else:
        turn.say("utter_backend_out_call", phone=turn.wording.phone(known.phone))
