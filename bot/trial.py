"""Tries a pipeline, ours or any other of Rasa's, on rows of text and intent: what bench/nlu asks of the engine's side.

`python -m bot.trial train CONFIG ROWS MODEL` and `… predict CONFIG MODEL ROWS ANSWERS`; ROWS is a JSON list of
[text, intent]. Prints a line for each step on standard output.
"""

import io
import json
import os
import resource
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("RASA_MAX_CACHE_SIZE", "0")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
FALLBACK = "nlu_fallback"
SAY_EVERY = 500


def _ours(config: str) -> bool:
    """A pipeline of our own components alone needs no TensorFlow, and gets none."""
    from ruamel.yaml import YAML

    pipeline = YAML(typ="safe").load(config).get("pipeline") or []
    return all(str(component["name"]).startswith("bot.") for component in pipeline)


def _start(config: str) -> bool:
    ours = _ours(config)
    if ours:
        from bot.absent import leave_out

        leave_out()
    return ours


def train(config: Path, rows: Path, output: Path) -> None:
    """Train NLU alone; says how long it took, without the imports."""
    text = config.read_text("utf-8")
    _start(text)
    from rasa.engine.recipes.default_recipe import TrainingType
    from rasa.model_training import _train_graph
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.training_data.structures import StoryGraph
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData
    from ruamel.yaml import YAML

    configuration = YAML(typ="safe").load(text)
    configuration.setdefault("recipe", "default.v1")
    configuration.setdefault("assistant_id", "bench")
    configuration["policies"] = []
    examples = [Message.build(words, intent) for words, intent in json.loads(rows.read_text("utf-8"))]

    class Importer(TrainingDataImporter):
        """The rows as they are: no syntax of a training file is read into them."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            pass

        def get_domain(self) -> Any:
            return Domain.empty()

        def get_stories(self, exclusion_percentage: int | None = None) -> Any:
            return StoryGraph([])

        def get_conversation_tests(self) -> Any:
            return StoryGraph([])

        def get_config(self) -> Any:
            return configuration

        def get_config_file_for_auto_config(self) -> str | None:
            return None

        def get_nlu_data(self, language: str | None = "en") -> Any:
            return TrainingData(examples)

    started = time.perf_counter()
    with TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        result: Any = _train_graph(Importer(), TrainingType.NLU, folder, output.name)
        if result.code != 0 or not result.model:
            raise SystemExit("training failed")
        os.replace(result.model, output)
    print(json.dumps({"training_seconds": time.perf_counter() - started}), flush=True)


def predict(config: Path, model: Path, rows: Path, answers: Path) -> None:
    """Predict each row by itself; the time of each is that of the whole pipeline."""
    ours = _start(config.read_text("utf-8"))
    from rasa.core.channels.channel import UserMessage
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
    from rasa.engine.loader import load_predict_graph_runner
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    from bot.graph import OrderedGraphRunner

    with TemporaryDirectory() as folder:
        runners = OrderedGraphRunner if ours else DaskGraphRunner
        metadata, runner = load_predict_graph_runner(Path(folder), model, LocalModelStorage, runners)
    target = metadata.predict_schema.nodes[metadata.nlu_target].needs["messages"] if ours else metadata.nlu_target
    texts = [text for text, _ in json.loads(rows.read_text("utf-8"))]

    def parse(text: str) -> dict[str, Any]:
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: None}
        parsed: dict[str, Any] = runner.run(inputs=inputs, targets=[target])[target][0].as_dict(True)
        return parsed

    for text in texts[:20]:
        parse(text)
    found = []
    for number, text in enumerate(texts, start=1):
        started = time.perf_counter()
        parsed = parse(text)
        found.append([*_read(parsed), (time.perf_counter() - started) * 1000])
        if number % SAY_EVERY == 0:
            print(f"{number} of {len(texts)} predicted", flush=True)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answers.write_text(json.dumps({"answers": found, "memory_mb": kilobytes / 1024}), "utf-8")


def _read(parsed: dict[str, Any]) -> tuple[str, float, bool]:
    """The likeliest intent that is one, its confidence, and whether the pipeline falls back."""
    ranking = [one for one in parsed.get("intent_ranking") or [parsed["intent"]] if one.get("name") != FALLBACK]
    first: dict[str, Any] = ranking[0] if ranking else {"name": "", "confidence": 0.0}
    return str(first["name"]), float(first["confidence"]), parsed["intent"].get("name") == FALLBACK


if __name__ == "__main__":
    paths = [Path(argument) for argument in sys.argv[2:]]
    if sys.argv[1] == "train":
        train(*paths)
    else:
        predict(*paths)
