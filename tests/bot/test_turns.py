"""One turn through the whole engine: understanding, rules, actions, wording, storing."""

import pytest
from redis.asyncio import Redis

from bot.engine import Engine
from bot.messages import MalformedTurnError, Turn
from bot.redis_connection import redis_at
from bot.turns import answer_turn
from tests.bot.harness import Actions, Customer


class TestDisclosure:
    async def test_comes_before_the_first_words_once(self, engine: Engine, customer: Customer) -> None:
        first = await answer_turn(engine, customer.turn("hello"))
        second = await answer_turn(engine, customer.turn("hello"))
        assert [reply.text for reply in first.replies] == ["Automated assistant.", "Hello."]
        assert [reply.text for reply in second.replies] == ["Hello."]

    async def test_does_not_come_before_nothing(self, engine: Engine, customer: Customer) -> None:
        empty = await answer_turn(engine, customer.turn(payload="/stop"))
        assert [reply.as_dict() for reply in empty.replies] == [
            {"text": "", "choices": [], "attachments": [], "commands": [{"type": "hang_up"}]}
        ]
        later = await answer_turn(engine, customer.turn("hello"))
        assert later.replies[0].text == "Automated assistant."

    async def test_is_in_the_language_of_the_conversation(self, engine: Engine, customer: Customer) -> None:
        answer = await answer_turn(engine, customer.turn("hola", language="es"))
        assert [reply.text for reply in answer.replies] == ["Asistente automático.", "Hola."]


class TestWording:
    async def test_the_channel_chooses_it(self, engine: Engine, customer: Customer) -> None:
        spoken = await answer_turn(engine, customer.turn("hello", channel="voice"))
        assert spoken.replies[-1].text == "Hello on the phone."
        written = await answer_turn(engine, customer.turn("hello", channel="chat"))
        assert written.replies[-1].text == "Hello."

    async def test_buttons_are_choices(self, engine: Engine, customer: Customer) -> None:
        answer = await answer_turn(engine, customer.turn("hello"))
        assert answer.replies[-1].choices == [{"title": "Pick", "payload": "/pick"}]

    async def test_commands_and_attachments_go_with_the_words(self, engine: Engine, customer: Customer) -> None:
        answer = await answer_turn(engine, customer.turn(payload="/pick"))
        said = answer.replies[-1]
        assert said.text == "Picked."
        assert said.commands == [{"type": "hang_up"}, {"type": "hang_up"}]
        assert said.attachments == [
            {"url": "https://example.com/a.pdf", "content_type": "application/pdf", "title": "A"}
        ]

    @pytest.mark.parametrize(
        ("kind", "words"), [("start", "Hello on the phone."), ("silence", "Are you there?"), ("no_match", "Once more?")]
    )
    async def test_each_kind_of_turn_is_answered(
        self, engine: Engine, customer: Customer, kind: str, words: str
    ) -> None:
        answer = await answer_turn(engine, customer.turn(kind=kind, channel="voice"))
        assert answer.replies[-1].text == words


class TestText:
    async def test_with_a_slash_is_not_a_command(self, engine: Engine, customer: Customer) -> None:
        answer = await answer_turn(engine, customer.turn("/pick"))
        assert "Picked." not in [reply.text for reply in answer.replies]
        conversation = await engine.tracker_store.load(customer.conversation_id)
        assert conversation.tracker.latest_message.intent["name"] != "pick"  # type: ignore[union-attr]

    @pytest.mark.parametrize("payload", ["/nonsense", "pick", '/pick{"a":', "/restart now"])
    async def test_a_payload_that_no_choice_had_is_not_understood(
        self, engine: Engine, customer: Customer, payload: str
    ) -> None:
        answer = await answer_turn(engine, customer.turn(payload=payload))
        assert answer.replies[-1].text == "I do not know that."

    @pytest.mark.parametrize("text", ["", "😀😀😀", "قطع الماء", "zq xkcd vbnm", "?", "/"])
    async def test_that_says_nothing_known_is_answered(self, engine: Engine, customer: Customer, text: str) -> None:
        answer = await answer_turn(engine, customer.turn(text))
        assert answer.replies[-1].text == "I do not know that."

    async def test_of_the_greatest_length_is_answered(self, engine: Engine, customer: Customer) -> None:
        answer = await answer_turn(engine, customer.turn("water 1 " * 1250))
        assert answer.replies


