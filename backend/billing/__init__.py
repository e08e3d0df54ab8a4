"""Bill cycles: the preliminary billing ledger, its exceptions, the bills, and their correction."""
