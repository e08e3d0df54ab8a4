"""What somebody hears around a notice. English and Spanish, equal in content."""

from telephony.messages import Language

_PHRASES: dict[str, dict[Language, str]] = {
    # 47 CFR 64.1200(b): who calls comes first, and the number is said.
    "who": {
        "en": "Hello. This is an automated call from {district}.",
        "es": "Hola. Esta es una llamada automática de {district}.",
    },
    "important": {
        "en": "We have a notice about your water service. Please call us at {phone}.",
        "es": "Tenemos un aviso sobre su servicio de agua. Por favor, llámenos al {phone}.",
    },
    "keys": {
        "en": "To hear this again, press 1. To talk to us now, press 2. For no more automatic calls, press 9.",
        "es": "Para oírlo otra vez, oprima el 1. Para hablar con nosotros, oprima el 2. Para no recibir más llamadas "
        "automáticas, oprima el 9.",
    },
    "goodbye": {
        "en": "You can call us at any time at {phone}. Goodbye.",
        "es": "Puede llamarnos cuando quiera al {phone}. Hasta luego.",
    },
    "machine": {
        "en": "Our number is {phone}. Call it if you have questions, or if you want no more automatic calls. Goodbye.",
        "es": "Nuestro número es {phone}. Llame si tiene preguntas o si no quiere más llamadas automáticas. Hasta "
        "luego.",
    },
    "stopped": {
        "en": "Done. You will get no more automatic calls from us, except when there is danger. Goodbye.",
        "es": "Listo. No recibirá más llamadas automáticas nuestras, salvo si hay peligro. Hasta luego.",
    },
    "not_stopped": {
        "en": "I'm sorry, I could not keep that just now. Please call us at {phone}, and we will see to it. Goodbye.",
        "es": "Disculpe, no lo pude anotar ahora. Por favor, llámenos al {phone} y nos encargamos. Hasta luego.",
    },
}


def tell(name: str, language: Language, **facts: str) -> str:
    """The sentence `name` in `language`."""
    return _PHRASES[name][language].format(**facts)
