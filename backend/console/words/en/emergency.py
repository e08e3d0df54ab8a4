"""The emergency switch, in English."""

WORDS: dict[str, str] = {
    "nav_emergency": "Emergency",
    "emergency_lead": "One switch tells every caller, texter and visitor, and stops reminders and late fees there.",
    "emergency_now": "Switched on now",
    "emergency_none": "Nothing is switched on.",
    "emergency_none_help": "Customers hear the usual greeting.",
    "emergency_kind_water": "Water emergency",
    "emergency_kind_billing_down": "Billing system down",
    "emergency_kind_other": "Another kind",
    "emergency_switch_on": "Switch on an emergency",
    "emergency_billing_switch_on": "The billing system is down",
    "emergency_help": "What is written here is said at the start of every call, text and chat from there.",
    "emergency_billing_help": (
        "Account questions are answered with this, and become cases. Everything that needs no account goes on."
    ),
    "emergency_zones": "Where",
    "emergency_zones_help": "None chosen: the whole district.",
    "emergency_whole_district": "The whole district",
    "emergency_text_en": "What customers are told, in English",
    "emergency_text_es": "What customers are told, in Spanish",
    "emergency_text_help": "Never say that water is safe to drink unless the notice is approved.",
    "emergency_billing_en": (
        "Our billing system is down just now, so we cannot look at accounts. You can still report a problem with the "
        "water, ask about anything else, or leave a question for a person."
    ),
    "emergency_billing_es": (
        "Nuestro sistema de facturación no funciona por ahora y no podemos ver cuentas. Puede avisar de un problema "
        "con el agua, preguntar otra cosa o dejar su pregunta para una persona."
    ),
    "emergency_reason": "What happened",
    "emergency_reason_help": "For your colleagues, and for the record.",
    "emergency_until": "Ends by itself",
    "emergency_until_help": "Empty: until somebody ends it.",
    "emergency_options": "Besides",
    "emergency_no_water": "There is no water: callers from there come first, and who says so is told this",
    "emergency_stands_down": "Stand down reminders, late fees and shut-offs there",
    "emergency_sends_texts": "Text everybody there, at any hour; call those whom no text reaches",
    "emergency_do": "Switch on now",
    "emergency_is_on": "Switched on. Every channel says it from now on.",
    "emergency_end": "End it",
    "emergency_is_over": "Ended. Customers hear the usual greeting again.",
    "emergency_end_title": "End this emergency?",
    "emergency_end_help": "Customers are told no more, and what has not gone of its texts never goes.",
    "emergency_by": "Switched on by {name}, {time}",
    "emergency_ends": "Ends {time}",
    "emergency_ends_by_hand": "Until somebody ends it",
    "emergency_texts": "Its texts and calls",
    "emergency_mark_no_water": "No water",
    "emergency_mark_stood_down": "Dunning stood down",
    "emergency_before": "Before",
    "emergency_over": "{from_time} to {to_time}",
    "emergency_ended_by": "ended by {name}",
    "emergency_ended_itself": "ended by itself",
    "refused_emergency_refused_no_text": "Write what customers are told, in both languages.",
    "refused_emergency_refused_too_long": "That is too long to be said. Use 640 characters at most.",
    "refused_emergency_refused_no_reason": "Write down what happened.",
    "refused_emergency_refused_in_the_past": "Choose a time that is still to come.",
    "refused_emergency_refused_zone_unknown": "One of these zones is not there any more.",
    "refused_emergency_not_found": "There is no such emergency.",
    "refused_time_unreadable": "That is not a time. Choose a day and an hour.",
}
