"""General questions: the district's own answers, with its facts as they are today."""

from actions import names
from actions.account_api import NotFound
from actions.account_types import Article
from actions.turn import TopicAction, Turn, account_api
from actions.wording import Wording

OFFERS = {
    "autopay": "action_start_autopay",
    "budget_bill": "action_start_budget_bill",
    "extension": "action_extension",
    "leak_credit": "action_leak_credit",
    "medical": "action_medical_protection",
    "meter_check": "action_meter_check",
    "paperless": "action_start_paperless",
    "pay_by_text": "action_enrol_pay_by_text",
    "payment_plan": "action_payment_plan",
    "sign_in": "action_portal_sign_in",
    "usage": "action_usage",
}
"""What an article may offer after its answer (`offers` in its head), and the action that does it."""
_OUR_NUMBER = "{phone}"
_THE_SAME = {"en": "this number", "es": "mismo número"}
"""As in "Call {phone}" and "Llame al {phone}"."""


class ActionKnowledge(TopicAction):
    """The answer that the question means; without one a person is offered, nothing is made up."""

    def name(self) -> str:
        return "action_knowledge"

    async def answer(self, turn: Turn) -> None:
        slugs = [turn.slot(names.ARTICLE_ASKED)] if turn.slot(names.ARTICLE_ASKED) else turn.entities("article")
        if turn.slot(names.ARTICLE_ASKED):
            turn.set(names.ARTICLE_ASKED, None)
        article = await _article(slugs[0]) if slugs else None
        if article is None:
            turn.say("utter_knowledge_gone")
            turn.offer(names.OFFER_PERSON)
            return
        if article.notices:
            await _say_notices(turn)
        text = article.text[turn.language]
        turn.say("utter_knowledge", answer=in_words(text, article, turn.wording))
        link = article.link.get(turn.language)
        if link and turn.channel != "voice":
            turn.say("utter_knowledge_link", link=in_words(link, article, turn.wording))
        if turn.tracker.active_loop_name or turn.slot(names.WAITING):
            return
        if article.offers in OFFERS:
            turn.say(f"utter_knowledge_offer_{article.offers}")
            turn.offer(f"{names.OFFER_ACTION}:{OFFERS[article.offers]}")
        elif turn.channel == "voice" and _OUR_NUMBER in text:
            turn.say("utter_knowledge_person")
            turn.offer(f"{names.OFFER_PERSON}:request")


async def _say_notices(turn: Turn) -> None:
    notices = await account_api().notices(turn.conversation_id)
    if told := [one.text[turn.language] for one in notices if one.kind == "water"]:
        turn.say("utter_notices_on", announced=" ".join(told))
    else:
        turn.say("utter_no_notice_on")


async def _article(slug: str) -> Article | None:
    try:
        return await account_api().article(slug)
    except NotFound:
        return None


def in_words(text: str, article: Article, wording: Wording) -> str:
    """`text` with each `{name}` replaced by that fact as it is said here; a caller hears "this number" for ours."""
    facts = {name: _said(fact.kind, fact.value, wording) for name, fact in article.facts.items()}
    if wording.spoken and "phone" in facts:
        facts["phone"] = _THE_SAME[wording.language]
    return text.format(**facts)


def _said(kind: str, value: int | str, wording: Wording) -> str:
    if kind == "money":
        return wording.money(int(value))
    if kind == "phone":
        return wording.phone(str(value))
    if kind == "address":
        return wording.website(str(value))
    return str(value)
