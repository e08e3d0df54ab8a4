"""Calls that nobody makes by hand: a notice is said to whom no text reaches."""
