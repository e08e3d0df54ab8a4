"""A night as it runs and when it has ended, what it left to people, and the files it refused."""

import json
from datetime import date

from playwright.async_api import expect

from backend.models.nightly import ITEM_KINDS
from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office

TOLD = "[data-notice=done]"
NIGHT = date(2026, 11, 20)
PROBLEMS = [{"line": 3, "field": "amount", "reason": "is not dollars and cents like 84.20"}]


def step(office: Office, name: str, part: int, counts: dict[str, object]) -> None:
    office.execute(
        "INSERT INTO nightly_steps (business_date, step, part, done_at, counts)"
        " VALUES (%(day)s, %(name)s, %(part)s, now(), %(counts)s)",
        {"day": NIGHT, "name": name, "part": part, "counts": json.dumps(counts)},
    )


async def test_a_night_is_watched_until_its_end(office: Office, sign_in: SignIn) -> None:
    begin = "INSERT INTO nightly_runs (business_date, part_accounts, started_at) VALUES (%(day)s, 100, now())"
    office.execute(begin, {"day": NIGHT})
    step(office, "files", 1, {"file": "bad.csv", "sha256": "00", "files_refused": 1, "problems": PROBLEMS})
    step(office, "files", 0, {})
    step(office, "drafts", 1, {"autopay": 3, "autopay_cents": 21_000})
    page = await sign_in("frank", path="/nightly")
    night = page.get_by_role("region", name="Night of Fri Nov 20, 2026")
    await expect(night).to_contain_text("Under way")
    drafts = night.locator("tbody tr", has_text="Autopay and payments on a day")
    await expect(drafts).to_contain_text("1 of 2 parts")
    await expect(drafts.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "50")
    await expect(drafts).to_contain_text("$210.00")
    refused = page.get_by_role("article", name="Nothing of “bad.csv” was taken")
    await expect(refused.locator("tbody tr")).to_contain_text("is not dollars and cents like 84.20")

    step(office, "drafts", 2, {"autopay": 1, "autopay_cents": 5_000})
    step(office, "drafts", 0, {})
    await expect(drafts).to_contain_text("$260.00")
    await expect(drafts).to_contain_text("Done")
    finish = "UPDATE nightly_runs SET finished_at = now(), summary = %(summary)s WHERE business_date = %(day)s"
    office.execute(
        finish, {"day": NIGHT, "summary": json.dumps({"exceptions": {"unapplied_receipts": 2, "refunds": 1}})}
    )
    await expect(night).to_contain_text("Finished")
    nights = page.get_by_role("region", name="Nights")
    await expect(nights.locator("tbody tr").first).to_contain_text("3")


ITEM = (
    "INSERT INTO nightly_items (id, business_date, kind, cause, detail, status)"
    " VALUES (gen_random_uuid(), %(day)s, %(kind)s, %(kind)s, %(detail)s, 'open')"
)


async def test_every_kind_of_item_says_what_to_do_in_either_language(office: Office, sign_in: SignIn) -> None:
    office.execute(
        "INSERT INTO nightly_runs (business_date, part_accounts, started_at) VALUES (%(day)s, 100, now())"
        " ON CONFLICT DO NOTHING",
        {"day": NIGHT},
    )
    of_charges = [kind for kind in ITEM_KINDS if kind.startswith(("charge", "refund"))]
    for kind in of_charges:
        detail = {"reference": f"ch_{kind}", "amount": "$72.50", "fee": "$2.50"}
        office.execute(ITEM, {"day": NIGHT, "kind": kind, "detail": json.dumps(detail)})
    try:
        for language, title, fee in (
            ("en", "What waits for people now", "A convenience fee of $2.50 is in the amount"),
            ("es", "Lo que espera a las personas ahora", "La cantidad incluye un cargo de $2.50"),
        ):
            page = await sign_in("frank", path="/nightly", language=language)
            work = page.get_by_role("region", name=title)
            for kind in of_charges:
                line = work.get_by_role("listitem").filter(has_text=f"(ch_{kind})")
                await expect(line).to_contain_text("$72.50")
                await expect(line).to_contain_text(fee)
    finally:
        office.execute("DELETE FROM nightly_items WHERE detail ? 'reference'", {})


async def test_what_a_night_left_is_seen_to(office: Office, sign_in: SignIn) -> None:
    account = office.account("payment_plan")
    office.execute(
        "INSERT INTO nightly_runs (business_date, part_accounts, started_at) VALUES (%(day)s, 100, now())"
        " ON CONFLICT DO NOTHING",
        {"day": NIGHT},
    )
    office.execute(
        "INSERT INTO nightly_items (id, business_date, kind, cause, account_id, detail, status)"
        " VALUES (gen_random_uuid(), %(day)s, 'arrangement_broken', 'arrangement:1', %(id)s, '{}', 'open')",
        {"day": NIGHT, "id": account.id},
    )
    page = await sign_in("frank", path="/nightly")
    work = page.get_by_role("region", name="What waits for people now")
    await expect(work).to_contain_text("A payment plan is broken: call the customer.")
    await expect(work.get_by_role("link", name=account.number)).to_be_visible()
    await work.get_by_role("button", name="Done…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="It is done").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Write down why, in a sentence.")
    await dialog.get_by_label("What was done").fill("Called; they pay on Friday.")
    await dialog.get_by_role("button", name="It is done").click()
    await expect(page.locator(TOLD)).to_have_text("Noted.")
    await expect(work).not_to_contain_text("A payment plan is broken")


async def test_a_night_that_never_was_is_no_page(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("frank")
    for day in ("2020-01-01", "yesterday", "2026-13-45"):
        answer = await page.goto(f"{office.console}/nightly/{day}")
        assert answer is not None and answer.status == 404
