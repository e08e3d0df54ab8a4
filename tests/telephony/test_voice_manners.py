"""How callers are listened to and spoken to: keys alone, models and hints, slower, relayed calls, the notice."""

import pytest

from tests.telephony.conftest import CUSTOMER, World
from tests.telephony.test_voice import GREETING, replies


class TestKeysAlone:
    """A caller who cannot or will not speak gets everything by key."""

    @pytest.mark.parametrize(
        ("keys", "words"),
        [("0", "representative"), ("*", "repeat that"), ("1", "yes"), ("2", "no"), ("44124412", None)],
    )
    async def test_a_key_stands_for_words(self, world: World, keys: str, words: str | None) -> None:
        first = await world.call()
        await world.call(first.action(world), Digits=keys)
        assert world.engine.turns[-1]["text"] == (words or keys)

    async def test_a_choice_comes_before_yes_and_no(self, world: World) -> None:
        world.engine.brain = lambda turn: GREETING
        first = await world.call()
        await world.call(first.action(world), Digits="1")
        assert world.engine.turns[-1]["payload"] == "/check_balance"

    async def test_a_digit_of_a_number_is_no_yes(self, world: World) -> None:
        world.engine.brain = lambda turn: replies("Your PIN?", {"type": "collect", "kind": "digits", "digits_max": 4})
        first = await world.call()
        await world.call(first.action(world), Digits="1")
        assert world.engine.turns[-1]["text"] == "1"


@pytest.mark.parametrize(
    ("kind", "language", "expected"),
    [
        ("digits", "en", ("numbers_and_commands", "2", "double")),
        ("digits", "es", ("numbers_and_commands", "2", "cero")),
        ("speech", "en", ("phone_call", "1", "gmail dot com")),
        ("speech", "es", ("default", "1", "arroba")),
        ("any", "en", ("phone_call", "1", "no water")),
        ("any", "es", ("default", "1", "no hay agua")),
    ],
)
async def test_each_question_is_listened_to_in_its_own_way(
    world: World, kind: str, language: str, expected: tuple[str, str, str]
) -> None:
    model, pause, hint = expected
    world.engine.brain = lambda turn: replies("¿…?", {"type": "collect", "kind": kind}, language=language)
    gather = (await world.call()).verb("Gather").attrib
    assert (gather["speechModel"], gather["speechTimeout"]) == (model, pause)
    assert hint in gather["hints"] and gather["input"] == "dtmf speech"
    assert len(gather["hints"].split(",")) <= 500 and all(len(each) <= 100 for each in gather["hints"].split(","))


@pytest.mark.parametrize("words", ["slower please", "you are speaking too fast", "más despacio por favor"])
async def test_slower_is_slower_from_then_on(world: World, words: str) -> None:
    first = await world.call()
    assert first.xml.find(".//prosody") is None
    second = await world.call(first.action(world), SpeechResult=words, Confidence="0.9")
    assert world.engine.turns[-1]["text"] == "repeat that"
    assert second.verb("prosody").attrib == {"rate": "80%"}
    third = await world.call(second.action(world), SpeechResult="my balance", Confidence="0.9")
    assert third.verb("prosody").text == "You said: my balance"
    fourth = await world.call(third.action(world), SpeechResult="normal speed please", Confidence="0.9")
    assert fourth.xml.find(".//prosody") is None


async def test_a_long_story_with_slow_in_it_is_a_story(world: World) -> None:
    first = await world.call()
    story = "my water has been running much slower than it did before you replaced the meter in front of my house"
    second = await world.call(first.action(world), SpeechResult=story, Confidence="0.9")
    assert world.engine.turns[-1]["text"] == story and second.xml.find(".//prosody") is None


@pytest.mark.parametrize(
    "words",
    [
        "hello this is relay operator 4411 have you received a relay call before",
        "I am calling through the 711 relay service",
        "this is the sign language interpreter number 22",
        "le llamo del servicio de relevo",
    ],
)
async def test_a_relay_call_is_welcomed_and_given_time(world: World, words: str) -> None:
    first = await world.call()
    asked = len(world.engine.turns)
    second = await world.call(first.action(world), SpeechResult=words, Confidence="0.9")
    assert "relay calls" in second.said and len(world.engine.turns) == asked
    gather = second.verb("Gather").attrib
    assert (gather["timeout"], gather["speechTimeout"]) == ("15", "4")
    third = await world.call(second.action(world), SpeechResult="what is my balance go ahead", Confidence="0.9")
    assert world.engine.turns[-1]["text"] == "what is my balance go ahead"
    assert third.verb("Gather").attrib["timeout"] == "15"
    heard = third
    for _ in range(4):
        heard = await world.call(heard.action(world))
        assert heard.xml.find("Hangup") is None


@pytest.mark.parametrize(
    "words",
    [
        "my address is 711 Oak Street",
        "I live at seven one one Relay Road",
        "it is one two seven one one four five",
        "seven one one",
        "my last bill was 711 dollars",
    ],
)
async def test_a_number_with_711_in_it_is_an_answer(world: World, words: str) -> None:
    first = await world.call()
    second = await world.call(first.action(world), SpeechResult=words, Confidence="0.9")
    assert world.engine.turns[-1]["text"] == words
    assert "relay" not in second.said.casefold().replace("relay road", "")
    assert second.verb("Gather").attrib["timeout"] == "5", "nobody is in between"


