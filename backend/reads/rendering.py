"""Writing the file of a route for the handheld, by its layout. Pure."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence

from backend.reads.layout_schemas import OutLayout, WrittenField

CUT = frozenset({"service_address"})
"""What may lose its end where the layout has too little room. Anything else would name another meter or value."""


class TooNarrowError(ValueError):
    """A value does not fit into its place; the message names both."""


def render(layout: OutLayout, rows: Sequence[Mapping[str, object]]) -> str:
    """The file's text, with CR LF at each line's end; a CSV has the names of its columns first.

    :raises TooNarrowError: a value that must not be cut does not fit.
    """
    if layout.format == "csv":
        return _csv(layout, rows)
    length = layout.record_length or 0
    return "".join(_record(layout, row).ljust(length) + "\r\n" for row in rows)


def _csv(layout: OutLayout, rows: Sequence[Mapping[str, object]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([field.column for field in layout.fields])
    writer.writerows([_value(field, row) for field in layout.fields] for row in rows)
    return written.getvalue()


def _record(layout: OutLayout, row: Mapping[str, object]) -> str:
    record = ""
    for field in sorted(layout.fields, key=lambda field: field.start or 0):
        start, length = field.start or 1, field.length or 0
        value = _plain(_value(field, row))
        if len(value) > length:
            if field.field not in CUT:
                raise TooNarrowError(f"{field.field} {value!r} does not fit into {length} places at {start}")
            value = value[:length]
        filled = value.rjust(length, field.pad) if field.side == "right" else value.ljust(length, field.pad)
        record = record.ljust(start - 1) + filled
    return record


def _value(field: WrittenField, row: Mapping[str, object]) -> str:
    if field.field is None:
        return field.text or ""
    value = row[field.field]
    return "" if value is None else str(value)


def _plain(value: str) -> str:
    """Letters without accents: a place of a fixed layout is one byte."""
    spread = unicodedata.normalize("NFKD", value)
    return spread.encode("ascii", "ignore").decode("ascii")
