"""One leg of a call: who calls whom, where it stands, and the parameters every webhook carries."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from telephony.simulator.state.calls import CallRecord
from telephony.simulator.values import API_VERSION, caller_geography, new_sid

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


class Leg:
    """Changes of state are stored as they happen."""

    def __init__(
        self, record: CallRecord, account_sid: str, clock: Callable[[], datetime], save: Callable[[CallRecord], None]
    ) -> None:
        self.record = record
        self._account_sid = account_sid
        self._clock = clock
        self._save = save
        self.recorded: dict[str, str] = {}
        """The recording that the REST interface asked for, as callbacks name it."""
        self.verstat = "TN-Validation-Passed-A"
        save(record)

    @property
    def sid(self) -> str:
        """The CA… identifier."""
        return self.record.sid

    @property
    def answered(self) -> bool:
        """Whether somebody has picked up."""
        return self.record.started_at is not None

    def to_status(self, status: str) -> None:
        """The call rings, is answered, or ends."""
        now = self._clock()
        self.record.status = status
        self.record.updated_at = now
        if status == "in-progress" and self.record.started_at is None:
            self.record.started_at = now
        self._save(self.record)

    def finish(self, status: str, call_seconds: float) -> None:
        """The call is over after `call_seconds` of its own clock. A second end changes nothing."""
        if self.record.status in FINAL:
            return
        self.record.ended_at = self._clock()
        self.record.duration_seconds = round(call_seconds) if self.answered else 0
        self.to_status(status)

    def child(self, record: CallRecord) -> "Leg":
        """The leg of another number that this call rings."""
        return Leg(record, self._account_sid, self._clock, self._save)

    def parameters(self) -> dict[str, str]:
        """What every voice webhook of this leg carries, legacy names and blanks included."""
        record = self.record
        parameters = {
            "CallSid": record.sid,
            "AccountSid": self._account_sid,
            "From": record.caller,
            "To": record.called,
            "Caller": record.caller,
            "Called": record.called,
            "CallStatus": record.status,
            "ApiVersion": API_VERSION,
            "Direction": record.direction,
        }
        for party, number in (("From", record.caller), ("Caller", record.caller)):
            parameters |= caller_geography(party, number)
        for party, number in (("To", record.called), ("Called", record.called)):
            parameters |= caller_geography(party, number)
        if record.parent_sid:
            parameters["ParentCallSid"] = record.parent_sid
        if record.answered_by:
            parameters["AnsweredBy"] = record.answered_by
        if record.direction == "inbound":
            parameters["CallToken"] = hashlib.sha256(record.sid.encode()).hexdigest()
            if record.caller.startswith("+1") and self.verstat:
                parameters["StirVerstat"] = self.verstat
        return parameters


def new_record(direction: str, caller: str, called: str, now: datetime, parent_sid: str | None = None) -> CallRecord:
    """A call that has just been made."""
    status = "ringing" if direction == "inbound" else "queued"
    return CallRecord(new_sid("CA"), direction, caller, called, status, now, now, parent_sid)
