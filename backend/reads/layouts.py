"""The layouts of read files that the district agreed on, read once from `reads.toml`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from pydantic import TypeAdapter

from backend.district.files import DistrictFileError, read_toml
from backend.reads.layout_schemas import InLayout, OutLayout, ReadsFile, Where, WrittenField

FILE_NAME = "reads.toml"
Mistake = tuple[tuple[str | int, ...], str]
NEEDED = frozenset({"serial_number", "read_on", "register_value"})


@dataclass(frozen=True)
class ReadLayouts:
    """How files of reads look, coming in and going out."""

    incoming: tuple[InLayout, ...]
    downloads: tuple[OutLayout, ...]

    @classmethod
    def load(cls, folder: Path) -> "ReadLayouts":
        """Read and check `reads.toml` in `folder`.

        :raises DistrictFileError: it is missing or wrong; the message names file, line and remedy.
        """
        read = read_toml(folder / FILE_NAME, TypeAdapter(ReadsFile))
        problems = [read.problem(place, what) for place, what in mistakes(read.value)]
        if problems:
            raise DistrictFileError("\n".join(problems))
        return cls(read.value.layouts, read.value.downloads)

    def of_file(self, file_name: str) -> InLayout | None:
        """The layout of a file with this name; the first whose pattern it fits."""
        name = file_name.lower()
        fitting = (one for one in self.incoming if any(fnmatch(name, pattern.lower()) for pattern in one.files))
        return next(fitting, None)

    def download(self, name: str) -> OutLayout | None:
        """The layout of a file out to the handheld."""
        return next((one for one in self.downloads if one.name == name), None)


def mistakes(file: ReadsFile) -> list[Mistake]:
    """What a layout must not have beyond what one value by itself can show; each with its place."""
    found: list[Mistake] = []
    tables: dict[str, Sequence[InLayout | OutLayout]] = {"layouts": file.layouts, "downloads": file.downloads}
    for table, layouts in tables.items():
        seen: set[str] = set()
        for number, layout in enumerate(layouts):
            if layout.name in seen:
                found.append(((table, number, "name"), f"a second layout called {layout.name}"))
            seen.add(layout.name)
            found += [((table, number, *place), what) for place, what in _of_layout(layout)]
    return found


def _of_layout(layout: InLayout | OutLayout) -> Iterator[Mistake]:
    if isinstance(layout, InLayout):
        names = [field.field for field in layout.fields]
        if missing := sorted(NEEDED - set(names)):
            yield ("fields",), f"add {', '.join(missing)}: a read needs them"
        for place, field in enumerate(layout.fields):
            if field.field in names[:place]:
                yield ("fields", place), f"{field.field} stands here a second time"
            if (field.field == "read_on") != (field.date is not None):
                yield ("fields", place), "`date` belongs to read_on, which needs it"
        if layout.trailer is not None:
            yield from _places(layout.format, layout.trailer.fields, ("trailer", "fields"))
    else:
        for place, written in enumerate(layout.fields):
            if (written.field is None) == (written.text is None):
                yield ("fields", place), "give either field or text"
    if layout.format == "fixed" and layout.record_length is None:
        yield ("format",), "a fixed layout needs its record_length"
    yield from _places(layout.format, layout.fields, ("fields",))
    if layout.format == "fixed" and layout.record_length is not None:
        yield from _within(layout.fields, layout.record_length)


def _places(file_format: str, fields: Sequence[Where | WrittenField], where: tuple[str, ...]) -> Iterator[Mistake]:
    for place, field in enumerate(fields):
        fixed = field.start is not None and field.length is not None and field.column is None
        in_column = field.start is None and field.length is None and field.column is not None
        if file_format == "fixed" and not fixed:
            yield (*where, place), "a fixed layout gives each field its start and length"
        elif file_format == "csv" and not in_column:
            yield (*where, place), "a CSV layout gives each field its column"


def _within(fields: Sequence[Where | WrittenField], record_length: int) -> Iterator[Mistake]:
    """No field stands beyond the record or where another one does."""
    taken: dict[int, int] = {}
    for place, field in enumerate(fields):
        if field.start is None or field.length is None:
            continue
        last = field.start + field.length - 1
        if last > record_length:
            yield ("fields", place), f"ends at {last}, beyond the record's {record_length} places"
        for position in range(field.start, last + 1):
            if position in taken:
                yield ("fields", place), f"stands where field {taken[position] + 1} does, at {position}"
                break
            taken[position] = place


async def _read_layouts(request: Request) -> ReadLayouts:
    layouts: ReadLayouts = request.app.state.read_layouts
    return layouts


ReadLayoutsDep = Annotated[ReadLayouts, Depends(_read_layouts)]
