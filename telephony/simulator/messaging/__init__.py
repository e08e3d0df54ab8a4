"""Texts: inbound webhooks, replies, REST-created messages, opt-outs, segments."""
