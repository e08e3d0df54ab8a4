"""The words of the pages, in English and Spanish."""

from processor.cards import BANK_ACCOUNT, TestMethod

WORDS = {
    "en": {
        "language_name": "English",
        "language_label": "Language",
        "skip": "Skip to the form",
        "sandbox_label": "Sandbox",
        "sandbox": "This is a sandbox. No real money moves, and no real card or bank account can be used here.",
        "pay_title": "Pay {merchant}",
        "setup_title": "Save a way to pay {merchant}",
        "summary": "Your payment",
        "setup_summary": "Your way to pay",
        "setup_explained": "Nothing is charged now. {merchant} may charge what you save here when you ask it to.",
        "amount": "Amount",
        "amount_help": "From {least} to {most}, for example 42.50.",
        "cards": "Test cards",
        "accounts": "Test bank accounts",
        "choose": "Choose a test card or bank account",
        "ending": "ending in",
        "pay": "Pay {amount}",
        "pay_chosen": "Pay",
        "save": "Save",
        "cancel": "Go back without paying",
        "cancel_setup": "Go back without saving",
        "problem": "There is a problem",
        "choose_one": "Choose a card or a bank account.",
        "amount_wrong": "Enter an amount from {least} to {most}, for example 42.50.",
        "verify_title": "Your bank asks: is this you?",
        "verify_text": "Sandbox Bank wants to be sure that you approve this. A real bank would send you a code.",
        "approve": "Yes, I approve it",
        "refuse": "No, refuse it",
        "paid_title": "Payment received",
        "paid_text": "{merchant} has received {amount} from {method}.",
        "pending_title": "Payment on its way",
        "pending_text": "{amount} from {method} is on its way to {merchant}. Banks take days; here, some seconds.",
        "saved_title": "Saved",
        "saved_text": "{merchant} can now charge {method} when you ask it to.",
        "back": "Return to {merchant}",
        "expired_title": "This page has expired",
        "expired_text": "Nothing was charged. Ask {merchant} for a new link.",
        "missing_title": "There is no such page",
        "missing_text": "The link is not complete or was never made. Ask for a new one.",
        "footer": "Card and bank numbers never reach {merchant}; it gets a token and the last four digits.",
        "declined": "Declined: {reason} Nothing was charged. Choose another one.",
    },
    "es": {
        "language_name": "Español",
        "language_label": "Idioma",
        "skip": "Ir al formulario",
        "sandbox_label": "Entorno de prueba",
        "sandbox": "Este es un entorno de prueba: no se mueve dinero y aquí no sirve ninguna tarjeta o cuenta real.",
        "pay_title": "Pagar a {merchant}",
        "setup_title": "Guardar una forma de pago para {merchant}",
        "summary": "Su pago",
        "setup_summary": "Su forma de pago",
        "setup_explained": "Ahora no se cobra nada. {merchant} podrá cobrar lo que guarde aquí cuando usted lo pida.",
        "amount": "Monto",
        "amount_help": "De {least} a {most}, por ejemplo 42.50.",
        "cards": "Tarjetas de prueba",
        "accounts": "Cuentas bancarias de prueba",
        "choose": "Elija una tarjeta o cuenta bancaria de prueba",
        "ending": "que termina en",
        "pay": "Pagar {amount}",
        "pay_chosen": "Pagar",
        "save": "Guardar",
        "cancel": "Volver sin pagar",
        "cancel_setup": "Volver sin guardar",
        "problem": "Hay un problema",
        "choose_one": "Elija una tarjeta o una cuenta bancaria.",
        "amount_wrong": "Escriba un monto de {least} a {most}, por ejemplo 42.50.",
        "verify_title": "Su banco pregunta: ¿es usted?",
        "verify_text": "Sandbox Bank quiere estar seguro de que usted lo aprueba. Un banco real le enviaría un código.",
        "approve": "Sí, lo apruebo",
        "refuse": "No, rechazarlo",
        "paid_title": "Pago recibido",
        "paid_text": "{merchant} recibió {amount} de {method}.",
        "pending_title": "Pago en camino",
        "pending_text": "{amount} de {method} va en camino a {merchant}. Los bancos tardan días; aquí, segundos.",
        "saved_title": "Guardado",
        "saved_text": "{merchant} ya puede cobrar a {method} cuando usted lo pida.",
        "back": "Volver a {merchant}",
        "expired_title": "Esta página venció",
        "expired_text": "No se cobró nada. Pida a {merchant} un enlace nuevo.",
        "missing_title": "Esta página no existe",
        "missing_text": "El enlace está incompleto o nunca existió. Pida uno nuevo.",
        "footer": "Los números de tarjeta y de cuenta nunca llegan a {merchant}: recibe una clave y 4 dígitos.",
        "declined": "Rechazado: {reason} No se cobró nada. Elija otra forma de pago.",
    },
}

OUTCOMES = {
    "visa": ("succeeds", "se aprueba"),
    "mastercard": ("succeeds", "se aprueba"),
    "insufficient_funds": ("declined: not enough money", "rechazada: fondos insuficientes"),
    "expired": ("declined: the card has expired", "rechazada: la tarjeta venció"),
    "incorrect_details": ("declined: wrong security code", "rechazada: código de seguridad incorrecto"),
    "stolen": ("declined: reported stolen", "rechazada: reportada como robada"),
    "do_not_honor": ("declined by the bank without a reason", "rechazada por el banco sin motivo"),
    "over_limit": ("declined: over its limit", "rechazada: supera su límite"),
    "processing_error": ("fails: processing error", "falla: error de procesamiento"),
    "needs_verification": ("its bank asks you to approve", "su banco le pide aprobarlo"),
    "slow": ("succeeds, but takes long", "se aprueba, pero tarda"),
    "silent": ("is charged, but the answer gets lost", "se cobra, pero la respuesta se pierde"),
    "checking": ("pending, then succeeds", "queda pendiente y luego se aprueba"),
    "checking_insufficient_funds": ("pending, then not enough money", "queda pendiente y luego faltan fondos"),
    "checking_closed": ("pending, then the account is closed", "queda pendiente y luego la cuenta está cerrada"),
    "checking_not_authorized": ("pending, then not authorized", "queda pendiente y luego no está autorizada"),
}
REASONS = {
    "insufficient_funds": ("there is not enough money on it.", "no tiene fondos suficientes."),
    "expired_card": ("the card has expired.", "la tarjeta venció."),
    "incorrect_details": ("the security code is wrong.", "el código de seguridad es incorrecto."),
    "lost_or_stolen": ("the bank does not accept it.", "el banco no la acepta."),
    "do_not_honor": ("the bank does not accept it.", "el banco no la acepta."),
    "limit_exceeded": ("it is over its limit.", "supera su límite."),
    "processing_error": ("the bank could not process it.", "el banco no pudo procesarla."),
    "needs_verification": ("you refused it at your bank.", "usted lo rechazó en su banco."),
}


def index_of(language: str) -> int:
    """The place of a language in the pairs above."""
    return 1 if language == "es" else 0


def dollars(cents: int) -> str:
    """$1,234.50, as both languages write it here."""
    return f"${cents // 100:,}.{cents % 100:02d}"


def method_name(method: TestMethod, language: str) -> str:
    """ "Visa ending in 4242"."""
    brand = method.brand if method.kind == BANK_ACCOUNT else method.brand.capitalize()
    return f"{brand} {WORDS[language]['ending']} {method.last4}"
