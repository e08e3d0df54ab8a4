"""People who are connected and hear one another: two after a `<Dial>`, many in a conference."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telephony.simulator.calls.line import Key, Words

if TYPE_CHECKING:
    from telephony.simulator.calls.execution import Execution


@dataclass(eq=False)
class Seat:
    """One person's place. `coaches` is the SID of the only call that hears this one."""

    execution: "Execution"
    label: str | None = None
    muted: bool = False
    on_hold: bool = False
    coaches: str | None = None

    @property
    def sid(self) -> str:
        return self.execution.leg.sid

    @property
    def who(self) -> str:
        """How others on the call know this person: the label, else the number of the person at this end."""
        record = self.execution.leg.record
        return self.label or (record.caller if record.direction == "inbound" else record.called)


@dataclass(eq=False)
class Company:
    """The seats, in the order of coming."""

    seats: list[Seat] = field(default_factory=list)
    closed: bool = False
    met: bool = False

    def enter(self, seat: Seat) -> None:
        """Come in; from here on everybody's time is one."""
        for other in self.seats:
            other.execution.line.timeline.join(seat.execution.line.timeline)
        self.seats.append(seat)
        self.met = self.met or len(self.seats) > 1
        self.stir()

    def leave(self, seat: Seat) -> None:
        """Go; whoever stays notices. A second time changes nothing."""
        if seat in self.seats:
            self.seats.remove(seat)
            self.stir()

    def close(self) -> None:
        """Everybody goes."""
        self.closed = True
        self.stir()

    def stir(self) -> None:
        """Let everybody look around: something has changed."""
        for seat in self.seats:
            seat.execution.line.news()
            seat.execution.line.rouse()

    def say(self, speaker: Seat, words: Words) -> None:
        """Everybody who can hear the speaker hears it."""
        speaker.execution.emit("talk", words.text, seconds=words.seconds)
        for listener in self._audience(speaker):
            listener.execution.line.news()
            listener.execution.emit("voice", words.text, who=speaker.who, seconds=words.seconds)

    @property
    def parted(self) -> bool:
        """Whether the two have met and one has gone."""
        return self.closed or (self.met and len(self.seats) < 2)

    def _audience(self, speaker: Seat) -> Iterator[Seat]:
        if speaker.muted or speaker.on_hold:
            return
        for seat in self.seats:
            if seat is not speaker and not seat.on_hold and speaker.coaches in (None, seat.sid):
                yield seat


async def keep_company(
    company: Company, seat: Seat, over: Callable[[], bool], *, seconds: float = float("inf"), star: bool = False
) -> None:
    """Talk and listen until `over`, or until `seconds` have passed, or (with `star`) until this person presses it.

    Raises what the line raises.
    """
    line = seat.execution.line
    ends = line.timeline.now + seconds
    while not over() and (left := ends - line.timeline.now) > 0:
        heard = await line.stay(left)
        if isinstance(heard, Words):
            company.say(seat, heard)
        elif isinstance(heard, Key):
            payment = seat.execution.payment
            if payment is not None and await payment.take(heard):
                continue
            seat.execution.emit("pressed", heard.digit)
            if star and heard.digit == "*":
                break
    line.settle()
