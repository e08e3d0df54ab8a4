"""The living application, with people at work and callers."""

from tests.backend.living import (
    api,
    database_url,
    seeded_api,
    seeded_url,
    shared_seeded_url,
    shared_url,
    valkey_url,
)

__all__ = ["api", "database_url", "seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]
