"""Questions that the district's answers bring along, as training data of one intent.

Each `district/knowledge/<language>/<slug>.md` names the questions people ask for it. The classifier learns the
articles apart and gives the one it means as the entity `article`.
"""

import os
from pathlib import Path
from typing import Any

import rasa.shared.utils.io
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

ROOT = Path(__file__).parents[1]
INTENT = "ask_knowledge"
ARTICLE = "article"
"""The entity, and where a training example keeps the slug of its article."""
LANGUAGES = ("en", "es")
_FENCE = "---"


class KnowledgeError(RasaException):
    """An article cannot be read; the message names its file."""


def district_folder() -> Path:
    """The district's files: `HEADGATE_DISTRICT_DIR`, else those of the project."""
    return Path(os.environ.get("HEADGATE_DISTRICT_DIR") or ROOT / "district")


def read_questions(folder: Path) -> dict[str, list[str]]:
    """The questions of each article in `folder`/knowledge, both languages together, by slug.

    :raises KnowledgeError: a file has no head, or no questions in it.
    """
    found: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for path in sorted((folder / "knowledge" / language).glob("*.md")):
            opening, _, rest = path.read_text("utf-8").partition("\n")
            head, fence, _ = rest.partition(f"\n{_FENCE}\n")
            if opening != _FENCE or not fence:
                raise KnowledgeError(f"{path}: begin with a head between two lines of {_FENCE}")
            values: Any = rasa.shared.utils.io.read_yaml(head)
            questions = values.get("questions") if isinstance(values, dict) else None
            if not questions:
                raise KnowledgeError(f"{path}: the head has no questions")
            found.setdefault(path.stem, []).extend(map(str, questions))
    return found


class KnowledgeImporter(RasaFileImporter):
    """Rasa's own importer of files, and the questions; named in `config.yml`."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of the files, and one for each question of the district's answers."""
        return super().get_nlu_data(language).merge(_examples(district_folder()))


def _examples(folder: Path) -> TrainingData:
    examples = []
    for slug, questions in read_questions(folder).items():
        for question in questions:
            example = Message.build(question, INTENT)
            example.set(ARTICLE, slug)
            examples.append(example)
    return TrainingData(examples)
