"""Text messages: one webhook in, messages out, whatever the message is."""

import asyncio
from typing import ClassVar

import pytest

from tests.telephony.conftest import CUSTOMER, OUR_NUMBER, World


async def test_a_text_goes_to_the_assistant_and_its_answer_comes_back(world: World) -> None:
    heard = await world.text("what's my balance")

    assert heard.messages == ["You said: what's my balance"]
    (turn,) = world.backend.turns.values()
    assert turn["said"]["thread_key"] == f"{CUSTOMER}|{OUR_NUMBER}"
    assert turn["said"]["party"] == CUSTOMER
    assert world.backend.outcomes == ["answered"]
    (asked,) = world.engine.turns
    assert asked["conversation_id"] == turn["conversation_id"]
    assert asked["channel"] == "sms"
    assert asked["is_new"] is True


async def test_choices_are_numbered_lines_and_a_number_picks_one(world: World) -> None:
    choices = [{"title": "Pay my bill", "payload": "/pay_bill"}, {"title": "Hours", "payload": "/ask_hours"}]
    plain = world.engine.brain
    world.engine.brain = lambda turn: {"replies": [{"text": "How can I help?", "choices": choices}]}
    first = await world.text("hello")
    assert first.messages == ["How can I help?\nReply with a number:\n1 Pay my bill\n2 Hours"]

    world.engine.brain = plain
    assert (await world.text("2")).messages == ["You said: /ask_hours"]


@pytest.mark.parametrize("said", ["Hours", "hours.", " 2.", "two", "2)"])
async def test_a_choice_can_be_picked_by_its_words(world: World, said: str) -> None:
    choices = [{"title": "Pay my bill", "payload": "/pay_bill"}, {"title": "Hours", "payload": "/ask_hours"}]
    plain = world.engine.brain
    world.engine.brain = lambda turn: {"replies": [{"text": "How can I help?", "choices": choices}]}
    await world.text("hello")
    world.engine.brain = plain
    assert (await world.text(said)).messages == ["You said: /ask_hours"]


async def test_words_are_never_read_as_a_command(world: World) -> None:
    await world.text('/restart{"a": 1}')
    assert world.engine.turns[-1]["payload"] is None


async def test_five_deliveries_at_once_are_one_turn_and_five_identical_answers(world: World) -> None:
    world.engine.brain = lambda turn: {"replies": [{"text": "Once", "choices": [{"title": "A", "payload": "/a"}]}]}
    heard = await asyncio.gather(*(world.text("hello", sid="SM" + "5" * 32) for _ in range(5)))

    assert len({each.body for each in heard}) == 1
    assert heard[0].messages[0].startswith("Once")
    assert len(world.backend.turns) == 1
    assert len(world.engine.turns) == 1


async def test_a_late_delivery_gets_the_stored_answer(world: World) -> None:
    first = await world.text("hello", sid="SM" + "6" * 32)
    second = await world.text("hello", sid="SM" + "6" * 32)
    assert first.body == second.body
    assert len(world.engine.turns) == 1


@pytest.mark.parametrize(
    ("body", "reaches_engine"),
    [
        ("", False),
        ("   \x00 ", False),
        ("\x00balance\x00", True),
        ("😀🚰💧", True),
        ("ما هو رصيدي؟ \u202eabc", True),
        ("a" * 10_000, True),
        ("word " * 4_000, True),
        ("<Say>&amp; ]]> \ufffe\uffff", True),
    ],
)
async def test_an_odd_body_gets_an_answer(world: World, body: str, reaches_engine: bool) -> None:
    heard = await world.text(body)
    assert heard.messages
    assert all(heard.messages)
    assert bool(world.engine.turns) is reaches_engine
    for turn in world.backend.turns.values():
        assert "\x00" not in turn["said"]["text"]
        assert len(turn["said"]["text"]) <= 10_000


async def test_a_picture_without_words_gets_a_sentence_about_pictures(world: World) -> None:
    heard = await world.text("", NumMedia="1", MediaUrl0="https://api.twilio.com/x", MediaContentType0="image/jpeg")
    assert "picture" in heard.messages[0]
    assert next(iter(world.backend.turns.values()))["said"]["media_count"] == 1


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe ", "CANCEL", "end", "quit", "STOPALL", "revoke"])
async def test_opt_out_words_get_no_reply_of_ours(world: World, word: str) -> None:
    heard = await world.text(word)
    assert heard.xml.findall("*") == []
    assert world.backend.turns == {}


async def test_twilio_handled_opt_out_gets_no_second_reply(world: World) -> None:
    assert (await world.text("HELP", OptOutType="HELP")).xml.findall("*") == []


async def test_help_names_the_programme_and_a_phone(world: World) -> None:
    # Nobody knows the language of a stranger: both.
    for message in (await world.text("HELP")).messages:
        assert "Rio Seco Water District" in message
        assert "(951) 555-0100" in message
    assert world.backend.turns == {}


