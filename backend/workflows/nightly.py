"""The nightly update as a durable workflow: its id is the business date's, so there is one for each, ever.

What a step has done is in the database with the work itself, so a step that was killed simply goes on.
"""

import asyncio
import threading
from datetime import date
from typing import Literal

import structlog
from dbos import DBOS, SetWorkflowID

from backend.nightly import service
from backend.nightly.rules import STEPS
from backend.nightly.steps import NightStoppedError
from backend.settings import Settings

ATTEMPTS_MAX = 15
_ENDED_BADLY = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED")
_settings: list[Settings] = []
_stopping = threading.Event()

log = structlog.get_logger("backend.nightly")


class NightlyStuckError(Exception):
    """A step failed again and again; starting the update of that date once more goes on from there."""


def use(settings: Settings) -> None:
    """Let the workflows of this process work by `settings` (DBOS has one registry a process)."""
    _settings[:] = [settings]
    _stopping.clear()


def stop() -> None:
    """Let no further part begin; what is left is for the next launch."""
    _stopping.set()


def pause_seconds(attempt: int) -> float:
    """The pause after attempt number `attempt` (from 0): 1, 2, 4 … s, at most 60."""
    return min(2.0**attempt, 60.0)


@DBOS.step(name="nightly_step")
def _step(business_date: str, step: str) -> Literal["done", "again"]:
    """One step, on this thread and an event loop of its own. A failure is an answer, so that it is tried again."""
    day = date.fromisoformat(business_date)
    try:
        asyncio.run(service.run_step(_settings[0], day, step, _stopping.is_set))
    except NightStoppedError:
        return "again"
    except Exception as problem:
        # Only the type: the message of an exception can hold customer data.
        log.warning("nightly_step_failed", business_date=business_date, step=step, kind=type(problem).__name__)
        _note(day, f"{step}: {type(problem).__name__}")
        return "again"
    log.info("nightly_step_done", business_date=business_date, step=step)
    return "done"


def _note(day: date, problem: str | None) -> None:
    try:
        asyncio.run(service.note_problem(_settings[0], day, problem))
    except Exception as unreachable:
        log.warning("nightly_problem_not_noted", business_date=day.isoformat(), kind=type(unreachable).__name__)


@DBOS.workflow(name="nightly", max_recovery_attempts=1_000)
def nightly(business_date: str) -> str:
    """Every step in order, each until it is done.

    :raises NightlyStuckError: a step failed too often.
    """
    for step in STEPS:
        for attempt in range(ATTEMPTS_MAX):
            if _step(business_date, step) == "done":
                break
            DBOS.sleep(pause_seconds(attempt))
        else:
            raise NightlyStuckError(step)
    return "finished"


def start(business_date: date) -> None:
    """Start the night's workflow unless it runs; one that gave up begins anew and passes over what is done."""
    workflow_id = f"nightly:{business_date.isoformat()}"
    status = DBOS.get_workflow_status(workflow_id)
    if status is not None and status.status in _ENDED_BADLY:
        DBOS.delete_workflow(workflow_id)
    with SetWorkflowID(workflow_id):
        DBOS.start_workflow(nightly, business_date.isoformat())
