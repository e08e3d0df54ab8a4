"""The same customer as in the tests of offers."""

from tests.backend.offers.conftest import clock, database, district, payer, thread, tools, valkey_url, world

__all__ = ["clock", "database", "district", "payer", "thread", "tools", "valkey_url", "world"]
