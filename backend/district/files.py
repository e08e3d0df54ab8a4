"""Reading one TOML file of the district: what is wrong is named by file and line."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from backend.district.toml_lines import line_of

T = TypeVar("T")


class DistrictFileError(Exception):
    """A file of the district that cannot be used; the message has a line `file:line: what is wrong` each."""


@dataclass(frozen=True)
class TomlFile(Generic[T]):
    """A file's content as `value`, and its text for naming lines."""

    path: Path
    text: str
    value: T

    def problem(self, place: Sequence[str | int], what: str) -> str:
        """`file:line: what` for the value at `place`."""
        return f"{self.path}:{line_of(self.text, place)}: {what}"


def read_toml(path: Path, adapter: TypeAdapter[T]) -> TomlFile[T]:
    """The file as `adapter` understands it; numbers with a point are Decimal.

    :raises DistrictFileError: it is missing, is not TOML, or says something that may not be said.
    """
    try:
        text = path.read_text("utf-8")
        return TomlFile(path, text, adapter.validate_python(tomllib.loads(text, parse_float=Decimal)))
    except FileNotFoundError as missing:
        raise DistrictFileError(f"{path}:1: this file is missing") from missing
    except tomllib.TOMLDecodeError as broken:
        raise DistrictFileError(f"{path}:{_line_in(str(broken))}: {broken}") from broken
    except ValidationError as wrong:
        problems = [f"{path}:{line_of(text, e['loc'])}: {_where(e['loc'])}: {e['msg']}" for e in wrong.errors()]
        raise DistrictFileError("\n".join(problems)) from wrong


def _where(location: tuple[str | int, ...]) -> str:
    return ".".join(map(str, location)) or "the file"


def _line_in(message: str) -> str:
    _, _, rest = message.partition("at line ")
    return rest.split(",")[0] or "1"
