"""The nightly update of a whole district, in a backend of its own, at two sizes.

    python -m bench.nightly [--sizes 10000 100000]

A quarter of the accounts is one cycle. In the first night its meters have been read: the preliminary billing ledger is
made, beside that night's drafts, late fees and the rest. It is approved, and in the second night its bills go out. The
backend is the real process with its console, PostgreSQL is durable (fsync on). Seconds are what an operator sees, who
asks how far the night is; memory is the largest sum of the resident sizes (RSS) of the backend's process and its
children, looked at every quarter second.
"""

import argparse
import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psutil
import psycopg
from sqlalchemy import text

from backend.billing import review
from backend.database import Database
from backend.migrations import upgrade
from backend.models.staff import Staff
from backend.settings import Settings
from bench import big_district
from bench.ports import free_port
from ops.embedded import running_postgres, running_valkey

ROOT = Path(__file__).parents[1]
ZONE = ZoneInfo("America/Los_Angeles")
EVENING = clock_time(22, 0)
LOOK_SECONDS = 0.25
READY_SECONDS_MAX = 120.0
NIGHT_SECONDS_MAX = 3_600.0
SECONDS_GOAL, MEGABYTES_GOAL, FLAT_GOAL = 120.0, 600.0, 1.25
TOKEN = "the operator's token of a benchmark"
SECRET_KEY = "a secret key for a benchmark only"


@dataclass(frozen=True, slots=True)
class Night:
    """Seconds by step title, in order; what the steps counted; the largest memory in MB."""

    seconds: dict[str, float]
    counts: dict[str, dict[str, int]]
    megabytes: float

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


