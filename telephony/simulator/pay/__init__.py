"""`<Pay>`, agent-assisted payments, and the payment connector behind them. Card digits never leave this package."""
