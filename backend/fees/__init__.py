"""Fees, and who may take one back."""
