"""Takes messages out of the outbox: what is asked for at once, the rest at the pace of the district's number.

A message's state is in its row, and nothing else: whoever is killed with messages in hand leaves rows that are looked
at again when their lease is over. Telephony sends one id once and asks the carrier about a try whose end nobody knows.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.clock import Clock
from backend.consent import service as consent
from backend.consent.service import State
from backend.database import Database
from backend.district.service import District
from backend.emergency import facts as emergency
from backend.emergency.rules import StandDown
from backend.outbox import carrier, repository, rules, service
from backend.outbox.carrier import Delivery
from backend.outbox.places import places_of
from backend.outbox.repository import Done, PutOff
from backend.settings import Settings

IN_HAND_MAX = 32
IN_HAND_LEAST = 8
"""So few on their way: time for the next ones, many at once."""
KEPT_FREE = 8
"""Places for what is asked for at once, however many of a campaign are on their way."""
LEASE_SECONDS = 30.0
IDLE_SECONDS = 1.0
PACED_SECONDS = 0.2
GATHER_SECONDS = 0.1
"""While messages are on their way, new ones and what became of others wait so long for one another: a round costs as
much for ten as for one. A message that is alone does not wait."""
BURST_SECONDS = 2.0
RETRY_SECONDS = 2.0
STOP_SECONDS = 3.0
CONFIRM_EVERY_SECONDS = 10.0
CONFIRMED_AT_ONCE = 40
ATTEMPTS_MAX = 1_500
"""A day of trying."""
CLOCK_SECONDS = 300.0
"""What waits for an hour of the district's clock is looked at again at least so often."""

log = structlog.get_logger("backend.outbox")


