"""`python -m telephony`: the telephony process on `HEADGATE_TELEPHONY_PORT`."""

import uvicorn

from telephony.app import create_app
from telephony.logs import configure_logs
from telephony.settings import settings_from_environment
from telephony.webchat.protocol import FRAME_BYTES_MAX


def main() -> None:
    """Serve until told to stop; turns that are under way get to end."""
    configure_logs()
    settings = settings_from_environment()
    uvicorn.run(
        create_app(settings),
        host=settings.telephony_host,
        port=settings.telephony_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
        ws_max_size=FRAME_BYTES_MAX,
    )


main()