class TestLanguage:
    async def test_follows_a_customer_who_clearly_writes_in_the_other(self, engine: Engine, customer: Customer) -> None:
        assert (await answer_turn(engine, customer.turn("hello"))).language == "en"
        answer = await answer_turn(engine, customer.turn("hola, buenas tardes"))
        assert (answer.language, answer.replies[-1].text) == ("es", "Hola.")

    async def test_stays_when_it_is_not_clear(self, engine: Engine, customer: Customer) -> None:
        await answer_turn(engine, customer.turn("hola", language="es"))
        assert (await answer_turn(engine, customer.turn("1234"))).language == "es"

    async def test_is_the_one_asked_for(self, engine: Engine, customer: Customer) -> None:
        answer = await answer_turn(engine, customer.turn("Spanish please"))
        assert answer.language == "es"

    async def test_after_redis_was_emptied_is_the_one_it_is_told(
        self, engine: Engine, customer: Customer, redis_url: str
    ) -> None:
        await answer_turn(engine, customer.turn("hola", language="es"))
        client: Redis[bytes] = redis_at(redis_url)
        await client.flushdb()
        answer = await answer_turn(engine, customer.turn("1234", language="es"))
        assert answer.language == "es"
        assert answer.replies


class TestActions:
    async def test_say_what_they_found(self, engine: Engine, customer: Customer, actions: Actions) -> None:
        answer = await answer_turn(engine, customer.turn("what's my balance", verification_level=2))
        assert answer.replies[-1].text == "You owe $1."
        sent = actions.calls[-1]
        assert sent["sender_id"] == customer.conversation_id
        assert sent["tracker"]["slots"]["verification_level"] == 2
        assert sent["tracker"]["latest_message"]["metadata"]["channel"] == "sms"
        assert "domain" not in sent

    async def test_get_few_events_however_long_the_conversation(
        self, engine: Engine, customer: Customer, actions: Actions
    ) -> None:
        for _ in range(30):
            await answer_turn(engine, customer.turn("what's my balance"))
        sizes = [len(call["tracker"]["events"]) for call in actions.calls]
        assert max(sizes) <= 40

    @pytest.mark.parametrize(("status", "answer"), [(500, {}), (404, {}), (200, {"events": "none"}), (200, [])])
    async def test_that_fail_undo_the_turn(
        self, engine: Engine, customer: Customer, actions: Actions, status: int, answer: object
    ) -> None:
        await answer_turn(engine, customer.turn("hello"))
        before = (await engine.tracker_store.load(customer.conversation_id)).loaded
        actions.status, actions.answer = status, answer
        failed = await answer_turn(engine, customer.turn("what's my balance"))
        assert (failed.action_failed, failed.replies) == (True, [])
        assert (await engine.tracker_store.load(customer.conversation_id)).loaded == before

    async def test_that_are_not_there_are_noticed(self, engine: Engine, customer: Customer) -> None:
        engine.actions.url = "http://127.0.0.1:9/webhook"
        assert (await answer_turn(engine, customer.turn(payload="/break_it"))).action_failed

    async def test_that_reject_are_no_failure(self, engine: Engine, customer: Customer, actions: Actions) -> None:
        actions.status, actions.answer = 400, {"action_name": "action_balance", "error": "not now"}
        assert not (await answer_turn(engine, customer.turn("what's my balance"))).action_failed

    async def test_are_called_once_for_a_turn_that_comes_twice(
        self, engine: Engine, customer: Customer, actions: Actions
    ) -> None:
        turn = customer.turn("what's my balance")
        first, again = await answer_turn(engine, turn), await answer_turn(engine, turn)
        assert first == again
        assert len(actions.calls) == 1


class TestForm:
    async def test_fills_a_slot_with_spoken_digits(self, engine: Engine, customer: Customer) -> None:
        asked = await answer_turn(engine, customer.turn("my account number"))
        assert asked.replies[-1].text == "Which number?"
        answer = await answer_turn(engine, customer.turn("four four one two double five oh seven"))
        assert answer.replies[-1].text == "Got 44125507."


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": "fax"}, "channel"),
        ({"kind": "shout"}, "kind"),
        ({"conversation_id": ""}, "conversation_id"),
        ({"turn_id": 5}, "turn_id"),
        ({"text": "x" * 10_001}, "text"),
        ({"verification_level": "high"}, "verification_level"),
        ({"now": "yesterday"}, "now"),
        ({"now": "2026-03-10T10:00:00"}, "zone"),
    ],
)
def test_a_malformed_turn_is_refused_by_name(change: dict[str, object], field: str) -> None:
    body = {"conversation_id": "c", "turn_id": "t", "channel": "sms", "kind": "message", "text": "hello"}
    with pytest.raises(MalformedTurnError, match=field):
        Turn.parse({**body, **change})
