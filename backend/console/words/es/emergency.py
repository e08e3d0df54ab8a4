"""El interruptor de emergencia, en español."""

WORDS: dict[str, str] = {
    "nav_emergency": "Emergencia",
    "emergency_lead": "Un interruptor avisa a todo el que llama o escribe, y detiene allí cobros y recargos.",
    "emergency_now": "Encendido ahora",
    "emergency_none": "No hay nada encendido.",
    "emergency_none_help": "Los clientes oyen el saludo de siempre.",
    "emergency_kind_water": "Emergencia de agua",
    "emergency_kind_billing_down": "Facturación fuera de servicio",
    "emergency_kind_other": "Otro tipo",
    "emergency_switch_on": "Encender una emergencia",
    "emergency_billing_switch_on": "La facturación no funciona",
    "emergency_help": "Lo que se escribe aquí se dice al empezar cada llamada, texto y chat de allí.",
    "emergency_billing_help": (
        "Las preguntas de cuentas se responden con esto y quedan como casos. Lo que no necesita cuenta sigue."
    ),
    "emergency_zones": "Dónde",
    "emergency_zones_help": "Si no elige ninguna: todo el distrito.",
    "emergency_whole_district": "Todo el distrito",
    "emergency_text_en": "Lo que se dice a los clientes, en inglés",
    "emergency_text_es": "Lo que se dice a los clientes, en español",
    "emergency_text_help": "Nunca diga que el agua se puede tomar sin un aviso aprobado.",
    "emergency_billing_en": (
        "Our billing system is down just now, so we cannot look at accounts. You can still report a problem with the "
        "water, ask about anything else, or leave a question for a person."
    ),
    "emergency_billing_es": (
        "Nuestro sistema de facturación no funciona por ahora y no podemos ver cuentas. Puede avisar de un problema "
        "con el agua, preguntar otra cosa o dejar su pregunta para una persona."
    ),
    "emergency_reason": "Qué pasó",
    "emergency_reason_help": "Para sus colegas, y para el registro.",
    "emergency_until": "Termina sola",
    "emergency_until_help": "Vacío: hasta que alguien la termine.",
    "emergency_options": "Además",
    "emergency_no_water": "No hay agua: quienes llaman de allí van primero, y a quien lo diga se le dice esto",
    "emergency_stands_down": "Detener allí recordatorios, recargos y cortes",
    "emergency_sends_texts": "Enviar un texto a todos allí, a cualquier hora, y llamar a quienes no les llega",
    "emergency_do": "Encender ahora",
    "emergency_is_on": "Encendida. Todos los canales lo dicen desde ahora.",
    "emergency_end": "Terminarla",
    "emergency_is_over": "Terminada. Los clientes oyen otra vez el saludo de siempre.",
    "emergency_end_title": "¿Terminar esta emergencia?",
    "emergency_end_help": "Ya no se dice a los clientes, y los textos que no han salido no salen.",
    "emergency_by": "La encendió {name}, {time}",
    "emergency_ends": "Termina {time}",
    "emergency_ends_by_hand": "Hasta que alguien la termine",
    "emergency_texts": "Sus textos y llamadas",
    "emergency_mark_no_water": "Sin agua",
    "emergency_mark_stood_down": "Sin cobros",
    "emergency_before": "Antes",
    "emergency_over": "{from_time} a {to_time}",
    "emergency_ended_by": "la terminó {name}",
    "emergency_ended_itself": "terminó sola",
    "refused_emergency_refused_no_text": "Escriba lo que se dice a los clientes, en los dos idiomas.",
    "refused_emergency_refused_too_long": "Es demasiado largo para decirlo. Use 640 caracteres a lo más.",
    "refused_emergency_refused_no_reason": "Escriba qué pasó.",
    "refused_emergency_refused_in_the_past": "Elija una hora que todavía no ha pasado.",
    "refused_emergency_refused_zone_unknown": "Una de estas zonas ya no existe.",
    "refused_emergency_not_found": "No existe esa emergencia.",
    "refused_time_unreadable": "Eso no es una hora. Elija un día y una hora.",
}
