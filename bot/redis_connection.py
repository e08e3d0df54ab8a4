"""The engine's one connection pool to Redis."""

from functools import cache
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

COMMAND_SECONDS_MAX = 3.0


@cache
def redis_at(url: str) -> "Redis[Any]":
    """A client for `url` (redis://…); connects when first used, and again after a restart."""
    return Redis.from_url(
        url,
        socket_connect_timeout=COMMAND_SECONDS_MAX,
        socket_keepalive=True,
        retry=Retry(ExponentialBackoff(cap=0.2, base=0.02), 3),
        retry_on_error=[RedisConnectionError],
    )
