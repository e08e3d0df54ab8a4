"""Telephony's own sentences, for when nobody else can speak. English and Spanish, equal in content.

`{phone}` is written for people to read; voice spells it out. Every sentence here is safe to say to anyone.
"""

from telephony.messages import Language

PHRASES: dict[str, dict[Language, str]] = {
    "trouble": {
        "en": "Sorry, I'm having trouble on my side. I've asked a person on our team to get back to you.",
        "es": "Disculpe, tengo un problema de mi lado. Ya pedí que una persona de nuestro equipo le responda.",
    },
    "trouble_again": {
        "en": "Sorry, something went wrong on our side. Please try again in a moment.",
        "es": "Disculpe, algo falló de nuestro lado. Por favor, intente de nuevo en un momento.",
    },
    "trouble_chat": {
        "en": "Sorry, I'm having trouble on my side. I've asked a person on our team to answer you here.",
        "es": "Disculpe, tengo un problema de mi lado. Ya pedí que una persona de nuestro equipo le responda aquí.",
    },
    "record_away": {
        "en": "Sorry, our system is down for a moment. We noted that you wrote, and a person will get back to you.",
        "es": "Disculpe, nuestro sistema no funciona por ahora. Anotamos que nos escribió y una persona le responderá.",
    },
    "call_us": {"en": "To reach us sooner, call {phone}.", "es": "Si es urgente, llame al {phone}."},
    "trouble_connect": {
        "en": "Sorry, I'm having trouble on my side. Let me connect you with a representative.",
        "es": "Disculpe, tengo un problema de mi lado. Le comunico con un representante.",
    },
    "trouble_closed": {
        "en": "Sorry, I'm having trouble on my side, and our office is closed now.",
        "es": "Disculpe, tengo un problema de mi lado y nuestra oficina está cerrada ahora.",
    },
    "person_connect": {
        "en": "A representative has your case. Let me connect you.",
        "es": "Un representante tiene su caso. Le comunico.",
    },
    "person_has_it": {
        "en": "Thanks, we got your message. A person on our team has your case and will answer you here.",
        "es": "Gracias, recibimos su mensaje. Una persona de nuestro equipo tiene su caso y le responderá aquí.",
    },
    "call_back": {
        "en": "We will call you back at the number you are calling from. Thank you, and goodbye.",
        "es": "Le devolveremos la llamada al número del que nos llama. Gracias y hasta luego.",
    },
    "call_back_hidden": {
        "en": "Your number is hidden, so please call us again. Thank you, and goodbye.",
        "es": "Su número está oculto, así que por favor vuelva a llamarnos. Gracias y hasta luego.",
    },
    "office_closed": {"en": "Our office is closed now.", "es": "Nuestra oficina está cerrada ahora."},
    "still_there": {
        "en": "Are you still there? To hear that again, press star. To talk to a person, press zero or say "
        "representative.",
        "es": "¿Sigue ahí? Para escucharlo otra vez, oprima asterisco. Para hablar con una persona, oprima el cero o "
        "diga representante.",
    },
    "silence_goodbye": {
        "en": "I can't hear you, so I'll hang up now. Please call again any time. Goodbye.",
        "es": "No le escucho, así que voy a colgar. Llámenos cuando guste. Hasta luego.",
    },
    "use_keys": {
        "en": "Sorry, I can't hear you well. You can use the keys of your phone. To hear that again, press star. To "
        "talk to a person, press zero.",
        "es": "Disculpe, no le escucho bien. Puede usar las teclas de su teléfono. Para escucharlo otra vez, oprima "
        "asterisco. Para hablar con una persona, oprima el cero.",
    },
    "relay_welcome": {
        "en": "Yes, we take relay calls. Please go ahead. Take all the time you need.",
        "es": "Sí, atendemos llamadas de relevo. Adelante, tómese el tiempo que necesite.",
    },
    "turned_away": {
        "en": "We cannot take calls from this number now. If a life is in danger, call 911. For your water service, "
        "please write to our office. Goodbye.",
        "es": "Por ahora no podemos atender llamadas de este número. Si hay una vida en peligro, llame al 911. Sobre "
        "su servicio de agua, escriba a nuestra oficina. Hasta luego.",
    },
    "recording_notice": {"en": "This call may be recorded.", "es": "Esta llamada puede ser grabada."},
    "cut_off": {
        "en": "Sorry, the connection broke for a moment.",
        "es": "Disculpe, se cortó la conexión por un momento.",
    },
    "say_again": {"en": "Please say that again.", "es": "Por favor, dígamelo otra vez."},
    "one_moment": {"en": "One moment, please.", "es": "Un momento, por favor."},
    "still_looking": {
        "en": "I'm still looking. Thank you for waiting.",
        "es": "Sigo buscando. Gracias por esperar.",
    },
    "keyed_in": {"en": "(Keyed in: ends in {last4}.)", "es": "(Marcado: termina en {last4}.)"},
    "not_keyed_in": {"en": "(Nothing keyed in.)", "es": "(Nada marcado.)"},
    "representative": {"en": "representative", "es": "representante"},
    "repeat": {"en": "repeat that", "es": "repita"},
    "yes": {"en": "yes", "es": "sí"},
    "no": {"en": "no", "es": "no"},
    "press": {"en": "For {title}, press {key}.", "es": "Para {title}, oprima el {key}."},
    "reply_number": {"en": "Reply with a number:", "es": "Responda con un número:"},
    "refused_card_number": {
        "en": "For your safety, please don't share a card number here. I did not keep it. What else can I help with?",
        "es": "Por su seguridad, no comparta aquí un número de tarjeta. No lo guardé. ¿En qué más le ayudo?",
    },
    "refused_bank_number": {
        "en": "For your safety, please don't share a bank account number here. I did not keep it. "
        "What else can I help with?",
        "es": "Por su seguridad, no comparta aquí un número de cuenta bancaria. No lo guardé. ¿En qué más le ayudo?",
    },
    "refused_ssn": {
        "en": "For your safety, please don't share a Social Security number here. I did not keep it. "
        "What else can I help with?",
        "es": "Por su seguridad, no comparta aquí un número de Seguro Social. No lo guardé. ¿En qué más le ayudo?",
    },
    "picture": {
        "en": "I can't look at pictures yet. Please tell me in a few words how I can help.",
        "es": "Todavía no puedo ver imágenes. Por favor dígame en pocas palabras cómo le puedo ayudar.",
    },
    "no_words": {
        "en": "I got a message without words. Please tell me how I can help.",
        "es": "Recibí un mensaje sin palabras. Por favor dígame cómo le puedo ayudar.",
    },
    "sms_help": {
        "en": "{district}: texts about your water service. Message frequency varies. Msg & data rates may apply. "
        "For help call {phone}. Reply STOP to stop.",
        "es": "{district}: mensajes sobre su servicio de agua. La frecuencia varía. Pueden aplicar tarifas. "
        "Para ayuda llame al {phone}. Responda STOP para no recibir más.",
    },
    "sms_start": {
        "en": "You will get texts from {district} again. Msg & data rates may apply. Reply HELP for help, "
        "STOP to stop.",
        "es": "Volverá a recibir mensajes de {district}. Pueden aplicar tarifas. Responda HELP para ayuda, "
        "STOP para no recibir más.",
    },
    "sms_stopped": {
        "en": "{district}: you will get no more texts from us. You can still text or call us at {phone}. Reply START "
        "to get texts again.",
        "es": "{district}: no recibirá más mensajes nuestros. Puede escribirnos o llamarnos al {phone}. Responda START "
        "para recibirlos otra vez.",
    },
    "texts_stopped_aloud": {
        "en": "Done. The phone you are calling from, ending in {ending}, will get no more texts from us. To get texts "
        "again, text the word START to {phone}. What else can I do for you?",
        "es": "Listo. El teléfono del que llama, que termina en {ending}, no recibirá más mensajes nuestros. Para "
        "recibirlos otra vez, envíe la palabra START al {phone}. ¿En qué más le ayudo?",
    },
    "calls_stopped_aloud": {
        "en": "Done. The phone you are calling from, ending in {ending}, will get no more automatic calls from us. We "
        "only call when there is danger. What else can I do for you?",
        "es": "Listo. El teléfono del que llama, que termina en {ending}, no recibirá más llamadas automáticas. Solo "
        "llamamos si hay peligro. ¿En qué más le ayudo?",
    },
    "sms_calls_stopped": {
        "en": "{district}: this phone will get no more automatic calls from us, except when there is danger. Texts go "
        "on; reply STOP to stop them.",
        "es": "{district}: este teléfono no recibirá más llamadas automáticas nuestras, salvo si hay peligro. Los "
        "mensajes siguen; responda STOP para no recibirlos.",
    },
    "chat_too_long": {
        "en": "That message is too long. Please send it in parts.",
        "es": "Ese mensaje es demasiado largo. Por favor envíelo por partes.",
    },
    "chat_too_fast": {
        "en": "That was a lot at once. Please wait a few seconds.",
        "es": "Son muchos mensajes a la vez. Por favor espere unos segundos.",
    },
    "chat_malformed": {
        "en": "That message could not be read. Please try again.",
        "es": "No se pudo leer ese mensaje. Por favor intente de nuevo.",
    },
}


def say(name: str, language: Language, **facts: str) -> str:
    """The sentence `name` in `language`."""
    return PHRASES[name][language].format(**facts)


def both(name: str, **facts: str) -> str:
    """The sentence in both languages, for a reader whose language nobody knows."""
    return f"{say(name, 'en', **facts)}\n\n{say(name, 'es', **facts)}"


def refusal(refused: str, language: Language) -> str:
    """Why a message was not taken. An unknown kind of number gets the card's sentence."""
    name = f"refused_{refused}"
    return say(name if name in PHRASES else "refused_card_number", language)
