"""One turn of a conversation at a time: in order, at once, whoever dies."""

import asyncio
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import pytest
from rasa.core.lock_store import LockError

from bot.lock_store import RedisLockStore
from bot.redis_connection import redis_at

HOLDER = """
import asyncio, sys
from bot.absent import leave_out
leave_out()
from bot.lock_store import RedisLockStore

async def hold():
    async with RedisLockStore(url=sys.argv[1], lease_seconds=float(sys.argv[3])).lock(sys.argv[2]):
        print("held", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)

asyncio.run(hold())
"""


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisLockStore]:
    redis_at.cache_clear()
    yield RedisLockStore(url=redis_url)
    await redis_at(redis_url).connection_pool.disconnect()


def hold_elsewhere(redis_url: str, conversation_id: str, lease_seconds: float) -> subprocess.Popen[str]:
    """Another process that holds the lock until it reads a line, or dies."""
    command = [sys.executable, "-c", HOLDER, redis_url, conversation_id, str(lease_seconds)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "held\n"
    return process


async def test_turns_of_one_conversation_run_one_after_the_other_in_order(store: RedisLockStore) -> None:
    conversation, order, inside = secrets.token_hex(8), [], 0

    async def turn(number: int) -> None:
        nonlocal inside
        async with store.lock(conversation):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            order.append(number)
            inside -= 1

    tasks = []
    async with store.lock(conversation):
        for number in range(6):
            tasks.append(asyncio.create_task(turn(number)))
            queue = f"headgate:engine:lock:{conversation}:queue"
            while await store._redis.llen(queue) != number + 1:
                await asyncio.sleep(0.001)
    await asyncio.gather(*tasks)
    assert order == list(range(6))


async def test_who_waits_is_let_in_without_a_poll(store: RedisLockStore) -> None:
    conversation = secrets.token_hex(8)
    waits = []
    for _ in range(5):
        let_in = asyncio.Event()

        async def wait(event: asyncio.Event = let_in) -> float:
            async with store.lock(conversation):
                event.set()
                return time.monotonic()

        async with store.lock(conversation):
            task = asyncio.create_task(wait())
            while not await store._redis.llen(f"headgate:engine:lock:{conversation}:queue"):
                await asyncio.sleep(0.001)
            assert not let_in.is_set()
            released = time.monotonic()
        waits.append(await task - released)
    assert min(waits) < 0.2


async def test_other_conversations_do_not_wait(store: RedisLockStore) -> None:
    async with store.lock(secrets.token_hex(8)), store.lock(secrets.token_hex(8)):
        pass


async def test_another_process_is_waited_for(store: RedisLockStore, redis_url: str) -> None:
    conversation = secrets.token_hex(8)
    process = hold_elsewhere(redis_url, conversation, lease_seconds=1)
    try:
        with pytest.raises(LockError):
            # longer than its lease: the other process renews it
            async with store.lock(conversation, wait_time_in_seconds=1.5):
                pass
        process.communicate("done\n", timeout=20)
        async with store.lock(conversation, wait_time_in_seconds=5):
            pass
    finally:
        process.kill()
        process.wait()


async def test_a_killed_holder_is_followed_by_the_next(store: RedisLockStore, redis_url: str) -> None:
    conversation = secrets.token_hex(8)
    process = hold_elsewhere(redis_url, conversation, lease_seconds=1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    async with store.lock(conversation, wait_time_in_seconds=10):
        pass


async def test_one_that_gave_up_waiting_holds_nobody_up(store: RedisLockStore) -> None:
    conversation = secrets.token_hex(8)
    async with store.lock(conversation):
        gone = asyncio.create_task(store.lock(conversation).__aenter__())
        while not await store._redis.llen(f"headgate:engine:lock:{conversation}:queue"):
            await asyncio.sleep(0.001)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
    async with store.lock(conversation, wait_time_in_seconds=5):
        pass


async def test_without_redis_there_is_an_error_and_no_lock() -> None:
    with pytest.raises(LockError):
        async with RedisLockStore(url="redis://127.0.0.1:9/0").lock("anyone"):
            pytest.fail("nobody gave this lock")
