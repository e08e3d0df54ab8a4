"""Callers and people: waiting in line, being put through, called back, supervised, and leaving a message."""
