"""Phone calls, whatever they come in by: one conversation core under webhooks and ConversationRelay."""
