"""The account's telephone numbers and their webhooks, as they would be configured in Twilio's console."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from telephony.simulator.values import new_sid


@dataclass(frozen=True)
class PhoneNumber:
    """One number. An empty address means none."""

    sid: str
    phone_number: str
    created_at: datetime
    updated_at: datetime
    friendly_name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"


_KEPT = frozenset(PhoneNumber.__dataclass_fields__) - {"sid", "phone_number", "created_at", "updated_at"}


class NumberTable:
    """The stored numbers. The district's own is always there."""

    def __init__(self, connection: sqlite3.Connection, district: PhoneNumber) -> None:
        self._connection = connection
        self._district = district.phone_number
        known = self.find(district.phone_number)
        # The webhooks follow the application's address; whatever else was set stays.
        self._write(replace(district, sid=known.sid, created_at=known.created_at) if known else district)

    @property
    def district(self) -> PhoneNumber:
        """The number that customers call and text."""
        found = self.find(self._district)
        assert found is not None
        return found

    def find(self, phone_number: str) -> PhoneNumber | None:
        """The number, if it belongs to the account."""
        row = self._connection.execute("SELECT * FROM numbers WHERE phone_number = ?", (phone_number,)).fetchone()
        return _number(row) if row else None

    def get(self, sid: str) -> PhoneNumber | None:
        """The number of that SID."""
        row = self._connection.execute("SELECT * FROM numbers WHERE sid = ?", (sid,)).fetchone()
        return _number(row) if row else None

    def all(self) -> list[PhoneNumber]:
        """Every number, newest first."""
        return [_number(row) for row in self._connection.execute("SELECT * FROM numbers ORDER BY created_at DESC")]

    def add(self, phone_number: str, settings: Mapping[str, str], now: datetime) -> PhoneNumber:
        """Buy a number."""
        number = _with(PhoneNumber(new_sid("PN"), phone_number, now, now, phone_number), settings)
        self._write(number)
        return number

    def change(self, number: PhoneNumber, settings: Mapping[str, str], now: datetime) -> PhoneNumber:
        """Configure a number."""
        changed = _with(replace(number, updated_at=now), settings)
        self._write(changed)
        return changed

    def delete(self, sid: str) -> None:
        """Give a number back."""
        self._connection.execute("DELETE FROM numbers WHERE sid = ?", (sid,))

    def _write(self, number: PhoneNumber) -> None:
        settings = {name: value for name, value in asdict(number).items() if name in _KEPT}
        self._connection.execute(
            "INSERT OR REPLACE INTO numbers (sid, phone_number, settings, created_at, updated_at) "
            "VALUES (?, ?, ?, ?, ?)",
            (
                number.sid,
                number.phone_number,
                json.dumps(settings),
                number.created_at.isoformat(),
                number.updated_at.isoformat(),
            ),
        )


def _with(number: PhoneNumber, settings: Mapping[str, str]) -> PhoneNumber:
    changes: dict[str, Any] = {name: value for name, value in settings.items() if name in _KEPT}
    return replace(number, **changes)


def _number(row: sqlite3.Row) -> PhoneNumber:
    return PhoneNumber(
        row["sid"],
        row["phone_number"],
        datetime.fromisoformat(row["created_at"]),
        datetime.fromisoformat(row["updated_at"]),
        **json.loads(row["settings"]),
    )


def district_number(public_url: str, phone_number: str, now: datetime) -> PhoneNumber:
    """The district's number with the webhooks of Headgate's telephony at `public_url`."""
    base = public_url.rstrip("/") + "/twilio"
    return PhoneNumber(
        sid=new_sid("PN"),
        phone_number=phone_number,
        created_at=now,
        updated_at=now,
        friendly_name=phone_number,
        voice_url=f"{base}/voice",
        voice_fallback_url=f"{base}/voice/fallback",
        status_callback=f"{base}/voice/status",
        sms_url=f"{base}/sms",
        sms_fallback_url=f"{base}/sms/fallback",
    )
