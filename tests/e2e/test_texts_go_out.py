"""A campaign with everything that sends running, on its worst day: nobody gets a text twice, nobody is forgotten.

The network loses answers after it has done the work, callbacks come late, twice and out of order, and both the backend
and telephony are killed while they send.
"""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from backend.database import Database
from bench.outbound import begin, phone_of, statuses
from bench.senders import running_senders
from tests.backend.outbox.test_delivery import until

PEOPLE = 40
SECONDS = 150.0
NETWORK = (
    '{"callbacks": {"late_seconds": 0.3, "doubled": true, "out_of_order": true},'
    ' "rest": {"fault": "done_then_cut", "paths": "Messages.json", "methods": ["POST"], "times": 4}}'
)


@pytest.mark.timeout(400)
async def test_killed_while_sending(tmp_path: Path) -> None:
    with running_senders(tmp_path / "home", segments_per_second=8) as senders:
        senders.conditions(NETWORK)
        database = Database.from_settings(senders.settings)
        try:
            campaign_id = await begin(senders, database, PEOPLE)
            await until(lambda: senders.arrived().total() >= PEOPLE // 4, SECONDS)
            for name in ("backend", "telephony"):
                senders.kill(name)
                await asyncio.to_thread(senders.start, name)

            async def all_arrived() -> bool:
                return (await statuses(database, campaign_id))["delivered"] == PEOPLE

            await until(all_arrived, SECONDS)
            assert await statuses(database, campaign_id) == Counter(delivered=PEOPLE)
        finally:
            await database.close()
        assert senders.arrived() == Counter({phone_of(place): 1 for place in range(PEOPLE)})
