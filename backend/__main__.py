"""`python -m backend`: serve the API and the console."""

import gc
import sys

import uvicorn
from pydantic import ValidationError

from backend.app import create_app
from backend.district.service import DistrictFileError
from backend.logs import configure_logs
from backend.settings import Settings


def main() -> None:
    """Serve until SIGTERM or SIGINT; say in plain words why when that cannot be."""
    configure_logs()
    try:
        settings = Settings.from_environment()
        app = create_app(settings)
    except DistrictFileError as wrong:
        sys.exit(f"The district's files need a correction:\n{wrong}")
    except ValidationError as wrong:
        problems = "\n".join(f"  {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in wrong.errors())
        sys.exit(f"The settings need a correction:\n{problems}")
    _collect_seldom()
    uvicorn.run(
        app,
        host=settings.backend_host,
        port=settings.backend_port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )


def _collect_seldom() -> None:
    """What was imported stays, and is not looked through again and again (docs/decisions/0021)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 100)


if __name__ == "__main__":
    main()
