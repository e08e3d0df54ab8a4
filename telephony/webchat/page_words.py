"""The words of the demonstration page, English and Spanish side by side."""

from telephony.messages import Language

DAYS: dict[Language, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
MONTHS: dict[Language, tuple[str, ...]] = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
}

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "language_name": "English",
        "language_label": "Language",
        "skip": "Skip to content",
        "title": "Customer service",
        "headline": "Water service, answered.",
        "notices_label": "What holds now",
        "lead": "Understand your bill, pay it, ask for more time, report a leak, or reach a person. By chat, by text "
        "or by phone, day and night, in English and Spanish.",
        "chat_now": "Chat with us",
        "ways": "Three ways to reach us",
        "chat_title": "Chat",
        "chat_text": "Start on this page. An automated assistant answers at once, and a person is one request away.",
        "text_title": "Text",
        "text_text": "Send your question from the phone we have on file.",
        "call_title": "Call",
        "call_text": "Say what you need or use the keys. Para español, oprima el dos.",
        "try_title": "Try asking",
        "try_1": "Why is my bill so high?",
        "try_2": "Can I have more time to pay?",
        "try_3": "I'd like to talk to a person.",
        "facts": "Quick facts",
        "hours_title": "Office hours",
        "locations_title": "Visit us",
        "emergency_title": "Water emergency",
        "emergency_text": "A main break, no water, or water coming up in the street. Day and night.",
        "closed_on": "The office is closed on:",
        "every_other": "every other week",
        "open": "The office is open now.",
        "open_until": "The office is open now, until {time}",
        "closed": "The office is closed now.",
        "opens": "The office is closed now. It opens {day} at {time}",
        "demonstration_label": "Demonstration",
        "demonstration_note": "This is a demonstration. The district, its customers and its telephone numbers are "
        "made up.",
        "simulator": "Open the phone simulator",
        "console": "Open the staff console",
        "footer": "A fictional public water district, served by Headgate.",
    },
    "es": {
        "language_name": "Español",
        "language_label": "Idioma",
        "skip": "Ir al contenido",
        "title": "Servicio al cliente",
        "notices_label": "Lo que pasa ahora",
        "headline": "Su servicio de agua, con respuesta.",
        "lead": "Entienda su factura, páguela, pida más tiempo, avise de una fuga o hable con una persona. Por chat, "
        "mensaje de texto o teléfono, de día y de noche, en inglés y en español.",
        "chat_now": "Chatee con nosotros",
        "ways": "Tres maneras de comunicarse",
        "chat_title": "Chat",
        "chat_text": "Empiece en esta página. Un asistente automático responde al instante, y puede pedir una "
        "persona cuando quiera.",
        "text_title": "Mensaje de texto",
        "text_text": "Envíe su pregunta desde el teléfono que tenemos registrado.",
        "call_title": "Llamada",
        "call_text": "Diga lo que necesita o use las teclas. Para español, oprima el dos.",
        "try_title": "Pruebe preguntar",
        "try_1": "¿Por qué es tan alta mi factura?",
        "try_2": "¿Me dan más tiempo para pagar?",
        "try_3": "Quiero hablar con una persona.",
        "facts": "Información útil",
        "hours_title": "Horario de oficina",
        "locations_title": "Visítenos",
        "emergency_title": "Emergencia de agua",
        "emergency_text": "Una tubería principal rota, falta de agua o agua que brota en la calle. De día y de noche.",
        "closed_on": "La oficina cierra:",
        "every_other": "cada dos semanas",
        "open": "La oficina está abierta ahora.",
        "open_until": "La oficina está abierta ahora, hasta las {time}",
        "closed": "La oficina está cerrada ahora.",
        "opens": "La oficina está cerrada ahora. Abre el {day} a las {time}",
        "demonstration_label": "Demostración",
        "demonstration_note": "Esto es una demostración. El distrito, sus clientes y sus números de teléfono son "
        "inventados.",
        "simulator": "Abrir el simulador de teléfono",
        "console": "Abrir la consola del personal",
        "footer": "Un distrito público de agua ficticio, atendido por Headgate.",
    },
}
