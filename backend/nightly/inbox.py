"""Files that wait to be taken in: `inbox/` in the home; each goes to `done/` or, with a report, to `refused/`.

Banks and field systems should write to a name that begins with a dot and rename it when it is whole.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

KINDS = {
    ".bai": "lockbox",
    ".bai2": "lockbox",
    ".csv": "payments",
    ".et.csv": "weather",
    ".ach": "returns",
    ".nacha": "returns",
}
"""The end of a file's name → what is in it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file in the inbox."""

    path: Path
    kind: str | None
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def waiting(inbox: Path) -> list[Path]:
    """The files to take in, by name; the inbox is made if there is none."""
    inbox.mkdir(parents=True, exist_ok=True)
    return sorted(path for path in inbox.iterdir() if path.is_file() and not path.name.startswith("."))


def kind_of(name: str) -> str | None:
    """What a file of this name holds; None when its end says nothing."""
    lowered = name.lower()
    ends = [end for end in KINDS if lowered.endswith(end)]
    return KINDS[max(ends, key=len)] if ends else None


def read(path: Path) -> Waiting | None:
    """The file, or None when somebody has taken it away meanwhile.

    :raises OSError: it cannot be read.
    """
    try:
        return Waiting(path, kind_of(path.name), path.read_bytes())
    except FileNotFoundError:
        return None


def put_away(file: Waiting, business_date: date, problems: Sequence[Mapping[str, object]] | None) -> None:
    """Move a file that was dealt with: to `done/`, or to `refused/` with a report beside it that says why.

    Again, or by two at once, it comes to the same: the place is chosen by name and content.
    """
    path = file.path
    folder = path.parent / ("done" if problems is None else "refused") / business_date.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    target = _place(folder, file)
    if problems is not None:
        lines = [f"line {p['line']}, {p['field']}: {p['reason']}" for p in problems]
        head = f"{path.name}: nothing of this file was taken. Correct it and put it into the inbox again."
        (folder / f"{target.name}.report.txt").write_text("\n".join([head, *lines, ""]), "utf-8")
    try:
        path.rename(target)
    except FileNotFoundError:
        return  # another process has just moved it


def _place(folder: Path, file: Waiting) -> Path:
    path, number = file.path, 2
    target = folder / path.name
    while target.exists() and target.read_bytes() != file.content:
        target = folder / f"{path.stem}-{number}{path.suffix}"
        number += 1
    return target
