"""What the floor asks of the services: am I available, what is offered to me, what may be done with a call."""

from datetime import timedelta
from uuid import UUID

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession

from backend.captures import service as captures
from backend.captures import view
from backend.console.forms import cents_in
from backend.console.seat import Refusal, Seat
from backend.console.views import Call, FloorSeen, Offer, QueueItem
from backend.hand_offs import moves
from backend.queue import dispatch, lines, presence
from backend.queue.presence import Settings, State
from backend.recordings import service as recordings
from backend.staff.permissions import Permission

KINDS = ("card", "bank_account")


class Floor:
    """The services of the queue, as one signed-in page uses them."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    async def look(self, session: AsyncSession, queue: tuple[QueueItem, ...]) -> FloorSeen:
        """How this person has set themselves, and what is offered to them. Their page is open: that counts."""
        me, now = self._seat.me.id, self._seat.now()
        await presence.seen(session, me, now)
        mine = await presence.presence(session, me)
        offered = await dispatch.offer_to(session, me)
        offer = None
        if offered is not None:
            item = next((each for each in queue if each.id == offered[0]), None)
            offer = None if item is None else Offer(item, offered[1])
        if mine is None:
            usual = self._seat.district.policy.queue.capacity
            return FloorSeen("away", None, usual.voice, usual.sms, usual.chat, (), offer)
        numbers = (mine.voice_max, mine.sms_max, mine.chat_max)
        return FloorSeen(mine.state, mine.phone, *numbers, tuple(mine.departments), offer)

    async def call(self, session: AsyncSession, case_id: UUID) -> Call | None:
        """The call of a case, with whom it could be passed on to."""
        line = await lines.line(session, case_id)
        if line is None:
            return None
        since = self._seat.now() - timedelta(seconds=self._seat.district.policy.queue.unseen_seconds)
        others = await lines.colleagues(session, self._seat.principal, since)
        departments = tuple(
            (key, department.name.en, department.name.es) for key, department in self._seat.district.departments.items()
        )
        capture = await view.seen(session, case_id)
        payments = self._seat.district.policy.payments
        fees = tuple((kind, payments.convenience_fee_cents(kind, "console")) for kind in KINDS)
        running = await recordings.running(session, case_id) if line.state == "talking" else None
        return Call(line, capture, fees, tuple(others), departments, running)

    async def set_state(self, state: State) -> None:
        """Be available or away."""
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            await presence.set_presence(
                session, self._seat.principal, state, None, self._seat.district, now=self._seat.now()
            )

    async def set_settings(self, fields: dict[str, str]) -> None:
        """The phone that calls reach, how many cases at once, which departments; and be available."""
        departments = tuple(key for key in self._seat.district.departments if fields.get(f"department-{key}"))
        settings = Settings(
            _phone(fields.get("phone", "")),
            departments,
            _count(fields, "voice_max", 2),
            _count(fields, "sms_max", 20),
            _count(fields, "chat_max", 20),
        )
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            await presence.set_presence(
                session, self._seat.principal, "available", settings, self._seat.district, now=self._seat.now()
            )

    async def decline(self, case_id: UUID) -> None:
        """Let the next one have it."""
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            await dispatch.decline(session, self._seat.principal, case_id, self._seat.now())

    async def to_department(self, case_id: UUID, department: str) -> None:
        """Put the caller through to a department."""
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            seat = self._seat
            await lines.to_department(session, seat.principal, case_id, department, seat.district, now=seat.now())

    async def to_assistant(self, case_id: UUID) -> None:
        """Let the caller talk to the assistant again."""
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            await lines.to_assistant(session, self._seat.principal, case_id, self._seat.now())

    async def consult(self, case_id: UUID, colleague: str, *, private: bool) -> None:
        """Ring a colleague into the call."""
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            seat, who = self._seat, UUID(colleague)
            await lines.consult(session, seat.principal, case_id, who, seat.district, now=seat.now(), private=private)

    async def bring_together(self, case_id: UUID) -> None:
        """Everybody hears everybody."""
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            await lines.bring_together(session, self._seat.principal, case_id, self._seat.now())

    async def pause_recording(self, case_id: UUID, *, on: bool) -> None:
        """Record nothing while a card number is said, or go on recording."""
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            if not on:
                await captures.refuse_while_open(session, case_id)
            await recordings.pause(session, self._seat.principal, case_id, on=on, now=self._seat.now())

    async def is_mine(self, case_id: UUID) -> bool:
        """Whether this person talks with the customer of the case now."""
        async with self._seat.looking() as session:
            line = await lines.line(session, case_id)
        return line is not None and line.state == "talking" and line.knows_assistant

    async def hang_up(self, case_id: UUID) -> None:
        """Leave the call."""
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            await lines.hang_up(session, self._seat.principal, case_id, self._seat.now())

    async def take_card(self, case_id: UUID, fields: dict[str, str]) -> None:
        """Let the caller key in a card or bank account for the amount that was typed."""
        kind, number = fields.get("kind", "card"), fields.get("account", "").strip()
        if kind not in KINDS:
            raise Refusal("choose_kind", field="kind")
        asked = captures.Asked(cents_in(fields, "amount"), kind, number or None)
        async with self._seat.deed(Permission.TAKE_PAYMENT) as session:
            seat = self._seat
            await captures.begin(session, seat.principal, case_id, asked, district=seat.district, now=seat.now())

    async def ask_card_again(self, case_id: UUID) -> None:
        """Let the caller key the present field in once more."""
        async with self._seat.deed(Permission.TAKE_PAYMENT) as session:
            await captures.ask_again(session, self._seat.principal, case_id, self._seat.now())

    async def drop_card(self, case_id: UUID) -> None:
        """Forget what was keyed in; nothing is charged."""
        async with self._seat.deed(Permission.TAKE_PAYMENT) as session:
            await captures.cancel(session, self._seat.principal, case_id, self._seat.now())

    async def supervise(self, case_id: UUID, manner: lines.Manner) -> None:
        """Listen, coach, or talk along."""
        async with self._seat.deed(Permission.SUPERVISE_CALLS) as session:
            seat = self._seat
            await lines.supervise(session, seat.principal, case_id, manner, seat.district, now=seat.now())

    async def mark_shut_off(self, case_id: UUID, *, today: bool) -> None:
        """This customer's water is to be shut off today, or is not."""
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            day = self._seat.today() if today else None
            await moves.mark_shut_off(session, self._seat.principal, case_id, day, self._seat.now())


def _phone(typed: str) -> str | None:
    if not typed.strip():
        return None
    try:
        parsed = phonenumbers.parse(typed, "US")
    except phonenumbers.NumberParseException as unreadable:
        raise Refusal("phone_unreadable", field="phone") from unreadable
    if not phonenumbers.is_possible_number(parsed):
        raise Refusal("phone_unreadable", field="phone")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _count(fields: dict[str, str], name: str, most: int) -> int:
    typed = fields.get(name, "0").strip()
    if not typed.isdecimal() or int(typed) > most:
        raise Refusal("capacity_unreadable", {"most": most}, field=name)
    return int(typed)
