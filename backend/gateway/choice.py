"""Which processor this district's payments go through."""

import importlib

from backend.gateway.protocol import PaymentGateway
from backend.settings import Settings


def gateway_of(settings: Settings, merchant: str) -> PaymentGateway | None:
    """Stripe when there is a key for it, else the sandbox in the demonstration, else None: no payments by card.

    `merchant` is the district's name. Stripe's client takes a while to import, so only those who use it do.
    """
    key = settings.stripe_api_key.get_secret_value()
    if key:
        stripe = importlib.import_module("backend.gateway.stripe.adapter")
        secret = settings.stripe_webhook_secret.get_secret_value()
        made: PaymentGateway = stripe.StripeGateway(key, secret, api_url=settings.stripe_api_url)
        return made
    key, secret = settings.processor_key.get_secret_value(), settings.processor_webhook_secret.get_secret_value()
    if not settings.demo or not key:
        return None
    sandbox = importlib.import_module("backend.gateway.sandbox.adapter")
    made = sandbox.SandboxGateway(settings.processor_url, key, secret, merchant=merchant)
    return made
