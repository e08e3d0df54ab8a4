"""One JSON call over a kept-alive session, with an error tree that tells refused from unavailable."""

from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson

CONNECT_SECONDS = 2.5
"""A packet that got lost is sent again after a second (RFC 6298, 2.1): less would give up just before."""


class CallError(Exception):
    """A call that brought no answer we can use."""


class Unavailable(CallError):
    """Nobody there, too slow, or a 5xx: asking again later is right."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(CallError):
    """A 4xx: asking again brings the same."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(f"{status} {error}")
        self.status = status
        self.error = error


def make_session() -> aiohttp.ClientSession:
    """A session for loopback calls. Idle connections are dropped before the servers' five seconds, so that a
    request never meets a connection that is just being closed."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=4.0, ttl_dns_cache=300)
    return aiohttp.ClientSession(connector=connector, auto_decompress=True)


async def call_json(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    token: str,
    seconds: float,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Send `body` as JSON (bytes as they are), give the answer's JSON (None when it has none).

    :raises Unavailable: connection, time or server failed.
    :raises Refused: 4xx.
    """
    sent, data = dict(headers or {}), None
    if body is not None:
        sent["Content-Type"] = "application/json"
        data = body if isinstance(body, bytes) else orjson.dumps(body)
    status, raw, _ = await _send(session, method, url, token=token, seconds=seconds, headers=sent, data=data)
    return _read(status, raw)


async def fetch_file(
    session: aiohttp.ClientSession, url: str, *, token: str, seconds: float
) -> tuple[bytes, Mapping[str, str]]:
    """A file and its headers, as it is.

    :raises Unavailable: connection, time or server failed.
    :raises Refused: 4xx.
    """
    status, raw, headers = await _send(session, "GET", url, token=token, seconds=seconds, headers={}, data=None)
    if status >= 400:
        _read(status, raw)
    return raw, headers


async def _send(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    token: str,
    seconds: float,
    headers: Mapping[str, str],
    data: bytes | None,
) -> tuple[int, bytes, Mapping[str, str]]:
    timeout = aiohttp.ClientTimeout(total=max(seconds, 0.05), sock_connect=CONNECT_SECONDS)
    sent = {**headers, "Authorization": f"Bearer {token}"}
    try:
        async with session.request(method, url, data=data, headers=sent, timeout=timeout) as response:
            return response.status, await response.read(), response.headers
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise Unavailable("down") from None
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
        raise Unavailable("disconnected") from None
    except TimeoutError:
        raise Unavailable("timeout") from None
    except aiohttp.ClientError as problem:
        raise Unavailable(type(problem).__name__) from None


def _read(status: int, raw: bytes) -> Any:
    if status >= 500 or status == 429:
        raise Unavailable(f"status_{status}")
    try:
        parsed = orjson.loads(raw) if raw else None
    except orjson.JSONDecodeError:
        parsed = None
        if status < 400:
            raise Unavailable("not_json") from None
    if status >= 400:
        raise Refused(status, str(parsed.get("error")) if isinstance(parsed, dict) else "refused")
    return parsed
