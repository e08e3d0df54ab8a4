"""What a customer told the assistant that they want of a service, as a form is filled with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form is filled with at first: what a customer told the assistant, or the meter that was pressed."""

    deed: str = ""
    address: str = ""
    start_on: str = ""
    stop_on: str = ""
    mail_to: str = ""
    name: str = ""
    phone: str = ""
    meter_id: UUID | None = None

    @classmethod
    def of_details(cls, details: Mapping[str, str]) -> "Wanted":
        """`details` by name; which form they are for follows from the days that were asked for."""
        start_on, stop_on = details.get("start_on", ""), details.get("stop_on", "")
        deed = {(True, True): "ask_transfer", (True, False): "ask_start", (False, True): "ask_stop"}
        chosen = deed.get((bool(start_on), bool(stop_on)), "")
        address, mail_to = details.get("address", ""), details.get("mail_to", "")
        name, phone = details.get("name", ""), details.get("phone", "")
        return cls(chosen, address, start_on, stop_on, mail_to, name, phone)
