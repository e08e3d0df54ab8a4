"""One call to the sandbox processor, and its refusals in our words."""

from typing import Any

import aiohttp
import orjson

from backend.gateway.errors import (
    DeclinedError,
    GatewayError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    RequestRefusedError,
)
from backend.gateway.values import DeclineReason

CONNECT_SECONDS = 2.0
_OVERLOADED = 429
_GONE = frozenset({"method_gone", "method_not_found"})
_AT_WORK = "in_progress"


class SandboxCalls:
    """A kept-alive session with the processor at `url`."""

    def __init__(self, url: str, key: str, seconds: float) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        self._session: aiohttp.ClientSession | None = None

    def _open(self) -> aiohttp.ClientSession:
        # Made in the running loop; idle connections go before the processor's five seconds do.
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=4.0)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    async def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        """What there is at `path`."""
        return await self._call("GET", path, query=query)

    async def post(self, path: str, body: dict[str, Any], *, key: str | None = None, moves_money: bool = False) -> Any:
        """Ask for something to be done, once for each key.

        :raises DeclinedError: a bank says no. :raises RequestRefusedError: it cannot be; nothing was done.
        :raises OutcomeUnknownError: for a call that `moves_money`, whenever there is no answer that says which.
        """
        return await self._call("POST", path, body=body, key=key, moves_money=moves_money)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        key: str | None = None,
        moves_money: bool = False,
    ) -> Any:
        unknown = OutcomeUnknownError if moves_money else GatewayUnavailableError
        headers = self._headers if key is None else {**self._headers, "Idempotency-Key": key}
        data = orjson.dumps(body) if body is not None else None
        request = self._open().request(
            method, self._url + path, params=query, data=data, headers=headers, timeout=self._timeout
        )
        try:
            async with request as response:
                raw, status = await response.read(), response.status
            told = orjson.loads(raw)
        except TimeoutError:
            raise unknown("timeout") from None
        except (aiohttp.ClientError, orjson.JSONDecodeError) as problem:
            raise unknown(type(problem).__name__) from None
        if status < 400:
            return told
        raise _refusal(status, told, unknown)

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()


def _refusal(status: int, told: dict[str, Any], unknown: type[GatewayUnavailableError]) -> GatewayError:
    error = str(told.get("error"))
    if status == 402:
        charge = told.get("charge") or {}
        return DeclinedError(decline_reason(told.get("reason")), charge.get("id"))
    if error in _GONE:
        return DeclinedError(DeclineReason.METHOD_GONE)
    if status == _OVERLOADED:
        return GatewayUnavailableError("rate_limited")
    if status >= 500 or error == _AT_WORK:
        return unknown(f"status_{status}")
    return RequestRefusedError(error)


def decline_reason(word: str | None) -> DeclineReason:
    """The processor uses our own words; another one is `other`."""
    try:
        return DeclineReason(word or DeclineReason.OTHER)
    except ValueError:
        return DeclineReason.OTHER
