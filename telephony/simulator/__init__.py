"""A telephone network for demonstrations and tests: it sends real signed webhooks and carries out the TwiML.

It stands where Twilio stands. Nothing that runs in production imports it, and it imports nothing else of
telephony: what they share is HTTP alone.
"""
