"""`python -m processor`: serve until stopped."""

import gc
import logging
import sys

import structlog
import uvicorn

from processor.app import DemonstrationOnly, create_app
from processor.settings import Settings


def main() -> int:
    """Exit code 2 when this is not the demonstration."""
    settings = Settings()  # type: ignore[call-arg]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    try:
        app = create_app(settings)
    except DemonstrationOnly as error:
        print(error, file=sys.stderr)
        return 2
    _collect_seldom()
    # The address of a page is what lets somebody pay on it, so addresses are not logged.
    uvicorn.run(
        app,
        host=settings.processor_host,
        port=settings.processor_port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    return 0


def _collect_seldom() -> None:
    """What was imported stays, and is not looked through again and again (docs/decisions/0021)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 100)


if __name__ == "__main__":
    sys.exit(main())
