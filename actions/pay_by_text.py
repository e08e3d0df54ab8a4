"""Agreeing to pay by text, on the telephone itself; ending it; and saving a card or bank account to pay with."""

from actions import names, payment_api
from actions.account_api import NotFound, Refused
from actions.identity import known, start_identity
from actions.turn import TopicAction, Turn


class ActionEnrolPayByText(TopicAction):
    """Ask the telephone: right here in a text thread, else by a text to the phone on file."""

    def name(self) -> str:
        return "action_enrol_pay_by_text"

    async def answer(self, turn: Turn) -> None:
        try:
            asked = await known(turn, self.name(), payment_api.ask_to_enrol)
        except Refused as refused:
            if refused.name != "no_text_phone":
                raise
            turn.say("utter_enrol_no_phone")
            return
        if asked is None:
            return
        if asked.texted:
            turn.say("utter_enrol_texted", sent_to=turn.wording.digits(asked.phone[-4:]))
            return
        turn.say("utter_enrol_words", words=asked.words)
        if asked.status == "asked":
            turn.offer(f"{names.OFFER_ACTION}:action_confirm_pay_by_text")


class ActionConfirmPayByText(TopicAction):
    """The telephone's owner agrees."""

    def name(self) -> str:
        return "action_confirm_pay_by_text"

    async def answer(self, turn: Turn) -> None:
        turn.offer(None)
        try:
            told = await payment_api.confirm_enrolment(turn.conversation_id)
        except NotFound:
            turn.say("utter_what_next")
            return
        for words in told:
            turn.say("utter_enrol_words", words=words)


class ActionLeavePayByText(TopicAction):
    """No more paying by text."""

    def name(self) -> str:
        return "action_leave_pay_by_text"

    async def answer(self, turn: Turn) -> None:
        try:
            ended = await payment_api.end_enrolment(turn.conversation_id)
        except Refused as refused:
            if refused.name != "verification_required":
                raise
            start_identity(turn, self.name())
            return
        turn.say("utter_enrol_ended" if ended else "utter_enrol_none")


class ActionSaveMethod(TopicAction):
    """A page of the card processor's, where nobody of us sees the number."""

    def name(self) -> str:
        return "action_save_method"

    async def answer(self, turn: Turn) -> None:
        try:
            page = await payment_api.method_page(turn.conversation_id)
        except Refused as refused:
            self._say_why_not(turn, refused)
            return
        if page.sent_to is None:
            turn.say("utter_save_method", link=page.url)
        else:
            turn.say("utter_save_method_texted", sent_to=turn.wording.digits(page.sent_to[-4:]))

    def _say_why_not(self, turn: Turn, refused: Refused) -> None:
        match refused.name:
            case "verification_required":
                start_identity(turn, self.name())
            case "no_text_phone":
                turn.say("utter_enrol_no_phone")
            case "choose_account":
                turn.say("utter_save_method_which")
                start_identity(turn, self.name())
            case _:
                raise refused
