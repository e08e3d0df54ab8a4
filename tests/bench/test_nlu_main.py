"""The command, as somebody with a CSV file runs it: our pipeline really trained and tried."""

import json
from pathlib import Path

import pytest

from bench.nlu.__main__ import main

TEXTS = {
    "pay": ["pay my bill", "I want to pay", "make a payment", "can I pay now", "pay the water bill", "pay online"],
    "hours": [
        "when are you open",
        "opening hours",
        "are you open today",
        "what time do you close",
        "your hours",
        "open?",
    ],
    "oos": ["tell me a joke", "order a pizza", "who won the game", "sing me a song", "what is love", "buy a car"],
}


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    lines = [f"{text},{intent}" for intent, texts in TEXTS.items() for text in texts]
    path.write_text("\n".join(["text,intent", *lines]) + "\n")
    return path


def test_figures_of_every_kind_are_printed_as_json(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--train", str(rows), "--test", str(rows), "--pipeline", "ours", "--json"]) == 0
    printed = capsys.readouterr()
    (result,) = json.loads(printed.out)
    assert result["pipeline"] == "ours"
    assert result["quality"]["accuracy"] > 0.9
    assert result["quality"]["out_of_scope_rows"] == 6
    assert min(result["training_seconds"], result["median_ms"], result["memory_mb"]) > 0
    assert "training on 18 examples" in printed.err


def test_a_file_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--train", str(tmp_path / "missing.csv")]) == 1
    assert capsys.readouterr().err.startswith("bench.nlu: ")


def test_a_pipeline_that_does_not_exist_is_told(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--train", str(rows), "--pipeline", "nothing.yml"]) == 1
    assert "nothing.yml: no such pipeline" in capsys.readouterr().err
