"""Charge, post, tell: money from a card or bank account into the ledger, once, and a text about it, once."""
