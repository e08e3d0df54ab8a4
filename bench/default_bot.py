"""The bot that `rasa init` makes, with Rasa's default pipeline and its REST channel: what Headgate is compared with."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from bench.ports import free_port

ROOT = Path(__file__).parents[1]
RASA = ROOT / "bot" / ".venv" / "bin" / "rasa"
START_SECONDS_MAX = 600
SENTENCES = ("hello", "I am doing great", "are you a bot?", "not so good", "yes, that helped", "good bye")


def make_default_bot(folder: Path) -> None:
    """`rasa init` in `folder` and train it, once (some minutes: DIET, TED and UnexpecTED)."""
    if list((folder / "models").glob("*.tar.gz")):
        return
    folder.mkdir(parents=True, exist_ok=True)
    print("Making and training the default bot (rasa init); this takes some minutes the first time …", flush=True)
    command = [str(RASA), "init", "--no-prompt", "--init-dir", str(folder)]
    with (folder / "init.log").open("wb") as log:
        subprocess.run(command, check=True, stdout=log, stderr=log, env=_environment())


def _environment() -> dict[str, str]:
    return {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2"}


@contextmanager
def running_default_bot(folder: Path) -> Iterator[tuple[str, int, float]]:
    """Runs it on a free loopback port: gives its webhook's address, its process id, seconds to the first answer."""
    port = free_port()
    command = [str(RASA), "run", "--port", str(port), "--interface", "127.0.0.1"]
    started = time.monotonic()
    with (folder / "run.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=_environment())
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}/webhooks/rest/webhook", process.pid, time.monotonic() - started
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("the default bot did not start; see run.log beside it")


async def default_bot_turn(session: aiohttp.ClientSession, url: str, sender: str, index: int) -> None:
    """One message through Rasa's REST channel; raises unless the bot said something."""
    message = {"sender": sender, "message": SENTENCES[index % len(SENTENCES)]}
    async with session.post(url, json=message) as response:
        replies = await response.json()
    if response.status != 200 or not replies:
        raise RuntimeError(f"the default bot answered {response.status} {replies}")
