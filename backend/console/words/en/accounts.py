"""Accounts, in English."""

WORDS: dict[str, str] = {
    "nav_accounts": "Accounts",
    "find": "Find",
    "find_label": "Find an account",
    "find_help": "Account number, name, service address or phone. Several words narrow it down: “carver mesquite”.",
    "found_one": "1 account",
    "found_many": "{n} accounts",
    "found_more": "The first {n} are listed. Another word narrows it down.",
    "found_caption": "Accounts that were found",
    "found_nothing": "Nothing found for “{query}”.",
    "found_nothing_help": "Check the spelling, or try the phone number or the street.",
    "customer": "Customer",
    "choose": "Choose",
    "choose_account": "Choose the account of {name}",
}
