"""Migrations are numbered and linear: one base, one head, each on the one before."""

import re
from pathlib import Path

VERSIONS = Path(__file__).parents[2] / "backend" / "migrations" / "versions"


def _value(text: str, name: str) -> str | None:
    match = re.search(rf"^{name}\b[^=\n]*=\s*(?:\"([^\"]*)\"|None)", text, re.MULTILINE)
    assert match, f"no {name}"
    return match.group(1)


def test_each_migration_follows_the_one_before() -> None:
    files = sorted(VERSIONS.glob("[0-9]*.py"))
    assert len(files) >= 3
    previous: str | None = None
    for number, path in enumerate(files, start=1):
        text = path.read_text()
        assert path.name.startswith(f"{number:04d}_"), f"{path.name} should be number {number:04d}"
        assert _value(text, "down_revision") == previous, path.name
        assert "def downgrade() -> None:" in text, f"{path.name} cannot be taken back"
        previous = _value(text, "revision")
