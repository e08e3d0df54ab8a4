"""The living application, and the district as its files say."""

from tests.backend.campaigns.conftest import district
from tests.backend.living import api, database_url, shared_url, valkey_url

__all__ = ["api", "database_url", "district", "shared_url", "valkey_url"]
