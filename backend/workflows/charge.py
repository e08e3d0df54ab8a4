"""A charge as a durable workflow: submit, ask, post, tell, step by step until there is nothing more to do now.

A run is short. When nobody knows the outcome yet, the charge says when to look again (`look_at`) and the run ends: an
outage of an hour, or a bank debit of days, holds no thread. Each look is a run of its own. What a step has done is in
the database with the work itself, so two runs of one charge do no more than one.
"""

from concurrent.futures import CancelledError
from typing import Literal

import structlog
from dbos import DBOS

from backend.workflows.charging import Charging

STEPS_MAX = 12
ATTEMPTS_MAX = 5
_charging: list[Charging] = []

log = structlog.get_logger("backend.charges")


def use(chosen: Charging | None) -> None:
    """Let the workflows of this process work with `chosen` from now on (DBOS has one registry a process)."""
    _charging[:] = [chosen] if chosen else []


def pause_seconds(attempt: int) -> float:
    """The pause after failure number `attempt` (from 1) of steps: 0.2, 0.4, 0.8 … s."""
    return 0.1 * 2.0**attempt


@DBOS.step(name="charge_step")
def _step(charge_id: str) -> Literal["go_on", "wait", "done", "again"]:
    """The next step. A failure is an answer, so that it is tried again."""
    if not _charging:
        return "wait"
    try:
        return _charging[0].step(charge_id)
    except CancelledError:
        return "wait"
    except Exception as problem:
        # Only the type: the message of an exception can hold customer data.
        log.warning("charge_step_failed", charge_id=charge_id, kind=type(problem).__name__)
        return "again"


@DBOS.workflow(name="charge", max_recovery_attempts=1_000)
def charge(charge_id: str) -> str:
    """Take steps until the charge is done or must wait. What is left then, the next look does."""
    run, at_work = DBOS.workflow_id or charge_id, list(_charging)
    for charging in at_work:
        charging.active.add(run)
    try:
        return _steps(charge_id)
    finally:
        for charging in at_work:
            charging.active.discard(run)


def _steps(charge_id: str) -> str:
    failures = 0
    for _ in range(STEPS_MAX):
        outcome = _step(charge_id)
        if outcome in ("wait", "done"):
            return outcome
        if outcome == "again":
            failures += 1
            if failures >= ATTEMPTS_MAX:
                break
            DBOS.sleep(pause_seconds(failures))
    return "wait"
