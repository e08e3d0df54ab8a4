"""One turn of a conversation: from what a customer said to what the engine says."""

import json
import re
from datetime import datetime
from typing import Any

from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.action_server import noting_failures
from bot.engine import Engine
from bot.messages import LANGUAGES, Answer, Reply, Turn
from bot.misunderstood import is_misunderstood
from bot.replies import ReplyCollector
from bot.tracker_store import Conversation

DISCLOSURE = "utter_disclosure"
LANGUAGE_SLOT = "language"

_INTENTS = {"start": "start_conversation", "silence": "silence", "no_match": "no_match"}
_PAYLOAD = re.compile(r"/(\w+)\s*(\{.*\})?\s*", re.DOTALL)


async def answer_turn(engine: Engine, turn: Turn) -> Answer:
    """Run `turn`, store what came of it, and give the answer.

    The same `turn_id` again gets the same answer. A turn whose action failed leaves the conversation
    as it was.

    :raises rasa.core.lock_store.LockError: another turn of the conversation would not end.
    :raises redis.exceptions.RedisError: Redis cannot be reached.
    """
    async with engine.lock_store.lock(turn.conversation_id):
        conversation = await engine.tracker_store.load(turn.conversation_id)
        if conversation.turn_id == turn.turn_id:
            return _stored_answer(conversation.answer)
        in_form = bool(conversation.tracker.active_loop_name)
        with noting_failures() as failures:
            replies = await _run(engine, turn, conversation.tracker)
        if failures:
            return Answer([], _language(conversation, turn), action_failed=True)
        answer = Answer(replies, _language(conversation, turn))
        misunderstood = None if in_form else _misunderstood(turn, conversation.tracker)
        stored = json.dumps(answer.as_dict(), ensure_ascii=False)
        await engine.tracker_store.append(conversation, turn.turn_id, stored)
        if misunderstood is not None:
            await engine.tracker_store.note_misunderstood(misunderstood, answer.language)
        return answer


def _misunderstood(turn: Turn, tracker: DialogueStateTracker) -> dict[str, Any] | None:
    """What was understood of the words of this turn, when that is nothing. An answer in a form may be anything."""
    said = tracker.latest_message
    if turn.kind != "message" or turn.payload or said is None or said.parse_data is None:
        return None
    parsed = dict(said.parse_data)
    return parsed if is_misunderstood(parsed) else None


def _stored_answer(stored: str) -> Answer:
    body = json.loads(stored)
    return Answer([Reply(**reply) for reply in body["replies"]], body["language"])


def _language(conversation: Conversation, turn: Turn) -> str:
    slot = conversation.tracker.get_slot(LANGUAGE_SLOT) if LANGUAGE_SLOT in conversation.tracker.slots else None
    return slot if slot in LANGUAGES else turn.language


async def _run(engine: Engine, turn: Turn, tracker: DialogueStateTracker) -> list[Reply]:
    tracker.model_id = engine.model_metadata.model_id
    tracker.assistant_id = engine.model_metadata.assistant_id
    _start_session(engine, turn, tracker)
    _set_facts(engine, turn, tracker)
    first = not any(isinstance(event, BotUttered) and event.text for event in tracker.events)
    output = ReplyCollector(turn.channel)
    tracker.update(_user_event(engine, turn, tracker), engine.domain)
    await engine.run_action_extract_slots(output, tracker)
    await engine._run_prediction_loop(output, tracker)
    replies = output.finished()
    if first and replies and replies[0].text:
        replies = [*await _disclosure(engine, output, tracker), *replies]
    return replies


def _start_session(engine: Engine, turn: Turn, tracker: DialogueStateTracker) -> None:
    """A conversation that Redis does not know (or no longer knows) begins in the language it was told."""
    if tracker.events:
        return
    tracker.update(ActionExecuted(ACTION_SESSION_START_NAME), engine.domain)
    tracker.update(SessionStarted(), engine.domain)
    if LANGUAGE_SLOT in engine.slot_names:
        tracker.update(SlotSet(LANGUAGE_SLOT, turn.language), engine.domain)
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME), engine.domain)


def _set_facts(engine: Engine, turn: Turn, tracker: DialogueStateTracker) -> None:
    """What the backend knows better than the dialogue: slots that are different now."""
    facts = {
        "channel": turn.channel,
        "verification_level": turn.verification_level,
        "after_hours": turn.after_hours,
        "calling_number_on_file": turn.calling_number_on_file,
    }
    for name, value in facts.items():
        if name in engine.slot_names and tracker.get_slot(name) != value:
            tracker.update(SlotSet(name, value), engine.domain)


def _user_event(engine: Engine, turn: Turn, tracker: DialogueStateTracker) -> UserUttered:
    metadata = _metadata(turn, tracker)
    if turn.kind in _INTENTS:
        parsed = _parsed("", _INTENTS[turn.kind], [])
    elif turn.payload:
        parsed = read_payload(turn.payload, engine.domain.intents)
    elif not turn.text.strip():
        parsed = _parsed("", DEFAULT_NLU_FALLBACK_INTENT_NAME, [])
    else:
        parsed = engine.understand(turn.text, metadata)
    return UserUttered(
        turn.text,
        parsed["intent"],
        parsed["entities"],
        parsed,
        input_channel=turn.channel,
        message_id=turn.turn_id,
        metadata=metadata,
    )


def _metadata(turn: Turn, tracker: DialogueStateTracker) -> dict[str, Any]:
    language = tracker.get_slot(LANGUAGE_SLOT) if LANGUAGE_SLOT in tracker.slots else None
    return {
        "channel": turn.channel,
        "kind": turn.kind,
        "turn_id": turn.turn_id,
        "language": language if language in LANGUAGES else turn.language,
        "now": turn.now or datetime.now().astimezone().isoformat(),
        "verification_level": turn.verification_level,
        "after_hours": turn.after_hours,
        "calling_number_on_file": turn.calling_number_on_file,
        "is_new": turn.is_new,
    }


def read_payload(payload: str, intents: list[str]) -> dict[str, Any]:
    """A choice `/intent{"entity": value}` as if it had been understood; an unknown one is a fallback."""
    match = _PAYLOAD.fullmatch(payload.strip())
    if match is None or match[1] not in intents:
        return _parsed(payload, DEFAULT_NLU_FALLBACK_INTENT_NAME, [])
    try:
        values = json.loads(match[2] or "{}")
    except ValueError:
        return _parsed(payload, DEFAULT_NLU_FALLBACK_INTENT_NAME, [])
    entities = [
        {"entity": name, "value": item, "start": 0, "end": len(payload)}
        for name, value in values.items()
        for item in (value if isinstance(value, list) else [value])
    ]
    return _parsed(payload, match[1], entities)


def _parsed(text: str, intent: str, entities: list[dict[str, Any]]) -> dict[str, Any]:
    certain = {"name": intent, "confidence": 1.0}
    return {"text": text, "intent": certain, "intent_ranking": [certain], "entities": entities}


async def _disclosure(engine: Engine, output: ReplyCollector, tracker: DialogueStateTracker) -> list[Reply]:
    """That this is an automated assistant, before its first words (California B&P 17941)."""
    if DISCLOSURE not in engine.domain.responses:
        return []
    said = await engine.nlg.generate(DISCLOSURE, tracker, output.name())
    return [Reply(text=said["text"])] if said and said.get("text") else []
