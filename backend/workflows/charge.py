"""Charges as a durable workflow: submit, ask, post, tell, until there is nothing more to do now.

Each of them writes down in the charge itself how far it came, in one transaction with what it did; so the workflow
checkpoints the run, not every step of it, and two runs of one charge do no more than one. That is why charges that came
in together share a run, in which none waits for another. A run is short: when nobody
knows the outcome yet, the charge says when to look again (`look_at`) and the run ends. An outage of an hour, or a bank
debit of days, holds no thread. Each look is a run of its own.
"""

from concurrent.futures import CancelledError
from contextlib import ExitStack

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


def _advance(charge_ids: list[str]) -> list[str]:
    """Do what can be done now; those that failed. A failure is an answer, so that it is tried again.

    No step of DBOS: after a death it is done again, which is what it is made for, and a checkpoint of it would cost
    more than it does.
    """
    if not _charging:
        return []
    try:
        return _charging[0].advance(charge_ids)
    except CancelledError:
        return []
    except Exception as problem:
        # Only the type: the message of an exception can hold customer data.
        log.warning("charges_not_advanced", charges=len(charge_ids), kind=type(problem).__name__)
        return charge_ids


@DBOS.workflow(name="charge", max_recovery_attempts=1_000)
def charge(charge_ids: list[str] | str) -> int:
    """Go on with charges until they are done or must wait; how many failed to the last. The next look does those.

    A single id is what an earlier version had begun.
    """
    left = [charge_ids] if isinstance(charge_ids, str) else charge_ids
    with ExitStack() as stack:
        for charging in list(_charging):
            stack.enter_context(charging.hold(left))
        for attempt in range(1, ATTEMPTS_MAX + 1):
            left = _advance(left)
            if not left:
                break
            DBOS.sleep(pause_seconds(attempt))
    return len(left)
