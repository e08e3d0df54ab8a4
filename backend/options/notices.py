"""The text to the phone on file when a way to pay is changed, so that a change by somebody else is noticed."""

from datetime import date, datetime
from uuid import UUID

from babel.dates import format_date
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.district.service import District
from backend.outbox import service as outbox

_CHANGED = {
    "en": {
        "autopay_on": "Autopay is on: each bill will be paid on its due date from {method}.",
        "autopay_off": "Autopay is off. Your next bill will not be paid by itself.",
        "autopay_returned": "Autopay has ended because payments came back from your bank."
        " Please pay your next bill another way.",
        "autopay_refused": "Autopay has ended because {method} could not be charged."
        " Please pay your next bill another way.",
        "recurring_on": "A payment of up to {amount} will be made from {method} each month, next on {day}.",
        "recurring_off": "Your monthly payment is cancelled.",
        "recurring_returned": "Your monthly payment has ended because payments came back from your bank.",
        "recurring_refused": "Your monthly payment has ended because {method} could not be charged.",
        "paperless_on": "Your bills will come by email, no longer on paper.",
        "paperless_off": "Your bills will come on paper again.",
        "budget_on": "Budget billing is on: {amount} each month; the amount is calculated again on {day}.",
        "budget_off": "Budget billing has ended. A difference of {amount} is on your account; it is due {day}.",
        "budget_even": "Budget billing has ended. Nothing was left over.",
        "budget_credit": "Budget billing has ended. You had paid {amount} more than you used; it is a credit now.",
        "budget_renewed": "Your budget bill is now {amount} a month."
        " Any difference of the last year is on your account.",
    },
    "es": {
        "autopay_on": "El pago automático está activado: cada factura se pagará en su vencimiento con {method}.",
        "autopay_off": "El pago automático está desactivado. Su próxima factura no se pagará sola.",
        "autopay_returned": "El pago automático terminó porque su banco devolvió pagos."
        " Pague su próxima factura de otra forma, por favor.",
        "autopay_refused": "El pago automático terminó porque no se pudo cobrar con {method}."
        " Pague su próxima factura de otra forma, por favor.",
        "recurring_on": "Cada mes se hará un pago de hasta {amount} con {method}; el próximo, el {day}.",
        "recurring_off": "Su pago mensual quedó cancelado.",
        "recurring_returned": "Su pago mensual terminó porque su banco devolvió pagos.",
        "recurring_refused": "Su pago mensual terminó porque no se pudo cobrar con {method}.",
        "paperless_on": "Sus facturas llegarán por correo electrónico, ya no en papel.",
        "paperless_off": "Sus facturas llegarán otra vez en papel.",
        "budget_on": "El pago nivelado está activado: {amount} cada mes; la cantidad se vuelve a calcular el {day}.",
        "budget_off": "El pago nivelado terminó. Hay una diferencia de {amount} en su cuenta; vence el {day}.",
        "budget_even": "El pago nivelado terminó. No quedó ninguna diferencia.",
        "budget_credit": "El pago nivelado terminó. Pagó {amount} más de lo que usó; ahora es un crédito.",
        "budget_renewed": "Su pago nivelado es ahora de {amount} al mes."
        " Si hubo diferencia en el último año, está en su cuenta.",
    },
}
_CLOSING = {"en": "If this was not you, call us at {phone}.", "es": "Si no fue usted, llámenos al {phone}."}
BY_ITSELF = frozenset(
    {"autopay_returned", "autopay_refused", "recurring_returned", "recurring_refused", "budget_renewed"}
)
"""Changes that the district makes: nobody else could have."""


def change_text(
    language: str, change: str, *, district: str, phone: str, cents: int = 0, day: date | None = None, method: str = ""
) -> str:
    """The words of one change; `cents` and `day` where the change has them."""
    locale = {"en": "en_US", "es": "es_US"}[language]
    written = format_date(day, "long", locale=locale) if day else ""
    amount = f"${abs(cents) // 100:,}.{abs(cents) % 100:02}"
    said = f"{district}: {_CHANGED[language][change].format(amount=amount, day=written, method=method)}"
    return said if change in BY_ITSELF else f"{said} {_CLOSING[language].format(phone=phone)}"


async def tell_change(
    session: AsyncSession,
    account_id: UUID,
    change: str,
    *,
    district: District,
    now: datetime,
    cents: int = 0,
    day: date | None = None,
    method: str = "",
) -> None:
    """Text the phone on file, in the customer's language; without one, nobody is told."""
    facts = await accounts.account_facts(session, account_id)
    if facts.text_phone is None:
        return
    settings = district.settings
    words = change_text(
        facts.language,
        change,
        district=settings.name,
        phone=_shown(settings.phone),
        cents=cents,
        day=day,
        method=method,
    )
    await outbox.enqueue(
        session,
        channel="sms",
        recipient=facts.text_phone,
        text=words,
        language=facts.language,
        purpose=f"option_{change}",
        # Any other change was somebody's just now, and its owner hears of it at once.
        kind="notice" if change in BY_ITSELF else "reply",
        now=now,
    )


def _shown(e164: str) -> str:
    return f"{e164[2:5]}-{e164[5:8]}-{e164[8:]}" if e164.startswith("+1") and len(e164) == 12 else e164
