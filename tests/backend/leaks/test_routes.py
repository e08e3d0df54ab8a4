"""Leak adjustments over HTTP, and what the policy may say about them."""

from pathlib import Path
from uuid import uuid4

import pytest

from backend.access import Role
from backend.district.service import District, DistrictFileError
from tests.backend.callers import signed_in
from tests.backend.living import ACTIONS, Api, api, database_url, shared_url, valkey_url

__all__ = ["api", "database_url", "shared_url", "valkey_url"]
FOLDER = Path(__file__).parents[3] / "district"


async def test_it_is_for_the_staff_and_for_bills_that_are_there(api: Api) -> None:
    path = f"/v1/bills/{uuid4()}/leak-adjustment"
    claim = {"repaired_on": "2026-11-20", "note": "Receipt 4711"}
    for headers in ({}, ACTIONS):
        assert (await api.client.post(path, json=claim, headers=headers)).status_code == 401
    async with signed_in(api, Role.LEAD) as lead:
        missing = await api.client.post(path, json=claim, headers=lead)
        asked = await api.client.get(path, params={"repaired_on": "2026-11-20"}, headers=lead)
        blank = await api.client.post(path, json={**claim, "note": " "}, headers=lead)
    assert (missing.status_code, missing.json()["error"]) == (404, "bill_not_found")
    assert (asked.status_code, blank.status_code) == (404, 422)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('method = "share_of_excess"', 'method = "as_we_like"'), ("share_percent = 50", "share_percent = 101")],
)
def test_a_policy_that_cannot_be_is_refused_with_file_and_line(tmp_path: Path, right: str, wrong: str) -> None:
    folder = tmp_path / "district"
    folder.mkdir()
    for file in FOLDER.glob("*.toml"):
        (folder / file.name).write_text(file.read_text())
    policy = (FOLDER / "policy.toml").read_text()
    number = policy[: policy.index(right)].count("\n") + 1
    (folder / "policy.toml").write_text(policy.replace(right, wrong))
    with pytest.raises(DistrictFileError, match=rf"policy\.toml:{number}\b"):
        District.load(folder)
