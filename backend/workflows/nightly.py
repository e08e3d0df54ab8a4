"""The nightly update as a durable workflow: its id is the business date's, so there is one for each, ever.

What a step has done is in the database with the work itself, so a step that was killed simply goes on.
"""

import asyncio
import itertools
import threading
from collections.abc import Callable
from datetime import date

import structlog
from dbos import DBOS, SetWorkflowID

from backend.nightly import problems, running
from backend.nightly.rules import STEPS
from backend.nightly.steps import NightStoppedError
from backend.settings import Settings

PAUSE_SECONDS_MAX = 60.0
_UNDER_WAY = ("PENDING", "ENQUEUED", "DELAYED")

log = structlog.get_logger("backend.nightly")


class _Surroundings:
    """What the workflows of this process work with (DBOS has one registry a process)."""

    settings: Settings
    tell_finished: Callable[[], None]

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.wake = threading.Event()
        self.at_work: set[str] = set()


_around = _Surroundings()


def use(settings: Settings, tell_finished: Callable[[], None]) -> None:
    """Let the workflows of this process work by `settings`, and say so each time a night is over."""
    _around.settings, _around.tell_finished = settings, tell_finished
    _around.stopping.clear()
    _around.wake.clear()


def stop() -> None:
    """Let no further part begin; what is left is for the next launch."""
    _around.stopping.set()
    _around.wake.set()


def pause_seconds(attempt: int) -> float:
    """The pause after attempt number `attempt` (from 0): 1, 2, 4 … s, at most a minute."""
    return min(2.0 ** min(attempt, 10), PAUSE_SECONDS_MAX)


class ProcessEnds(BaseException):
    """Leaves a workflow without a word on record, so that the next launch takes it up at the same step.

    Not an `Exception`: those DBOS keeps as the outcome of the step and of the workflow.
    """


@DBOS.step(name="nightly_step")
def _step(business_date: str, step: str) -> None:
    """One step, on this thread and an event loop of its own, tried until it is done.

    :raises ProcessEnds: the process is to stop; what was done stays done.
    """
    day = date.fromisoformat(business_date)
    for attempt in itertools.count():
        try:
            asyncio.run(running.run_step(_around.settings, day, step, _around.stopping.is_set))
        except NightStoppedError:
            raise ProcessEnds from None
        except Exception as problem:
            _note(day, step, problem)
        else:
            log.info("nightly_step_done", business_date=business_date, step=step)
            return
        _around.wake.wait(pause_seconds(attempt))
        if _around.stopping.is_set():
            raise ProcessEnds
        _around.wake.clear()


def _note(day: date, step: str, problem: Exception) -> None:
    """Tell the operator. Never the message of an exception: it can hold customer data."""
    known = {"business_date": day.isoformat(), "step": step}
    log.warning("nightly_step_failed", **known, kind=type(problem).__name__, where=problems.where(problem))
    try:
        asyncio.run(running.note_problem(_around.settings, day, problems.words(step, problem)))
    except Exception as unreachable:
        log.warning("nightly_problem_not_noted", **known, kind=type(unreachable).__name__)


@DBOS.workflow(name="nightly", max_recovery_attempts=1_000)
def nightly(business_date: str) -> str:
    """Every step in order, each until it is done."""
    workflow_id = f"nightly:{business_date}"
    _around.at_work.add(workflow_id)
    try:
        for step in STEPS:
            _step(business_date, step)
    finally:
        _around.at_work.discard(workflow_id)
    _around.tell_finished()
    return "finished"


def start(business_date: date, *, hurry: bool = False) -> None:
    """Start the night's workflow unless there is one; one that ended without its night begins anew, past what is done.

    `hurry`: a person asks, so what waits here is tried at once, and what nobody here works on is taken up.
    """
    workflow_id = f"nightly:{business_date.isoformat()}"
    status = DBOS.get_workflow_status(workflow_id)
    if status is not None and status.status in _UNDER_WAY:
        if hurry and workflow_id in _around.at_work:
            _around.wake.set()
        elif hurry and status.status == "PENDING":
            DBOS.resume_workflow(workflow_id)
        return
    if status is not None:
        DBOS.delete_workflow(workflow_id)
    with SetWorkflowID(workflow_id):
        DBOS.start_workflow(nightly, business_date.isoformat())
