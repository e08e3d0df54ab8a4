"""Twilio's side of things: signatures, TwiML, REST, text segments. No decisions about customers."""
