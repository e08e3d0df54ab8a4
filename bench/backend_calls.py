"""`python -m bench.backend_calls`: the three backend calls inside every turn, over loopback with keep-alive.

Prints the median and the 95th percentile of `POST /v1/turns`, `PUT …/replies` and `GET …/balance`, one
caller at a time. Goal: each at most 4 ms at the median.
"""

import argparse
import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

from ops.embedded import free_port, running_postgres, running_valkey

TURNS = 400
ROOT = Path(__file__).parents[1]


async def _timed(times: list[float], call: Callable[[], Awaitable[Any]]) -> Any:
    started = time.perf_counter()
    told = await call()
    times.append(time.perf_counter() - started)
    return told


class Caller:
    """One keep-alive connection to the backend, in the name of every process that calls it."""

    def __init__(self, session: aiohttp.ClientSession, tokens: dict[str, str]) -> None:
        self._session = session
        self._tokens = tokens

    async def call(self, kind: str, method: str, path: str, body: Any = None) -> Any:
        """One call; its JSON."""
        headers = {"Authorization": f"Bearer {self._tokens[kind]}"}
        async with self._session.request(method, path, json=body, headers=headers) as answer:
            told = await answer.json()
            if answer.status >= 400:
                raise SystemExit(f"{method} {path}: {answer.status} {told}")
            return told

    async def say(self, place: int, party: str) -> Any:
        """One text message of `party`."""
        body = {"channel": "sms", "provider_message_id": f"SM{place}", "thread_key": f"{party}|+15559990000"}
        return await self.call("telephony", "POST", "/v1/turns", {**body, "party": party, "text": "what's my balance"})


async def _measure(caller: Caller) -> dict[str, list[float]]:
    customers = await caller.call("operator", "GET", "/v1/demo/customers")
    customer = next(one for one in customers if one["situation"] == "past_due")
    talk = f"/v1/conversations/{(await caller.say(0, customer['phone']))['conversation_id']}"
    await caller.call("actions", "POST", f"{talk}/verification", {"pin": customer["pin"]})
    answer = {"replies": [{"text": "You owe $12.00."}], "language": "en", "outcome": "answered"}
    times: dict[str, list[float]] = {"POST turns": [], "GET balance": [], "PUT replies": []}
    for place in range(1, TURNS):
        party = f"+1555000{place % 20:04}"
        turn = await _timed(times["POST turns"], lambda: caller.say(place, party))  # noqa: B023
        await _timed(times["GET balance"], lambda: caller.call("actions", "GET", f"{talk}/balance"))
        path = f"/v1/turns/{turn['turn_id']}/replies"
        await _timed(times["PUT replies"], lambda: caller.call("telephony", "PUT", path, answer))  # noqa: B023
    return times


async def _run(url: str, tokens: dict[str, str]) -> None:
    async with aiohttp.ClientSession(url) as session:
        while True:
            try:
                async with session.get("/readyz") as answer:
                    if answer.status == 200:
                        break
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
        for name, taken in (await _measure(Caller(session, tokens))).items():
            taken.sort()
            median, late = statistics.median(taken), taken[int(len(taken) * 0.95)]
            print(f"{name:12} median {median * 1000:5.2f} ms   95 % within {late * 1000:5.2f} ms")


def main() -> None:
    """Measure against throwaway servers."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    tokens = {kind: secrets.token_urlsafe(16) for kind in ("telephony", "actions", "operator")}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        with running_postgres(home / "postgres") as database_url, running_valkey(home / "valkey") as redis_url:
            environment = {
                **os.environ,
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "HEADGATE_HOME": folder,
                "HEADGATE_DEMO": "true",
                "HEADGATE_SECRET_KEY": secrets.token_urlsafe(32),
                "HEADGATE_BACKEND_PORT": str(port := free_port()),
                **{f"HEADGATE_{kind.upper()}_TOKEN": token for kind, token in tokens.items()},
            }
            for command in ("migrate", "seed"):
                manage = [sys.executable, "-m", "backend.manage", command]
                subprocess.run(manage, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            with subprocess.Popen([sys.executable, "-m", "backend"], env=environment, cwd=ROOT) as backend:
                try:
                    asyncio.run(_run(f"http://127.0.0.1:{port}", tokens))
                finally:
                    backend.terminate()


if __name__ == "__main__":
    main()
