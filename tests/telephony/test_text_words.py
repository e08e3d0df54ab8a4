"""Which words withdraw consent to texts, and which only sound like it."""

import pytest

from telephony.channels.text_words import stops_texts_aloud, text_word


def word(text: str) -> str | None:
    found = text_word(text)
    return found.word if found else None


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me",
        "Stop sending me text messages!",
        "STOP PLEASE",
        "please stop",
        "stop stop stop",
        "Don't text me anymore",
        "do not message this number",
        "I don't want any more texts",
        "I do not want to receive these messages",
        "no more texts please",
        "quit texting me",
        "Take me off your texting list",
        "remove my number from your list",
        "unsubscribe me",
        "I want to opt out",
        "please stop the reminders",
        "no me manden más mensajes",
        "No me manden mas",
        "por favor no me envíen mensajes de texto",
        "deje de mandarme mensajes",
        "ya no quiero recibir mensajes",
        "no quiero más textos",
        "dejen de escribirme",
        "no más mensajes",
        "quítenme de la lista",
        "alto por favor",
    ],
)
def test_no_more_texts(text: str) -> None:
    found = text_word(text)
    assert found is not None and found.word == "stop" and not found.is_keyword


@pytest.mark.parametrize("text", ["STOP", "stop", " Unsubscribe ", "CANCEL", "end", "OptOut"])
def test_the_carriers_own_words(text: str) -> None:
    found = text_word(text)
    assert found is not None and found.word == "stop" and found.is_keyword


@pytest.mark.parametrize(
    "text",
    [
        "stop my water service",
        "I want to stop service at my house",
        "please stop the shut off",
        "stop autopay",
        "cancel my autopay",
        "stop charging me late fees",
        "can you stop the leak at the meter",
        "my toilet won't stop running",
        "please stop by the office?",
        "I didn't get a text message from you",
        "why did you stop texting me",
        "don't stop texting me",
        "I got a message about my bill",
        "can you text me my balance",
        "send me a text when it is fixed",
        "quiero cancelar mi servicio de agua",
        "quiero dar de baja el servicio",
        "paren la fuga de agua por favor",
        "no me llegó el mensaje",
        "no me corten el agua",
        "no tengo agua",
        "¿me pueden mandar un mensaje con mi saldo?",
        "I don't need help with messages I got yesterday, what is my balance",
        "",
    ],
)
def test_about_something_else(text: str) -> None:
    assert word(text) is None


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("START", True),
        ("unstop", True),
        ("please start texting me again", False),
        ("you can text me again", False),
        ("quiero recibir mensajes otra vez", False),
        ("pueden mandarme mensajes de nuevo", False),
    ],
)
def test_texts_again(text: str, keyword: bool) -> None:
    found = text_word(text)
    assert found is not None and found.word == "start" and found.is_keyword is keyword


def test_yes_and_help_are_whole_messages() -> None:
    assert word("YES") == "yes" and word("yes please") is None
    assert word("help") == "help" and word("help with my bill") is None


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("stop texting me", "en"),
        ("can you please stop sending me text messages", "en"),
        ("I don't want any more texts from you guys", "en"),
        ("take my number off your texting list", "en"),
        ("ya no me manden mensajes", "es"),
        ("no quiero recibir más mensajes de texto", "es"),
        ("dejen de mandarme mensajes por favor", "es"),
    ],
)
def test_no_more_texts_said_aloud(words: str, language: str) -> None:
    assert stops_texts_aloud(words) == language


@pytest.mark.parametrize(
    "words",
    [
        "stop",
        "cancel",
        "alto",
        "please stop",
        "no more reminders",
        "I want to opt out",
        "take me off your list",
        "no me manden más",
        "stop leaving me voicemail messages",
        "stop sending me paper bills",
        "stop my water service",
        "why did you stop texting me",
        "text me a link",
    ],
)
def test_aloud_texts_must_be_named(words: str) -> None:
    assert stops_texts_aloud(words) is None
