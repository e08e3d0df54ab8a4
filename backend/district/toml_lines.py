"""Where a value stands in a TOML file, so that an error can name its line.

`tomllib` gives values without places; this walks the text alongside for the few forms our files have:
tables, arrays of tables (nested ones too), keys, and arrays with an element a line.
"""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"""^\s*("[^"]+"|'[^']+'|[A-Za-z0-9_.\-]+)\s*=""")
_OPENS_ARRAY = re.compile(r"=\s*\[\s*(#.*)?$")
Path = tuple[str | int, ...]


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) of the value at `path`, or of the nearest thing around it that is written down."""
    lines = _Places(text).lines
    wanted = tuple(path)
    while wanted and wanted not in lines:
        wanted = wanted[:-1]
    return lines.get(wanted, 1)


class _Places:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._arrays: dict[Path, int] = {}
        self._table: Path = ()
        self._elements_of: Path | None = None
        self._element = 0
        for number, line in enumerate(text.splitlines(), 1):
            self._take(number, line)

    def _take(self, number: int, line: str) -> None:
        if self._elements_of is not None:
            self._take_element(number, line.strip())
        elif header := _HEADER.match(line):
            self._table = self._resolved(_parts(header.group(2)), is_array=header.group(1) == "[[")
            self.lines.setdefault(self._table, number)
        elif key := _KEY.match(line):
            path = (*self._table, *_parts(key.group(1)))
            self.lines.setdefault(path, number)
            if _OPENS_ARRAY.search(line):
                self._elements_of, self._element = path, 0

    def _take_element(self, number: int, line: str) -> None:
        assert self._elements_of is not None
        if line.startswith("]"):
            self._elements_of = None
        elif line and not line.startswith("#"):
            self.lines.setdefault((*self._elements_of, self._element), number)
            self._element += 1

    def _resolved(self, parts: Path, *, is_array: bool) -> Path:
        """The path of a header, with the index of the newest element of each array of tables in it."""
        path: Path = ()
        for part in parts[:-1]:
            path = self._newest((*path, part))
        path = (*path, parts[-1])
        if not is_array:
            return self._newest(path)
        self._arrays[path] = self._arrays.get(path, -1) + 1
        return self._newest(path)

    def _newest(self, path: Path) -> Path:
        return (*path, self._arrays[path]) if path in self._arrays else path


def _parts(name: str) -> Path:
    if name[0] in "\"'":
        return (name[1:-1],)
    return tuple(part.strip().strip("\"'") for part in name.split("."))
