"""Texts to a number: who wants none, where none arrive, and every word that was said about it."""
