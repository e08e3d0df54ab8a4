"""Logs of the action server: JSON lines with ids and never with what a customer said."""

import logging
import sys

import structlog


def configure_logs() -> None:
    """Write structured lines to standard output; other libraries speak from warnings on."""
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
