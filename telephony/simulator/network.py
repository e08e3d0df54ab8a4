"""The composition root: everything the simulated network is made of, opened and closed together."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp

from telephony.simulator.calls.exchange import Exchange
from telephony.simulator.messaging.delivery import Delivery
from telephony.simulator.messaging.hub import Hub
from telephony.simulator.messaging.inbound import Inbound
from telephony.simulator.requester import Requester
from telephony.simulator.settings import DistrictNumber, Settings
from telephony.simulator.state.calls import Alerts, CallTable
from telephony.simulator.state.database import open_state
from telephony.simulator.state.messages import MessageTable, OptOuts
from telephony.simulator.values import API_VERSION


@dataclass
class Network:
    """What routes work with."""

    settings: Settings
    number: DistrictNumber
    requester: Requester
    messages: MessageTable
    opt_outs: OptOuts
    calls: CallTable
    alerts: Alerts
    hub: Hub
    delivery: Delivery
    inbound: Inbound
    exchange: Exchange
    backend: aiohttp.ClientSession

    def clock(self) -> datetime:
        """The present moment; the simulated network lives in real time between calls."""
        return _now()


@asynccontextmanager
async def open_network(settings: Settings) -> AsyncIterator[Network]:
    """Open the state file and the connection pool; on leaving, end calls and close both."""
    connection = open_state(settings.state_file)
    connector = aiohttp.TCPConnector(limit=200)
    timeout = aiohttp.ClientTimeout(total=5)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as backend:
            network = _build(settings, connection, connector, backend)
            for message in network.messages.undelivered():
                network.delivery.send(message)
            try:
                yield network
            finally:
                await network.exchange.close()
                await network.delivery.close()
    finally:
        await connector.close()
        connection.close()


def _build(
    settings: Settings,
    connection: sqlite3.Connection,
    connector: aiohttp.BaseConnector,
    backend: aiohttp.ClientSession,
) -> Network:
    number, account = settings.district_number, settings.twilio_account_sid
    requester = Requester(connector, settings.twilio_auth_token.get_secret_value())
    messages, opt_outs = MessageTable(connection), OptOuts(connection)
    calls, alerts, hub = CallTable(connection), Alerts(connection), Hub()
    delivery = Delivery(requester, messages, opt_outs, alerts, hub, account, _now)
    inbound = Inbound(requester, messages, opt_outs, alerts, delivery, number, account, _now)
    media_url = f"http://{settings.simulator_host}:{settings.simulator_port}/{API_VERSION}/Accounts/{account}"
    exchange = Exchange(
        requester=requester,
        calls=calls,
        alerts=alerts,
        number=number,
        account_sid=account,
        media_url=media_url,
        clock=_now,
    )
    return Network(
        settings, number, requester, messages, opt_outs, calls, alerts, hub, delivery, inbound, exchange, backend
    )


def _now() -> datetime:
    return datetime.now(UTC)
