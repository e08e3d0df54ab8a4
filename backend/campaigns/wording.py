"""What campaigns say unless somebody words it otherwise, and how amounts and days are written in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from backend.campaigns.rules import Candidate
from backend.district.service import District

SUGGESTED: Mapping[str, Mapping[str, str]] = {
    "payment_reminder": {
        "en": "{district}: a reminder that {amount} for water account ending {account} is due {due_date}. To pay or to"
        " ask for more time, reply here or call {phone}. Reply STOP to stop texts.",
        "es": "{district}: le recordamos que {amount} de su cuenta de agua terminada en {account} vence el {due_date}."
        " Para pagar o pedir más tiempo, responda aquí o llame al {phone}. Responda STOP para no recibir más.",
    },
    "shut_off_warning": {
        "en": "{district}: {amount} is past due on water account ending {account}, and the water may be shut off. A"
        " payment plan, an extension or a payment stops that: reply here or call {phone}. Reply STOP to stop texts.",
        "es": "{district}: {amount} de su cuenta de agua terminada en {account} está vencido y se podría cortar el"
        " agua. Un plan de pagos, una prórroga o un pago lo evita: responda aquí o llame al {phone}. Responda STOP"
        " para no recibir más.",
    },
    "outage": {
        "en": "{district}: planned work in your area. Your water will be off [day, from, until]. Questions: reply here"
        " or call {phone}. Reply STOP to stop texts.",
        "es": "{district}: trabajos programados en su zona. No tendrá agua [día, desde, hasta]. Preguntas: responda"
        " aquí o llame al {phone}. Responda STOP para no recibir más.",
    },
    "notice": {
        "en": "{district}: [what customers should know]. Questions: reply here or call {phone}. Reply STOP to stop"
        " texts.",
        "es": "{district}: [lo que deben saber los clientes]. Preguntas: responda aquí o llame al {phone}. Responda"
        " STOP para no recibir más.",
    },
}
"""In square brackets: what has to be written in."""
SPOKEN: Mapping[str, Mapping[str, str]] = {
    "payment_reminder": {
        "en": "A bill for your water service is due soon. To pay or to ask for more time, call {phone}.",
        "es": "Una factura de su servicio de agua vence pronto. Para pagar o pedir más tiempo, llame al {phone}.",
    },
    "shut_off_warning": {
        "en": "We have an important notice about your water service. Please call us at {phone}. A payment plan or more"
        " time may be possible.",
        "es": "Tenemos un aviso importante sobre su servicio de agua. Por favor, llámenos al {phone}. Puede haber un"
        " plan de pagos o más tiempo.",
    },
    "outage": {
        "en": "There is planned work in your area. Your water will be off [day, from, until]. If you have questions,"
        " call {phone}.",
        "es": "Hay trabajos programados en su zona. No tendrá agua [día, desde, hasta]. Si tiene preguntas, llame al"
        " {phone}.",
    },
    "notice": {
        "en": "[What customers should know]. If you have questions, call {phone}.",
        "es": "[Lo que deben saber los clientes]. Si tiene preguntas, llame al {phone}.",
    },
}
"""By telephone. Who calls is said before it. Whoever picks up need not be the customer: no amounts, no account."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a campaign says, each in `en` and `es`: `texts` in writing, `spoken` to those whom no text reaches (None:
    they are left out)."""

    texts: Mapping[str, str]
    spoken: Mapping[str, str] | None = None


def values_for(one: Candidate, kind: str, language: str, district: District) -> dict[str, str]:
    """What stands for each customer in a text."""
    # What falls due on a day is not what was due before it.
    left_cents = one.balance_cents - one.on_its_way_cents
    falls_due = min(one.balance_cents - max(one.past_due_cents, 0), left_cents)
    cents = one.past_due_cents if kind == "shut_off_warning" else falls_due
    return {
        "district": district.settings.short_name,
        "phone": shown(district.settings.phone),
        "name": one.first_name or one.name,
        "account": one.number[-4:],
        "amount": f"${cents // 100:,}.{cents % 100:02}",
        "due_date": _day(one.next_due_on, language),
    }


def shown(e164: str) -> str:
    """A number as people here write it."""
    return f"{e164[2:5]}-{e164[5:8]}-{e164[8:]}" if e164.startswith("+1") and len(e164) == 12 else e164


def _day(day: date | None, language: str) -> str:
    if day is None:
        return ""
    return format_date(day, "MMMM d" if language == "en" else "d 'de' MMMM", locale=f"{language}_US")
