"""docs/settings.md lists every setting there is, and none that is gone."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "settings.md"
WITHOUT_CLASS = {"HEADGATE_CHROMIUM"}
"""Read by the set-up and the browser tests, before there is anything to declare a setting with."""


def declared() -> set[str]:
    """The variables of every `class Settings(BaseSettings)` of the project, and those the engine's files name."""
    found = set(WITHOUT_CLASS)
    for package in ("ops", "actions", "telephony", "backend", "processor"):
        for path in (ROOT / package).rglob("settings.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef) and "BaseSettings" in {ast.unparse(base) for base in node.bases}:
                    found |= {_variable(field) for field in node.body if isinstance(field, ast.AnnAssign)}
    for path in (ROOT / "bot").glob("*.yml"):
        found |= set(re.findall(r"HEADGATE_[A-Z_]+", path.read_text()))
    return found - {""}


def _variable(field: ast.AnnAssign) -> str:
    name = ast.unparse(field.target)
    if name == "model_config":
        return ""
    return name.upper() if name in ("database_url", "redis_url") else f"HEADGATE_{name.upper()}"


def listed() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)`", PAGE.read_text(), re.MULTILINE))


def test_every_setting_is_listed_once_and_none_is_invented() -> None:
    assert len(declared()) > 30
    assert listed() == declared()
    rows = re.findall(r"^\| `([A-Z_]+)`", PAGE.read_text(), re.MULTILINE)
    assert len(rows) == len(set(rows))
