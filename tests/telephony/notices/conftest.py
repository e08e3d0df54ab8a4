"""The whole floor: the real backend, telephony and simulator."""

from tests.telephony.people.conftest import exchange, migrated_template, nothing_heard, server_url

__all__ = ["exchange", "migrated_template", "nothing_heard", "server_url"]
