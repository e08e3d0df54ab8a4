"""`python -m telephony`: the telephony process on `HEADGATE_TELEPHONY_PORT`."""

import gc

import uvicorn

from telephony.app import create_app
from telephony.logs import configure_logs
from telephony.settings import settings_from_environment
from telephony.webchat.protocol import FRAME_BYTES_MAX


def main() -> None:
    """Serve until told to stop; turns that are under way get to end."""
    configure_logs()
    settings = settings_from_environment()
    app = create_app(settings)
    _collect_seldom()
    uvicorn.run(
        app,
        host=settings.telephony_host,
        port=settings.telephony_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
        ws_max_size=FRAME_BYTES_MAX,
    )


def _collect_seldom() -> None:
    """What was imported stays, and is not looked through again and again (docs/decisions/0021)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 100)


main()
