"""Conversations in Redis: kept whole, read in part, never half a turn."""

import pytest
from rasa.shared.core.events import SlotSet

from bot.engine import Engine
from bot.masking import MASK
from bot.tracker_store import ConversationChangedError
from bot.turns import answer_turn
from tests.bot.harness import Actions, Customer


async def stored_events(engine: Engine, customer: Customer) -> int:
    """How many events Redis keeps of the conversation."""
    key = engine.tracker_store._keys(customer.conversation_id)[0]
    return int(await engine.tracker_store._redis.llen(key))


async def test_a_conversation_comes_back_as_it_was(engine: Engine, customer: Customer) -> None:
    await answer_turn(engine, customer.turn("my account number is 44124412"))
    tracker = (await engine.tracker_store.load(customer.conversation_id)).tracker
    assert tracker.get_slot("last_digits") == "44124412"
    assert tracker.latest_message is not None
    assert tracker.latest_message.text == "my account number is 44124412"


async def test_a_long_one_is_kept_whole_and_read_in_part(engine: Engine, customer: Customer) -> None:
    await answer_turn(engine, customer.turn("hello 1234"))
    await answer_turn(engine, customer.turn("hola, buenas tardes"))
    sizes = []
    for _ in range(40):
        await answer_turn(engine, customer.turn("1"))
        loaded = await engine.tracker_store.load(customer.conversation_id)
        sizes.append(len(loaded.tracker.events))
    assert max(sizes) < 50
    assert await stored_events(engine, customer) > 120
    assert loaded.tracker.get_slot("language") == "es"


async def test_an_open_form_outlives_the_cut(engine: Engine, customer: Customer) -> None:
    await answer_turn(engine, customer.turn("my account number"))
    for _ in range(12):
        await answer_turn(engine, customer.turn(kind="silence"))
    answer = await answer_turn(engine, customer.turn("4412 4412"))
    assert answer.replies[-1].text == "Got 44124412."


async def test_who_comes_second_with_an_old_copy_stores_nothing(engine: Engine, customer: Customer) -> None:
    await answer_turn(engine, customer.turn("hello"))
    store = engine.tracker_store
    first, second = [await store.load(customer.conversation_id) for _ in range(2)]
    first.tracker.update(SlotSet("last_digits", "1"))
    second.tracker.update(SlotSet("last_digits", "2"))
    await store.append(first)
    with pytest.raises(ConversationChangedError):
        await store.append(second)
    assert (await store.load(customer.conversation_id)).tracker.get_slot("last_digits") == "1"


async def test_everything_expires(engine: Engine, customer: Customer) -> None:
    await answer_turn(engine, customer.turn("hello"))
    for key in engine.tracker_store._keys(customer.conversation_id):
        assert 0 < await engine.tracker_store._redis.ttl(key) <= 7 * 24 * 3600


async def test_rasa_can_load_and_save_as_with_any_store(engine: Engine, customer: Customer) -> None:
    store = engine.tracker_store
    assert await store.retrieve(customer.conversation_id) is None
    tracker = await store.get_or_create_tracker(customer.conversation_id)
    tracker.update(SlotSet("last_digits", "7"))
    await store.save(tracker)
    again = await store.retrieve(customer.conversation_id)
    assert again is not None and again.get_slot("last_digits") == "7"
    assert customer.conversation_id in await store.keys()


PIN = "pin 4471"
"""What waits to be used: no time and no id that is stored beside it happens to have it in it."""


async def everything_stored(engine: Engine, customer: Customer) -> str:
    events, state = engine.tracker_store._keys(customer.conversation_id)
    kept = [*await engine.tracker_store._redis.lrange(events, 0, -1)]
    kept += (await engine.tracker_store._redis.hgetall(state)).values()
    return b" ".join(kept).decode()


def setting(value: str | None) -> dict[str, object]:
    return {
        "events": [{"event": "slot", "name": "identity_secret", "value": value}],
        "responses": [{"text": "Thanks."}],
    }


async def test_a_pin_waits_in_its_slot_and_is_gone_once_it_has_been_used(
    engine: Engine, customer: Customer, actions: Actions
) -> None:
    actions.answer = setting(PIN)
    await answer_turn(engine, customer.turn("what's my balance"))
    loaded = (await engine.tracker_store.load(customer.conversation_id)).tracker
    assert loaded.get_slot("identity_secret") == PIN
    actions.answer = setting(None)
    await answer_turn(engine, customer.turn("what's my balance"))
    assert PIN not in await everything_stored(engine, customer)
    assert (await engine.tracker_store.load(customer.conversation_id)).tracker.get_slot("identity_secret") is None


async def test_a_pin_that_waited_over_a_cut_is_gone_from_the_head_as_well(
    engine: Engine, customer: Customer, actions: Actions
) -> None:
    actions.answer = setting(PIN)
    await answer_turn(engine, customer.turn("what's my balance"))
    for _ in range(20):
        await answer_turn(engine, customer.turn("hello"))
    assert PIN in await everything_stored(engine, customer)
    actions.answer = setting(None)
    await answer_turn(engine, customer.turn("what's my balance"))
    assert PIN not in await everything_stored(engine, customer)


async def test_a_pin_in_the_words_of_a_turn_is_never_stored(engine: Engine, customer: Customer) -> None:
    await answer_turn(engine, customer.turn("my account number is 44124412 and my pin is four four seven one"))
    tracker = (await engine.tracker_store.load(customer.conversation_id)).tracker
    assert tracker.latest_message is not None
    assert tracker.latest_message.text == "my account number is 44124412 and my pin is •••"
    assert [entity["value"] for entity in tracker.latest_message.entities if entity["entity"] == "digits"] == [
        "44124412",
        MASK,
    ]
