"""Rates as data: what water costs, by class, meter size, volume and date."""
