"""Where an account stands towards a shut-off for non-payment, and what being reconnected costs. It only reads."""
