"""A charge as a durable workflow: submit, ask, post, tell, until there is nothing more to do now.

Each of them writes down in the charge itself how far it came, in one transaction with what it did; so the workflow
checkpoints the run, not every step of it, and two runs of one charge do no more than one. A run is short: when nobody
knows the outcome yet, the charge says when to look again (`look_at`) and the run ends. An outage of an hour, or a bank
debit of days, holds no thread. Each look is a run of its own.
"""

from concurrent.futures import CancelledError
from typing import Literal

import structlog
from dbos import DBOS

from backend.workflows.charging import Charging

ATTEMPTS_MAX = 5
_charging: list[Charging] = []

log = structlog.get_logger("backend.charges")


def use(chosen: Charging | None) -> None:
    """Let the workflows of this process work with `chosen` from now on (DBOS has one registry a process)."""
    _charging[:] = [chosen] if chosen else []


def pause_seconds(attempt: int) -> float:
    """The pause after failure number `attempt` (from 1): 0.2, 0.4, 0.8 … s."""
    return 0.1 * 2.0**attempt


@DBOS.step(name="advance_charge")
def _advance(charge_id: str) -> Literal["go_on", "wait", "done", "again"]:
    """What can be done now. A failure is an answer, so that it is tried again."""
    if not _charging:
        return "wait"
    try:
        return _charging[0].advance(charge_id)
    except CancelledError:
        return "wait"
    except Exception as problem:
        # Only the type: the message of an exception can hold customer data.
        log.warning("charge_step_failed", charge_id=charge_id, kind=type(problem).__name__)
        return "again"


@DBOS.workflow(name="charge", max_recovery_attempts=1_000)
def charge(charge_id: str) -> str:
    """Go on with a charge until it is done or must wait. What is left then, the next look does."""
    run, at_work = DBOS.workflow_id or charge_id, list(_charging)
    for charging in at_work:
        charging.active.add(run)
    try:
        return _advance_or_retry(charge_id)
    finally:
        for charging in at_work:
            charging.active.discard(run)


def _advance_or_retry(charge_id: str) -> str:
    for attempt in range(1, ATTEMPTS_MAX + 1):
        outcome = _advance(charge_id)
        if outcome != "again":
            return outcome
        DBOS.sleep(pause_seconds(attempt))
    return "wait"
