"""The account backend: customers, ledger, conversations, hand-offs and the console of the staff."""
