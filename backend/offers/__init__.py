"""Offers to pay: an amount, for an account, from a card or bank account on file, until it expires or is answered."""
