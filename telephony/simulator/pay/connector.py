"""The payment connector: what stands between Twilio and the district's card processor.

The built-in one knows the usual test cards and takes no others. A connector with an address is a generic one: the
card data is posted there, as Twilio posts it to a processor.
"""

import asyncio
import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import aiohttp

from telephony.simulator.conditions import Conditions
from telephony.simulator.pay.fields import PaymentFields

CONNECTOR_SECONDS_MAX = 10.0
SLOW_SECONDS = 5.0

TEST_CARDS = frozenset(
    {
        "4242424242424242",
        "4000056655665556",
        "5555555555554444",
        "2223003122003222",
        "5105105105105100",
        "378282246310005",
        "371449635398431",
        "6011111111111117",
        "3056930009020004",
        "3566002020360505",
    }
)
DECLINES: Mapping[str, tuple[int, str]] = {
    "4000000000000002": (64012, "card_declined"),
    "4000000000009995": (64012, "insufficient_funds"),
    "4000000000009987": (64012, "lost_card"),
    "4000000000009979": (64012, "stolen_card"),
    "4000000000000069": (64012, "expired_card"),
    "4000000000000127": (64012, "incorrect_cvc"),
    "4000000000000119": (64008, "processing_error"),
}
TEST_ACCOUNTS = frozenset({"000123456789", "000111111116"})
"""Bank accounts (with routing number 110000000): the first is good, the second has no funds."""


@dataclass(frozen=True)
class Order:
    """What is to be done with the fields: a charge, or a token only when `amount` is zero."""

    fields: PaymentFields
    amount: Decimal
    currency: str
    description: str
    token_type: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Receipt:
    """What became of it. With an `error_code` nothing was charged."""

    token: str = ""
    confirmation: str = ""
    profile: str = ""
    error_code: int = 0
    error: str = ""
    connector_error: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    def as_parameters(self) -> dict[str, str]:
        """The parameters of the action."""
        named = {
            "PaymentToken": self.token,
            "PaymentConfirmationCode": self.confirmation,
            "ProfileId": self.profile,
            "PaymentError": self.error,
            "PayErrorCode": str(self.error_code or ""),
            "ConnectorError": self.connector_error,
        }
        more = {f"PayConnector_{name}": value for name, value in self.parameters.items()}
        return {name: value for name, value in named.items() if value} | more


@dataclass
class Connector:
    """One connector by name. Without an address it is the built-in one."""

    name: str
    url: str = ""
    user: str = ""
    password: str = ""


@dataclass
class Connectors:
    """The account's connectors; `Default` is always there."""

    conditions: Conditions
    http: aiohttp.ClientSession
    by_name: dict[str, Connector] = field(default_factory=lambda: {"Default": Connector("Default")})
    done: list[Receipt] = field(default_factory=list)

    async def process(self, name: str, order: Order) -> Receipt:
        """Charge or tokenise. A failure is a receipt with an error, never an exception."""
        connector = self.by_name.get(name)
        if connector is None:
            return Receipt(error_code=64004, error=f"There is no payment connector {name!r}.")
        if self.conditions.pay_connector == "unavailable":
            return Receipt(error_code=64002, error="The payment connector is not available.")
        if self.conditions.pay_connector == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        receipt = await self._post(connector, order) if connector.url else _judge(order)
        self.done.append(receipt)
        return receipt

    async def _post(self, connector: Connector, order: Order) -> Receipt:
        timeout = aiohttp.ClientTimeout(total=CONNECTOR_SECONDS_MAX)
        credentials = base64.b64encode(f"{connector.user}:{connector.password}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}"} if connector.user else {}
        try:
            async with self.http.post(connector.url, json=_body(order), headers=headers, timeout=timeout) as response:
                if response.status >= 400:
                    return Receipt(
                        error_code=64008, error="The processor refused.", connector_error=str(response.status)
                    )
                told = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return Receipt(error_code=64002, error="The processor did not answer.")
        return _read(told if isinstance(told, dict) else {})


def _body(order: Order) -> dict[str, object]:
    values = order.fields.values
    expiry = values.get("expiration-date", "")
    bank = {
        "bank_routing_number": values.get("bank-routing-number"),
        "bank_account_number": values.get("bank-account-number"),
        "bank_account_type": order.fields.bank_account_type,
    }
    card = {
        "cardnumber": values.get("payment-card-number"),
        "cvv": values.get("security-code"),
        "expiry_month": expiry[:2],
        "expiry_year": f"20{expiry[2:]}" if expiry else None,
        "postal_code": values.get("postal-code"),
    }
    return {
        "method": "charge" if order.amount else "tokenize",
        **(bank if order.fields.method == "ach-debit" else card),
        "amount": f"{order.amount:.2f}" if order.amount else None,
        "currency_code": order.currency,
        "description": order.description,
        "parameters": dict(order.parameters),
    }


def _read(told: Mapping[str, object]) -> Receipt:
    if told.get("error_code"):
        code, words = str(told["error_code"]), str(told.get("error_message") or "")
        return Receipt(error_code=64012, error=words or "The card was rejected.", connector_error=code)
    raw = told.get("parameters")
    parameters = {str(name): str(value) for name, value in raw.items()} if isinstance(raw, dict) else {}
    return Receipt(
        token=str(told.get("token_id") or ""),
        confirmation=str(told.get("charge_id") or ""),
        profile=str(told.get("profile_id") or ""),
        parameters=parameters,
    )


def _judge(order: Order) -> Receipt:
    """The built-in connector."""
    if order.fields.method == "ach-debit":
        account = order.fields.values.get("bank-account-number", "")
        if account not in TEST_ACCOUNTS:
            return Receipt(error_code=64023, error="Only test bank accounts are taken here.")
        refused = (64012, "insufficient_funds") if account == "000111111116" else None
    else:
        number = order.fields.values.get("payment-card-number", "")
        refused = DECLINES.get(number)
        if refused is None and number not in TEST_CARDS:
            return Receipt(error_code=64022, error="Only test cards are taken here.")
    if refused is not None:
        return Receipt(error_code=refused[0], error="The card was rejected.", connector_error=refused[1])
    prefix = "pm_" if order.token_type == "payment-method" else "tok_"
    return Receipt(
        token=prefix + secrets.token_hex(12),
        confirmation="ch_" + secrets.token_hex(12) if order.amount else "",
        profile="cus_" + secrets.token_hex(8) if order.token_type == "reusable" else "",
    )
