"""What is printed: receipts, in Spanish."""

WORDS: dict[str, str] = {
    "receipt_title": "Recibo {number}",
    "receipt_tools": "Recibo",
    "receipt_print_now": "Imprimir",
    "receipt_received": "Recibido",
    "receipt_balance": "Queda por pagar",
    "receipt_made": "Impreso el {day}, {time}, por {name}.",
    "receipt_thanks": "Gracias. Conserve este recibo.",
}
