"""Names the actions share with the domain: slots, forms, actions, choices."""

from typing import Final

LANGUAGE: Final = "language"
CHANNEL: Final = "channel"
VERIFICATION_LEVEL: Final = "verification_level"
REQUESTED_SLOT: Final = "requested_slot"

# What the assistant has just offered, so that a plain "yes" means something.
OFFER: Final = "offer"
OFFER_PERSON: Final = "person"
# "do:action_name": yes runs that action.
OFFER_ACTION: Final = "do"
OFFER_PLACE: Final = "place"

IDENTITY_FORM: Final = "identity_form"
IDENTITY_ACCOUNT: Final = "identity_account"
IDENTITY_SECRET: Final = "identity_secret"
IDENTITY_CHOICE: Final = "identity_choice"
IDENTITY_CHOICES: Final = "identity_choices"
CALLING_NUMBER_REFUSED: Final = "calling_number_refused"
RESUME_ACTION: Final = "resume_action"

EMAIL_FORM: Final = "email_form"
NEW_EMAIL: Final = "email_new"
EMAIL_CONFIRMED: Final = "email_confirmed"
EMAIL_CODE: Final = "email_code"

# What the customer has asked about so far, in English, for the person who may get the case.
TOPICS_ASKED: Final = "topics_asked"

INTAKE_FORM: Final = "intake_form"
INTAKE_TOPIC: Final = "intake_topic"
INTAKE_ASKED: Final = "intake_asked"
# How often in a row the answer was not one.
INTAKE_UNCLEAR: Final = "intake_unclear"
INTAKE_ANSWER: Final = "intake_answer"
INTAKE_ANSWERS: Final = "intake_answers"
# What the first message brought along, kept while it is proved who asks, so not a slot of the form.
INTAKE_AHEAD: Final = "intake_ahead"

OPTIONS_FORM: Final = "options_form"
OPTION_CHANGE: Final = "option_change"
OPTION_CONFIRMED: Final = "option_confirmed"
OPTION_CODE: Final = "option_code"

RECURRING_FORM: Final = "recurring_form"
RECURRING_TERMS: Final = "recurring_terms"
# Kept while it is proved who asks, so not a slot of the form.
RECURRING_WANTED: Final = "recurring_wanted"
RECURRING_CENTS_MAX: Final = "recurring_cents_max"

PAY_FORM: Final = "pay_form"
PAY_ACCOUNT: Final = "pay_account_chosen"
PAY_AGREED: Final = "pay_agreed"
PAY_CHOICES: Final = "pay_choices"
PAY_OFFER: Final = "pay_offer"
PAY_WANTED: Final = "pay_wanted"
PAY_LINK_FORM: Final = "pay_link_form"
PAY_LINK_ACCOUNT: Final = "pay_link_account"

PAY_KEYS_FORM: Final = "pay_keys_form"
PAY_KEYS_AGREED: Final = "pay_keys_agreed"
# What is to be keyed in, for which account, what is asked now, and the offer.
PAY_KEYS: Final = "pay_keys"
# The offer that was agreed to, while the caller keys in a card.
PAY_KEYED: Final = "pay_keyed"

# The accounts that the customer proved, kept so that "the other one" means something.
KNOWN_ACCOUNTS: Final = "known_accounts"
CURRENT_ACCOUNT: Final = "current_account"
# A second request of one message, kept until the first is done.
WAITING: Final = "waiting_request"
NEXT_REQUEST: Final = "next_request"
ARTICLE_ASKED: Final = "article_asked"
# The department that was told of last: "I want to talk to them".
DEPARTMENT_NAMED: Final = "department_named"

FORM_SLOTS: Final = (
    IDENTITY_ACCOUNT,
    IDENTITY_SECRET,
    IDENTITY_CHOICE,
    IDENTITY_CHOICES,
    RESUME_ACTION,
    NEW_EMAIL,
    EMAIL_CONFIRMED,
    EMAIL_CODE,
    INTAKE_TOPIC,
    INTAKE_ASKED,
    INTAKE_ANSWER,
    INTAKE_ANSWERS,
    INTAKE_UNCLEAR,
    OPTION_CHANGE,
    OPTION_CONFIRMED,
    OPTION_CODE,
    PAY_ACCOUNT,
    PAY_AGREED,
    PAY_CHOICES,
    PAY_OFFER,
    PAY_LINK_ACCOUNT,
    RECURRING_TERMS,
    PAY_KEYS_AGREED,
    PAY_KEYS,
)

# These end whatever form is open, whatever else the message holds: a house number in
# "water is gushing at 1234 Elm" is not a PIN.
ALWAYS_FIRST: Final = frozenset(
    {
        "report_emergency",
        "report_gas_smell",
        "report_illness",
        "in_distress",
        "ask_person",
        "upset",
        "cancel",
        "silence",
        "no_match",
    }
)

LISTEN: Final = "action_listen"
