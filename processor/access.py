"""Who may ask: the merchant by its key, the operator by a token. Pages are open to whoever has their address."""

import hmac
from typing import Annotated

from fastapi import Depends, Request

from processor.errors import ProcessorError
from processor.settings import Settings


def _is(request: Request, secret: str) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), secret.encode())


def merchant_only(request: Request) -> None:
    """:raises ProcessorError: 401."""
    settings: Settings = request.app.state.settings
    if not _is(request, settings.processor_key.get_secret_value()):
        raise ProcessorError(401, "unauthorized", "Send the merchant's key: Authorization: Bearer <key>.")


def operator_only(request: Request) -> None:
    """:raises ProcessorError: 401."""
    settings: Settings = request.app.state.settings
    if not _is(request, settings.operator_token.get_secret_value()):
        raise ProcessorError(401, "unauthorized", "Send the operator's token: Authorization: Bearer <token>.")


async def key_of(request: Request) -> str:
    """The Idempotency-Key, which every request that moves money has.

    :raises ProcessorError: 400.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= 255:
        raise ProcessorError(400, "key_missing", "Send an Idempotency-Key of 1 to 255 characters.")
    return key


Key = Annotated[str, Depends(key_of)]
