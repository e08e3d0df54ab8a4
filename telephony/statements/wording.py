"""What is said instead of a statement."""

from telephony.pages import Words

WORDS: dict[str, Words] = {
    "gone": {
        "en": (
            "This link does not open a bill any more",
            "Links to bills end after some days to keep your account safe, or part of the address may be missing."
            " You can have a new one at once:",
        ),
        "es": (
            "Este enlace ya no abre una factura",
            "Los enlaces a facturas terminan después de unos días para proteger su cuenta, o quizás falta una parte"
            " de la dirección. Puede obtener uno nuevo enseguida:",
        ),
    },
    "away": {
        "en": (
            "We cannot open your bill just now",
            "Your link is kept. Please open it again in a few minutes. If it does not help:",
        ),
        "es": (
            "Ahora no podemos abrir su factura",
            "Su enlace se conserva. Ábralo otra vez en unos minutos, por favor. Si no ayuda:",
        ),
    },
}
