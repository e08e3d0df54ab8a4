"""The web chat: its socket, the custom element a district embeds, the demonstration page."""
