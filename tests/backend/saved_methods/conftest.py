"""The same world as that of the charges."""

from tests.backend.charges.conftest import clock, database, district, payer, tools, world

__all__ = ["clock", "database", "district", "payer", "tools", "world"]
