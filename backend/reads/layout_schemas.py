"""What may stand in `district/reads.toml`: how files of reads look, field by field."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
Place = Annotated[int, Field(ge=1, le=2_000)]
DateFormat = Literal["mmdd", "mmddyy", "mmddyyyy", "yymmdd", "yyyymmdd", "yyyy-mm-dd"]
InField = Literal["serial_number", "account_number", "read_on", "register_value", "kind", "note"]
TrailerField = Literal["count", "hash_total"]
OutField = Literal[
    "serial_number",
    "account_number",
    "service_address",
    "route",
    "sequence",
    "meter_size",
    "digits",
    "previous_read",
    "previous_read_on",
    "low_limit",
    "high_limit",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Where(_Strict):
    """Where a field stands: from `start` (the first place is 1) so many places long, or in a column of a CSV."""

    start: Place | None = None
    length: Place | None = None
    column: Annotated[str, StringConstraints(min_length=1)] | Place | None = None
    """A column by its name in the first line, or by its number."""


class ReadField(Where):
    """A field of a read. `date` says how days are written; without a year it is the last such day."""

    field: InField
    required: bool = True
    date: DateFormat | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    """So many digits at the end of a value are behind a decimal point that is not written; they are dropped."""
    pad: Annotated[str, StringConstraints(min_length=1, max_length=1)] = " "
    """What fills the field up before the value."""
    codes: dict[str, Literal["actual", "estimated", "customer", "not_read"]] | None = None
    """Of `kind`: what each code means; without one a read is actual."""


class SumField(Where):
    """A total of the trailer: how many reads there are, or the sum of their values."""

    field: TrailerField


class Edge(_Strict):
    """A first or a last line that is no read, by how it begins; the trailer's totals must agree."""

    begins: Annotated[str, StringConstraints(min_length=1)]
    fields: tuple[SumField, ...] = ()


class InLayout(_Strict):
    """One `[[layouts]]`: a file of reads from the handheld or the AMR system."""

    name: Name
    files: Annotated[tuple[str, ...], Field(min_length=1)]
    """Patterns of file names, as in "reads*.csv"."""
    format: Literal["csv", "fixed"]
    record_length: Place | None = None
    line_ends: bool = True
    """False: records follow each other without line ends."""
    column_names: bool = False
    """The first line of a CSV names its columns."""
    begins: str | None = None
    """What every read begins with, beside the header and the trailer."""
    header: Edge | None = None
    trailer: Edge | None = None
    fields: Annotated[tuple[ReadField, ...], Field(min_length=1)]
    unknown_meter: Literal["refuse", "set_aside"] = "set_aside"
    """Whether a meter that we do not know spoils the whole file, or waits for a person by itself."""
    days_back_max: Annotated[int, Field(ge=1, le=400)] = 45


class WrittenField(_Strict):
    """A field of the file out to the handheld: something of the meter, or always the same `text`."""

    field: OutField | None = None
    text: str | None = None
    start: Place | None = None
    length: Place | None = None
    column: Annotated[str, StringConstraints(min_length=1)] | None = None
    side: Literal["left", "right"] = "left"
    """Where the value stands in its places."""
    pad: Annotated[str, StringConstraints(min_length=1, max_length=1)] = " "


class OutLayout(_Strict):
    """One `[[downloads]]`: the file of a route that goes out to the handheld."""

    name: Name
    format: Literal["csv", "fixed"]
    record_length: Place | None = None
    extension: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,8}$")] = "txt"
    fields: Annotated[tuple[WrittenField, ...], Field(min_length=1)]


class ReadsFile(_Strict):
    """`reads.toml`."""

    layouts: Annotated[tuple[InLayout, ...], Field(min_length=1)]
    downloads: tuple[OutLayout, ...] = ()
