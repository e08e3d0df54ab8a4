"""Telephony: what the internet reaches. Channels in front, the switchboard behind them."""
