"""A process that makes a night without being disturbed: python -m tests.backend.nightly.steady DATE."""

import asyncio
import sys
from datetime import date

from backend.nightly.running import run_nightly
from backend.settings import Settings

if __name__ == "__main__":
    asyncio.run(run_nightly(Settings.from_environment(), date.fromisoformat(sys.argv[1])))
