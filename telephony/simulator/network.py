"""The composition root: everything the simulated network is made of, opened and closed together."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp

from telephony.simulator.callbacks import Callbacks
from telephony.simulator.calls.exchange import Exchange
from telephony.simulator.calls.facilities import Facilities
from telephony.simulator.conditions import Conditions, Pacer
from telephony.simulator.messaging.delivery import Delivery
from telephony.simulator.messaging.hub import Hub
from telephony.simulator.messaging.inbound import Inbound
from telephony.simulator.pay.assisted import AssistedPayment
from telephony.simulator.pay.connector import Connector, Connectors
from telephony.simulator.requester import Requester
from telephony.simulator.settings import Settings
from telephony.simulator.state.alerts import Alerts
from telephony.simulator.state.calls import CallTable
from telephony.simulator.state.database import open_state
from telephony.simulator.state.messages import MessageTable, OptOuts
from telephony.simulator.state.numbers import NumberTable, PhoneNumber, district_number
from telephony.simulator.state.recordings import RecordingTable
from telephony.simulator.values import API_VERSION
from telephony.simulator.verify import Verifications

CONNECTIONS_MAX = 500


@dataclass
class Network:
    """What routes work with."""

    settings: Settings
    conditions: Conditions
    requester: Requester
    numbers: NumberTable
    messages: MessageTable
    opt_outs: OptOuts
    calls: CallTable
    alerts: Alerts
    hub: Hub
    delivery: Delivery
    inbound: Inbound
    exchange: Exchange
    facilities: Facilities
    verifications: Verifications
    backend: aiohttp.ClientSession
    payments: dict[str, AssistedPayment] = field(default_factory=dict)
    payment_keys: dict[str, AssistedPayment] = field(default_factory=dict)
    """Payments by the idempotency keys of the requests about them."""

    @property
    def number(self) -> PhoneNumber:
        """The number that customers call and text."""
        return self.numbers.district

    def clock(self) -> datetime:
        """The present moment; the simulated network lives in real time between calls."""
        return _now()

    async def settled(self) -> None:
        """Wait until nothing is going on in the background."""
        await self.facilities.settled()
        await self.delivery.settled()
        await self.facilities.callbacks.settled()


@asynccontextmanager
async def open_network(settings: Settings) -> AsyncIterator[Network]:
    """Open the state file and the connection pool; on leaving, end calls and close both."""
    connection = open_state(settings.state_file)
    connector = aiohttp.TCPConnector(limit=CONNECTIONS_MAX)
    timeout = aiohttp.ClientTimeout(total=5)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as backend:
            network = _build(settings, connection, connector, backend)
            for message in network.messages.undelivered():
                network.delivery.send(message)
            try:
                yield network
            finally:
                await network.facilities.close()
                await network.delivery.close()
    finally:
        await connector.close()
        connection.close()


def _connectors(settings: Settings, conditions: Conditions, http: aiohttp.ClientSession) -> Connectors:
    """The account's `Default` connector: the sandbox processor's where there is one, as in the demonstration."""
    made = Connectors(conditions, http)
    if settings.processor_url:
        url, password = f"{settings.processor_url}/v1/connector", settings.operator_token.get_secret_value()
        made.by_name["Default"] = Connector("Default", url, "connector", password)
    return made


def _build(
    settings: Settings,
    connection: sqlite3.Connection,
    connector: aiohttp.BaseConnector,
    backend: aiohttp.ClientSession,
) -> Network:
    account, conditions, hub = settings.twilio_account_sid, Conditions(), Hub()
    pacer = Pacer(conditions)
    requester = Requester(connector, settings.twilio_auth_token.get_secret_value(), conditions)
    numbers = NumberTable(connection, district_number(settings.public_url, settings.twilio_number, _now()))
    messages, opt_outs = MessageTable(connection), OptOuts(connection)
    calls, alerts = CallTable(connection), Alerts(connection)
    callbacks = Callbacks(requester, alerts, conditions, _now)
    delivery = Delivery(callbacks, messages, opt_outs, hub, pacer, account)
    facilities = Facilities(
        requester=requester,
        callbacks=callbacks,
        alerts=alerts,
        calls=calls,
        recordings=RecordingTable(connection),
        conditions=conditions,
        connectors=_connectors(settings, conditions, backend),
        account_sid=account,
        media_url=f"http://{settings.simulator_host}:{settings.simulator_port}/{API_VERSION}/Accounts/{account}",
        clock=_now,
    )
    return Network(
        settings=settings,
        conditions=conditions,
        requester=requester,
        numbers=numbers,
        messages=messages,
        opt_outs=opt_outs,
        calls=calls,
        alerts=alerts,
        hub=hub,
        delivery=delivery,
        inbound=Inbound(requester, messages, opt_outs, alerts, delivery, account, _now),
        exchange=Exchange(facilities, pacer),
        facilities=facilities,
        verifications=Verifications(delivery, numbers, _now),
        backend=backend,
    )


def _now() -> datetime:
    return datetime.now(UTC)
