"""What of a sentence's words the classifier sees."""

import numpy as np
import pytest

from bot.nlu.features import Features, normalised_tokens, piece_terms, word_terms

KNOWN = ["what is my balance", "how much do I owe", "cuánto debo", "a qué hora abren"]


@pytest.fixture(scope="module")
def features() -> Features:
    return Features.fit(KNOWN)


def test_numbers_amounts_and_addresses_are_placeholders() -> None:
    assert normalised_tokens("Pay $42.50 on 44124412, ana@example.com, door 7") == [
        "pay", "moneyamount", "on", "longnumber", "mailaddress", "door", "smallnumber",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["CUÁNTO DEBO", "cuanto debo", "Cuánto debo...", "  cuánto, debo  ", "cuánto debo 😀"])
def test_case_accents_and_punctuation_do_not_matter(text: str) -> None:
    assert normalised_tokens(text) == ["cuanto", "debo"]


def test_an_apostrophe_may_be_left_out() -> None:
    assert normalised_tokens("what's") == normalised_tokens("whats")


def test_terms_are_words_pairs_and_pieces_of_words() -> None:
    assert list(word_terms(["my", "bill"])) == ["w my", "w bill", "w my bill"]
    assert list(piece_terms(["bill"]))[:5] == [" b", "bi", "il", "ll", "l "]
    assert " bill" in list(piece_terms(["bill"]))


def test_a_text_of_known_terms_has_two_halves_of_length_one(features: Features) -> None:
    _, values = features.vector("what is my balance")
    assert float((values**2).sum()) == pytest.approx(2, abs=1e-5)


def test_a_sentence_of_unknown_words_weighs_less(features: Features) -> None:
    known = np.linalg.norm(features.vector("my balance")[1])
    mostly_unknown = np.linalg.norm(features.vector("my zyxw vutsr qponm")[1])
    assert mostly_unknown < known


def test_a_misspelled_word_is_familiar_and_noise_is_not(features: Features) -> None:
    assert features.familiarity("balance") == 1.0
    assert features.familiarity("ballance") > 0.4
    assert features.familiarity("قطع الماء") == 0.0
    assert features.familiarity("zq xkcd vbnm") < 0.4


def test_rows_of_the_matrix_are_the_vectors(features: Features) -> None:
    texts = ["what do I owe", "", "hora"]
    matrix = features.matrix(texts).toarray()
    for row, text in zip(matrix, texts, strict=True):
        positions, values = features.vector(text)
        assert row[positions] == pytest.approx(values)
        assert np.count_nonzero(row) == len(positions)


def test_terms_that_are_rare_can_be_left_out() -> None:
    assert set(Features.fit(["aa bb", "aa cc"], terms_min=2).positions) == {
        "w aa",
        " a",
        "aa",
        "a ",
        " aa",
        "aa ",
        " aa ",
    }


def test_what_is_looked_up_once_is_the_same_the_second_time(features: Features) -> None:
    first, second = features.vector("my balance, my balanse"), features.vector("my balance, my balanse")
    assert first[0].tolist() == second[0].tolist()
    assert first[1].tolist() == second[1].tolist()
