"""`PaymentGateway`: what the district asks of a card processor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from backend.gateway.values import (
    ChargeRequest,
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


class PaymentGateway(Protocol):
    """One processor. Every method may raise `GatewayUnavailableError` and `RequestRefusedError`.

    What is asked for twice with the same reference or key is done once, for as long as the processor remembers
    (Stripe: 24 hours).
    """

    @property
    def name(self) -> str:
        """How the database calls it: `stripe`, `sandbox`."""

    async def create_customer(self, reference: str) -> str:
        """The processor's id of a customer that is `reference` to us. It learns no name, number or address."""

    async def open_setup(self, request: SetupRequest) -> HostedPage:
        """A page to save a card or bank account on."""

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """A page to pay on, once. The processor may have a least time for a page (Stripe: 30 minutes)."""

    async def page(self, page_id: str) -> PageOutcome:
        """What became of a page, whether or not a notification came.

        A checkout is completed when the customer has paid or a bank debit is pending: look at its charge's state.
        """

    async def close_page(self, page_id: str) -> PageOutcome:
        """Let an open page expire now; one that was completed in the meantime stays completed."""

    async def method(self, token: str) -> MethodFacts:
        """A saved or captured card or bank account.

        :raises DeclinedError: `method_gone`, there is none.
        """

    async def forget_method(self, token: str) -> None:
        """Take a saved method from its customer; it can be charged no more. Again: nothing."""

    async def charge(self, request: ChargeRequest) -> GatewayCharge:
        """Take money now; succeeded, or pending for a bank debit.

        :raises DeclinedError: a final no.
        :raises RequestRefusedError: the request cannot be; nothing was taken.
        :raises OutcomeUnknownError: it may or may not have been taken: `find_charge` tells.
        """

    async def find_charge(
        self, reference: str, *, since: datetime, customer: str | None = None
    ) -> GatewayCharge | None:
        """The charge of this reference made after `since`, as it stands; None when the processor has none.

        None means none *yet* while a request may still be on its way.
        """

    async def charge_by_id(self, charge_id: str) -> GatewayCharge:
        """A charge as it stands."""

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        """Give money back.

        :raises RequestRefusedError: more than is left of the charge.
        :raises OutcomeUnknownError: it may or may not have been done; the same key again is safe.
        """

    async def made_between(self, start: datetime, before: datetime) -> DayList:
        """Every charge, refund and dispute made from `start` up to, not including, `before`."""

    def read_notification(self, body: bytes, headers: Mapping[str, str]) -> Notification | None:
        """The event in a webhook's raw body; None for one that is no concern of ours.

        :raises ForgedNotificationError: the signature is wrong or older than five minutes.
        """

    async def close(self) -> None:
        """Give the connections back."""
