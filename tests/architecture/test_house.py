"""The house rules that a machine can hold: sizes, nothing of the builder's machine, no lock with addresses."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50


def _tracked(*patterns: str) -> list[Path]:
    """Files git knows or would add (a source archive without git has all its files)."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "--", *patterns]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        return [path for pattern in patterns for path in ROOT.rglob(pattern) if ".venv" not in path.parts]
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


PYTHON = _tracked("*.py")


def test_there_is_code_to_look_at() -> None:
    assert len(PYTHON) > 50


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    if "migrations/versions" not in str(path):
        assert text.count("\n") <= MODULE_LINES_MAX, "split this module by topic"
    if path.is_relative_to(ROOT / "tests"):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= FUNCTION_LINES_MAX, f"{node.name} has {lines} lines"


def test_no_file_names_a_registry_or_a_machine() -> None:
    hosts = "|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.(?:org|com)", r"deb\.deb" + "ian"])
    forbidden = re.compile(hosts + r"|(?<![\w./])/(?:work|root)/\w")
    found = []
    for path in _tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in forbidden.finditer(text)]
    assert not found, found


def test_locks_have_hashes_and_no_addresses() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        pinned = re.findall(r"^[a-z0-9][\w.\[\]-]*==", text, re.MULTILINE)
        assert len(pinned) > 20
        assert text.count("--hash=sha256:") >= len(pinned), lock.name
        assert "://" not in text, lock.name
    assert not (ROOT / "uv.lock").exists()
