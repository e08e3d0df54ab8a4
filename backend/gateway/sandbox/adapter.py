"""`SandboxGateway`: the plain HTTP interface of `processor/`."""

import hmac
import time
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from backend.gateway.errors import ForgedNotificationError
from backend.gateway.sandbox import reading
from backend.gateway.sandbox.calls import SandboxCalls
from backend.gateway.values import (
    AmountLimits,
    ChargeRequest,
    ChargeState,
    CheckoutRequest,
    DayList,
    GatewayCharge,
    GatewayRefund,
    HostedPage,
    MethodFacts,
    Notification,
    PageOutcome,
    RefundRequest,
    SetupRequest,
)

TOLERANCE_SECONDS = 300
_BEST_FIRST = (ChargeState.SUCCEEDED, ChargeState.PENDING, ChargeState.FAILED)


class SandboxGateway:
    """`PaymentGateway` over the sandbox processor. `merchant` is the name that its pages show."""

    name = "sandbox"

    def __init__(self, url: str, key: str, webhook_secret: str, *, merchant: str, seconds: float = 10.0) -> None:
        self._calls = SandboxCalls(url, key, seconds)
        self._webhook_secret = webhook_secret.encode()
        self._merchant = merchant

    async def create_customer(self, reference: str) -> str:
        """See `PaymentGateway`."""
        return str((await self._calls.post("/v1/customers", {"reference": reference}))["id"])

    async def open_setup(self, request: SetupRequest) -> HostedPage:
        """See `PaymentGateway`."""
        return await self._open(request, {"mode": "setup", "customer": request.customer})

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """See `PaymentGateway`."""
        amount = request.amount
        limits = amount if isinstance(amount, AmountLimits) else AmountLimits(amount, amount, amount)
        values = {
            "mode": "payment",
            "customer": request.customer,
            "description": request.description,
            "least_cents": limits.least_cents,
            "most_cents": limits.most_cents,
            "suggested_cents": limits.suggested_cents,
        }
        return await self._open(request, values)

    async def _open(self, request: SetupRequest | CheckoutRequest, values: dict[str, Any]) -> HostedPage:
        body = {
            "reference": request.reference,
            "merchant": self._merchant,
            "language": request.language,
            "return_url": request.return_url,
            "expires_at": request.expires_at.isoformat(),
            "kinds": request.kinds,
        }
        return reading.hosted_page(await self._calls.post("/v1/pages", body | values))

    async def page(self, page_id: str) -> PageOutcome:
        """See `PaymentGateway`."""
        return reading.page_outcome(await self._calls.get(f"/v1/pages/{page_id}"))

    async def close_page(self, page_id: str) -> PageOutcome:
        """See `PaymentGateway`."""
        return reading.page_outcome(await self._calls.post(f"/v1/pages/{page_id}/expire", {}))

    async def method(self, token: str) -> MethodFacts:
        """See `PaymentGateway`."""
        return reading.method_facts(await self._calls.get(f"/v1/methods/{token}"))

    async def forget_method(self, token: str) -> None:
        """See `PaymentGateway`."""
        await self._calls.post(f"/v1/methods/{token}/forget", {})

    async def charge(self, request: ChargeRequest) -> GatewayCharge:
        """See `PaymentGateway`."""
        body = {
            "reference": request.reference,
            "amount_cents": request.amount_cents,
            "method": request.method,
            "customer": request.customer,
            "description": request.description,
        }
        return reading.charge(
            await self._calls.post("/v1/charges", body, key=request.idempotency_key, moves_money=True)
        )

    async def find_charge(
        self, reference: str, *, since: datetime, customer: str | None = None
    ) -> GatewayCharge | None:
        """See `PaymentGateway`. By reference alone, which is enough here, and whatever its clock is set to."""
        found = [reading.charge(each) async for each in self._all("/v1/charges", {"reference": reference})]
        return min(found, key=lambda each: _BEST_FIRST.index(each.state), default=None)

    async def charge_by_id(self, charge_id: str) -> GatewayCharge:
        """See `PaymentGateway`."""
        return reading.charge(await self._calls.get(f"/v1/charges/{charge_id}"))

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        """See `PaymentGateway`."""
        body = {"reference": request.reference, "charge": request.charge_id, "amount_cents": request.amount_cents}
        return reading.refund(
            await self._calls.post("/v1/refunds", body, key=request.idempotency_key, moves_money=True)
        )

    async def made_between(self, start: datetime, before: datetime) -> DayList:
        """See `PaymentGateway`."""
        span = {"created_from": start.isoformat(), "created_before": before.isoformat()}
        return DayList(
            charges=tuple([reading.charge(each) async for each in self._all("/v1/charges", span)]),
            refunds=tuple([reading.refund(each) async for each in self._all("/v1/refunds", span)]),
            disputes=tuple([reading.dispute(each) async for each in self._all("/v1/disputes", span)]),
        )

    def read_notification(self, body: bytes, headers: Mapping[str, str]) -> Notification | None:
        """See `PaymentGateway`."""
        self._prove(body, headers.get("processor-signature") or "")
        try:
            return reading.notification(orjson.loads(body))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            raise ForgedNotificationError("not_an_event") from None

    def _prove(self, body: bytes, signature: str) -> None:
        parts = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
        moment, seal = parts.get("t", ""), parts.get("v1", "")
        expected = hmac.new(self._webhook_secret, f"{moment}.".encode() + body, sha256).hexdigest()
        if not moment.isdecimal() or not hmac.compare_digest(expected.encode(), seal.encode()):
            raise ForgedNotificationError("signature")
        if int(moment) < time.time() - TOLERANCE_SECONDS:
            raise ForgedNotificationError("too_old")

    async def close(self) -> None:
        """See `PaymentGateway`."""
        await self._calls.close()

    async def _all(self, path: str, query: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        cursor: dict[str, str] = {}
        while True:
            page = await self._calls.get(path, query | cursor)
            for item in page["data"]:
                yield item
            if not page["has_more"]:
                return
            cursor = {"after": str(page["data"][-1]["id"])}
