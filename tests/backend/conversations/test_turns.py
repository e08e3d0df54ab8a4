"""Turns: recorded once, answered once, masked, numbered in order."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.backend.conftest import SEEDED_AT
from tests.backend.living import TELEPHONY, Api

REPLY = {"text": "Your balance is $12.00.", "choices": [], "attachments": [], "commands": []}
MENU = {"text": "What next?", "choices": [{"title": "Pay my bill", "payload": "/pay_bill"}], "attachments": []}


class TestPostTurn:
    async def test_first_words_begin_a_conversation(self, api: Api) -> None:
        answer = await api.said("what's my balance")
        told = answer.json()
        assert answer.status_code == 201
        assert told["is_new"] and not told["duplicate"] and told["attempt"] == 1
        assert (told["mode"], told["language"], told["refused"], told["replies"]) == ("assistant", "en", None, None)
        assert (told["verification_level"], told["calling_number_on_file"], told["offered"]) == (0, False, [])
        assert told["text"] == "what's my balance"

    async def test_next_words_continue_it(self, api: Api) -> None:
        first = (await api.said("hello")).json()
        second = (await api.said("again")).json()
        assert second["conversation_id"] == first["conversation_id"]
        assert second["turn_id"] != first["turn_id"] and not second["is_new"]

    async def test_a_hinted_language_is_kept(self, api: Api) -> None:
        assert (await api.said("hola", language="es")).json()["language"] == "es"
        assert (await api.said("hola", language="en")).json()["language"] == "es"

    async def test_five_at_once_are_one_turn(self, api: Api, database_url: str) -> None:
        answers = await asyncio.gather(*(api.said("hello", provider_message_id="SM-same") for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
        assert len({answer.json()["turn_id"] for answer in answers}) == 1
        with psycopg.connect(database_url) as connection:
            assert connection.execute("SELECT count(*) FROM turns").fetchone() == (1,)
            assert connection.execute("SELECT count(*) FROM conversations").fetchone() == (1,)
            assert connection.execute("SELECT count(*) FROM messages").fetchone() == (1,)

    async def test_many_turns_at_once_are_numbered_without_gaps(self, api: Api) -> None:
        answers = await asyncio.gather(*(api.said(f"line {n}") for n in range(12)))
        story = await api.messages(answers[0].json()["conversation_id"])
        assert [message["seq"] for message in story["messages"]] == list(range(1, 13))
        assert {message["text"] for message in story["messages"]} == {f"line {n}" for n in range(12)}

    async def test_a_repeat_gets_the_stored_answer(self, api: Api) -> None:
        turn = (await api.said("hello", provider_message_id="SM-1")).json()
        await api.replied(turn["turn_id"], REPLY)
        again = await api.said("hello", provider_message_id="SM-1")
        assert again.status_code == 200
        assert again.json()["duplicate"] and again.json()["replies"][0]["text"] == REPLY["text"]

    async def test_an_unanswered_turn_is_taken_over_once(self, api: Api) -> None:
        await api.clock(SEEDED_AT)
        turn = (await api.said("hello", provider_message_id="SM-1")).json()
        early = (await api.said("hello", provider_message_id="SM-1")).json()
        assert early["duplicate"] and early["replies"] is None
        await api.clock(SEEDED_AT + timedelta(seconds=30))
        late = [
            r.json() for r in await asyncio.gather(*(api.said("hello", provider_message_id="SM-1") for _ in range(4)))
        ]
        taken = [told for told in late if not told["duplicate"]]
        assert len(taken) == 1
        assert taken[0]["attempt"] == 2 and taken[0]["turn_id"] == turn["turn_id"]

    async def test_a_text_thread_begins_anew_after_twelve_hours(self, api: Api) -> None:
        await api.clock(SEEDED_AT)
        first = (await api.said("hello")).json()
        await api.clock(SEEDED_AT + timedelta(hours=11, minutes=59))
        assert (await api.said("hello")).json()["conversation_id"] == first["conversation_id"]
        await api.clock(SEEDED_AT + timedelta(hours=24, minutes=1))
        new = (await api.said("hello")).json()
        assert new["conversation_id"] != first["conversation_id"] and new["is_new"]
        assert (await api.messages(first["conversation_id"]))["mode"] == "closed"

    async def test_the_calling_number_of_a_customer_is_on_file(self, seeded_api: Api, seeded_url: str) -> None:
        with psycopg.connect(seeded_url) as connection:
            row = connection.execute("SELECT phone FROM customer_phones LIMIT 1").fetchone()
        assert row is not None
        told = (await seeded_api.said("hi", party=row[0], thread_key=f"{row[0]}|+15559990000")).json()
        assert told["calling_number_on_file"]

    async def test_offered_are_the_choices_of_the_last_reply(self, api: Api) -> None:
        turn = (await api.said("hello")).json()
        await api.replied(turn["turn_id"], REPLY, MENU)
        assert (await api.said("2")).json()["offered"] == MENU["choices"]
        turn = (await api.said("thanks")).json()
        await api.replied(turn["turn_id"], REPLY)
        assert (await api.said("2")).json()["offered"] == []

    async def test_after_hours_follows_the_office(self, api: Api) -> None:
        await api.clock(SEEDED_AT)
        assert not (await api.said("hello")).json()["after_hours"]
        await api.clock(SEEDED_AT + timedelta(hours=10))
        assert (await api.said("hello")).json()["after_hours"]

    async def test_a_start_is_no_line_of_the_transcript(self, api: Api) -> None:
        told = (await api.said("", kind="start", channel="voice", thread_key="CA1", provider_message_id="CA1:0")).json()
        assert (await api.messages(told["conversation_id"]))["messages"] == []


class TestMasking:
    async def test_a_card_number_is_refused_and_nowhere_kept(self, api: Api, database_url: str) -> None:
        told = (await api.said("my card is 4242 4242 4242 4242 cvv 123")).json()
        assert told["refused"] == "card_number" and "4242" not in told["text"]
        _assert_nowhere(database_url, "4242")

    async def test_a_card_number_in_four_messages(self, api: Api, database_url: str) -> None:
        told = [(await api.said(part)).json() for part in ("4012", "8888", "8888", "1881")]
        assert [one["refused"] for one in told] == [None, None, None, "card_number"]
        _assert_nowhere(database_url, "4012")
        _assert_nowhere(database_url, "1881")

    async def test_a_card_number_in_a_payload(self, api: Api, database_url: str) -> None:
        told = (await api.said("pay", payload='/pay{"card":"4242424242424242"}')).json()
        assert told["refused"] == "card_number"
        _assert_nowhere(database_url, "4242")

    async def test_a_pin_that_was_asked_for_reaches_the_engine_and_no_table(self, api: Api, database_url: str) -> None:
        turn = (await api.said("hello")).json()
        asks = {"text": "Your PIN?", "commands": [{"type": "collect", "kind": "digits", "secret": True}]}
        await api.replied(turn["turn_id"], asks)
        told = (await api.said("it is 7391")).json()
        assert told["text"] == "it is 7391"
        _assert_nowhere(database_url, "7391")
        await api.replied(told["turn_id"], REPLY)
        assert (await api.said("account 12345678")).json()["text"] == "account 12345678"
        story = await api.messages(turn["conversation_id"])
        assert [m["text"] for m in story["messages"] if m["from"] == "customer"] == [
            "hello",
            "it is ••••",
            "account 12345678",
        ]

    @pytest.mark.parametrize(
        "body",
        [
            {"text": "4242424242424242", "channel": "fax"},
            {"text": ["4242424242424242"]},
            {"text": "4242424242424242" * 1000},
        ],
    )
    async def test_a_malformed_body_is_not_echoed(self, api: Api, body: dict[str, Any]) -> None:
        answer = await api.said(**body)
        assert answer.status_code == 422
        assert answer.json()["error"] == "malformed" and answer.json()["fields"]
        assert "4242" not in answer.text


class TestPutReplies:
    async def test_the_first_answer_stays(self, api: Api) -> None:
        turn = (await api.said("hello")).json()
        first = await api.replied(turn["turn_id"], REPLY)
        second = await api.replied(turn["turn_id"], {"text": "something else"})
        assert first.status_code == second.status_code == 200
        assert first.json() == second.json()
        assert first.json()["seq"] == 2

    async def test_two_at_once_get_the_same(self, api: Api) -> None:
        turn = (await api.said("hello")).json()
        answers = await asyncio.gather(*(api.replied(turn["turn_id"], {"text": f"answer {n}"}) for n in range(5)))
        assert len({answer.text for answer in answers}) == 1
        story = await api.messages(turn["conversation_id"])
        assert len(story["messages"]) == 2

    async def test_unknown_fields_of_a_reply_survive(self, api: Api) -> None:
        turn = (await api.said("hello")).json()
        reply = {**REPLY, "commands": [{"type": "transfer", "department": "billing", "number": "+19515550102"}]}
        await api.replied(turn["turn_id"], reply)
        told = await api.client.get(f"/v1/turns/{turn['turn_id']}", headers=TELEPHONY)
        assert told.json()["replies"][0]["commands"] == reply["commands"]
        assert told.json()["duplicate"]

    async def test_the_language_changes_with_the_answer(self, api: Api) -> None:
        turn = (await api.said("español")).json()
        await api.replied(turn["turn_id"], REPLY, language="es")
        assert (await api.said("hola")).json()["language"] == "es"

    async def test_there_is_no_such_turn(self, api: Api) -> None:
        answer = await api.replied("00000000-0000-0000-0000-000000000000", REPLY)
        assert answer.status_code == 404 and answer.json()["error"] == "turn_not_found"


class TestConversations:
    async def test_a_chat_that_comes_back_reads_what_it_missed(self, api: Api) -> None:
        turn = (await api.said("hello")).json()
        await api.replied(turn["turn_id"], MENU)
        story = await api.messages(turn["conversation_id"], after=1)
        assert [(m["seq"], m["from"], m["text"]) for m in story["messages"]] == [(2, "assistant", "What next?")]
        assert story["messages"][0]["choices"] == MENU["choices"]

    async def test_the_open_conversation_of_a_thread(self, api: Api) -> None:
        turn = (await api.said("hello", channel="chat", thread_key="browser-1", party=None)).json()
        query = {"channel": "chat", "thread_key": "browser-1"}
        found = await api.client.get("/v1/conversations", params=query, headers=TELEPHONY)
        assert found.json() == {"conversation_id": turn["conversation_id"], "mode": "assistant", "language": "en"}
        ended = await api.client.post(
            f"/v1/conversations/{turn['conversation_id']}/end", json={"reason": "left"}, headers=TELEPHONY
        )
        assert ended.json()["mode"] == "closed"
        gone = await api.client.get("/v1/conversations", params=query, headers=TELEPHONY)
        assert gone.status_code == 404

    async def test_ending_twice_is_ending_once(self, api: Api) -> None:
        turn = (await api.said("", kind="start", channel="voice", thread_key="CA2")).json()
        path = f"/v1/conversations/{turn['conversation_id']}/end"
        for _ in range(2):
            answer = await api.client.post(path, json={"reason": "hung_up"}, headers=TELEPHONY)
            assert (answer.status_code, answer.json()["mode"]) == (200, "closed")

    async def test_a_language_can_be_chosen(self, api: Api) -> None:
        turn = (await api.said("hello")).json()
        path = f"/v1/conversations/{turn['conversation_id']}/language"
        assert (await api.act("PUT", path, {"language": "es"})).status_code == 200
        assert (await api.said("hola")).json()["language"] == "es"
        assert (await api.act("PUT", path, {"language": "fr"})).status_code == 422


def _assert_nowhere(database_url: str, digits: str) -> None:
    """No column of any table holds `digits` in its text."""
    with psycopg.connect(database_url) as connection:
        for table in ("turns", "messages", "conversations", "hand_offs", "outbound_messages"):
            query = f"SELECT count(*) FROM {table} AS t WHERE replace(replace(t.text, ' ', ''), '-', '') LIKE %s"
            rows = connection.execute(query.replace("t.text,", _words_of(table) + ","), (f"%{digits}%",)).fetchone()
            assert rows == (0,), f"{table} holds the digits"


def _words_of(table: str) -> str:
    return {
        "turns": "concat_ws(' ', t.text, t.payload, t.replies)",
        "messages": "t.text",
        "conversations": "t.offered::text",
        "hand_offs": "concat_ws(' ', t.summary, t.topic)",
        "outbound_messages": "t.text",
    }[table]
