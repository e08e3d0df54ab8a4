"""What the commands ask of the running system over HTTP, as the operator; every failure in one sentence."""

import json
from typing import Any

import httpx

from ops.home import Home, load_secrets
from ops.running import System, find_system
from ops.settings import Settings

TIMEOUT_SECONDS = 30.0
CALL_SECONDS_MAX = 300.0


class CommandError(Exception):
    """A command could not do what was asked; the message says why in plain words."""


class NoAnswerError(CommandError):
    """Nobody answers: the process is away or too busy."""


def running_system(settings: Settings, *, demo: bool = True) -> System:
    """The system that runs here.

    :raises NotRunningError: nothing runs.
    :raises CommandError: it is not the demonstration, which `demo` commands are for.
    """
    system = find_system(Home(settings.home))
    if demo and not system.demo:
        raise CommandError("This command is for the demonstration only, and this system runs with production settings.")
    return system


def ask(settings: Settings, method: str, url: str, body: object = None, *, seconds: float = TIMEOUT_SECONDS) -> Any:
    """One call with the operator's token; gives the answer's JSON.

    :raises CommandError: a refusal, with what the other side said. :raises NoAnswerError: no answer.
    """
    token = load_secrets(Home(settings.home))["operator_token"]
    headers = {"Authorization": f"Bearer {token}"}
    try:
        response = httpx.request(method, url, json=body, headers=headers, timeout=seconds, trust_env=False)
    except httpx.TimeoutException as error:
        raise NoAnswerError(f"{url} did not answer within {seconds:.0f} s. See: headgate status") from error
    except httpx.HTTPError as error:
        raise NoAnswerError(f"{url} does not answer. See: headgate status, headgate doctor") from error
    if response.is_error:
        raise CommandError(_refusal(response))
    return response.json()


def _refusal(response: httpx.Response) -> str:
    try:
        told = response.json()
    except json.JSONDecodeError:
        told = {}
    detail = told.get("detail") if isinstance(told, dict) else None
    return str(detail or f"{response.url} answered {response.status_code}.")
