"""DBOS itself: launched, asked to work, destroyed. Called on threads, never on the event loop."""

import time
from collections.abc import Callable
from datetime import date

from dbos import DBOS, DBOSConfig, SetWorkflowID

from backend.settings import Settings
from backend.workflows import charge, nightly, order, preparing
from backend.workflows.charging import Charging
from backend.workflows.order import Exchange

_STUCK = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


def launch(settings: Settings, night_is_over: Callable[[], None], charging: Charging | None) -> None:
    """Make the tables of DBOS if need be, start it, and let it take up what a dead process left."""
    config: DBOSConfig = {
        "name": "headgate",
        "system_database_url": settings.sqlalchemy_url,
        "dbos_system_schema": "dbos",
        "sys_db_pool_size": 5,
        "application_version": "1",
        "executor_id": "backend",
        "max_executor_threads": 192,
        "log_level": "WARNING",
    }
    order.use(Exchange.from_settings(settings))
    nightly.use(settings, night_is_over)
    preparing.use(settings)
    charge.use(charging)
    DBOS(config=config)
    DBOS.launch()


def destroy() -> None:
    """Stop; what is unfinished goes on at the next launch."""
    nightly.stop()
    preparing.stop()
    DBOS.destroy(workflow_completion_timeout_sec=0)
    order.use(None)
    charge.use(None)


def pending_orders() -> list[str]:
    """The ids of orders to telephony that nobody has finished."""
    return order.exchange().pending()


def start_order(order_id: str, *, again: bool) -> None:
    """Start the workflow of this order unless there is one; `again` also wakes one that failed."""
    with SetWorkflowID(f"order:{order_id}"):
        DBOS.start_workflow(order.carry_out, order_id)
    if again:
        status = DBOS.get_workflow_status(f"order:{order_id}")
        if status is not None and status.status in _STUCK:
            DBOS.resume_workflow(f"order:{order_id}")


def start_charges(charge_ids: list[str]) -> None:
    """Look at these charges, in a run of their own."""
    with SetWorkflowID(f"charge:{charge_ids[0]}:{time.time_ns()}"):
        DBOS.start_workflow(charge.charge, charge_ids)


def start_nightly(business_date: date, *, hurry: bool) -> None:
    """See that the nightly update of a date is under way; `hurry` it on when a person asks."""
    nightly.start(business_date, hurry=hurry)


def start_preparation(run_id: str) -> None:
    """Prepare a billing run, unless that is under way."""
    preparing.start(run_id)