class Pump:
    """The outbox's way out, one in each backend; several share the rows and the pace. `run` until cancelled."""

    def __init__(self, settings: Settings, database: Database, district: District) -> None:
        self._settings = settings
        self._database = database
        self._district = district
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_to: dict[str, asyncio.Task[None]] = {}
        self._done: list[Done] = []
        self._put_off: list[PutOff] = []
        self._woken = asyncio.Event()
        self._unanswered = 0
        self._rest_until = 0.0
        self._confirm_at = 0.0
        self._is_paced = False
        self._room_was_left = True

    def wake(self) -> None:
        """There is something to send."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled; what is in hand then is finished first."""
        async with carrier.open_session(self._settings) as session:
            try:
                while True:
                    self._woken.clear()
                    await self._safely(lambda: self._confirm(session))
                    began = await self._safely(lambda: self._round(session))
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._pause(began)):
                            await self._woken.wait()
                            if self._tasks or self._done:
                                await asyncio.sleep(GATHER_SECONDS)
            finally:
                if self._tasks:
                    await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
                await self._safely(self._keep)

    def _pause(self, began: int) -> float:
        may_be_more = self._is_paced or not self._room_was_left
        if began and may_be_more and len(self._tasks) < IN_HAND_MAX and not self._unanswered:
            return 0.0
        return PACED_SECONDS if self._is_paced else IDLE_SECONDS

    async def _safely(self, work: Callable[[], Awaitable[int]]) -> int:
        try:
            return await work()
        except Exception as problem:
            log.warning("outbox_round_failed", kind=type(problem).__name__)
            await asyncio.sleep(RETRY_SECONDS)
            return 0

    async def _round(self, session: aiohttp.ClientSession) -> int:
        """Write down what is known by now, and begin as many messages as there is room for; how many."""
        await self._keep()
        room = IN_HAND_MAX - len(self._tasks)
        if self._unanswered >= rules.BACK_OFF_AFTER:
            # Nobody answers: one message asks whether the carrier is back.
            room = 0 if self._tasks or time.monotonic() < self._rest_until else 1
        if room <= 0:
            return 0
        rows = await self._take(room)
        for row in rows:
            self._begin(session, row)
        return len(rows)

    def _begin(self, session: aiohttp.ClientSession, row: Row[Any]) -> None:
        """Messages to one person go one after another: a carrier keeps the order in which it was given them."""
        whose = row.recipient or row.thread_key
        task = asyncio.create_task(self._send(session, row, self._last_to.get(whose)))
        self._tasks.add(task)
        self._last_to[whose] = task

        def over(_: object) -> None:
            self._tasks.discard(task)
            if self._last_to.get(whose) is task:
                del self._last_to[whose]

        task.add_done_callback(over)

    async def _take(self, room: int) -> Sequence[Row[Any]]:
        """Messages that may go now, in hand; the others of those that are due are put off or dropped."""
        async with self._database.transaction() as session:
            at_once = await repository.due(session, rules.REPLY, rules.REPLY, room)
            ids = [row.id for row in at_once]
            ids += await self._paced(
                session, self._room_for_paced(room - len(ids)), sum(row.segments for row in at_once)
            )
            self._room_was_left = len(ids) < room
            if not ids:
                return ()
            rows = await repository.claim(session, ids, LEASE_SECONDS)
            return await self._judge(session, rows)

    def _room_for_paced(self, room: int) -> int:
        return min(room, IN_HAND_MAX - KEPT_FREE - len(self._tasks))

    async def _paced(self, session: AsyncSession, room: int, segments_at_once: int) -> list[Any]:
        """What the pace allows beside what goes at once."""
        are_texts, are_calls = await repository.waiting(session, rules.SAFETY) if room > 0 else (False, False)
        self._is_paced = are_texts or are_calls
        chosen: list[Any] = []
        if are_texts or segments_at_once:
            rate = float(self._district.policy.texting.segments_per_second)
            busy_until, now = await repository.pace(session, repository.TEXTS)
            busy_until = rules.busy_after(now, busy_until, segments_at_once, rate)
            allowed = rules.allowance(now, busy_until, rate, BURST_SECONDS)
            found: Sequence[Row[Any]] = ()
            if are_texts and allowed:
                found = await repository.due(session, rules.SAFETY, rules.DUNNING, room)
                found = found[: rules.fitting([row.segments for row in found], allowed)]
            segments = sum(row.segments for row in found)
            await repository.keep_pace(session, repository.TEXTS, rules.busy_after(now, busy_until, segments, rate))
            chosen = [row.id for row in found]
        room -= len(chosen)
        return chosen + (await self._calls(session, room) if are_calls and room > 0 else [])

    async def _calls(self, session: AsyncSession, room: int) -> list[Any]:
        """The calls that the number may make now; at least one when it is free."""
        rate = float(self._district.policy.calling.calls_per_second)
        busy_until, now = await repository.pace(session, repository.CALLS)
        allowed = rules.allowance(now, busy_until, rate, max(BURST_SECONDS, 1 / rate))
        found = await repository.due(session, rules.SAFETY, rules.DUNNING, min(room, allowed), calls=True)
        await repository.keep_pace(session, repository.CALLS, rules.busy_after(now, busy_until, len(found), rate))
        return [row.id for row in found]

    async def _judge(self, session: AsyncSession, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        clock = Clock()
        await clock.load(session)  # another process may have moved the demonstration's
        now = clock.now()
        known = await consent.states(session, {row.recipient for row in rows if row.channel != "chat"})
        down = await emergency.stood_down(session, now)
        going, waits, drops = [], [], []
        for row in rows:
            decision = self._decide(row, now, known, down)
            if isinstance(decision, rules.Drop):
                drops.append(Done(row.id, "failed", error_code=decision.reason))
            elif isinstance(decision, rules.Wait):
                seconds = min((decision.until - now).total_seconds(), CLOCK_SECONDS)
                waits.append(PutOff(row.id, max(seconds, 1.0), decision.waits_for, tried=False))
            else:
                going.append(row)
        await repository.put_off(session, waits)
        service.tell(session, await repository.finish(session, drops, now))
        return going

    def _decide(
        self, row: Row[Any], now: datetime, known: dict[str, State], down: StandDown
    ) -> rules.Send | rules.Wait | rules.Drop:
        if row.channel == "chat":
            return rules.Send()
        if row.is_owed is False:
            return rules.Drop("paid")
        state = known.get(row.recipient, State())
        texting = self._district.policy.texting
        quiet = None
        if row.kind in ("notice", "dunning"):
            day = rules.Day(texting.day.opens, texting.day.closes)
            quiet = rules.quiet_until(now, places_of(row.recipient, self._district.zone), day)
        stood_down = down.covers(row.zones or ())
        if row.channel == "call":
            stopped, is_wrong = state.calls_stopped_by is not None, state.unreachable == "invalid"
            return rules.decide_call(
                row.kind, now, calls_stopped=stopped, is_wrong=is_wrong, stood_down=stood_down, quiet_until=quiet
            )
        return rules.decide(
            row.kind,
            now,
            stopped_by=state.stopped_by,
            unreachable=state.unreachable,
            stood_down=stood_down,
            quiet_until=quiet,
        )

    async def _send(self, session: aiohttp.ClientSession, row: Row[Any], earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await asyncio.wait([earlier])
        delivery = await carrier.hand_over(session, row)
        if delivery.outcome == "again":
            self._again(row)
        else:
            self._unanswered = 0
            self._finish(row, delivery)
        if len(self._tasks) - 1 <= IN_HAND_LEAST:
            self._woken.set()

    def _again(self, row: Row[Any]) -> None:
        self._unanswered += 1
        rest = rules.pause_seconds(max(0, self._unanswered - rules.BACK_OFF_AFTER))
        self._rest_until = time.monotonic() + rest
        if row.attempts + 1 >= ATTEMPTS_MAX:
            self._finish(row, Delivery("failed", error_code="undeliverable"))
        else:
            self._put_off.append(PutOff(row.id, rules.pause_seconds(row.attempts), "carrier", tried=True))

    def _finish(self, row: Row[Any], delivery: Delivery) -> None:
        self._done.append(Done(row.id, delivery.outcome, delivery.provider_message_id, delivery.error_code))
        log.info("outbox_delivery", message_id=str(row.id), status=delivery.outcome, error_code=delivery.error_code)

    async def _confirm(self, session: aiohttp.ClientSession) -> int:
        """Ask about texts whose end nobody told, so that a lost callback is only a late one."""
        if time.monotonic() < self._confirm_at:
            return 0
        self._confirm_at = time.monotonic() + CONFIRM_EVERY_SECONDS
        async with self._database.transaction() as database:
            rows = await repository.unconfirmed(database, CONFIRMED_AT_ONCE)
        told = []
        for row in rows:
            found = await carrier.ask(session, row.provider_message_id)
            if found is not None:
                told.append(Done(row.id, found.outcome, found.provider_message_id, found.error_code))
        if told:
            async with self._database.transaction() as database:
                clock = Clock()
                await clock.load(database)
                await service.note_statuses(database, told, clock.now())
        return len(told)

    async def _keep(self) -> int:
        """Write down what became of messages, many at a time."""
        done, self._done = self._done, []
        put_off, self._put_off = self._put_off, []
        if not done and not put_off:
            return 0
        try:
            async with self._database.transaction() as session:
                clock = Clock()
                await clock.load(session)
                await repository.put_off(session, put_off)
                rows = await repository.finish(session, done, clock.now())
                for row in rows:
                    if row.error_code is not None and row.recipient is not None:
                        await consent.learn(session, row.recipient, row.error_code, clock.now())
                service.tell(session, rows)
        except BaseException:
            self._done[:0], self._put_off[:0] = done, put_off
            raise
        return len(done)
