"""The questions of the district's answers as training data."""

from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge import ARTICLE, INTENT, KnowledgeError, KnowledgeImporter, read_questions
from bot.nlu.intents import class_of

ROOT = Path(__file__).parents[2]
GOOD = "---\ntitle: A unit\nquestions:\n  - what is a unit\n  - one ccf\n---\nOne unit is 748 gallons.\n"


def write(folder: Path, language: str, name: str, text: str) -> Path:
    path = folder / "knowledge" / language / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_questions_of_both_languages_belong_to_one_article(tmp_path: Path) -> None:
    write(tmp_path, "en", "ccf.md", GOOD)
    write(tmp_path, "es", "ccf.md", GOOD.replace("what is a unit", "qué es una unidad"))
    assert read_questions(tmp_path) == {"ccf": ["what is a unit", "one ccf", "qué es una unidad", "one ccf"]}


@pytest.mark.parametrize("text", ["no head", "---\ntitle: A unit\n---\nOne.\n", "---\ntitle: A unit\n"])
def test_a_file_without_questions_is_named(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, "en", "ccf.md", text)
    with pytest.raises(KnowledgeError, match=str(path)):
        read_questions(tmp_path)


def test_the_importer_adds_them_to_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "en", "ccf.md", GOOD)
    monkeypatch.setenv("HEADGATE_DISTRICT_DIR", str(tmp_path))
    data = KnowledgeImporter(None, None, [str(ROOT / "data" / "nlu" / "en" / "hours.yml")]).get_nlu_data()
    classes = {class_of(example) for example in data.intent_examples}
    assert f"{INTENT}/ccf" in classes
    assert "ask_hours" in classes


def test_an_article_is_a_class_of_its_own() -> None:
    example = Message.build("one ccf", INTENT)
    assert class_of(example) == INTENT
    example.set(ARTICLE, "ccf")
    assert class_of(example) == "ask_knowledge/ccf"
