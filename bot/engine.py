"""Rasa's message processor, loaded without what this engine does not use."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.exceptions import ActionLimitReached
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.action_server import ActionServer, note_failure
from bot.graph import OrderedGraphRunner
from bot.lock_store import RedisLockStore
from bot.quick import be_quick
from bot.tracker_store import RedisTrackerStore


class _WatchedAction(Action):
    """An action whose failure is noted: Rasa logs it and goes on."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def name(self) -> str:
        return str(self._action.name())

    def event_for_successful_execution(self, prediction: PolicyPrediction) -> Event:
        return self._action.event_for_successful_execution(prediction)

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        try:
            events: list[Event] = await self._action.run(output_channel, nlg, tracker, domain)
            return events
        except ActionExecutionRejection:
            raise
        except Exception as error:
            note_failure(f"{self._action.name()}: {type(error).__name__}")
            raise


class Engine(MessageProcessor):
    """A loaded model with its stores and the way to the action server."""

    tracker_store: RedisTrackerStore
    lock_store: RedisLockStore

    def __init__(
        self, model: Path, tracker_store: RedisTrackerStore, lock_store: RedisLockStore, actions: ActionServer
    ) -> None:
        """Load `model` (a .tar.gz).

        :raises rasa.exceptions.ModelNotFound: there is no model, or it cannot be read.
        """
        super().__init__(model, tracker_store, lock_store, TemplatedNaturalLanguageGenerator({}), actions)
        self.nlg = TemplatedNaturalLanguageGenerator(self.domain.responses)
        self.actions = actions
        tracker_store.domain = self.domain
        last = self.model_metadata.predict_schema.nodes[self.model_metadata.nlu_target]
        self._classified = last.needs["messages"]
        self.slot_names = frozenset(slot.name for slot in self.domain.slots)
        self._actions: dict[str, Action] = {}
        be_quick()

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        with TemporaryDirectory() as folder:
            metadata, runner = load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, OrderedGraphRunner
            )
        return Path(model_path).name, metadata, runner

    def understand(self, text: str, metadata: dict[str, Any]) -> dict[str, Any]:
        """Intent, ranking and entities of what a person said. A leading slash is no command.

        Ends at our classifier: Rasa's graph goes on to read `/intent` from the text.
        """
        message = UserMessage(text, None, metadata=metadata)
        inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: None}
        understood = self.graph_runner.run(inputs=inputs, targets=[self._classified])[self._classified][0]
        parsed: dict[str, Any] = understood.as_dict(only_output_properties=True)
        return {"text": text, "entities": [], **parsed}

    def _get_action(self, action_name: str) -> Action:
        """The action of that name, made once: it keeps nothing of a conversation."""
        made = self._actions.get(action_name)
        if made is None:
            made = self._actions[action_name] = super()._get_action(action_name)
        return made

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """What Rasa's does, with actions that exist already.

        :raises ActionLimitReached: too many actions in one turn.
        """
        if self.is_action_limit_reached(tracker, self.should_predict_another_action(tracker.latest_action_name)):
            raise ActionLimitReached("too many actions in one turn")
        prediction = self._predict_next_with_tracker(tracker)
        return self._get_action(self.domain.action_names_or_texts[prediction.max_confidence_index]), prediction

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        watched = _WatchedAction(action)
        going_on: bool = await super()._run_action(watched, tracker, output_channel, nlg, prediction)
        return going_on
