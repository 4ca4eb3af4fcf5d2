"""The last days of cards and of status are kept as deadlines, and move with what they follow from."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from cases.models import Deadline
from cases.services import dates as case_dates
from visas.ends import RULES, end_dates
from visas.models import FamilyMember, Receipt, TVisa, WorkPermit


def keep_ends(*, visa: TVisa, by: User, today: date) -> None:
    """Write down every end that counts now; one that counts no more is replaced, or met by the form it asked
    for. Call it inside the transaction of the act.
    """
    found = end_dates(
        visa,
        WorkPermit.objects.filter(visa=visa),
        Receipt.objects.filter(visa=visa).defer("number_sealed"),
        FamilyMember.objects.filter(visa=visa),
    )
    rows = Deadline.objects.select_for_update().filter(
        matter=visa.matter, rule__in=RULES, replaced_at__isnull=True
    )
    standing = {(row.rule, row.about or ""): row for row in rows}
    for one in found:
        key = (one.computed.citation_id or "", one.about)
        before = standing.pop(key, None)
        if before is None and one.computed.due is not None and one.computed.due < today:
            continue  # it had passed when it was entered: nobody could have met it
        row = case_dates.set_deadline(
            matter=visa.matter,
            computed=one.computed,
            trigger=one.from_on,
            owner=before.owner if before is not None else visa.matter.lead,
            by=by,
            about=one.about,
        )
        if row is not None and row.done_on is None and one.met_on is not None:
            case_dates.meet(row, one.met_on, by)
    # What was done stays to be read as done; what is still open is asked for no longer.
    case_dates.replace([row for row in standing.values() if row.done_on is None], by=by)
