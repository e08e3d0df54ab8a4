"""The pipelines to compare: `ours`, Rasa's `default`, or any config.yml; each runs in processes of its own."""

import json
import os
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.nlu.data import DataError, Row
from bench.nlu.measures import Prediction, Quality, judge

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
DEFAULT = """
recipe: default.v1
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: {epochs}
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: ResponseSelector
    epochs: {epochs}
    constrain_similarities: true
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
"""
"""The pipeline of `rasa init`."""
DEFAULT_EPOCHS = 100
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_INTRA_OP_PARALLELISM_THREADS")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Pipeline:
    """A name to print, and the text of its configuration."""

    name: str
    config: str


@dataclass(frozen=True)
class Result:
    """What one pipeline showed on one draw of examples."""

    pipeline: str
    examples: int
    quality: Quality
    training_seconds: float
    median_ms: float
    p95_ms: float
    memory_mb: float


def pipeline_named(name: str, epochs: int) -> Pipeline:
    """`ours`, `default`, or the path of a configuration.

    :raises DataError: there is no such file.
    """
    if name == "ours":
        return Pipeline("ours", (ROOT / "config.yml").read_text("utf-8"))
    if name == "default":
        reduced = "" if epochs == DEFAULT_EPOCHS else f", {epochs} epochs"
        return Pipeline(f"default{reduced}", DEFAULT.format(epochs=epochs))
    try:
        return Pipeline(Path(name).name, Path(name).read_text("utf-8"))
    except OSError as error:
        raise DataError(f"{name}: no such pipeline; say ours, default, or the path of a config.yml") from error


def measure(pipeline: Pipeline, learn: Sequence[Row], tried: Sequence[Row], folder: Path, say: Say) -> Result:
    """Train on `learn` with all cores, predict `tried` on one thread."""
    config, model, answers = folder / "config.yml", folder / "model.tar.gz", folder / "answers.json"
    config.write_text(pipeline.config, "utf-8")
    given = {name: _write_rows(folder / f"{name}.json", rows) for name, rows in (("learn", learn), ("tried", tried))}
    say(f"{pipeline.name}: training on {len(learn)} examples")
    last = _work(say, {}, "train", config, given["learn"], model)
    seconds = float(json.loads(last)["training_seconds"])
    say(f"{pipeline.name}: trained in {seconds:.1f} s; predicting {len(tried)} messages, one at a time")
    _work(say, dict.fromkeys(_ONE_THREAD, "1"), "predict", config, model, given["tried"], answers)
    read = json.loads(answers.read_text("utf-8"))
    predictions = [Prediction(intent, confidence, declined) for intent, confidence, declined, _ in read["answers"]]
    times = sorted(milliseconds for *_, milliseconds in read["answers"])
    return Result(
        pipeline=pipeline.name,
        examples=len(learn),
        quality=judge(tried, predictions),
        training_seconds=seconds,
        median_ms=statistics.median(times),
        p95_ms=times[min(len(times) - 1, int(len(times) * 0.95))],
        memory_mb=read["memory_mb"],
    )


def _write_rows(path: Path, rows: Sequence[Row]) -> Path:
    path.write_text(json.dumps([[row.text, row.intent] for row in rows]), "utf-8")
    return path


def _work(say: Say, extra: dict[str, str], *arguments: str | Path) -> str:
    """Run bot/trial.py; passes its lines on and gives the last.

    :raises DataError: it failed, with the end of what it printed.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **extra}
    command = [str(PYTHON), "-m", "bot.trial", *map(str, arguments)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    last = ""
    assert process.stdout and process.stderr
    errors = process.stderr
    for line in process.stdout:
        last = line.strip()
        if not last.startswith("{"):
            say(f"  {last}")
    told = errors.read()
    if process.wait() != 0:
        raise DataError(f"the pipeline failed: {told.strip()[-2000:] or last}")
    return last
