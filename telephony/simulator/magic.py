"""Numbers that misbehave on purpose, so that every failure can be had.

The `+1500555…` numbers are those of Twilio's test credentials; the `+1500555 10xx` and `20xx` numbers are
this simulator's own, for what happens after a message or call has been accepted.
"""

from typing import Literal, NamedTuple


class Refusal(NamedTuple):
    """An error number and its words."""

    code: int
    message: str


MESSAGE_TO = {
    "+15005550001": Refusal(21211, "The 'To' number +15005550001 is not a valid phone number."),
    "+15005550002": Refusal(21612, "The 'To' number is not currently reachable via SMS."),
    "+15005550003": Refusal(21408, "Permission to send an SMS has not been enabled for the region."),
    "+15005550004": Refusal(21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": Refusal(21614, "'To' number is not a valid mobile number"),
}
MESSAGE_FROM = {
    "+15005550001": Refusal(21212, "The 'From' number +15005550001 is not a valid phone number."),
    "+15005550007": Refusal(21606, "The 'From' phone number is not a valid, SMS-capable number."),
    "+15005550008": Refusal(21611, "This 'From' number has exceeded the maximum number of queued messages."),
}
CALL_TO = {
    "+15005550001": Refusal(21217, "Phone number does not appear to be valid"),
    "+15005550002": Refusal(21214, "'To' phone number cannot be reached"),
    "+15005550003": Refusal(21215, "Account not authorized to call this number."),
    "+15005550004": Refusal(21216, "Account not allowed to call this number."),
    "+15005552010": Refusal(10004, "Call concurrency limit exceeded"),
    "+15005552011": Refusal(22005, "Call queue is full: 24 hours of calls are waiting"),
}
CALL_FROM = {"+15005550001": Refusal(21212, "The source phone number provided is not valid.")}

MESSAGE_FATE = {
    "+15005551003": ("undelivered", Refusal(30003, "Unreachable destination handset")),
    "+15005551005": ("undelivered", Refusal(30005, "Unknown destination handset")),
    "+15005551006": ("undelivered", Refusal(30006, "Landline or unreachable carrier")),
    "+15005551007": ("undelivered", Refusal(30007, "Carrier violation")),
    "+15005551034": ("failed", Refusal(30034, "US A2P 10DLC - Message from an Unregistered Number")),
}
"""What becomes of an accepted message to that number: the last status and why."""

DIAL_FATE: dict[str, Literal["busy", "no-answer", "failed"]] = {
    "+15005552001": "busy",
    "+15005552002": "no-answer",
    "+15005552003": "failed",
}
"""How a dialled number answers. Every other number is answered."""

MACHINE = "+15005552004"
"""An answering machine picks up there."""
