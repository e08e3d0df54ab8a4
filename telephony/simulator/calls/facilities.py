"""What every call of the network uses: the way to the application, queues, conferences, phones, records."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from telephony.simulator.callbacks import Callbacks
from telephony.simulator.calls.conferences import Conferences
from telephony.simulator.calls.phones import Phones
from telephony.simulator.calls.waiting import Queues
from telephony.simulator.conditions import Conditions
from telephony.simulator.pay.connector import Connectors
from telephony.simulator.requester import Requester
from telephony.simulator.state.alerts import Alerts
from telephony.simulator.state.calls import CallTable
from telephony.simulator.state.recordings import RecordingTable

if TYPE_CHECKING:
    from telephony.simulator.calls.execution import Execution, Finish, Outcome

Opening = Callable[[], Awaitable["Outcome"]]
"""What a leg does first, instead of a document of its own: being asked whether it takes the call, being connected."""


@dataclass
class Facilities:
    """One for the whole network. `live` has every call that is going on, by its SID."""

    requester: Requester
    callbacks: Callbacks
    alerts: Alerts
    calls: CallTable
    recordings: RecordingTable
    conditions: Conditions
    connectors: Connectors
    account_sid: str
    media_url: str
    clock: Callable[[], datetime]
    phones: Phones = field(default_factory=Phones)
    queues: Queues = field(default_factory=Queues)
    conferences: Conferences = field(default_factory=Conferences)
    live: "dict[str, Execution]" = field(default_factory=dict)
    carry: "Callable[[Execution, Opening], Awaitable[Finish]]" = field(init=False)
    """Carries a leg through to its end; set by the exchange."""
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set, init=False)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the present call."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until no background call is going on and nothing is on its way."""
        while self._tasks:
            await asyncio.gather(*self._tasks)
        await self.callbacks.settled()

    async def close(self) -> None:
        """End every background call; nobody is told."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.callbacks.close()
