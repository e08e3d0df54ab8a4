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
SERVICES = {
    "residential": {"en": "Home water", "es": "Agua de la vivienda"},
    "multifamily": {"en": "Apartment water", "es": "Agua de los departamentos"},
    "commercial": {"en": "Business water", "es": "Agua del negocio"},
    "irrigation": {"en": "Irrigation", "es": "Riego"},
    "fire_line": {"en": "Fire line", "es": "Línea contra incendios"},
}
Pair = tuple[str, str]


def _pair(english: str, spanish: str) -> dict[str, Pair]:
    """A sentence that ends in how much more or less it makes."""
    return {
        "en": (f"{english}: {{amount}} more.", f"{english}: {{amount}} less."),
        "es": (f"{spanish}: {{amount}} más.", f"{spanish}: {{amount}} menos."),
    }


CAUSES: dict[str, dict[str, Pair]] = {
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
    "household": {
        "en": (
            "The people or the landscape on file changed, and with them your water budget, from {budget_before} to"
            " {budget}: {amount} more.",
            "The people or the landscape on file changed, and with them your water budget, from {budget_before} to"
            " {budget}: {amount} less.",
        ),
        "es": (
            "Cambiaron las personas o el jardín registrados, y con ellos su presupuesto de agua, de {budget_before} a"
            " {budget}: {amount} más.",
            "Cambiaron las personas o el jardín registrados, y con ellos su presupuesto de agua, de {budget_before} a"
            " {budget}: {amount} menos.",
        ),
    },
    "weather": {
        "en": (
            "By the weather record plants needed less water: your water budget went from {budget_before} to"
            " {budget}: {amount} more.",
            "By the weather record plants needed more water: your water budget went from {budget_before} to"
            " {budget}: {amount} less.",
        ),
        "es": (
            "Según el registro del clima las plantas necesitaron menos agua: su presupuesto de agua pasó de"
            " {budget_before} a {budget}: {amount} más.",
            "Según el registro del clima las plantas necesitaron más agua: su presupuesto de agua pasó de"
            " {budget_before} a {budget}: {amount} menos.",
        ),
    },
    "drought_began": _pair(
        "The drought surcharge (stage {stage}) began on {since}",
        "El recargo por sequía (etapa {stage}) empezó el {since}",
    ),
    "drought_ended": _pair(
        "The drought surcharge (stage {stage_before}) ended on {until}",
        "El recargo por sequía (etapa {stage_before}) terminó el {until}",
    ),
    "drought_stage": _pair(
        "The drought surcharge went from stage {stage_before} to stage {stage}",
        "El recargo por sequía pasó de la etapa {stage_before} a la etapa {stage}",
    ),
    "drought_days": _pair(
        "The drought surcharge (stage {stage}) counts for {dry_days} here and for {dry_days_before} of {other}",
        "El recargo por sequía (etapa {stage}) cuenta por {dry_days} aquí y por {dry_days_before} en {other}",
    ),
    "rate_change": _pair(
        "The price of water changed on {since}",
        "El precio del agua cambió el {since}",
    ),
    "fixed_charge": _pair(
        "The fixed charge for the meter changed on {since}",
        "El cargo fijo del medidor cambió el {since}",
    ),
    "pass_through": _pair(
        'The price of "{name}" changed on {since}',
        "El precio de «{name}» cambió el {since}",
    ),
    "meter_size": _pair(
        "The meter size changed from {size_before} to {size} inch",
        "El tamaño del medidor cambió de {size_before} a {size} pulgadas",
    ),
    "service_started": {
        "en": ("It is new on this bill: {amount} more.", "It is new on this bill: {amount} less."),
        "es": ("Es nuevo en esta factura: {amount} más.", "Es nuevo en esta factura: {amount} menos."),
    },
    "service_ended": {
        "en": ("It is not on this bill any more: {amount} more.", "It is not on this bill any more: {amount} less."),
        "es": ("Ya no está en esta factura: {amount} más.", "Ya no está en esta factura: {amount} menos."),
    },
    "charges": _pair(
        "Water charges for about {gallons} gallons a day, compared with {gallons_before}",
        "Cargos de agua por unos {gallons} galones por día, comparados con {gallons_before}",
    ),
    "other": _pair("Rounding and smaller items", "Redondeo y conceptos menores"),
    "previous_new": _pair(
        "Part of earlier bills was still unpaid",
        "Parte de las facturas anteriores estaba sin pagar",
    ),
    "previous_gone": _pair(
        "Nothing is left unpaid from earlier bills; on {other} {before} was",
        "Ya no queda nada sin pagar de facturas anteriores; en {other} quedaban {before}",
    ),
    "previous_both": _pair(
        "Of earlier bills {now} was unpaid, on {other} {before}",
        "De facturas anteriores quedaban {now} sin pagar, en {other} {before}",
    ),
    "credit_new": _pair("A credit is taken off this bill", "A esta factura se le resta un crédito"),
    "credit_gone": _pair(
        "No credit is left to take off; on {other} it was {before}",
        "Ya no queda crédito que restar; en {other} era de {before}",
    ),
    "credit_both": _pair(
        "A credit of {now} is taken off, on {other} it was {before}",
        "Se resta un crédito de {now}, en {other} era de {before}",
    ),
    "fees_new": _pair("Fees on this bill ({names})", "Cargos en esta factura ({names})"),
    "fees_gone": _pair(
        "No fees this time; {other} had {before} ({names})",
        "Esta vez no hay cargos; {other} tenía {before} ({names})",
    ),
    "fees_both": _pair(
        "Fees of {now} ({names}), on {other} {before}",
        "Cargos de {now} ({names}), en {other} {before}",
    ),
    "fees_back": _pair("A fee was taken back ({names})", "Se retiró un cargo ({names})"),
    "adjustments": _pair("Credits and adjustments", "Créditos y ajustes"),
    "budget_bill": _pair(
        "Budget billing (the same amount each month) evens this out",
        "El pago nivelado (la misma cantidad cada mes) lo compensa",
    ),
    "plan_new": _pair("Your payment plan puts off {now}", "Su plan de pagos deja {now} para después"),
    "plan_gone": _pair(
        "No payment plan puts anything off any more; on {other} it was {before}",
        "Ningún plan de pagos deja ya nada para después; en {other} eran {before}",
    ),
    "plan_both": _pair(
        "Your payment plan puts off {now}, on {other} {before}",
        "Su plan de pagos deja {now} para después, en {other} {before}",
    ),
    "budget_settled": _pair(
        "What budget billing had put off fell due",
        "Venció la diferencia que el pago nivelado había dejado para después",
    ),
}
TIER = {
    "en": ("{units} of it cost {price} each ({tier}).", "{units} of it costs {price} ({tier})."),
    "es": ("De esa agua, {units} cuestan {price} cada una ({tier}).", "De esa agua, {units} cuesta {price} ({tier})."),
}
"""Appended to more use that reaches a dearer tier: (units, one unit)."""
ESTIMATED = {"en": "{gallons} (estimated)", "es": "{gallons} (estimados)"}
REST = {
    "en": ("Everything else together: {amount} more.", "Everything else together: {amount} less."),
    "es": ("Todo lo demás en conjunto: {amount} más.", "Todo lo demás en conjunto: {amount} menos."),
}
NO_CAUSE_OF_USE = {
    "en": "A meter shows how much water went through it, not what it was used for.",
    "es": "Un medidor muestra cuánta agua pasó, no para qué se usó.",
}
