"""Turns and messages: what customers said, what they were answered."""
