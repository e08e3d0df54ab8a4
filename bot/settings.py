"""What the engine reads from its environment and from the files beside it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.workers import WORKERS_MAX, default_workers

FOLDER = Path(__file__).parent
HOST = "127.0.0.1"
TOKEN_LENGTH_MIN = 16
DEFAULTS = {"HEADGATE_ACTIONS_URL": "http://127.0.0.1:5055"}


class SettingsError(Exception):
    """Something the engine needs is missing; the message says what."""


@dataclass(frozen=True)
class Settings:
    """Addresses and the token, as `endpoints.yml` and `credentials.yml` say."""

    port: int
    token: str
    actions_url: str
    redis_url: str
    keep_days: int
    workers: int = 1


def read_settings() -> Settings:
    """Read both files with the environment filled in, and how many workers there are to be.

    :raises SettingsError: a variable they name is not set, the token is too short, the number of workers is none.
    """
    endpoints, credentials = _read("endpoints.yml"), _read("credentials.yml")
    return Settings(
        port=int(os.environ.get("HEADGATE_ENGINE_PORT", "5005")),
        token=_token(credentials["bot.channel.HeadgateChannel"]["token"]),
        actions_url=endpoints["action_endpoint"]["url"],
        redis_url=endpoints["tracker_store"]["url"],
        keep_days=endpoints["tracker_store"]["keep_days"],
        workers=_workers(),
    )


def _token(given: str) -> str:
    """Checked before any worker starts: each of them would die of it."""
    if len(given) < TOKEN_LENGTH_MIN:
        raise SettingsError(f"HEADGATE_ENGINE_TOKEN is too short: it needs {TOKEN_LENGTH_MIN} characters or more")
    return given


def _workers() -> int:
    given = os.environ.get("HEADGATE_ENGINE_WORKERS", "")
    if not given:
        return default_workers(os.cpu_count() or 1)
    if not given.isdecimal() or not 1 <= int(given) <= WORKERS_MAX:
        raise SettingsError(f"HEADGATE_ENGINE_WORKERS must be a number from 1 to {WORKERS_MAX}, not {given!r}")
    return int(given)


def _read(name: str) -> dict[str, Any]:
    from ruamel.yaml import YAML

    text = (FOLDER / name).read_text()
    for variable in {part.partition("}")[0] for part in text.split("${")[1:]}:
        value = os.environ.get(variable) or DEFAULTS.get(variable)
        if not value:
            raise SettingsError(f"{variable} is not set: bot/{name} needs it")
        text = text.replace(f"${{{variable}}}", value)
    read: dict[str, Any] = YAML(typ="safe").load(text)
    return read


def newest_model(home: Path) -> Path:
    """The newest model in `home`/models.

    :raises SettingsError: there is none.
    """
    models = sorted((home / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise SettingsError(f"no model in {home / 'models'}: train one with python -m bot.train --output FILE")
    return models[-1]
