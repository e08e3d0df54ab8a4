"""One digest over many files: has anything changed that this was made from?"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

IGNORED = {"__pycache__", ".venv", ".mypy_cache", ".ruff_cache"}


def files_under(*places: Path) -> list[Path]:
    """The files in `places` (files or folders, missing ones left out), in a fixed order, without caches."""
    found: set[Path] = set()
    for place in places:
        candidates = place.rglob("*") if place.is_dir() else [place]
        found |= {path for path in candidates if path.is_file() and not IGNORED & set(path.parts)}
    return sorted(found)


def digest(root: Path, paths: Iterable[Path], *more: str) -> str:
    """24 hexadecimal digits that change when a name, a content or one of `more` does."""
    total = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root)}\0{content}\n".encode())
    for word in more:
        total.update(word.encode() + b"\0")
    return total.hexdigest()[:24]
