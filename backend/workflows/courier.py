"""Gives one message of the outbox to telephony. Runs on workflow threads, so everything here is synchronous."""

from dataclasses import dataclass
from typing import Any, Literal

import httpx
import structlog
from sqlalchemy import Engine, Row, create_engine, text
from sqlalchemy.exc import DBAPIError

from backend.settings import Settings

Outcome = Literal["sent", "delivered", "failed", "again"]
TIMEOUT_SECONDS = 10.0
_TRY_LATER = frozenset({408, 425, 429})

log = structlog.get_logger("backend.outbox")

_PENDING = text("SELECT * FROM outbound_messages WHERE id = :id")
_DONE = text(
    """
    UPDATE outbound_messages SET status = :status, error_code = :error_code, updated_at = now(),
        provider_message_id = coalesce(:provider_message_id, provider_message_id),
        text = CASE WHEN secret THEN '' ELSE text END
    WHERE id = :id AND status = 'pending'
    """
)
_WAITING = text("SELECT id FROM outbound_messages WHERE status = 'pending' ORDER BY created_at LIMIT 200")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What telephony said: the status to keep, the carrier's id, and an error code when it is final."""

    outcome: Outcome
    provider_message_id: str | None = None
    error_code: str | None = None


class Courier:
    """Reads messages, hands them over, writes down what became of them."""

    def __init__(self, engine: Engine, client: httpx.Client) -> None:
        self._engine = engine
        self._client = client

    @classmethod
    def from_settings(cls, settings: Settings) -> "Courier":
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

    def waiting(self) -> list[str]:
        """The ids of messages that are still ours to deliver, oldest first."""
        with self._engine.connect() as connection:
            return [str(row.id) for row in connection.execute(_WAITING)]

    def send(self, message_id: str) -> Outcome:
        """One attempt; `again` when nobody can know yet. Telephony sends the same id once, so asking twice is safe."""
        try:
            with self._engine.connect() as connection:
                row = connection.execute(_PENDING, {"id": message_id}).one_or_none()
            if row is None or row.status != "pending":
                return "failed" if row is None else row.status
            delivery = self._hand_over(row)
            if delivery.outcome != "again":
                self._keep(message_id, delivery)
        except DBAPIError as problem:
            log.warning("outbox_database_error", message_id=message_id, kind=type(problem).__name__)
            return "again"
        return delivery.outcome

    def give_up(self, message_id: str) -> Outcome:
        """The message is too old to be of use."""
        self._keep(message_id, Delivery("failed", error_code="undeliverable"))
        return "failed"

    def _keep(self, message_id: str, delivery: Delivery) -> None:
        values = {
            "id": message_id,
            "status": delivery.outcome,
            "provider_message_id": delivery.provider_message_id,
            "error_code": delivery.error_code,
        }
        with self._engine.begin() as connection:
            connection.execute(_DONE, values)
        log.info("outbox_delivery", message_id=message_id, status=delivery.outcome, error_code=delivery.error_code)

    def _hand_over(self, row: Row[Any]) -> Delivery:
        body = {
            "message_id": str(row.id),
            "conversation_id": str(row.conversation_id) if row.conversation_id else None,
            "channel": row.channel,
            "thread_key": row.thread_key,
            "to": row.recipient,
            "text": row.text,
            "language": row.language,
            "seq": row.seq,
        }
        try:
            answer = self._client.post("/outbound/messages", json=body)
        except httpx.HTTPError as problem:
            log.warning("telephony_unreachable", message_id=str(row.id), kind=type(problem).__name__)
            return Delivery("again")
        return _read(answer)


def _read(answer: httpx.Response) -> Delivery:
    if answer.is_success:
        told = answer.json()
        status: Outcome = "delivered" if told.get("status") == "delivered" else "sent"
        return Delivery(status, told.get("provider_message_id"))
    if answer.status_code in _TRY_LATER or answer.status_code >= 500:
        return Delivery("again")
    return Delivery("failed", error_code=f"http_{answer.status_code}")
