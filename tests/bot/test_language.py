"""A language is detected when it is clear, and left alone when it is not."""

import pytest

from bot.nlu.language import detect_language


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "what's my balance",
        "I want to pay my bill",
        "no, the other account",
        "my zip is nine two five oh one",
        "can you tell me when the office opens",
        "there is water running down the street",
        "I live on El Camino Real and have no water",
    ],
)
def test_english(text: str) -> None:
    assert detect_language(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "hola",
        "gracias",
        "cuánto debo",
        "cuanto debo de agua",
        "quiero pagar mi factura",
        "no, la otra cuenta",
        "cuatro cuatro uno dos",
        "hay una fuga en la calle",
        "necesito hablar con una persona",
        "mi pago no aparece",
        "guardar mi tarjeta",
        "me pagan si quito el pasto",
        "me pueden perdonar el recargo",
    ],
)
def test_spanish(text: str) -> None:
    assert detect_language(text) == "es"


@pytest.mark.parametrize("text", ["", "ok", "no", "1234", "44124412", "Maria Lopez", "😀", "$42.50", "pin 1234", "قطع"])
def test_neither_is_clear(text: str) -> None:
    assert detect_language(text) is None
