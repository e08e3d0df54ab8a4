"""Which choice a customer meant, and which language a choice speaks."""

import pytest

from telephony.choices import picked, switched_language
from telephony.messages import Choice, Reply, replies_from_json, reply_to_json

OFFERED = (Choice("Pay my bill", "/pay_bill"), Choice("¿Está abierto?", "/ask_hours"), Choice("No", "/deny"))


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("1", "/pay_bill"),
        ("#2", "/ask_hours"),
        ("tres", "/deny"),
        ("option 1", "/pay_bill"),
        ("oprima el 2", "/ask_hours"),
        ("PAY MY BILL!", "/pay_bill"),
        ("esta abierto", "/ask_hours"),
        ("4", None),
        ("12", None),
        ("I want to pay", None),
        ("", None),
    ],
)
def test_what_is_picked_by_words_or_number(text: str, payload: str | None) -> None:
    assert picked(OFFERED, "sms", text, None) == payload


@pytest.mark.parametrize(("text", "position"), [("10", 10), ("eleven", 11), ("once", 11), ("1", 1)])
def test_more_than_nine_can_be_picked(text: str, position: int) -> None:
    many = tuple(Choice(f"Department {number}", f"/choice_{number}") for number in range(1, 12))
    assert picked(many, "sms", text, None) == f"/choice_{position}"


def test_a_number_word_in_chat_is_a_word() -> None:
    assert picked(OFFERED, "chat", "one", None) is None


def test_only_an_offered_payload_is_passed_on() -> None:
    assert picked(OFFERED, "chat", "Pay my bill", "/pay_bill") == "/pay_bill"
    assert picked(OFFERED, "chat", "x", "/restart") is None
    assert picked((), "chat", "x", "/pay_bill") is None


@pytest.mark.parametrize(
    ("payload", "language"),
    [
        ('/switch_language{"language": "es"}', "es"),
        ('/change_language{"requested_language":"en"}', "en"),
        ("/pay_bill", None),
        ('/pay_bill{"language": "es"}', None),
    ],
)
def test_a_choice_of_language_is_known(payload: str, language: str | None) -> None:
    assert switched_language(payload) == language


def test_replies_survive_the_way_to_the_record_and_back() -> None:
    raw = [
        {
            "text": "Hi",
            "choices": [{"title": "A", "payload": "/a"}],
            "attachments": [{"url": "https://x.example/a.pdf", "content_type": "application/pdf", "title": "Bill"}],
            "commands": [
                {
                    "type": "hand_off",
                    "hand_off_id": "1",
                    "department": "billing",
                    "open_now": True,
                    "answered_by": None,
                },
                {"type": "transfer", "department": "billing", "number": "+19515550101"},
                {"type": "set_language", "language": "es"},
                {"type": "collect", "kind": "digits", "digits_max": 4, "secret": True},
                {"type": "hang_up"},
            ],
        }
    ]
    assert [reply_to_json(reply) for reply in replies_from_json(raw)] == raw


def test_what_is_not_understood_is_left_out() -> None:
    raw = [1, {"text": None, "commands": [{"type": "collect_card"}, 3, {"type": "set_language", "language": "fr"}]}]
    assert replies_from_json(raw) == (Reply(""),)
    assert replies_from_json(None) == ()
