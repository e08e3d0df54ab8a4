"""Every benchmark that the docs name still starts, and every one that there is is named."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = sorted(set(re.findall(r"^\| `bench\.(\w+)", (ROOT / "docs" / "benches.md").read_text(), re.MULTILINE)))


def test_all_are_named() -> None:
    has_main = [path.stem for path in (ROOT / "bench").glob("*.py") if '__name__ == "__main__"' in path.read_text()]
    packages = [path.parent.name for path in (ROOT / "bench").glob("*/__main__.py")]
    assert sorted({*has_main, *packages}) == NAMED


@pytest.mark.parametrize("name", NAMED)
def test_it_starts(name: str) -> None:
    command = [sys.executable, "-m", f"bench.{name}", "--help"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
