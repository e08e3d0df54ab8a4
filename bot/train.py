"""Train the engine's model: `python -m bot.train --output FILE`, or only check: `--validate`.

Says what it is doing. Fails on warnings about the domain and the training data that would mean
a wrong answer to a customer: something used that is not defined, defined twice, or contradictory.
"""

import argparse
import io
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from bot.absent import leave_out

leave_out()
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("LOG_LEVEL", "ERROR")  # what Rasa asks before it draws progress bars
os.environ.setdefault("RASA_MAX_CACHE_SIZE", "0")  # training takes seconds; a stale part would not show

import logging  # noqa: E402

from rasa.engine.recipes.default_recipe import TrainingType  # noqa: E402
from rasa.exceptions import RasaException  # noqa: E402
from rasa.model_training import _train_graph  # noqa: E402
from rasa.shared.importers.importer import TrainingDataImporter  # noqa: E402
from rasa.validator import Validator  # noqa: E402

from bot.logs import configure_logs  # noqa: E402

ROOT = Path(__file__).parents[1]
HARMLESS = (
    "Slot auto-fill has been removed",
    "The utterance 'utter_disclosure'",
    "is not used in any story",
    "is not listed in the domain file",
    "'RulePolicy' is not included",  # ours is one; Rasa asks for the very class
)
"""Warnings that are no mistake: responses that actions or the channel utter, not rules."""
HOOKS = "rasa.engine.training.hooks"


class ProgressHandler(logging.Handler):
    """Prints a line for each part that is trained, with the seconds since the start."""

    def __init__(self) -> None:
        super().__init__()
        self._started = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """One line on standard output, at once."""
        print(f"{time.monotonic() - self._started:6.1f} s  {record.getMessage()}", file=sys.__stdout__, flush=True)


@contextmanager
def _gathering_warnings() -> Iterator[list[str]]:
    """Gives the warnings about training data and domain that are raised inside the block."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        yield found
    for warning in raised:
        text = str(warning.message)
        ours = issubclass(warning.category, UserWarning) and "rasa" in (warning.filename or "")
        if ours and not any(part in text for part in HARMLESS):
            found.append(text.splitlines()[0])


def read_training_data(domain: Path, config: Path, data: Path) -> TrainingDataImporter:
    """The importer of everything the model is made of; reads each file once."""
    return TrainingDataImporter.load_from_config(str(config), str(domain), [str(data)])


def validate(importer: TrainingDataImporter) -> list[str]:
    """What is wrong with the domain and the training data; empty when nothing is."""
    with _gathering_warnings() as found:
        validator = Validator.from_importer(importer)
        checks = {
            "the domain is not valid": validator.verify_domain_validity,
            "an intent is used but has no examples, or has examples but is not defined": validator.verify_intents,
            "rules use an intent that is not defined": validator.verify_intents_in_stories,
            "rules use an action that is not defined": validator.verify_actions_in_stories_rules,
            "rules use a response that is not defined": validator.verify_utterances_in_stories,
            "rules use a form that is not defined": validator.verify_forms_in_stories_rules,
            "a form asks for a slot that is not defined": validator.verify_form_slots,
            "a slot is mapped from a form that does not ask for it": validator.verify_slot_mappings,
        }
        # verify_intents counts intents that only the channel or a button gives as a mistake
        failed = [problem for problem, check in checks.items() if not check()]
    known = [problem for problem in failed if "has no examples" not in problem]
    return sorted({*known, *(text for text in found if not _only_from_channel(text))})


def _only_from_channel(text: str) -> bool:
    return "is listed in the domain file, but is not found in the NLU training data" in text


def train_model(importer: TrainingDataImporter, output: Path) -> list[str]:
    """Train into `output` (replaced when all went well); what is wrong, or empty."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent) as folder, _gathering_warnings() as found:
        with redirect_stdout(io.StringIO()):
            result: Any = _train_graph(importer, TrainingType.BOTH, folder, "model.tar.gz")
        if result.code == 0 and result.model:
            os.replace(result.model, output)
            return found
    return [*found, "training failed"]


def main(arguments: list[str] | None = None) -> int:
    """0 when there is a model (or nothing is wrong), 1 with the reasons on standard error."""
    parser = argparse.ArgumentParser(prog="python -m bot.train", description="Train the engine's model.")
    parser.add_argument("--output", type=Path, help="the model file to make (.tar.gz)")
    parser.add_argument("--validate", action="store_true", help="check the training data thoroughly")
    parser.add_argument("--domain", type=Path, default=ROOT / "bot" / "domain")
    parser.add_argument("--config", type=Path, default=ROOT / "config.yml")
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    chosen = parser.parse_args(arguments)
    if not chosen.output and not chosen.validate:
        parser.error("nothing to do: give --output FILE or --validate")
    configure_logs()
    progress = logging.getLogger(HOOKS)
    progress.setLevel(logging.INFO)
    progress.addHandler(ProgressHandler())
    progress.propagate = False
    started = time.monotonic()
    print("Reading the domain and the training data", flush=True)
    importer = read_training_data(chosen.domain, chosen.config, chosen.data)
    try:
        problems = validate(importer)
        if chosen.output and not problems:
            problems = train_model(importer, chosen.output)
    except RasaException as error:
        problems = [str(error)]
    for problem in problems:
        print(f"wrong: {problem}", file=sys.stderr)
    if not problems:
        done = f"Trained {chosen.output}" if chosen.output else "Nothing is wrong"
        print(f"{done} in {time.monotonic() - started:.0f} s", flush=True)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
