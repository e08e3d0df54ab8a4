"""`python -m telephony.simulator`: serve until stopped."""

import logging
import sys

import structlog
import uvicorn

from telephony.simulator.app import DemonstrationOnly, create_app
from telephony.simulator.settings import Settings


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
    # Addresses contain telephone numbers, so they are not logged; streams of open pages must not hold up a stop.
    uvicorn.run(
        app,
        host=settings.simulator_host,
        port=settings.simulator_port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
