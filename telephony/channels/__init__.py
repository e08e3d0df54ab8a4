"""Channels: parse what a provider sends into an `Utterance`, render an `Answer` back. They decide nothing."""
