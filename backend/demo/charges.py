"""What the demonstration's bills cost: a fixed charge by meter size and a price by the unit (CCF)."""

FIXED_CENTS = {"5/8": 2_881, "3/4": 4_322, "1": 7_203, "1-1/2": 14_405, "2": 23_048}
RESIDENTIAL_TIERS = ((9, 347), (29, 396), (None, 952))
COMMERCIAL_CENTS_PER_CCF = 396


def bill_cents(meter_size: str, usage_ccf: int, service_class: str) -> int:
    """The charges of a month in cents: whole units only, so nothing needs rounding."""
    fixed = FIXED_CENTS[meter_size]
    if service_class != "residential":
        return fixed + usage_ccf * COMMERCIAL_CENTS_PER_CCF
    total, below = fixed, 0
    for upper, cents in RESIDENTIAL_TIERS:
        within = max(0, min(usage_ccf, upper or usage_ccf) - below)
        total, below = total + within * cents, upper or usage_ccf
    return total