async def test_yes_and_stop_in_a_sentence_are_ordinary_words(world: World) -> None:
    assert (await world.text("YES")).messages == ["You said: YES"]
    assert (await world.text("please stop my water service")).messages == ["You said: please stop my water service"]


async def test_a_card_number_is_refused_and_never_sent_on(world: World) -> None:
    world.backend.refuse = "card_number"
    heard = await world.text("4242 4242 4242 4242")
    assert "card number" in heard.messages[0]
    assert world.engine.turns == []
    assert world.backend.outcomes == ["refused"]


async def test_a_long_answer_is_cut_between_sentences(world: World) -> None:
    sentence = "The office is open from half past seven until half past five. "
    world.engine.brain = lambda turn: {"replies": [{"text": sentence * 12}]}
    messages = (await world.text("hours")).messages
    assert len(messages) > 1
    assert all(len(m) <= 320 and m.endswith(".") for m in messages)


async def test_a_writer_with_a_person_hears_it_once_then_nothing(world: World) -> None:
    await world.text("hello")
    world.backend.conversation().mode = "person"
    asked = len(world.engine.turns)
    first, second = await world.text("are you there?"), await world.text("hello?")
    assert "person" in first.messages[0]
    assert second.xml.findall("*") == []
    assert len(world.engine.turns) == asked


async def test_statuses_go_to_the_backend_and_never_backwards(world: World) -> None:
    path = "/twilio/sms/status?message_id=01936f3e-5a00-7c00-8000-0000000000f2"
    for status in ("queued", "delivered", "sent", "delivered"):
        heard = await world.post(path, {"MessageSid": "SM1", "MessageStatus": status, "To": CUSTOMER})
        assert heard.status == 204
    assert [s["status"] for s in world.backend.statuses] == ["delivered"]


async def test_the_fallback_address_answers_and_files_the_case(world: World) -> None:
    form = {"MessageSid": "SM2", "From": CUSTOMER, "To": OUR_NUMBER, "ErrorCode": "11200", "ErrorUrl": "x"}
    heard = await world.post("/twilio/sms/fallback", form)
    assert heard.messages
    assert world.backend.hand_offs[0]["reason"] == "assistant_unavailable"


class TestWordsAboutTexts:
    async def test_a_keyword_is_kept_with_its_words_and_answered_by_the_carrier_alone(self, world: World) -> None:
        heard = await world.text("STOP")
        assert heard.xml.findall("*") == []
        (said,) = world.backend.text_words
        assert (said["word"], said["wording"], said["is_keyword"], said["phone"]) == ("stop", "STOP", True, CUSTOMER)

    async def test_plain_words_stop_texts_and_get_one_confirmation_on_record(self, world: World) -> None:
        heard = await world.text("no me manden más mensajes", MessageSid="SM" + "1" * 32)
        again = await world.text("no me manden más mensajes", MessageSid="SM" + "1" * 32)
        assert heard.messages == again.messages and "no more texts" in heard.messages[0]
        assert {said["is_keyword"] for said in world.backend.text_words} == {False}
        assert world.backend.outcomes == ["answered"] and world.engine.turns == []

    async def test_start_opens_again_and_says_what_comes(self, world: World) -> None:
        await world.text("please stop texting me")
        assert "again" in (await world.text("START")).messages[0]
        assert [said["word"] for said in world.backend.text_words] == ["stop", "start"]

    async def test_yes_reaches_the_assistant_as_well(self, world: World) -> None:
        assert (await world.text("yes")).messages == ["You said: yes"]
        assert [said["word"] for said in world.backend.text_words] == ["yes"]

    async def test_when_the_record_is_away_plain_words_become_a_case(self, world: World) -> None:
        await world.backend.server.stop()
        assert "a person will get back to you" in (await world.text("please stop texting me")).messages[0]

    async def test_in_advanced_opt_out_another_word_counts_as_well(self, world: World) -> None:
        assert (await world.text("ALTO", OptOutType="STOP")).xml.findall("*") == []
        assert world.backend.text_words[0]["word"] == "stop"


class TestNotices:
    NOTICE: ClassVar[dict[str, object]] = {
        "id": "n-1",
        "kind": "water",
        "text": {"en": "A main broke in Mesa.", "es": "Se rompió una tubería en Mesa."},
    }

    async def test_a_notice_comes_before_the_answer_and_once(self, world: World) -> None:
        world.backend.notices = [self.NOTICE]
        first, second = await world.text("hello"), await world.text("hello again")
        assert first.messages[0].startswith("A main broke in Mesa.")
        assert "Mesa" not in "".join(second.messages)

    async def test_it_comes_in_the_middle_of_a_conversation_too(self, world: World) -> None:
        await world.text("hello")
        world.backend.notices = [self.NOTICE]
        assert (await world.text("hello again")).messages[0].startswith("A main broke in Mesa.")

    async def test_it_is_told_when_the_assistant_is_out(self, world: World) -> None:
        world.backend.notices = [self.NOTICE]
        await world.engine.server.stop()
        assert (await world.text("hello")).messages[0].startswith("A main broke in Mesa.")
