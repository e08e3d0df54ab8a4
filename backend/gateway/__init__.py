"""Card and bank payments through a processor: one protocol, and an adapter for each processor.

No card number, security code or bank account number ever passes through here: customers type them on pages of the
processor's own, and we keep what it gives us for them, a token.
"""
