"""The composition root: everything the processor is made of, opened and closed together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated
from weakref import WeakValueDictionary

import aiohttp
from fastapi import Depends, Request

from processor.charging import Till
from processor.messenger import Messenger
from processor.settings import Settings
from processor.state.charges import Charges
from processor.state.controls import Controls
from processor.state.database import open_state
from processor.state.events import Events
from processor.state.keys import Keys
from processor.state.pages import Pages
from processor.state.people import People

TICK_SECONDS = 0.25


@dataclass
class Shop:
    """What routes work with."""

    settings: Settings
    till: Till
    messenger: Messenger
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, init=False)

    def turn_at(self, page_id: str) -> asyncio.Lock:
        """One at a time at each page."""
        return self._turns.setdefault(page_id, asyncio.Lock())


async def shop_of(request: Request) -> Shop:
    """The shop of this process."""
    shop: Shop = request.app.state.shop
    return shop


ShopDep = Annotated[Shop, Depends(shop_of)]


@asynccontextmanager
async def open_shop(settings: Settings) -> AsyncIterator[Shop]:
    """Open the state file, let time pass and events go out; on leaving, close everything."""
    connection = open_state(settings.state_file)
    controls = Controls(connection)
    events = Events(connection, controls)
    till = Till(
        connection, controls, People(connection), Pages(connection), Charges(connection), events, Keys(connection)
    )
    async with aiohttp.ClientSession() as session:
        secret = settings.processor_webhook_secret.get_secret_value()
        messenger = Messenger(events, controls, session, settings.webhook_url, secret)
        events.listener = messenger.wake
        work = [asyncio.create_task(messenger.run()), asyncio.create_task(_pass_time(till))]
        try:
            yield Shop(settings, till, messenger)
        finally:
            for task in work:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            connection.close()


async def _pass_time(till: Till) -> None:
    while True:
        await asyncio.sleep(TICK_SECONDS)
        till.pass_time()
