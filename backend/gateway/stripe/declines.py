"""Stripe's words for a no, in ours (docs.stripe.com/declines/codes and docs.stripe.com/error-codes)."""

from backend.gateway.values import DeclineReason

_CODES = {
    DeclineReason.INSUFFICIENT_FUNDS: ("insufficient_funds",),
    DeclineReason.LIMIT_EXCEEDED: (
        "withdrawal_count_limit_exceeded",
        "card_velocity_exceeded",
        "card_decline_rate_limit_exceeded",
        "charge_exceeds_source_limit",
        "charge_exceeds_transaction_limit",
    ),
    DeclineReason.EXPIRED_CARD: ("expired_card", "expired_payment_method"),
    DeclineReason.INCORRECT_DETAILS: (
        "incorrect_number",
        "incorrect_cvc",
        "incorrect_pin",
        "incorrect_zip",
        "incorrect_postal_code",
        "incorrect_address",
        "invalid_number",
        "invalid_cvc",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "invalid_account",
        "account_number_invalid",
        "bank_account_bad_routing_numbers",
    ),
    DeclineReason.LOST_OR_STOLEN: ("lost_card", "stolen_card", "pickup_card"),
    DeclineReason.NEEDS_VERIFICATION: (
        "authentication_required",
        "authentication_not_handled",
        "payment_intent_authentication_failure",
        "setup_intent_authentication_failure",
        "offline_pin_required",
        "online_or_offline_pin_required",
    ),
    DeclineReason.NOT_ACCEPTED: ("card_not_supported", "currency_not_supported", "invalid_card_type"),
    DeclineReason.ACCOUNT_CLOSED: (
        "account_closed",
        "no_account",
        "account_invalid",
        "bank_account_unusable",
        "bank_account_restricted",
        "payment_method_restricted",
    ),
    DeclineReason.NOT_AUTHORIZED: (
        "debit_not_authorized",
        "payment_method_bank_account_blocked",
        "payment_method_customer_decline",
        "payment_intent_mandate_invalid",
        "revocation_of_authorization",
        "revocation_of_all_authorizations",
        "stop_payment_order",
    ),
    DeclineReason.METHOD_GONE: ("payment_method_not_available", "payment_method_unexpected_state", "resource_missing"),
    DeclineReason.PROCESSING_ERROR: (
        "processing_error",
        "issuer_not_available",
        "reenter_transaction",
        "try_again_later",
        "approve_with_id",
        "payment_method_provider_timeout",
    ),
    DeclineReason.DO_NOT_HONOR: (
        "do_not_honor",
        "do_not_try_again",
        "generic_decline",
        "call_issuer",
        "fraudulent",
        "merchant_blacklist",
        "no_action_taken",
        "not_permitted",
        "restricted_card",
        "security_violation",
        "service_not_allowed",
        "transaction_not_allowed",
        "bank_account_declined",
        "payment_method_provider_decline",
    ),
}
_REASONS = {code: reason for reason, codes in _CODES.items() for code in codes}


def reason_of(decline_code: str | None, code: str | None) -> DeclineReason:
    """The reason of an error or failed attempt: the issuer's word (`decline_code`) before Stripe's (`code`)."""
    for word in (decline_code, code):
        if word in _REASONS:
            return _REASONS[word]
    return DeclineReason.DO_NOT_HONOR if code == "card_declined" else DeclineReason.OTHER
