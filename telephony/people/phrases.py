"""What callers and our own people hear around the queue. English and Spanish, equal in content."""

from telephony.messages import Language

_PHRASES: dict[str, dict[Language, str]] = {
    "place": {
        "en": "You are number {place} in line, and the wait is about {minutes}.",
        "es": "Usted es el número {place} en la fila y la espera es de alrededor de {minutes}.",
    },
    "place_only": {"en": "You are number {place} in line.", "es": "Usted es el número {place} en la fila."},
    "minute": {"en": "1 minute", "es": "1 minuto"},
    "minutes": {"en": "{n} minutes", "es": "{n} minutos"},
    "offer_callback": {
        "en": "If you would rather be called back, press 1 or say call me back. You keep your place.",
        "es": "Si prefiere que le llamemos, oprima el 1 o diga llámeme. Conserva su lugar.",
    },
    "offer_message": {
        "en": "To leave a message, press 2. To hear your place again, press star.",
        "es": "Para dejar un mensaje, oprima el 2. Para oír otra vez su lugar, oprima asterisco.",
    },
    "soon": {
        "en": "It is your turn. I'm connecting you now. Please stay on the line.",
        "es": "Es su turno. Le estoy comunicando. Por favor, no cuelgue.",
    },
    "still_waiting": {
        "en": "Thank you for waiting. You are still in line.",
        "es": "Gracias por esperar. Sigue en la fila.",
    },
    "confirm_number": {
        "en": "We will call you at {phone}. If that is right, press 1 or say yes. For another number, press 2 or say "
        "no. To stay on the line, press star.",
        "es": "Le llamaremos al {phone}. Si es correcto, oprima el 1 o diga sí. Para otro número, oprima el 2 o diga "
        "no. Para seguir en la línea, oprima asterisco.",
    },
    "ask_number": {
        "en": "Say your number with its area code. Or enter it, then press the pound key.",
        "es": "Diga su número con el código de área. O márquelo y luego oprima la tecla de número.",
    },
    "number_unusable": {
        "en": "Sorry, I can't use that number.",
        "es": "Disculpe, no puedo usar ese número.",
    },
    "promised": {
        "en": "All right. You keep your place in line, and we will call you when it is your turn. Goodbye.",
        "es": "Muy bien. Conserva su lugar en la fila y le llamaremos cuando sea su turno. Hasta luego.",
    },
    "closed_promised": {
        "en": "Our office has closed. You keep your place, and we will call you when we open. Goodbye.",
        "es": "Nuestra oficina ya cerró. Conserva su lugar y le llamaremos cuando abramos. Hasta luego.",
    },
    "closed_message": {
        "en": "Our office has closed. Please leave a message.",
        "es": "Nuestra oficina ya cerró. Por favor, deje un mensaje.",
    },
    "to_department": {"en": "I'm putting you through.", "es": "Le comunico."},
    "not_answered": {
        "en": "Nobody picked up there. I'm bringing you back to our line, where you keep your place.",
        "es": "Nadie contestó. Le regreso a nuestra fila, donde conserva su lugar.",
    },
    "next_phone": {
        "en": "Nobody picked up there. I'm trying the next number. Please stay on the line.",
        "es": "Nadie contestó ahí. Pruebo con el siguiente número. No cuelgue, por favor.",
    },
    "to_our_line": {
        "en": "Nobody picked up there. I'm putting you in line for one of our people.",
        "es": "Nadie contestó. Le paso a la fila para que le atienda una persona.",
    },
    "ask_again": {
        "en": "The other side has hung up. If you still need somebody, press 1 or say representative. Otherwise you "
        "can hang up. Thank you.",
        "es": "La otra persona colgó. Si todavía necesita a alguien, oprima el 1 o diga representante. Si no, puede "
        "colgar. Gracias.",
    },
    "assistant_again": {
        "en": "You are with the automated assistant again. What else can I help you with?",
        "es": "Está de nuevo con el asistente automático. ¿En qué más le ayudo?",
    },
    "goodbye": {"en": "Thank you for calling. Goodbye.", "es": "Gracias por llamar. Hasta luego."},
    "nobody_answered": {
        "en": "No one could take the call just now. We will call you back at the number you are calling from.",
        "es": "Nadie pudo tomar la llamada en este momento. Le devolveremos la llamada al número del que nos llama.",
    },
    "nobody_answered_hidden": {
        "en": "No one could take the call just now. Your number is hidden, so please tell us where to reach you.",
        "es": "Nadie pudo tomar la llamada en este momento. Su número está oculto, así que díganos dónde llamarle.",
    },
    "leave_message": {
        "en": "Please leave your name and what it is about after the tone. When you are done, press pound or hang up.",
        "es": "Después del tono, diga su nombre y el motivo de su llamada. Al terminar, oprima la tecla de número o "
        "cuelgue.",
    },
    "message_kept": {
        "en": "Thank you, we have your message and will answer you. Goodbye.",
        "es": "Gracias, tenemos su mensaje y le responderemos. Hasta luego.",
    },
    "message_empty": {
        "en": "I did not hear a message. Goodbye.",
        "es": "No oí ningún mensaje. Hasta luego.",
    },
    "whose_call": {
        "en": "This is {district}, with a call for you. To hear what it is about, press 1 or say yes.",
        "es": "Le habla {district}, con una llamada para usted. Para oír de qué se trata, oprima el 1 o diga sí.",
    },
    "way_back": {
        "en": "I'm putting you through. To send the caller back to the line, press 2.",
        "es": "Le comunico. Para regresar a la persona a la fila, oprima el 2.",
    },
    "way_out": {
        "en": "I'm putting you through. To stay out, press 2.",
        "es": "Le comunico. Para no entrar, oprima el 2.",
    },
    "caller_gone": {"en": "The caller has hung up.", "es": "La persona ya colgó."},
    "not_moved": {
        "en": "Sorry, I could not put the caller through. They keep their place, and we will try again.",
        "es": "Disculpe, no pude comunicarle con la persona. Conserva su lugar y lo intentaremos de nuevo.",
    },
    "calling_customer": {
        "en": "I'm calling the customer. Please hold.",
        "es": "Estoy llamando al cliente. Espere, por favor.",
    },
    "nobody_home": {
        "en": "The customer did not answer. I will see to the next try.",
        "es": "El cliente no contestó. Me encargo del próximo intento.",
    },
    "called_back": {
        "en": "This is {district}, calling you back as you asked. This call may be recorded. To talk to us, press 1 or "
        "say yes.",
        "es": "Le habla {district}, le llamamos como lo pidió. Esta llamada puede ser grabada. Para hablar con "
        "nosotros, oprima el 1 o diga sí.",
    },
}


def tell(name: str, language: Language, **facts: str) -> str:
    """The sentence `name` in `language`."""
    return _PHRASES[name][language].format(**facts)


def minutes(n: int, language: Language) -> str:
    """`1 minute`, `5 minutes`."""
    return tell("minute", language) if n == 1 else tell("minutes", language, n=str(n))


def digits(phone: str) -> str:
    """A number as it is read out: its last ten digits one by one, in three groups."""
    plain = "".join(ch for ch in phone if ch.isdigit())[-10:]
    groups = (plain[:3], plain[3:6], plain[6:]) if len(plain) == 10 else (plain,)
    return ", ".join(" ".join(group) for group in groups)
