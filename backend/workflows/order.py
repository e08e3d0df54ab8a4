"""An order to telephony about a call, as a durable workflow: its id is the order's, so it is carried out once.

A caller waits meanwhile, so it is now or never: what could not be done within some seconds has failed, and the queue
goes on from there.
"""

from typing import Literal

import httpx
import structlog
from dbos import DBOS
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from backend.settings import Settings

Outcome = Literal["done", "failed", "again"]
TIMEOUT_SECONDS = 12.0
PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0)
_TRY_LATER = frozenset({408, 425, 429})
_exchanges: list["Exchange"] = []

log = structlog.get_logger("backend.calls")

_ORDER = text("SELECT id, body, state FROM call_orders WHERE id = :id")
_KEEP = text("UPDATE call_orders SET state = :state, error = :error WHERE id = :id AND state = 'pending'")
_PENDING = text("SELECT id FROM call_orders WHERE state = 'pending' ORDER BY created_at LIMIT 200")


class Exchange:
    """Reads orders, hands them to telephony, writes down what became of them. Runs on workflow threads."""

    def __init__(self, engine: Engine, client: httpx.Client) -> None:
        self._engine = engine
        self._client = client

    @classmethod
    def from_settings(cls, settings: Settings) -> "Exchange":
        """Connections of its own: a workflow thread cannot use those of the event loop."""
        options = {"options": "-c statement_timeout=5000 -c lock_timeout=3000", "connect_timeout": 3}
        engine = create_engine(
            settings.sqlalchemy_url, pool_size=2, max_overflow=6, pool_pre_ping=True, connect_args=options
        )
        headers = {"Authorization": f"Bearer {settings.outbound_token.get_secret_value()}"}
        client = httpx.Client(base_url=settings.telephony_url, headers=headers, timeout=TIMEOUT_SECONDS)
        return cls(engine, client)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
        self._engine.dispose()

    def pending(self) -> list[str]:
        """The ids of orders that nobody has finished, oldest first."""
        with self._engine.connect() as connection:
            return [str(row.id) for row in connection.execute(_PENDING)]

    def carry_out(self, order_id: str) -> Outcome:
        """One attempt. Telephony does the same id once, so asking twice is safe."""
        try:
            with self._engine.connect() as connection:
                row = connection.execute(_ORDER, {"id": order_id}).one_or_none()
            if row is None or row.state != "pending":
                return "done"
            answer = self._client.post("/outbound/calls", json={"order_id": order_id, **row.body})
        except (httpx.HTTPError, DBAPIError) as problem:
            log.warning("call_order_not_given", order_id=order_id, kind=type(problem).__name__)
            return "again"
        if answer.is_success:
            return self.keep(order_id, "done", None)
        if answer.status_code in _TRY_LATER or answer.status_code >= 500:
            return "again"
        return self.keep(order_id, "failed", f"http_{answer.status_code}")

    def keep(self, order_id: str, outcome: Outcome, error: str | None) -> Outcome:
        """Write down how it ended; the first word stays."""
        try:
            with self._engine.begin() as connection:
                connection.execute(_KEEP, {"id": order_id, "state": outcome, "error": error})
        except DBAPIError as problem:
            log.warning("call_order_not_kept", order_id=order_id, kind=type(problem).__name__)
            return "again"
        return outcome


def use(chosen: Exchange | None) -> None:
    """Let the workflows of this process use `chosen` from now on (DBOS has one registry a process)."""
    for former in _exchanges:
        former.close()
    _exchanges[:] = [chosen] if chosen else []


def exchange() -> Exchange:
    """The exchange in use."""
    return _exchanges[0]


@DBOS.step(name="call_order_attempt")
def _attempt(order_id: str) -> Outcome:
    return exchange().carry_out(order_id)


@DBOS.step(name="call_order_give_up")
def _give_up(order_id: str) -> Outcome:
    return exchange().keep(order_id, "failed", "too_late")


@DBOS.workflow(name="call_order", max_recovery_attempts=1_000)
def carry_out(order_id: str) -> Outcome:
    """Ask telephony until it has done it, refuses, or it is too late."""
    for pause in PAUSES_SECONDS:
        outcome = _attempt(order_id)
        if outcome != "again":
            return outcome
        DBOS.sleep(pause)
    return _give_up(order_id)
