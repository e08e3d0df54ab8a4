"""HTTP of the district's answers to general questions; nothing of a customer is in them."""

from fastapi import APIRouter

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.district.service import DistrictDep
from backend.knowledge.schemas import AnswerOut, SlugsOut
from backend.knowledge.service import KnowledgeDep
from backend.rates.service import RateBookDep

router = APIRouter(
    prefix="/v1/knowledge", tags=["knowledge"], dependencies=[admits(Kind.ACTIONS, Kind.TELEPHONY, Kind.OPERATOR)]
)


@router.get("")
async def get_slugs(knowledge: KnowledgeDep) -> SlugsOut:
    """The names of all answers."""
    return SlugsOut(slugs=knowledge.slugs)


@router.get("/{slug}")
async def get_answer(
    slug: str, knowledge: KnowledgeDep, district: DistrictDep, book: RateBookDep, now: NowDep
) -> AnswerOut:
    """An answer in both languages with the facts of the day."""
    return AnswerOut.of(knowledge.answer(slug, district, book, now.astimezone(district.zone).date()))
