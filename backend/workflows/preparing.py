"""Preparing a billing run because a person asks, as a durable workflow; a run that is left over is the next night's."""

import asyncio
import threading
from typing import Literal
from uuid import UUID

import structlog
from dbos import DBOS, SetWorkflowID

from backend.billing import service
from backend.billing.facts import Tariff
from backend.database import Database
from backend.district.service import District
from backend.nightly.rules import billed_at_once
from backend.rates.service import RateBook
from backend.settings import Settings

ATTEMPTS_MAX = 10
_UNDER_WAY = ("PENDING", "ENQUEUED", "DELAYED")
# A part may take longer than a request may, and waits for the night's part rather than failing.
_LIMITS = {"statement_timeout_ms": 300_000, "lock_timeout_ms": 120_000, "database_pool_size": 4}
_settings: list[Settings] = []
_stopping = threading.Event()

log = structlog.get_logger("backend.billing")


def use(settings: Settings) -> None:
    """Let the workflows of this process work by `settings` (DBOS has one registry a process)."""
    _settings[:] = [settings]
    _stopping.clear()


def stop() -> None:
    """Let no further part begin; what is left is for the next launch."""
    _stopping.set()


async def _parts(run_id: UUID) -> None:
    settings = _settings[0]
    tariff = Tariff(RateBook.load(settings.district_dir), District.load(settings.district_dir).policy.billing)
    count = billed_at_once(settings.nightly_part_accounts)
    database = Database.from_settings(settings.model_copy(update=_LIMITS))
    try:
        is_last = False
        while not is_last and not _stopping.is_set():
            async with database.transaction() as session:
                done = await service.prepare_part(session, tariff, run_id, count=count)
            is_last = done.is_last
    finally:
        await database.close()


@DBOS.step(name="prepare_parts")
def _prepare(run_id: str) -> Literal["done", "again"]:
    """Every part that is left, on this thread and an event loop of its own; a failure is tried again."""
    try:
        asyncio.run(_parts(UUID(run_id)))
    except Exception as problem:
        # Only the type: the message of an exception can hold customer data.
        log.warning("billing_run_not_prepared", run_id=run_id, kind=type(problem).__name__)
        return "again"
    return "again" if _stopping.is_set() else "done"


@DBOS.workflow(name="prepare_billing_run", max_recovery_attempts=100)
def prepare(run_id: str) -> str:
    """Prepare the run, part by part; given up after some attempts, it is left to the night."""
    for attempt in range(ATTEMPTS_MAX):
        if _prepare(run_id) == "done":
            return "prepared"
        DBOS.sleep(min(2.0**attempt, 60.0))
    return "left to the night"


def start(run_id: str) -> None:
    """Start preparing a run unless that is under way; one that was prepared before is prepared anew."""
    workflow_id = f"prepare:{run_id}"
    status = DBOS.get_workflow_status(workflow_id)
    if status is not None:
        if status.status in _UNDER_WAY:
            return
        DBOS.delete_workflow(workflow_id)
    with SetWorkflowID(workflow_id):
        DBOS.start_workflow(prepare, run_id)
