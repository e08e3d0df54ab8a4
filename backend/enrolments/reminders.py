"""A night's texts to those who pay by text: a new bill, and one that is due soon and still owed."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.enrolments import repository, wording
from backend.outbox import service as outbox
from backend.parts import Part


async def text_bills(
    session: AsyncSession, business_date: date, now: datetime, part: Part, *, district: District
) -> dict[str, int]:
    """Text the part's bills of `business_date`, and those due in the policy's number of days.

    Counts: `bill_texts`, `bill_reminders`. The caller sees to it that a part is done once.
    """
    days = district.policy.options.reminder_days
    rows = await repository.to_tell(session, part, business_date, business_date + timedelta(days=days))
    for row in rows:
        words = wording.bill_text(
            row.language,
            district.settings.short_name,
            wording.Bill(
                row.account,
                row.bill_cents,
                row.owed_cents,
                row.due_date,
                row.is_new,
                row.autopay,
                row.on_its_way_cents,
            ),
        )
        await outbox.enqueue(
            session,
            channel="sms",
            recipient=row.phone,
            text=words,
            language=row.language,
            purpose="bill_text" if row.is_new else "bill_reminder",
            now=now,
            kind="notice" if row.is_new else "dunning",
            account_id=row.account_id,
        )
    new = sum(row.is_new for row in rows)
    return {"bill_texts": new, "bill_reminders": len(rows) - new}
