"""The bills of an account, in Spanish."""

WORDS: dict[str, str] = {
    "bills_nothing": "Aún no hay facturas. La primera llega con el ciclo de facturación de la cuenta.",
    "bill_line": "{amount}, emitida el {date}",
    "bill_first": "Es la primera factura: no hay una anterior para comparar.",
    "bill_issued": "Emitida",
    "bill_of": "Factura del {date}",
    "bill_kind_regular": "Factura regular",
    "bill_kind_final": "Factura final",
    "bill_kind_rebill": "Facturada de nuevo",
    "bill_cancelled": "Cancelada",
    "bill_lines": "Los conceptos de esta factura",
    "bill_charge": "Concepto",
    "bill_quantity": "Cantidad",
    "bill_each": "Precio unitario",
    "bill_new_charges": "Cargos nuevos",
    "bill_carried": "Saldo anterior",
    "bill_fees": "Cargos y ajustes desde la factura anterior",
    "bill_asked": "Lo que pide el estado de cuenta",
    "bill_why": "¿Por qué es diferente esta factura?",
    "statement_pdf": "Estado de cuenta en {language} (PDF)",
    "days_one": "{n} día",
    "days_many": "{n} días",
    "bill_cancel": "Cancelar esta factura…",
    "bill_cancel_title": "Cancelar una factura",
    "bill_cancel_help": (
        "El libro mayor recibe una reversión al centavo. Después el período se puede facturar de nuevo con "
        "las lecturas y tarifas que haya."
    ),
    "bill_cancel_now": "Cancelar la factura",
    "bill_cancelled_done": "La factura se canceló. Su período se puede facturar de nuevo.",
    "bill_again": "Facturar este período de nuevo",
    "bill_again_done": "El período se facturó de nuevo.",
    "refused_bill_not_found": "Esa factura ya no existe. Revise la lista de nuevo.",
    "refused_not_cancelled": "Primero cancele esta factura; después su período se puede facturar de nuevo.",
    "refused_nothing_to_bill": "Los cargos de este período suman cero, así que no hay nada que facturar.",
    "refused_rate_missing": "Falta una tarifa para este período. Primero corrija las tarifas del distrito.",
}
