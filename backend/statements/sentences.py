"""The words of bill explanations in English and Spanish.

A sentence says what the figures show. None says why water was used, nor who is to blame for a read.
Each pair is (more, less); `{amount}` is never signed.
"""

SUMMARY = {
    "en": (
        "This bill is {amount} more than {other}.",
        "This bill is {amount} less than {other}.",
        "This bill asks for the same amount as {other}.",
    ),
    "es": (
        "Esta factura es {amount} más alta que {other}.",
        "Esta factura es {amount} más baja que {other}.",
        "Esta factura pide la misma cantidad que {other}.",
    ),
}
OTHER_BILL = {
    "last": {"en": "the last bill", "es": "la factura anterior"},
    "last_year": {
        "en": "the bill for the same time last year",
        "es": "la factura de la misma época del año pasado",
    },
}
CAUSES: dict[str, dict[str, tuple[str, str]]] = {
    "period": {
        "en": (
            "It covers {days}, {change} more than {other}: {amount} more.",
            "It covers {days}, {change} fewer than {other}: {amount} less.",
        ),
        "es": (
            "Cubre {days}, {change} más que {other}: {amount} más.",
            "Cubre {days}, {change} menos que {other}: {amount} menos.",
        ),
    },
    "usage": {
        "en": (
            "The meter measured about {gallons} gallons a day, up from {gallons_before}: {amount} more.",
            "The meter measured about {gallons} gallons a day, down from {gallons_before}: {amount} less.",
        ),
        "es": (
            "El medidor registró unos {gallons} galones por día, más que los {gallons_before} de antes: {amount} más.",
            "El medidor registró unos {gallons} galones por día, menos que los {gallons_before} de antes:"
            " {amount} menos.",
        ),
    },
    "estimated_read": {
        "en": (
            "This bill is based on an estimated reading of about {gallons} gallons a day, compared with"
            " {gallons_before}: {amount} more. The next actual reading sets it right.",
            "This bill is based on an estimated reading of about {gallons} gallons a day, compared with"
            " {gallons_before}: {amount} less. The next actual reading sets it right.",
        ),
        "es": (
            "Esta factura usa una lectura estimada de unos {gallons} galones por día, comparada con"
            " {gallons_before}: {amount} más. La próxima lectura real la corrige.",
            "Esta factura usa una lectura estimada de unos {gallons} galones por día, comparada con"
            " {gallons_before}: {amount} menos. La próxima lectura real la corrige.",
        ),
    },
    "catch_up_read": {
        "en": (
            "The reading before was an estimate. This actual reading also counts water that the estimate did not:"
            " {amount} more.",
            "The reading before was an estimate that was too high. This actual reading takes it back: {amount} less.",
        ),
        "es": (
            "La lectura anterior fue una estimación. Esta lectura real también cuenta el agua que la estimación no"
            " contó: {amount} más.",
            "La lectura anterior fue una estimación demasiado alta. Esta lectura real lo corrige: {amount} menos.",
        ),
    },
    "water_budget": {
        "en": (
            "Your water budget was smaller (weather, people or landscape on file): {amount} more.",
            "Your water budget was larger (weather, people or landscape on file): {amount} less.",
        ),
        "es": (
            "Su presupuesto de agua fue menor (clima, personas o jardín registrados): {amount} más.",
            "Su presupuesto de agua fue mayor (clima, personas o jardín registrados): {amount} menos.",
        ),
    },
    "drought_surcharge": {
        "en": (
            "The drought surcharge (stage {stage}) adds {amount}.",
            "The drought surcharge (stage {stage}) changed or ended: {amount} less.",
        ),
        "es": (
            "El recargo por sequía (etapa {stage}) añade {amount}.",
            "El recargo por sequía (etapa {stage}) cambió o terminó: {amount} menos.",
        ),
    },
    "rate_change": {
        "en": (
            "The price of water changed on {since}: {amount} more.",
            "The price of water changed on {since}: {amount} less.",
        ),
        "es": (
            "El precio del agua cambió el {since}: {amount} más.",
            "El precio del agua cambió el {since}: {amount} menos.",
        ),
    },
    "fixed_charge": {
        "en": (
            "The fixed charge for the meter changed on {since}: {amount} more.",
            "The fixed charge for the meter changed on {since}: {amount} less.",
        ),
        "es": (
            "El cargo fijo del medidor cambió el {since}: {amount} más.",
            "El cargo fijo del medidor cambió el {since}: {amount} menos.",
        ),
    },
    "meter_size": {
        "en": (
            "The meter size changed from {size_before} to {size} inch: {amount} more.",
            "The meter size changed from {size_before} to {size} inch: {amount} less.",
        ),
        "es": (
            "El tamaño del medidor cambió de {size_before} a {size} pulgadas: {amount} más.",
            "El tamaño del medidor cambió de {size_before} a {size} pulgadas: {amount} menos.",
        ),
    },
    "pass_through": {
        "en": ("{name}: {amount} more.", "{name}: {amount} less."),
        "es": ("{name}: {amount} más.", "{name}: {amount} menos."),
    },
    "charges": {
        "en": (
            "Water charges are {amount} more: about {gallons} gallons a day, compared with {gallons_before}.",
            "Water charges are {amount} less: about {gallons} gallons a day, compared with {gallons_before}.",
        ),
        "es": (
            "Los cargos de agua son {amount} más: unos {gallons} galones por día, comparados con {gallons_before}.",
            "Los cargos de agua son {amount} menos: unos {gallons} galones por día, comparados con {gallons_before}.",
        ),
    },
    "other": {
        "en": ("Rounding and smaller items: {amount} more.", "Rounding and smaller items: {amount} less."),
        "es": ("Redondeo y conceptos menores: {amount} más.", "Redondeo y conceptos menores: {amount} menos."),
    },
    "fees": {
        "en": (
            "Fees and adjustments since the bill before: {amount} more.",
            "Fees and adjustments since the bill before: {amount} less.",
        ),
        "es": (
            "Cargos y ajustes desde la factura previa: {amount} más.",
            "Cargos y ajustes desde la factura previa: {amount} menos.",
        ),
    },
    "previous_balance": {
        "en": (
            "The balance from earlier bills is {amount} more.",
            "The balance from earlier bills is {amount} less.",
        ),
        "es": (
            "El saldo de facturas anteriores es {amount} más.",
            "El saldo de facturas anteriores es {amount} menos.",
        ),
    },
}
REST = {
    "en": ("Everything else together: {amount} more.", "Everything else together: {amount} less."),
    "es": ("Todo lo demás en conjunto: {amount} más.", "Todo lo demás en conjunto: {amount} menos."),
}
NO_CAUSE_OF_USE = {
    "en": "A meter shows how much water went through it, not what it was used for.",
    "es": "Un medidor muestra cuánta agua pasó, no para qué se usó.",
}
NOTHING_BEFORE = {
    "en": "This is the first bill of this account, so there is nothing to compare it with yet.",
    "es": "Esta es la primera factura de esta cuenta, así que todavía no hay con qué compararla.",
}
