"""The engine's model: trained only when what it is made from has changed."""

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from ops.digest import digest, files_under
from ops.home import Home
from ops.settings import ROOT

INPUTS = ("data", "bot/domain", "bot/nlu", "bot/knowledge.py", "config.yml", "requirements/engine.txt")
ENGINE_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
KEPT_MODELS = 3


class TrainingError(Exception):
    """The model could not be trained; the message has the end of the log and where it is."""


def model_path(home: Home, root: Path = ROOT, district: Path | None = None) -> Path:
    """Where the model of the present training data is, or will be: the project's, and the district's questions."""
    district = district or Path(os.environ.get("HEADGATE_DISTRICT_DIR") or root / "district")
    inputs = digest(root, files_under(*(root / place for place in INPUTS)))
    questions = digest(district, files_under(district / "knowledge"), inputs)
    return home.models / f"{questions}.tar.gz"


async def ensure_model(home: Home, environment: Mapping[str, str], say: Callable[[str], None]) -> Path:
    """The path of the present model; trains it when it is missing (a minute or two).

    :raises TrainingError: training failed.
    """
    path = model_path(home, district=_district(environment))
    if path.exists():
        return path
    say("Training the assistant: its data, domain or configuration changed (a minute or two)")
    log, draft = home.logs / "training.log", home.run / path.name
    command = [str(ENGINE_PYTHON), "-m", "bot.train", "--output", str(draft)]
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=dict(environment), stdout=output, stderr=output
        )
        try:
            await _wait(process, say)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0 or not draft.exists():
        tail = "\n".join(log.read_text(errors="replace").strip().splitlines()[-15:])
        raise TrainingError(f"The assistant's model could not be trained:\n{tail}\nThe whole log: {log}")
    draft.replace(path)
    remove_old_models(home)
    return path


async def report(home: Home, model: Path, environment: Mapping[str, str]) -> Path | None:
    """The page that says how well `model` understands; None when it could not be made (its log says why)."""
    page, log = home.path / "reports" / f"understanding-{model.name.partition('.')[0]}.html", home.logs / "report.log"
    command = [str(ENGINE_PYTHON), "-m", "bot.report", "--model", str(model), "--output", str(page)]
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=dict(environment), stdout=output, stderr=output
        )
        await process.wait()
    return page if process.returncode == 0 else None


def _district(environment: Mapping[str, str]) -> Path | None:
    folder = environment.get("HEADGATE_DISTRICT_DIR")
    return Path(folder) if folder else None


async def _wait(process: asyncio.subprocess.Process, say: Callable[[str], None]) -> None:
    started = time.monotonic()
    while True:
        try:
            await asyncio.wait_for(process.wait(), 15)
            return
        except TimeoutError:
            say(f"Training the assistant ({time.monotonic() - started:.0f} s)")


def remove_old_models(home: Home) -> None:
    """Keeps the newest few."""
    models = sorted(home.models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in models[KEPT_MODELS:]:
        old.unlink(missing_ok=True)
