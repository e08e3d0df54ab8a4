"""Training and trying stories, as the commands do it."""

import shutil
from pathlib import Path

import pytest

from bot.absent import LEFT_OUT, LeftOutError
from bot.story_tests import main as try_stories
from bot.train import main as train

TINY = Path(__file__).parent / "tiny"

STORY = """
stories:
  - story: a number in a form
    steps:
      - user: |
          hello
        intent: greet
      - action: {first}
      - user: |
          my account number
        intent: give_number
      - action: number_form
      - active_loop: number_form
      - slot_was_set: [{{requested_slot: account_number}}]
      - user: |
          [4412 4412]{{"entity": "digits", "value": "44124412"}}
      - action: number_form
      - active_loop: null
      - slot_was_set: [{{requested_slot: null}}]
      - action: utter_number
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the tiny bot that a test may spoil."""
    shutil.copytree(TINY, tmp_path / "tiny")
    return tmp_path / "tiny"


def validate(folder: Path) -> int:
    return train(["--validate", "--domain", str(folder / "domain.yml"), "--data", str(folder / "data")])


class TestValidate:
    def test_finds_nothing_wrong_with_what_is_right(self, tiny: Path) -> None:
        assert validate(tiny) == 0

    @pytest.mark.parametrize(
        ("file", "right", "wrong"),
        [
            ("data/rules.yml", "{action: utter_silence}", "{action: utter_missing}"),
            ("data/rules.yml", "{intent: silence}", "{intent: missing}"),
            ("data/nlu.yml", "intent: break_it", "intent: missing"),
            ("domain.yml", "required_slots: [account_number]", "required_slots: [missing]"),
        ],
    )
    def test_finds_what_is_used_but_not_defined(
        self, tiny: Path, file: str, right: str, wrong: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = (tiny / file).read_text()
        assert right in text
        (tiny / file).write_text(text.replace(right, wrong))
        assert validate(tiny) == 1
        assert "wrong:" in capsys.readouterr().err

    def test_contradicting_rules_do_not_become_a_model(self, tiny: Path, tmp_path: Path) -> None:
        rules = tiny / "data" / "rules.yml"
        contradiction = "  - {rule: other greeting, steps: [{intent: greet}, {action: utter_silence}]}\n"
        rules.write_text(rules.read_text() + contradiction)
        output = tmp_path / "model.tar.gz"
        arguments = ["--domain", str(tiny / "domain.yml"), "--data", str(tiny / "data"), "--output", str(output)]
        assert train(arguments) == 1
        assert not output.exists()


class TestStories:
    def test_that_are_true_pass(self, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "test_form.yml").write_text(STORY.format(first="utter_greet"))
        assert try_stories(["--model", str(model), str(tmp_path)]) == 0
        assert capsys.readouterr().out.endswith("1 passed, 0 failed\n")

    def test_that_are_not_fail_and_say_where(
        self, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "test_form.yml").write_text(STORY.format(first="utter_silence"))
        assert try_stories(["--model", str(model), str(tmp_path)]) == 1
        said = capsys.readouterr().out
        assert "utter_silence expected, utter_greet decided" in said
        assert said.endswith("0 passed, 1 failed\n")

    def test_none_at_all_is_a_failure(self, model: Path, tmp_path: Path) -> None:
        assert try_stories(["--model", str(model), str(tmp_path)]) == 1


class TestLeftOut:
    def test_a_library_that_is_left_out_cannot_be_called(self) -> None:
        import tensorflow

        assert "tensorflow" in LEFT_OUT
        with pytest.raises(LeftOutError, match="left out"):
            tensorflow.constant([1])
        with pytest.raises(LeftOutError):
            tensorflow.keras.layers.Dense(4)
