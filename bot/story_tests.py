"""Run the story tests: `python -m bot.story_tests --model FILE [PATH…]`.

A story is read as Rasa reads it (`stories:` with `user`, `intent`, `action`, `slot_was_set` and
`active_loop` steps) and tried on the trained model: what the customer says goes through the whole
pipeline and must give the story's intent and entities, slots are filled as in service, and every
action must be the one the rules decide. Custom actions are not called: what they set, and what they
say comes next, stands in the story. A form that finds nothing in a message steps aside, as in service.
Ends with "N passed, N failed".
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.absent import leave_out

leave_out()
os.environ.setdefault("LOG_LEVEL", "ERROR")

from rasa.core.channels.channel import CollectingOutputChannel  # noqa: E402
from rasa.core.lock_store import InMemoryLockStore  # noqa: E402
from rasa.core.tracker_store import InMemoryTrackerStore  # noqa: E402
from rasa.shared.core.constants import ACTION_LISTEN_NAME  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, Event, SlotSet, UserUttered  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader  # noqa: E402

from bot.action_server import ActionServer  # noqa: E402
from bot.engine import Engine  # noqa: E402
from bot.logs import configure_logs  # noqa: E402
from bot.settings import SettingsError, newest_model  # noqa: E402
from bot.turns import read_payload  # noqa: E402

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "stories"
NOW = "2026-03-10T10:00:00-07:00"
"""The day that dates in stories are relative to: a Tuesday."""
NOBODY = "http://127.0.0.1:9/webhook"


class Story:
    """One story on one model."""

    def __init__(self, engine: Engine, name: str, events: list[Event]) -> None:
        self.name = name
        self._engine = engine
        self._events = events
        self._tracker = DialogueStateTracker(name, engine.domain.slots)
        self._tracker.update(ActionExecuted(ACTION_LISTEN_NAME))

    async def problems(self) -> list[str]:
        """Where the model did something else than the story says; it goes on as the story says."""
        found: list[str] = []
        for event in self._events:
            if isinstance(event, UserUttered):
                found += self._end_turn()
                found += await self._user(event)
            elif isinstance(event, ActionExecuted):
                found += self._action(event)
            else:
                self._tracker.update(event, self._engine.domain)
        return [*found, *self._end_turn()]

    def _end_turn(self) -> list[str]:
        """A turn ends with listening, whether the story says so or not."""
        if self._tracker.latest_action_name == ACTION_LISTEN_NAME:
            return []
        return self._action(ActionExecuted(ACTION_LISTEN_NAME))

    async def _user(self, expected: UserUttered) -> list[str]:
        parsed = self._understood(expected)
        self._tracker.update(
            UserUttered(expected.text, parsed["intent"], parsed["entities"], parsed), self._engine.domain
        )
        await self._engine.run_action_extract_slots(CollectingOutputChannel(), self._tracker)
        problems = []
        wanted, got = expected.intent_name, parsed["intent"]["name"]
        if wanted and got != wanted:
            problems.append(f"“{expected.text}” is {wanted}, understood as {got}")
        for entity in expected.entities:
            if not any(_same(entity, found) for found in parsed["entities"]):
                problems.append(f"“{expected.text}”: no {entity['entity']} {entity['value']!r} found")
        return problems

    def _understood(self, expected: UserUttered) -> dict[str, Any]:
        text = expected.text or ""
        if text.startswith("/"):
            return read_payload(text, self._engine.domain.intents)
        if not text:
            return {"text": "", "intent": expected.intent, "entities": expected.entities}
        language = self._tracker.get_slot("language") if "language" in self._tracker.slots else None
        return self._engine.understand(text, {"language": language, "now": NOW})

    def _action(self, expected: ActionExecuted) -> list[str]:
        predicted = expected.action_name if self._action_says_what_is_next() else self._predict()
        form = self._tracker.active_loop_name
        if form is not None and predicted == form != expected.action_name:
            self._tracker.update(ActionExecutionRejected(form), self._engine.domain)
            predicted = self._predict()
        self._tracker.update(ActionExecuted(expected.action_name), self._engine.domain)
        if predicted == expected.action_name:
            return []
        said = self._tracker.latest_message.text if self._tracker.latest_message else ""
        return [f"after “{said}”: {expected.action_name} expected, {predicted} decided"]

    def _predict(self) -> str:
        prediction = self._engine._predict_next_with_tracker(self._tracker)
        self._tracker.update_with_events(prediction.events, self._engine.domain)
        return str(self._engine.domain.action_names_or_texts[prediction.max_confidence_index])

    def _action_says_what_is_next(self) -> bool:
        """A custom action, or a form that has ended, names the next action itself."""
        latest = self._tracker.latest_action_name
        if latest in self._engine.domain.form_names:
            return self._tracker.active_loop_name is None
        return latest in self._engine.domain.user_actions and not str(latest).startswith("utter_")


def _same(expected: dict[str, Any], found: dict[str, Any]) -> bool:
    return expected["entity"] == found["entity"] and str(expected["value"]) == str(found["value"])


def read_stories(engine: Engine, paths: list[Path]) -> Iterator[Story]:
    """Every story in the files `paths` (folders: their `test_*.yml`)."""
    files = [file for path in paths for file in (sorted(path.glob("test_*.yml")) if path.is_dir() else [path])]
    for file in files:
        for step in YAMLStoryReader(engine.domain).read_from_file(file):
            events = [event for event in step.events if event is not None]
            yield Story(engine, f"{file.name}: {step.block_name}", _without_listens(events))


def _without_listens(events: list[Event]) -> list[Event]:
    """Rasa's reader puts the end of a turn into the story; here a turn ends by itself."""
    return [
        event
        for event in events
        if not (isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME)
        and not (isinstance(event, SlotSet) and event.key == "session_started_metadata")
    ]


def load(model: Path) -> Engine:
    """The model without Redis and without actions."""
    return Engine(model, InMemoryTrackerStore(Domain.empty()), InMemoryLockStore(), ActionServer(NOBODY))


async def run(engine: Engine, paths: list[Path]) -> tuple[int, int]:
    """How many stories passed and failed; prints what went wrong."""
    passed = failed = 0
    for story in read_stories(engine, paths):
        problems = await story.problems()
        if problems:
            failed += 1
            print(f"FAILED {story.name}")
            for problem in problems:
                print(f"    {problem}")
        else:
            passed += 1
    return passed, failed


def main(arguments: list[str] | None = None) -> int:
    """0 when every story passed and there was at least one."""
    parser = argparse.ArgumentParser(prog="python -m bot.story_tests", description="Run the story tests.")
    parser.add_argument("--model", type=Path, help="a model file; else the newest of $HEADGATE_HOME/models")
    parser.add_argument("paths", type=Path, nargs="*", help="files or folders; else tests/stories")
    chosen = parser.parse_args(arguments)
    configure_logs()
    try:
        model = chosen.model or newest_model(Path(os.environ.get("HEADGATE_HOME", ".headgate")))
    except SettingsError as missing:
        print(missing, file=sys.stderr)
        return 1
    passed, failed = asyncio.run(run(load(model), chosen.paths or [FOLDER]))
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
