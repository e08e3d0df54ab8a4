"""A card processor for demonstrations and tests: it keeps cards, charges them, and tells of it by signed webhooks.

It stands where a real processor stands. Nothing of Headgate imports it and it imports nothing of Headgate: what they
share is HTTP alone. There is no real money in it and no place to type a card number.
"""
