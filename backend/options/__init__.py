"""How a customer wants to pay: autopay, a fixed day, paperless, a budget bill."""
