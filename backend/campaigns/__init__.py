"""Campaigns: one text to many customers, each at most once."""
