"""The statement of a bill: a link by text, or in the chat itself. The newest unless a month is named."""

from uuid import UUID

from actions import billing_api, names
from actions.account_api import Refused
from actions.billing_types import Bill, StatementLink
from actions.identity import known
from actions.months import month_named
from actions.turn import TopicAction, Turn


class ActionSendStatement(TopicAction):
    """A link that opens the statement without sign-in, sent to the phone on file unless this is the web chat."""

    def name(self) -> str:
        return "action_send_statement"

    async def answer(self, turn: Turn) -> None:
        listed = await known(turn, self.name(), billing_api.bills)
        if listed is None:
            return
        if not listed:
            turn.say("utter_no_bill_yet")
            return
        wanted = _wanted(turn, listed)
        if wanted is None:
            turn.say("utter_statement_no_such_month")
            wanted = listed[0]
        await _send(turn, wanted)


def _wanted(turn: Turn, listed: tuple[Bill, ...]) -> Bill | None:
    """The bill that the month names, by the day it was issued; None when the account has none of that month."""
    month = month_named(turn.text, turn.now.date())
    if month is None:
        return listed[0]
    return next((bill for bill in listed if (bill.issued_on.year, bill.issued_on.month) == month), None)


async def _send(turn: Turn, bill: Bill) -> None:
    in_chat = turn.channel == "chat"
    try:
        link = await _link(turn, bill.id, text=not in_chat)
    except Refused as refused:
        if refused.name != "no_text_phone" or turn.channel == "voice":
            _say_why_not(turn, refused)
            return
        # Whoever texts has a phone that takes texts, and has proved who they are.
        link, in_chat = await _link(turn, bill.id, text=False), True
    until = turn.wording.day(link.expires_at.astimezone(turn.now.tzinfo).date())
    issued_on = turn.wording.day(bill.issued_on, turn.now.date())
    if in_chat:
        turn.say("utter_statement_link", issued_on=issued_on, link=link.url, until=until)
    else:
        sent_to = turn.wording.digits(link.sent_to or "")
        turn.say("utter_statement_texted", issued_on=issued_on, sent_to=sent_to, until=until)


async def _link(turn: Turn, bill: UUID, *, text: bool) -> StatementLink:
    return await billing_api.statement_link(turn.conversation_id, bill, turn.language, text=text)


def _say_why_not(turn: Turn, refused: Refused) -> None:
    if refused.name != "no_text_phone":
        raise refused
    turn.say("utter_statement_no_phone")
    turn.offer(f"{names.OFFER_PERSON}:request")
