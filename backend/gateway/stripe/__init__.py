"""The adapter for Stripe, over its own client."""
