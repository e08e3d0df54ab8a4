"""The payment portal: what is done there and here alike, and whom it knows by which e-mail address."""

from actions import names
from actions.identity import known
from actions.turn import TopicAction, Turn, account_api

PAGE = "/pay"


class ActionPortal(TopicAction):
    """Where it is, and the things that people do on it, to choose from."""

    def name(self) -> str:
        return "action_portal"

    async def answer(self, turn: Turn) -> None:
        district = account_api().last_known_district() or await account_api().district()
        turn.say("utter_portal", link=turn.wording.website(district.website.rstrip("/") + PAGE))
        turn.say("utter_portal_choices")


class ActionPortalSignIn(TopicAction):
    """The e-mail address that the portal knows the customer by, masked; another one, or a first one, is offered."""

    def name(self) -> str:
        return "action_portal_sign_in"

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), account_api().account)
        if found is None:
            return
        if found.email_masked is None:
            turn.say("utter_portal_no_email")
        else:
            name, _, domain = found.email_masked.partition("@")
            at = turn.wording.email(domain)
            turn.say("utter_portal_email", email=found.email_masked, start=name[:1], domain=at)
        turn.offer(f"{names.OFFER_ACTION}:action_change_email")
