"""One call of Stripe's client: our timeout, no retries of its own, and its errors in our words."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import stripe

from backend.gateway.errors import (
    DeclinedError,
    GatewayError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    RequestRefusedError,
)
from backend.gateway.stripe.declines import reason_of
from backend.gateway.values import DeclineReason

Answer = TypeVar("Answer")

_OF_THE_METHOD = "payment_method"
_GONE = frozenset({"resource_missing", "payment_method_unexpected_state"})


async def answered(work: Awaitable[Answer], seconds: float, *, moves_money: bool = False) -> Answer:
    """The answer of `work`, within `seconds`.

    :raises DeclinedError: a card error.
    :raises RequestRefusedError: Stripe would not take the request; nothing was done.
    :raises GatewayUnavailableError: no answer, an overloaded or failing Stripe, or the same key at work just now;
        for a call that `moves_money` an `OutcomeUnknownError`, unless Stripe says that it did nothing.
    """
    unknown = OutcomeUnknownError if moves_money else GatewayUnavailableError
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise unknown("timeout") from None
    except stripe.RateLimitError:
        raise GatewayUnavailableError("rate_limited") from None
    except (stripe.APIConnectionError, stripe.APIError) as problem:
        # APIError is every status that has no class of its own: 409 (this key is at work) and 5xx.
        raise unknown(_why(problem)) from None
    except stripe.StripeError as problem:
        raise _final(problem) from None


def _final(problem: stripe.StripeError) -> GatewayError:
    if isinstance(problem, stripe.CardError):
        error = problem.error
        intent = error.payment_intent if error else None
        reason = reason_of(error.decline_code if error else None, problem.code)
        return DeclinedError(reason, intent.id if intent else None)
    if isinstance(problem, stripe.InvalidRequestError) and problem.param == _OF_THE_METHOD and problem.code in _GONE:
        return DeclinedError(DeclineReason.METHOD_GONE)
    return RequestRefusedError(problem.code or type(problem).__name__)


def _why(problem: stripe.StripeError) -> str:
    return f"status_{problem.http_status}" if problem.http_status else "no_connection"
