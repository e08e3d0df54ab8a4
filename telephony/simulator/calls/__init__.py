"""Calls: the line to a caller (scripted or live), the interpreter, and one module for each group of verbs."""
