"""Evapotranspiration by day and zone, from files: what water budgets are reckoned from."""
