"""Examples of billing runs and corrected bills, for the API's page."""

from pydantic import JsonValue

RUN: dict[str, JsonValue] = {
    "id": "01936f3e-5a00-7c00-8000-000000000010",
    "cycle": 4,
    "period_start": "2026-10-21",
    "period_end": "2026-11-20",
    "status": "prepared",
    "prepared_at": "2026-11-21T07:00:12Z",
    "prepared_by": None,
    "approved_at": None,
    "approved_by": None,
    "billed_at": None,
    "drafts": 497,
    "bills": 0,
    "open_exceptions": 3,
}
EXCEPTION: dict[str, JsonValue] = {
    "id": "01936f3e-5a00-7c00-8000-000000000011",
    "code": "HIGH",
    "status": "open",
    "account_id": "01936f3e-5a00-7c00-8000-000000000012",
    "account_number": "10000018",
    "service_class": "residential",
    "service_address": "118 Acequia Lane",
    "meter_id": "01936f3e-5a00-7c00-8000-000000000013",
    "serial_number": "RS40017",
    "detail": {"units": 61, "units_per_day": 1.968, "expected_per_day": 0.4, "basis": "last_year"},
    "reason": None,
    "decided_by": None,
    "decided_at": None,
    "earlier": [],
    "units": 61,
    "amount_cents": 43790,
}
_LINE: dict[str, JsonValue] = {
    "agreement_id": "01936f3e-5a00-7c00-8000-000000000014",
    "service_class": "residential",
    "code": "fixed",
    "detail": "5/8",
    "quantity": "1.00000000",
    "dollars_each": "28.81",
    "amount_cents": 2881,
}
_METER: dict[str, JsonValue] = {
    "service": 1,
    "meter_id": "01936f3e-5a00-7c00-8000-000000000013",
    "opening": ["2026-10-20", "actual", 117964],
    "closing": ["2026-11-20", "actual", 124071],
    "made_up": False,
    "counts": 6107,
    "units": 61,
    "units_per_count": "0.010000",
}
REPORT: dict[str, JsonValue] = {
    "run": RUN,
    "amount_cents": 43790,
    "ties": True,
    "counts": {"accounts_active": 1, "not_due": 0, "held": 0, "without_charges": 0, "bills": 1, "estimated": 0},
    "exceptions": [{"code": "HIGH", "open": 1, "resolved": 0, "released": 0, "held": 0}],
    "by_class": [
        {
            "service_class": "residential",
            "bills": 1,
            "units": 61,
            "fixed_cents": 2942,
            "volume_cents": 38957,
            "pass_through_cents": 1891,
            "drought_cents": 0,
            "amount_cents": 43790,
        }
    ],
    "receivable": {
        "since": "2026-10-21",
        "until": "2026-11-20",
        "beginning_cents": 6344,
        "billed_cents": 43790,
        "other_bills_cents": 0,
        "fees_cents": 0,
        "payments_cents": 6344,
        "adjustments_cents": 0,
        "refunds_cents": 0,
        "ending_cents": 43790,
    },
    "before": "2026-10-20",
    "variance": [
        {
            "service_class": "residential",
            "bills": 1,
            "bills_before": 1,
            "units": 61,
            "units_before": 9,
            "amount_cents": 43790,
            "amount_before_cents": 6344,
            "percent": 590.3,
        }
    ],
    "checks": [{"name": "register", "expected": 43790, "found": 43790, "ties": True}],
}
REGISTER_ROW: dict[str, JsonValue] = {
    "account_id": "01936f3e-5a00-7c00-8000-000000000012",
    "account_number": "10000018",
    "service_class": "residential",
    "period_start": "2026-10-21",
    "period_end": "2026-11-20",
    "units": 61,
    "amount_cents": 43790,
    "is_estimated": False,
    "is_held": False,
    "exceptions": ["HIGH"],
}
ACCOUNT_IN_RUN: dict[str, JsonValue] = {
    "draft": {
        "period_start": "2026-10-21",
        "period_end": "2026-11-20",
        "units": 61,
        "amount_cents": 43790,
        "is_estimated": False,
        "is_held": False,
        "lines": [_LINE],
        "meters": [_METER],
    },
    "exceptions": [EXCEPTION],
    "past_bills": [
        {
            "id": "01936f3e-5a00-7c00-8000-000000000015",
            "period_start": "2026-09-21",
            "period_end": "2026-10-20",
            "units": 9,
            "units_per_day": 0.3,
            "amount_cents": 6344,
            "is_estimated": False,
        }
    ],
}
DECIDED: dict[str, JsonValue] = {
    "id": "01936f3e-5a00-7c00-8000-000000000011",
    "code": "HIGH",
    "status": "released",
    "reason": "Pool was filled; customer confirms.",
    "decided_at": "2026-11-23T18:00:00Z",
}
CANCELLATION: dict[str, JsonValue] = {
    "bill_id": "01936f3e-5a00-7c00-8000-000000000016",
    "reversal_entry_id": "01936f3e-5a00-7c00-8000-000000000017",
    "replaced_by_id": None,
    "reason": "Meter was read 10 times too high.",
    "cancelled_at": "2026-11-23T18:00:00Z",
}
PROPOSAL: dict[str, JsonValue] = {
    "kind": "rebill",
    "period_start": "2026-10-21",
    "period_end": "2026-11-20",
    "units": 6,
    "amount_cents": 5210,
    "is_estimated": False,
    "lines": [_LINE],
    "unusual": [{"code": "LOW", "detail": {"units": 6, "basis": "last_year"}}],
}
CORRECTED: dict[str, JsonValue] = {
    "bill_id": "01936f3e-5a00-7c00-8000-000000000018",
    "amount_cents": 5210,
    "is_new": True,
}
