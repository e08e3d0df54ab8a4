"""What is printed: receipts, in English."""

WORDS: dict[str, str] = {
    "receipt_title": "Receipt {number}",
    "receipt_tools": "Receipt",
    "receipt_print_now": "Print",
    "receipt_received": "Received",
    "receipt_balance": "Still owed",
    "receipt_made": "Printed {day}, {time}, by {name}.",
    "receipt_thanks": "Thank you. Please keep this receipt.",
}
