"""The bills of an account, in English."""

WORDS: dict[str, str] = {
    "bills_nothing": "There is no bill yet. The first one comes with the account's billing cycle.",
    "bill_line": "{amount}, issued on {date}",
    "bill_first": "This is the first bill that can be compared with nothing before it.",
    "bill_issued": "Issued",
    "bill_of": "Bill of {date}",
    "bill_kind_regular": "Regular bill",
    "bill_kind_final": "Final bill",
    "bill_kind_rebill": "Billed again",
    "bill_cancelled": "Cancelled",
    "bill_lines": "The lines of this bill",
    "bill_charge": "Charge",
    "bill_quantity": "Quantity",
    "bill_each": "Price each",
    "bill_new_charges": "New charges",
    "bill_carried": "Balance from before",
    "bill_fees": "Fees and adjustments since the bill before",
    "bill_asked": "What the statement asks for",
    "bill_why": "Why is this bill different?",
    "statement_pdf": "Statement in {language} (PDF)",
    "days_one": "{n} day",
    "days_many": "{n} days",
    "bill_cancel": "Cancel this bill…",
    "bill_cancel_title": "Cancel a bill",
    "bill_cancel_help": (
        "The ledger gets a reversal to the cent. Afterwards the period can be billed again from the reads "
        "and rates there are then."
    ),
    "bill_cancel_now": "Cancel the bill",
    "bill_cancelled_done": "The bill is cancelled. Its period can be billed again.",
    "bill_again": "Bill this period again",
    "bill_again_done": "The period is billed again.",
    "refused_bill_not_found": "There is no such bill any more. Look at the list again.",
    "refused_not_cancelled": "Cancel this bill first; then its period can be billed again.",
    "refused_nothing_to_bill": "The charges of this period come to nothing, so there is nothing to bill.",
    "refused_rate_missing": "A rate is missing for this period. Mend the district's rates first.",
}