async def test_while_a_number_is_asked_for_nothing_is_a_relay_call(world: World) -> None:
    world.engine.brain = lambda turn: replies("Your number?", {"type": "collect", "kind": "digits", "digits_max": 8})
    first = await world.call()
    await world.call(first.action(world), SpeechResult="relay service four four", Confidence="0.9")
    assert world.engine.turns[-1]["text"] == "relay service four four"


@pytest.mark.parametrize(
    "words",
    ["this is relay operator 4411 the caller has no water", "llamo del servicio de relevo, quiero pagar mi cuenta"],
)
async def test_what_a_relay_call_is_about_reaches_the_assistant_at_once(world: World, words: str) -> None:
    first = await world.call()
    second = await world.call(first.action(world), SpeechResult=words, Confidence="0.9")
    assert world.engine.turns[-1]["text"] == words and "You said" in second.said
    assert second.verb("Gather").attrib["timeout"] == "15", "and it gets its time"


async def test_somebody_who_wants_an_operator_wants_a_person(world: World) -> None:
    first = await world.call()
    await world.call(first.action(world), SpeechResult="operator", Confidence="0.9")
    assert world.engine.turns[-1]["text"] == "operator"


@pytest.mark.parametrize(
    ("verstat", "on_file"),
    [
        ("TN-Validation-Passed-A", True),
        ("TN-Validation-Passed-C", True),
        ("No-TN-Validation", True),
        ("", True),
        ("TN-Validation-Failed", False),
        ("TN-Validation-Failed-C-Diverted", False),
    ],
)
async def test_a_doubted_number_counts_for_nothing_and_a_proved_one_for_nothing_more(
    world: World, verstat: str, on_file: bool
) -> None:
    first = await world.call(StirVerstat=verstat)
    await world.call(first.action(world), SpeechResult="my balance", Confidence="0.9")
    assert [turn["calling_number_on_file"] for turn in world.engine.turns] == [on_file, on_file]
    assert [turn["verification_level"] for turn in world.engine.turns] == [0, 0]


@pytest.mark.parametrize("world", [{"recording_notice": True}], indirect=True)
class TestRecordingNotice:
    async def test_is_said_first_and_cannot_be_talked_over(self, world: World) -> None:
        world.engine.brain = lambda turn: GREETING
        heard = await world.call()
        assert [child.tag for child in heard.xml] == ["Say", "Gather"]
        assert heard.xml[0].text == "This call may be recorded."
        lines = [say.text for say in heard.verb("Gather").iter("Say")]
        assert lines[0] == "Para español, oprima el 2." and "automated assistant" in (lines[1] or "")
        recorded = world.backend.conversation("voice").messages[0]["text"]
        assert recorded == "This call may be recorded."

    async def test_is_said_again_in_the_language_the_call_goes_on_in(self, world: World) -> None:
        world.engine.brain = lambda turn: GREETING
        first = await world.call()
        world.engine.brain = lambda turn: replies("Muy bien, en español.", language="es")
        second = await world.call(first.action(world), Digits="2")
        third = await world.call(second.action(world), SpeechResult="mi saldo", Confidence="0.9")
        assert second.said == "Esta llamada puede ser grabada. Muy bien, en español."
        assert "grabada" not in third.said

    async def test_is_not_part_of_a_text(self, world: World) -> None:
        assert (await world.text("hello")).messages == ["You said: hello"]


class TestNoMoreTexts:
    """Asked for on a call: kept for the calling number at once, as a text from it would be."""

    @pytest.mark.parametrize(
        ("words", "answer"),
        [("stop texting me", "no more texts from us"), ("ya no me manden mensajes", "no recibirá más mensajes")],
    )
    async def test_it_is_kept_and_confirmed_and_the_call_goes_on(self, world: World, words: str, answer: str) -> None:
        first = await world.call()
        second = await world.call(first.action(world), SpeechResult=words, Confidence="0.9")
        assert answer in second.said and "0 1 7 7" in second.said
        (kept,) = world.backend.text_words
        assert (kept["phone"], kept["word"], kept["wording"]) == (CUSTOMER, "stop", words)
        assert not kept["is_keyword"] and world.engine.turns[-1]["kind"] == "start"
        await world.call(second.action(world), SpeechResult="my balance", Confidence="0.9")
        assert world.engine.turns[-1]["text"] == "my balance"

    async def test_a_hidden_number_or_another_wish_is_the_assistants(self, world: World) -> None:
        first = await world.call(From="anonymous")
        await world.call(first.action(world), From="anonymous", SpeechResult="stop texting me", Confidence="0.9")
        assert world.engine.turns[-1]["text"] == "stop texting me"
        await world.call(first.action(world), SpeechResult="stop", Confidence="0.9")
        assert world.backend.text_words == []


async def test_a_blocked_caller_is_told_politely_and_the_call_ends(world: World) -> None:
    world.backend.turned_away = "blocked"
    heard = await world.call()
    assert "cannot take calls from this number" in heard.said and "escriba a nuestra oficina" in heard.said
    assert heard.xml[-1].tag == "Hangup" and world.engine.turns == []
