"""Accounts, in Spanish."""

WORDS: dict[str, str] = {
    "nav_accounts": "Cuentas",
    "find": "Buscar",
    "find_label": "Buscar una cuenta",
    "find_help": "Número de cuenta, nombre, dirección o teléfono. Combine palabras: «carver mesquite».",
    "found_one": "1 cuenta",
    "found_many": "{n} cuentas",
    "found_more": "Se muestran las primeras {n}. Otra palabra precisa la búsqueda.",
    "found_caption": "Cuentas encontradas",
    "found_nothing": "No se encontró nada para «{query}».",
    "found_nothing_help": "Revise la ortografía, o pruebe con el teléfono o la calle.",
    "customer": "Cliente",
    "choose": "Elegir",
    "choose_account": "Elegir la cuenta de {name}",
}
