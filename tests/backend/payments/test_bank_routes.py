"""Bank money over HTTP: refunds, files and returns, by the staff."""

from datetime import date, timedelta
from uuid import uuid4

from tests.backend.living import (
    seeded_api,
    seeded_url,
    shared_seeded_url,
    shared_url,
    valkey_url,
)
from tests.backend.options.test_routes import account_of, customer
from tests.backend.payments import bank_files
from tests.backend.payments.bank_files import Deposit, Entry, Line
from tests.backend.payments.desk import TODAY, Desk, desk, drawer

__all__ = ["desk", "drawer", "seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]


class TestRefunds:
    async def test_of_a_closed_account_s_credit(self, desk: Desk) -> None:
        who = await customer(desk.api, "closed_with_credit")
        path = f"/v1/accounts/{await account_of(desk.api, who)}/refunds"
        body = {"amount_cents": 100, "reason": "Moved out.", "idempotency_key": f"refund-{uuid4()}"}
        asked = await desk.call(desk.csr, "POST", path, body)
        assert asked.json() == (await desk.call(desk.csr, "POST", path, body)).json()
        too_much = await desk.call(desk.csr, "POST", path, {**body, "amount_cents": 10**9, "idempotency_key": "x" * 8})
        assert (too_much.status_code, too_much.json()["error"]) == (409, "not_enough_credit")
        rows = (await desk.call(desk.lead, "GET", "/v1/refunds")).json()
        assert [row["may_decide"] for row in rows if row["id"] == asked.json()["id"]] == [True]
        decision = f"/v1/refunds/{asked.json()['id']}/decision"
        done = await desk.call(desk.lead, "POST", decision, {"approve": True, "note": "Checked."})
        assert done.json()["status"] == "posted"

    async def test_of_unapplied_money_never_by_one_person(self, desk: Desk, drawer: str) -> None:
        taken = (await desk.take("99999999", 4_300)).json()
        path = f"/v1/unapplied-receipts/{taken['unapplied_receipt_id']}/refunds"
        asked = await desk.call(desk.lead, "POST", path, {"reason": "Not a customer."})
        decision = f"/v1/refunds/{asked.json()['id']}/decision"
        refused = await desk.call(desk.lead, "POST", decision, {"approve": True, "note": "Myself."})
        assert (refused.status_code, refused.json()["error"]) == (403, "same_person")


class TestFiles:
    async def test_a_lockbox_is_taken_once(self, desk: Desk) -> None:
        number = (await customer(desk.api, "leak"))["account_number"]
        content = bank_files.bai2([Deposit(number, 1_234), Deposit("99999999", 4_321, str(uuid4().int)[:12])])
        first = await desk.send(desk.lead, "lockbox", content, "lockbox-1123.bai")
        again = await desk.send(desk.lead, "lockbox", content, "copy.bai")
        assert (first.status_code, again.status_code) == (201, 200), first.text
        assert again.json() == {**first.json(), "is_new": False}
        assert (first.json()["posted"], first.json()["set_aside"], first.json()["total_cents"]) == (1, 1, 5_555)
        listed = (await desk.call(desk.csr, "GET", "/v1/payment-files")).json()["taken"]
        assert "lockbox-1123.bai" in [one["file_name"] for one in listed]
        kept = (await desk.call(desk.csr, "GET", "/v1/unapplied-receipts")).json()
        assert "lockbox-1123.bai" in [one["file_name"] for one in kept]

    async def test_a_bad_line_refuses_the_whole_and_is_listed(self, desk: Desk) -> None:
        who = await customer(desk.api, "leak")
        lines = [Line(who["account_number"], 100), Line(who["account_number"], 200, TODAY + timedelta(days=40))]
        refused = await desk.send(desk.lead, "payments", bank_files.payment_csv(lines), "future.csv")
        assert (refused.status_code, refused.json()["error"]) == (422, "file_refused")
        problem = {"line": 3, "field": "received_on", "reason": "2027-01-02 is in the future"}
        assert refused.json()["problems"] == [problem]
        listed = (await desk.call(desk.lead, "GET", "/v1/payment-files")).json()["refused"]
        assert [one["problems"] for one in listed if one["file_name"] == "future.csv"] == [[problem]]
        account_id = await account_of(desk.api, who)
        payments = (await desk.call(desk.lead, "GET", f"/v1/accounts/{account_id}/payments")).json()
        assert not [one for one in payments if one["amount_cents"] in (100, 200)]

    async def test_returns_give_payments_back_and_leave_the_rest_for_a_person(self, desk: Desk) -> None:
        who = await customer(desk.api, "new_move_in")
        line = Line(who["account_number"], 777, date(2026, 11, 20), "bank_transfer", f"{uuid4().int % 10**15:015d}")
        await desk.send(desk.lead, "payments", bank_files.payment_csv([line]))
        entries = [
            Entry("R01", 777, account=who["account_number"], trace=line.reference),
            Entry("R03", 778, account="99999999", trace="000000000000001"),
        ]
        done = await desk.send(desk.lead, "returns", bank_files.nacha(entries), "returns-1123.ach")
        assert (done.json()["posted"], done.json()["set_aside"]) == (1, 1), done.text
        items = (await desk.call(desk.csr, "GET", "/v1/return-items")).json()
        (item,) = (one for one in items if one["amount_cents"] == 778)
        assert (item["cause"], item["meaning"]) == ("unmatched", "no account, or the name does not fit")
        path = f"/v1/return-items/{item['id']}/done"
        assert (await desk.call(desk.csr, "POST", path, {"note": "x"})).status_code == 403
        assert (await desk.call(desk.lead, "POST", path, {"note": "Another district's."})).status_code == 204
        assert (await desk.call(desk.lead, "POST", path, {"note": "Again."})).status_code == 409
        account_id = await account_of(desk.api, who)
        newest = (await desk.call(desk.csr, "GET", f"/v1/accounts/{account_id}/payments")).json()
        (returned,) = (one for one in newest if one["amount_cents"] == 777)
        assert (returned["status"], returned["returned"]["next_step"]) == ("returned", "re_present")
        assert returned["returned"]["present_again_until"] == "2027-05-19"

    async def test_are_for_the_lead_and_not_without_end(self, desk: Desk) -> None:
        refused = await desk.send(desk.csr, "payments", bank_files.payment_csv([]))
        assert (refused.status_code, refused.json()["error"]) == (403, "above_authority")
        endless = await desk.send(desk.lead, "payments", b"x" * 20_000_001)
        assert (endless.status_code, endless.json()["error"]) == (413, "file_too_large")
        unknown = await desk.send(desk.lead, "recipes", b"x")
        assert (unknown.status_code, unknown.json()["error"]) == (422, "malformed")


class TestReturnsByHand:
    async def test_reverse_and_charge_the_fee(self, desk: Desk, drawer: str) -> None:
        taken = (await desk.take((await customer(desk.api, "tenant"))["account_number"], 5_100, "check")).json()
        path = f"/v1/payments/{taken['receipt']['payment_id']}/return"
        said = {"reason_code": "R01", "returned_on": TODAY.isoformat()}
        refused = await desk.call(desk.csr, "POST", path, said)
        assert (refused.status_code, refused.json()["error"]) == (403, "above_authority")
        future = await desk.call(desk.lead, "POST", path, {**said, "returned_on": "2026-12-24"})
        assert (future.status_code, future.json()["error"]) == (422, "return_date_refused")
        done = (await desk.call(desk.lead, "POST", path, said)).json()
        assert (done["next_step"], done["fee_charged"], done["meaning"]) == ("re_present", True, "insufficient funds")
        receipt = (await desk.call(desk.lead, "GET", f"/v1/payments/{taken['receipt']['payment_id']}")).json()
        assert (receipt["status"], receipt["paid"]) == ("returned", [])
