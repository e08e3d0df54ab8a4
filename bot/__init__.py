"""The engine: Rasa with our own channel, stores and language components."""
