"""Why there is no offer, or why it counts no more. Every one says what to do."""

from collections.abc import Sequence

from backend.errors import ConflictError, NotFoundError
from backend.payments.rules import dollars


class OfferNotFoundError(NotFoundError):
    """404: there is no such offer in this conversation."""

    def __init__(self) -> None:
        super().__init__("offer_not_found", "There is no such offer in this conversation. Make a new one.")


class ChooseAccountError(ConflictError):
    """409 `choose_account`: this phone pays for several; `choices` has each with its id and last four digits."""

    def __init__(self, choices: Sequence[dict[str, str]]) -> None:
        super().__init__("choose_account", "This phone pays for several accounts: say which.", choices=choices)


class AmountWantedError(ConflictError):
    """409 `amount_wanted`: whoever may not see what is owed says how much to pay."""

    def __init__(self) -> None:
        super().__init__("amount_wanted", "Say how much to pay: this conversation may not see what is owed.")


class KeysNeedCallError(ConflictError):
    """409 `keys_need_call`: a card is keyed in on a telephone; elsewhere there are links."""

    def __init__(self) -> None:
        super().__init__("keys_need_call", "Cards are keyed in on a phone call. Send a link to pay instead.")


class NothingDueError(ConflictError):
    """409 `nothing_due`: nothing is owed; `credit_cents` is what the district owes."""

    def __init__(self, credit_cents: int) -> None:
        super().__init__("nothing_due", "Nothing is owed on this account.", credit_cents=credit_cents)


class NoSuchPartError(ConflictError):
    """409 `no_such_part`: nothing is past due, or there is no plan; `balance_cents` is owed."""

    def __init__(self, purpose: str, balance_cents: int) -> None:
        detail = f"There is nothing to pay as {purpose}. Offer the balance or an amount."
        super().__init__("no_such_part", detail, balance_cents=balance_cents)


class MoreThanOwedError(ConflictError):
    """409 `more_than_owed`: the amount is more than the balance."""

    def __init__(self, balance_cents: int) -> None:
        detail = f"That is more than the {dollars(balance_cents)} that is owed. Name that amount or less."
        super().__init__("more_than_owed", detail, balance_cents=balance_cents)


class NoMethodError(ConflictError):
    """409 `no_method`: no card or bank account on file is good; `balance_cents` is owed, `amount_cents` was wanted."""

    def __init__(self, balance_cents: int, amount_cents: int) -> None:
        detail = "No card or bank account is on file. Save one, or pay by link."
        super().__init__("no_method", detail, balance_cents=balance_cents, amount_cents=amount_cents)


class PaymentPendingError(ConflictError):
    """409 `payment_pending`: what is wanted is on its way already; `left_cents` can be paid besides.

    `amount_cents` is on its way; None for whoever may not see the account.
    """

    def __init__(self, amount_cents: int | None, left_cents: int = 0) -> None:
        coming = "A payment" if amount_cents is None else f"A payment of {dollars(amount_cents)}"
        then = f"Take {dollars(left_cents)} or less, or wait" if left_cents > 0 else "Wait"
        detail = f"{coming} is on its way. {then} until it is done."
        super().__init__("payment_pending", detail, amount_cents=amount_cents, left_cents=left_cents)


class OfferOverError(ConflictError):
    """409 `offer_over`: it was declined, replaced or has expired; `state` says which. Make a new one."""

    def __init__(self, state: str) -> None:
        super().__init__("offer_over", "This offer counts no more. Make a new one.", state=state)
