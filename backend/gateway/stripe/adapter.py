"""`StripeGateway`: payment intents for charges, Checkout for pages. Card numbers stay on Stripe's pages (SAQ A)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import stripe
from stripe.params import PaymentIntentCreateParams, PriceCreateParams
from stripe.params.checkout import SessionCreateParams

from backend.gateway.errors import GatewayUnavailableError, RequestRefusedError
from backend.gateway.stripe import notifications, reading
from backend.gateway.stripe.calls import answered
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
    MethodKind,
    Notification,
    PageOutcome,
    RefundRequest,
    SetupRequest,
)

PAGE_SIZE = 100
CLOCK_SKEW = timedelta(minutes=5)
_TYPES = {MethodKind.CARD: "card", MethodKind.BANK_ACCOUNT: "us_bank_account"}
_WHOLE_PAGE = ["payment_intent.payment_method", "setup_intent.payment_method"]
_BEST_FIRST = (ChargeState.SUCCEEDED, ChargeState.PENDING, ChargeState.FAILED)


Item = TypeVar("Item", bound=stripe.StripeObject)


class StripeGateway:
    """`PaymentGateway` over Stripe. `api_url` empty: Stripe itself; `seconds`: how long any one call may take."""

    name = "stripe"

    def __init__(self, api_key: str, webhook_secret: str, *, api_url: str = "", seconds: float = 20.0) -> None:
        self._http = stripe.HTTPXClient(timeout=seconds)
        # Retries are ours: the workflow asks before it repeats, and it repeats with the same key.
        self._client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_url} if api_url else None,
            http_client=self._http,
            max_network_retries=0,
        )
        self._webhook_secret = webhook_secret
        self._seconds = seconds

    async def create_customer(self, reference: str) -> str:
        """See `PaymentGateway`."""
        work = self._client.v1.customers.create_async(
            {"metadata": {"reference": reference}}, {"idempotency_key": f"customer:{reference}"}
        )
        customer: stripe.Customer = await self._read(work)
        return customer.id

    async def open_setup(self, request: SetupRequest) -> HostedPage:
        """See `PaymentGateway`."""
        marks = {"reference": request.reference}
        params: SessionCreateParams = {
            "mode": "setup",
            "customer": request.customer,
            "allowed_payment_method_types": [_TYPES[kind] for kind in request.kinds],
            "client_reference_id": request.reference,
            "metadata": marks,
            "setup_intent_data": {"metadata": marks},
            "locale": request.language,
            "success_url": request.return_url,
            "cancel_url": request.return_url,
            "expires_at": int(request.expires_at.timestamp()),
        }
        return await self._open(request.reference, params)

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """See `PaymentGateway`."""
        marks = {"reference": request.reference}
        params: SessionCreateParams = {
            "mode": "payment",
            "line_items": [await self._line_item(request)],
            "allowed_payment_method_types": [_TYPES[kind] for kind in request.kinds],
            "client_reference_id": request.reference,
            "metadata": marks,
            "payment_intent_data": {"description": request.description, "metadata": marks},
            "locale": request.language,
            "submit_type": "pay",
            "success_url": request.return_url,
            "cancel_url": request.return_url,
            "expires_at": int(request.expires_at.timestamp()),
        }
        if request.customer is not None:
            params["customer"] = request.customer
        return await self._open(request.reference, params)

    async def _line_item(self, request: CheckoutRequest) -> Any:
        if not isinstance(request.amount, AmountLimits):
            product = {"name": request.description}
            priced = {"currency": "usd", "unit_amount": request.amount, "product_data": product}
            return {"price_data": priced, "quantity": 1}
        limits = request.amount
        params: PriceCreateParams = {
            "currency": "usd",
            "product_data": {"name": request.description},
            "custom_unit_amount": {
                "enabled": True,
                "minimum": limits.least_cents,
                "maximum": limits.most_cents,
                "preset": limits.suggested_cents,
            },
        }
        key = f"price:{request.reference}"
        price = await self._read(self._client.v1.prices.create_async(params, {"idempotency_key": key}))
        return {"price": price.id, "quantity": 1}

    async def _open(self, reference: str, params: SessionCreateParams) -> HostedPage:
        key = f"page:{reference}"
        session = await self._read(self._client.v1.checkout.sessions.create_async(params, {"idempotency_key": key}))
        if session.url is None:
            raise RequestRefusedError("page_without_address")
        return HostedPage(session.id, session.url, reading.moment(session.expires_at))

    async def page(self, page_id: str) -> PageOutcome:
        """See `PaymentGateway`."""
        work = self._client.v1.checkout.sessions.retrieve_async(page_id, {"expand": _WHOLE_PAGE})
        return reading.page_outcome(await self._read(work))

    async def close_page(self, page_id: str) -> PageOutcome:
        """See `PaymentGateway`."""
        try:
            await self._read(self._client.v1.checkout.sessions.expire_async(page_id))
        except RequestRefusedError:
            # Not open any more: completed, or expired by itself.
            return await self.page(page_id)
        return await self.page(page_id)

    async def method(self, token: str) -> MethodFacts:
        """See `PaymentGateway`."""
        return reading.method_facts(await self._read(self._client.v1.payment_methods.retrieve_async(token)))

    async def forget_method(self, token: str) -> None:
        """See `PaymentGateway`."""
        if (await self.method(token)).customer is not None:
            await self._read(self._client.v1.payment_methods.detach_async(token))

    async def charge(self, request: ChargeRequest) -> GatewayCharge:
        """See `PaymentGateway`."""
        params: PaymentIntentCreateParams = {
            "amount": request.amount_cents,
            "currency": "usd",
            "confirm": True,
            "off_session": True,
            "payment_method": request.method,
            "allowed_payment_method_types": [_TYPES[request.kind]],
            "description": request.description,
            "metadata": {"reference": request.reference},
            "expand": ["payment_method"],
        }
        if request.customer is not None:
            params["customer"] = request.customer
        work = self._client.v1.payment_intents.create_async(params, {"idempotency_key": request.idempotency_key})
        intent = await answered(work, self._seconds, moves_money=True)
        return self._charge(intent)

    async def find_charge(
        self, reference: str, *, since: datetime, customer: str | None = None
    ) -> GatewayCharge | None:
        """See `PaymentGateway`. By listing: Stripe's search lags behind what was just written, its lists do not."""
        span: dict[str, Any] = {"created": {"gte": int((since - CLOCK_SKEW).timestamp())}}
        if customer is not None:
            span["customer"] = customer
        ours = [
            found
            async for intent in self._all(self._client.v1.payment_intents.list_async, span)
            if reading.reference_of(intent.metadata) == reference and (found := reading.charge(intent)) is not None
        ]
        return min(ours, key=lambda found: _BEST_FIRST.index(found.state), default=None)

    async def charge_by_id(self, charge_id: str) -> GatewayCharge:
        """See `PaymentGateway`."""
        work = self._client.v1.payment_intents.retrieve_async(charge_id, {"expand": ["payment_method"]})
        return self._charge(await self._read(work))

    def _charge(self, intent: stripe.PaymentIntent) -> GatewayCharge:
        found = reading.charge(intent)
        if found is None:
            raise GatewayUnavailableError(f"intent_{intent.status}")
        return found

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        """See `PaymentGateway`."""
        work = self._client.v1.refunds.create_async(
            {
                "payment_intent": request.charge_id,
                "amount": request.amount_cents,
                "metadata": {"reference": request.reference},
            },
            {"idempotency_key": request.idempotency_key},
        )
        return reading.refund(await answered(work, self._seconds, moves_money=True))

    async def made_between(self, start: datetime, before: datetime) -> DayList:
        """See `PaymentGateway`."""
        span = {"created": {"gte": int(start.timestamp()), "lt": int(before.timestamp())}}
        lists = self._client.v1
        intents = [each async for each in self._all(lists.payment_intents.list_async, span)]
        refunds = [each async for each in self._all(lists.refunds.list_async, span)]
        disputes = [each async for each in self._all(lists.disputes.list_async, span)]
        return DayList(
            charges=tuple(found for intent in intents if (found := reading.charge(intent)) is not None),
            refunds=tuple(reading.refund(each) for each in refunds),
            disputes=tuple(reading.dispute(each) for each in disputes),
        )

    def read_notification(self, body: bytes, headers: Mapping[str, str]) -> Notification | None:
        """See `PaymentGateway`."""
        event = notifications.proved(body, headers.get("stripe-signature"), self._webhook_secret)
        return notifications.notification(event)

    async def close(self) -> None:
        """See `PaymentGateway`."""
        await self._http.close_async()  # type: ignore[no-untyped-call]

    async def _read(self, work: Awaitable[Any]) -> Any:
        return await answered(work, self._seconds)

    async def _all(
        self, ask: Callable[..., Awaitable[stripe.ListObject[Item]]], params: Mapping[str, Any]
    ) -> AsyncIterator[Item]:
        """Every object of a list, page by page."""
        cursor: dict[str, str] = {}
        while True:
            page = await answered(ask({**params, **cursor, "limit": PAGE_SIZE}), self._seconds)
            for item in page.data:
                yield item
            if not page.has_more or not page.data:
                return
            cursor = {"starting_after": str(page.data[-1]["id"])}
