"""The shapes of reads, of files of them, and of what waits for a person."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000, pattern=r"^[^\x00]*$")]
Value = Annotated[int, Field(ge=0, lt=10**15)]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class TakenOut(_Out):
    """What a file became; `is_new` false: the same content was taken before, and nothing was done now."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "import_id": "01936f3e-5a00-7c00-8000-000000000031",
                    "is_new": True,
                    "line_count": 420,
                    "taken": 417,
                    "known": 0,
                    "set_aside": 2,
                    "not_read": 1,
                }
            ]
        },
    )

    import_id: UUID
    is_new: bool
    line_count: int
    taken: int
    known: int
    set_aside: int
    not_read: int


class ItemOut(_Out):
    """A line of a file that waits for a person; `reads_there`: what was read of that meter that day, by kind."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01936f3e-5a00-7c00-8000-000000000032",
                    "import_id": "01936f3e-5a00-7c00-8000-000000000031",
                    "file_name": "route-10.csv",
                    "line": 17,
                    "cause": "unknown_meter",
                    "serial_number": "RS99999",
                    "account_number": None,
                    "meter_id": None,
                    "read_on": "2026-11-20",
                    "kind": "actual",
                    "register_value": 152450,
                    "note": None,
                    "status": "open",
                    "reads_there": None,
                }
            ]
        },
    )

    id: UUID
    import_id: UUID
    file_name: str
    line: int
    cause: Literal["unknown_meter", "meter_not_there", "other_account", "other_value", "not_read"]
    serial_number: str
    account_number: str | None
    meter_id: UUID | None
    read_on: date
    kind: str
    register_value: int | None
    note: str | None
    status: Literal["open", "taken", "dismissed", "noted"]
    reads_there: dict[str, int] | None


class ItemDecisionIn(BaseModel):
    """Take the line as a read (of `meter_id`, where the file's meter is not known), or dismiss it; and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"take": False, "meter_id": None, "note": "A neighboring district's."}]}
    )

    take: bool
    meter_id: UUID | None = None
    note: Words


class ItemDecidedOut(_Out):
    """A line after it was decided."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01936f3e-5a00-7c00-8000-000000000032",
                    "status": "dismissed",
                    "decision_note": "A neighboring district's.",
                    "decided_at": "2026-11-23T18:00:00Z",
                }
            ]
        },
    )

    id: UUID
    status: Literal["open", "taken", "dismissed", "noted"]
    decision_note: str | None
    decided_at: datetime | None


class ReadIn(BaseModel):
    """What a register showed at the end of a day, keyed in by a person; another such read of that day is struck."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"read_on": "2026-11-20", "value": 152450, "reason": "Re-read"}]}
    )

    read_on: date
    value: Value
    kind: Literal["actual", "customer", "exchange_out", "exchange_in"] = "actual"
    reason: Words


class StrikeIn(BaseModel):
    """Why a read counts no more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Read of the meter next door."}]})

    reason: Words


class ReadOut(_Out):
    """A read of a meter, where it came from, and why it was struck, if it was."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01936f3e-5a00-7c00-8000-000000000033",
                    "read_on": "2026-11-20",
                    "kind": "actual",
                    "register_value": 152450,
                    "entered_by": None,
                    "file_name": "route-10.csv",
                    "struck_reason": None,
                }
            ]
        },
    )

    id: UUID
    read_on: date
    kind: str
    register_value: int
    entered_by: str | None
    file_name: str | None
    struck_reason: str | None


class RouteOut(_Out):
    """A route of a cycle, and how many meters are read on it."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_extra={"examples": [{"cycle": 4, "route": "10", "meters": 168}]}
    )

    cycle: int
    route: str
    meters: int
