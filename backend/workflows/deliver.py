"""The delivery of one message as a durable workflow: its id is the message's, so there is one, ever."""

from dbos import DBOS

from backend.workflows.courier import Courier, Outcome

ATTEMPTS_MAX = 1_500
_couriers: list[Courier] = []


def pause_seconds(attempt: int) -> float:
    """The pause after attempt number `attempt` (from 0): 0.5, 1, 2, 4, 8 … s, at most 10, after a while 60."""
    if attempt >= 60:
        return 60.0
    return min(0.5 * 2.0 ** min(attempt, 6), 10.0)


def use(chosen: Courier | None) -> None:
    """Let the workflows of this process use `chosen` from now on (DBOS has one registry a process)."""
    for former in _couriers:
        former.close()
    _couriers[:] = [chosen] if chosen else []


def courier() -> Courier:
    """The courier in use."""
    return _couriers[0]


@DBOS.step(name="send_message")
def _send(message_id: str) -> Outcome:
    return courier().send(message_id)


@DBOS.step(name="give_up_message")
def _give_up(message_id: str) -> Outcome:
    return courier().give_up(message_id)


@DBOS.workflow(name="deliver_message", max_recovery_attempts=1_000)
def deliver(message_id: str) -> Outcome:
    """Offer the message to telephony until it takes it or refuses it for good; a day long."""
    for attempt in range(ATTEMPTS_MAX):
        outcome = _send(message_id)
        if outcome != "again":
            return outcome
        DBOS.sleep(pause_seconds(attempt))
    return _give_up(message_id)
