"""A person who follows a script on a virtual clock: nothing sleeps, except where the script says `hold`."""

from collections import deque
from collections.abc import Collection, Sequence
from contextlib import ExitStack

from telephony.simulator.calls.events import Event, speaking_seconds
from telephony.simulator.calls.line import (
    CallerHungUp,
    Dropped,
    Heard,
    Key,
    Line,
    Mode,
    ScriptUsedUp,
    Words,
)
from telephony.simulator.calls.steps import (
    DEFAULT_CONFIDENCE,
    Drop,
    HangUp,
    Hold,
    Interrupt,
    Press,
    Say,
    Silence,
    Step,
    Wait,
)
from telephony.simulator.calls.timeline import Timeline

REACTION_SECONDS = 0.5
INSTANT_SECONDS = 0.001
KEY_SECONDS = 0.25
SILENCE_SECONDS = 5.0
REAL_SILENCE_SECONDS = 40.0
QUIET_GATHERS_MAX = 5
QUIET_SECONDS_MAX = 600.0
STUCK_SECONDS_MAX = 7200.0
"""A step whose turn has not come for so long (words for somebody who waits in a queue) will never be taken."""
SPEECH_SECONDS_MAX = 60.0


class ScriptedLine(Line):
    """Each step is taken by the next verb that listens; a press also interrupts what is being said.

    A `wait` counts from the end of the step before it. A `hangup` after a `wait` happens when its time has
    come, whatever is being said; otherwise when it is the person's turn. When the steps are used up the
    person stays silent, and hangs up after five more questions or ten minutes.
    """

    def __init__(self, steps: Sequence[Step], timeline: Timeline | None = None) -> None:
        super().__init__(timeline or Timeline())
        self._steps = deque(steps)
        self._keys: deque[str] = deque()
        self.events: list[Event] = []
        self._free_at = 0.0
        self._waited = False
        self._taken = False
        self._listened = False
        self._quiet_gathers = 0
        self._used_up_at: float | None = None
        self._holding: ExitStack | None = None
        self._unnoticed = 0

    def report(self, event: Event) -> None:
        self.events.append(event)
        head = self._steps[0] if self._steps else None
        if isinstance(head, Hold) and head.words and head.words.lower() in event.text.lower():
            self._end_hold(begun=True)

    def news(self, *, lasting: bool = False) -> None:
        head = self._steps[0] if self._steps else None
        if self._holding is not None and isinstance(head, Hold) and not head.words:
            self._end_hold()
        elif lasting:
            self._unnoticed += 1

    def close(self) -> None:
        if self._holding is not None:
            self._holding.close()
            self._holding = None

    async def play(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        self._attend()
        if self._keys and "dtmf" in accepts:
            await self._pass(KEY_SECONDS)
            return Key(self._keys.popleft())
        head = self._steps[0] if self._steps else None
        ends = self.now + seconds
        if isinstance(head, HangUp) and self._waited and self._free_at <= ends:
            await self._pass(max(0.0, self._free_at - self.now))
            raise CallerHungUp
        if self._taken or not isinstance(head, Press | Interrupt):
            await self._linger(seconds)
            return None
        delay = head.after_seconds if isinstance(head, Interrupt) else REACTION_SECONDS
        at = max(self.now + delay, self._free_at)
        mode: Mode = "speech" if isinstance(head, Interrupt) else "dtmf"
        if mode not in accepts or at > ends:
            await self._pass(seconds)
            return None
        await self._pass(at - self.now)
        return await self._act(head)

    async def listen(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        self._attend()
        self._listened = True
        if self._keys:
            await self._pass(KEY_SECONDS)
            return Key(self._keys.popleft())
        if self._quiet_gathers >= QUIET_GATHERS_MAX:
            raise ScriptUsedUp
        head = self._steps[0] if self._steps and not self._taken else None
        at = max(self.now + REACTION_SECONDS, self._free_at)
        if head is None or isinstance(head, Hold) or at > self.now + seconds:
            await self._linger(seconds)
            return None
        if isinstance(head, Silence):
            await self._pass(seconds)
            self._consume()
            return None
        remaining = seconds - (at - self.now)
        await self._pass(at - self.now)
        heard = await self._act(head)
        mode: Mode = "dtmf" if isinstance(heard, Key) else "speech"
        if mode in accepts or isinstance(heard, Dropped):
            return heard
        self._keys.clear()
        await self._pass(remaining)
        return None

    async def stay(self, seconds: float = float("inf"), *, patiently: bool = False) -> Heard | None:
        self._attend(patiently=patiently)
        if self._take_rousing():
            return None
        if self._keys:
            await self._pass(KEY_SECONDS)
            return Key(self._keys.popleft())
        head = self._steps[0] if self._steps else None
        if patiently and not (isinstance(head, Interrupt | Drop) or (isinstance(head, HangUp) and self._waited)):
            head = None
        at = self._due(head)
        if self._used_up_at is not None:
            seconds = min(seconds, QUIET_SECONDS_MAX - (self.now - self._used_up_at))
        await self._pass(min(seconds, at - self.now), until=lambda: self._roused)
        if self._take_rousing() or head is None or at > self.now + INSTANT_SECONDS:
            return None
        if isinstance(head, Silence | Hold):
            self._end_hold() if isinstance(head, Hold) else self._consume()
            self._free_at = self.now + (SILENCE_SECONDS if isinstance(head, Silence) else 0.0)
            return None
        heard = await self._act(head)
        self._taken = False
        return heard

    def settle(self, *, keys_are_lost: bool = True) -> None:
        if keys_are_lost:
            self._keys.clear()
        if self._listened and not self._taken and not self._steps:
            self._quiet_gathers += 1
        self._taken = self._listened = False

    def _due(self, head: Step | None) -> float:
        """When the person does the next step, by the call's clock."""
        if head is None:
            return float("inf")
        if isinstance(head, Interrupt):
            return self.now + head.after_seconds
        if isinstance(head, Hold) or (isinstance(head, HangUp) and self._waited):
            return max(self.now, self._free_at)
        return max(self.now + REACTION_SECONDS, self._free_at)

    def _attend(self, *, patiently: bool = False) -> None:
        """Act on what came from outside, let leading waits run, begin to hold."""
        self._raise_interruption()
        while self._steps and isinstance(self._steps[0], Wait | Hold | Silence):
            step = self._steps[0]
            if patiently and self.unhurried and not isinstance(step, Wait):
                break
            if isinstance(step, Silence):
                if not self.unhurried:
                    break
                step = self._steps[0] = Hold(REAL_SILENCE_SECONDS)
            if isinstance(step, Wait):
                self._steps.popleft()
                self._free_at += step.seconds
                self._waited = True
                continue
            if self._holding is None:
                self._holding = ExitStack()
                self._holding.enter_context(self.timeline.in_real_time())
                self._free_at = max(self.now, self._free_at) + step.seconds
            if self._unnoticed and not step.words:
                self._unnoticed -= 1
            elif self.now + INSTANT_SECONDS < self._free_at:
                break
            self._end_hold()
        if self.now - self._free_at > STUCK_SECONDS_MAX:
            raise ScriptUsedUp
        if not self._steps:
            self._used_up_at = self.now if self._used_up_at is None else self._used_up_at
            if self.now - self._used_up_at >= QUIET_SECONDS_MAX:
                raise ScriptUsedUp

    async def _linger(self, seconds: float) -> None:
        """Do nothing for so long. A hold that ends meanwhile gives the clock back."""
        ends = self.now + seconds
        if self._holding is not None and self._free_at < ends:
            await self._pass(max(0.0, self._free_at - self.now), until=lambda: self._holding is None)
            self._end_hold()
        await self._pass(max(0.0, ends - self.now))

    def _end_hold(self, *, begun: bool = False) -> None:
        if begun or self._holding is not None:
            self._consume()
            self._taken, self._waited = False, True
            self.rouse()
        self.close()

    async def _act(self, head: Step) -> Heard:
        if isinstance(head, HangUp):
            raise CallerHungUp
        if isinstance(head, Drop):
            self._consume()
            return Dropped()
        if isinstance(head, Press):
            return self._first_key(head)
        assert isinstance(head, Say | Interrupt)
        words = " ".join(head.words.split()[: int(SPEECH_SECONDS_MAX * 2.5)])
        seconds = speaking_seconds(words)
        self._consume()
        await self._pass(seconds)
        self._free_at = self.now
        return Words(words, head.confidence if isinstance(head, Say) else DEFAULT_CONFIDENCE, seconds)

    def _first_key(self, step: Press) -> Key:
        self._keys.extend(step.keys)
        self._consume()
        self._listened = True
        return Key(self._keys.popleft())

    def _consume(self) -> None:
        self._steps.popleft()
        self._taken, self._waited = True, False
        self._free_at = self.now