class Backend:
    """A running backend, asked as its operator asks."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self._process = psutil.Process(process.pid)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30, trust_env=False)

    def wait(self) -> None:
        """Until it is ready."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            try:
                if self._client.get("/readyz").status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(LOOK_SECONDS)
        raise TimeoutError("the backend does not get ready")

    def set_clock(self, moment: datetime) -> None:
        self._client.put("/v1/demo/clock", json={"now": moment.isoformat(), "real": False}).raise_for_status()

    def make_night(self) -> Night:
        """Today's update from beginning to end."""
        begun = time.monotonic()
        told = self._client.post("/v1/nightly", json={}).raise_for_status().json()
        ends: dict[str, float] = {}
        peak = 0.0
        while time.monotonic() - begun < NIGHT_SECONDS_MAX:
            now = time.monotonic() - begun
            for step in told["steps"]:
                if step["status"] == "done":
                    ends.setdefault(step["title"], now)
            peak = max(peak, self._megabytes())
            if told["status"] == "finished":
                starts = [0.0, *ends.values()]
                seconds = {title: end - start for (title, end), start in zip(ends.items(), starts, strict=False)}
                return Night(seconds, {step["title"]: step["counts"] for step in told["steps"]}, peak)
            if told["problem"]:
                raise RuntimeError(told["problem"])
            time.sleep(LOOK_SECONDS)
            told = self._client.get(f"/v1/nightly/{told['business_date']}").raise_for_status().json()
        raise TimeoutError("the night does not end")

    def _megabytes(self) -> float:
        family = [self._process, *self._process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / 1e6


@contextmanager
def running_backend(database_url: str, redis_url: str, home: Path) -> Iterator[Backend]:
    """`python -m backend` over these servers, stopped after."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HEADGATE_")},
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "HEADGATE_HOME": str(home),
        "HEADGATE_DEMO": "true",
        "HEADGATE_SECRET_KEY": SECRET_KEY,
        "HEADGATE_OPERATOR_TOKEN": TOKEN,
        "HEADGATE_BACKEND_PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    with (home / "backend.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "backend"], env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        backend = Backend(process, port)
        backend.wait()
        yield backend
    finally:
        process.terminate()
        process.wait(60)


def _set_clock(url: str, moment: datetime) -> None:
    """Before the backend starts, so that the first day it sees is this one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO demo_clock VALUES (1, extract(epoch FROM %s - now()))", [moment])


async def _approve(url: str, now: datetime) -> None:
    """Somebody releases what was found unusual, somebody else approves."""
    values: dict[str, Any] = {"database_url": url, "redis_url": "redis://unused", "secret_key": SECRET_KEY}
    database = Database.from_settings(Settings(**values, statement_timeout_ms=300_000))
    async with database.transaction() as session:
        people = [_lead(name, now) for name in ("first", "second")]
        session.add_all(people)
        await session.flush()
        await session.execute(_RELEASE, {"by": people[0].id, "now": now})
        for run_id in await session.scalars(text("SELECT id FROM billing_runs WHERE status = 'prepared'")):
            await review.approve_run(session, run_id, approved_by=people[1].id, today=now.date(), now=now)
    await database.close()


def _lead(name: str, now: datetime) -> Staff:
    return Staff(
        user_name=name,
        name=name,
        role="lead",
        password_digest="none",
        languages=["en"],
        created_at=now,
        password_changed_at=now,
    )


_RELEASE = text("""
UPDATE billing_exceptions SET status = 'released', reason = 'Looked at it', decided_by = :by, decided_at = :now
 WHERE status = 'open'
""")


def measure(accounts: int, folder: Path) -> list[Night]:
    """Both nights of a district of so many accounts."""
    home = folder / "home"
    home.mkdir()
    evening = datetime.combine(big_district.FIRST_NIGHT, EVENING, ZONE).astimezone(UTC)
    with (
        running_postgres(folder / "postgres", durable=True) as url,
        running_valkey(folder / "valkey") as redis_url,
    ):
        upgrade(url)
        started = time.monotonic()
        big_district.make(url, accounts)
        print(f"{accounts:,} accounts made in {time.monotonic() - started:.0f} s", flush=True)
        _set_clock(url, evening)
        with running_backend(url, redis_url, home) as backend:
            first = backend.make_night()
            asyncio.run(_approve(url, evening + timedelta(hours=1)))
            backend.set_clock(evening + timedelta(days=1))
            return [first, backend.make_night()]


def _table(sizes: list[int], measured: list[list[Night]]) -> None:
    heads = "".join(f"{f'{size:,}':>12} s{'ms/1,000':>10}" for size in sizes)
    for number in range(2):
        print(f"\n{f'night {number + 1}':<36}{heads}")
        nights = [nights[number] for nights in measured]
        for title in nights[0].seconds:
            _line(title, [night.seconds.get(title, 0.0) for night in nights], sizes)
        _line("all", [night.total for night in nights], sizes)


def _line(title: str, seconds: list[float], sizes: list[int]) -> None:
    print(f"{title:<36}" + "".join(_cell(taken, size) for taken, size in zip(seconds, sizes, strict=True)))


def _cell(seconds: float, accounts: int) -> str:
    return f"{seconds:>14.1f}{seconds * 1e6 / accounts:>10.0f}"


def _told(night: Night) -> str:
    kept = (
        "autopay",
        "recurring",
        "late_fees",
        "installments_kept",
        "drafts",
        "bills",
        "budget_leveled",
        "allocations",
    )
    counts = dict(itertools.chain.from_iterable(found.items() for found in night.counts.values()))
    return ", ".join(f"{name} {counts[name]:,}" for name in kept if counts.get(name))


def main() -> None:
    """Print the table; exit 1 when a goal is missed at the largest size."""
    parser = argparse.ArgumentParser(prog="python -m bench.nightly", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="accounts, smallest first")
    sizes: list[int] = parser.parse_args().sizes
    measured = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder:
            measured.append(measure(size, Path(folder)))
    _table(sizes, measured)
    largest = measured[-1]
    for number, night in enumerate(largest, 1):
        print(f"\nnight {number} of {sizes[-1]:,} accounts: {_told(night)}")
    seconds, megabytes = sum(night.total for night in largest), max(night.megabytes for night in largest)
    rates = [sum(night.total for night in nights) / size for nights, size in zip(measured, sizes, strict=True)]
    flat = rates[-1] / rates[0]
    print(f"\nboth nights together        {seconds:8.0f} s   (goal {SECONDS_GOAL:.0f})")
    print(f"memory of the backend       {megabytes:8.0f} MB  (goal {MEGABYTES_GOAL:.0f})")
    print(f"time an account, to smallest{flat:8.2f}     (goal {FLAT_GOAL:.2f})")
    print(f"{os.cpu_count()} cores, load {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
    raise SystemExit(0 if seconds <= SECONDS_GOAL and megabytes <= MEGABYTES_GOAL and flat <= FLAT_GOAL else 1)


if __name__ == "__main__":
    main()
