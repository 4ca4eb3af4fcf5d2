"""Once a day, the auditors hear by mail how much is new. The mail names nobody and no file."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.mail import tell
from accounts.models import Role, User
from reports.models import UnusualLook
from reports.weeks import start_of
from reports.words import counted

FROM_HOUR = 8
SUBJECT = "Something to review"
TEXT = """{new} out of the ordinary since the last message.
{open} to review in all.

Sign in to Afterword and open "Unusual looking".
"""


@transaction.atomic
def tick(now: datetime) -> str:
    """Timed work (settings.TICKS): tell the auditors, from eight in the morning on, at most once a day."""
    local = timezone.localtime(now)
    if local.hour < FROM_HOUR or UnusualLook.objects.filter(told_at__gte=start_of(local.date())).exists():
        return ""
    to = list(User.objects.filter(role=Role.AUDITOR, is_active=True).values_list("email", flat=True))
    if not to:
        return ""
    # Updated by hand: having been told is no change of the note, and history leaves it out.
    new = UnusualLook.objects.filter(told_at__isnull=True, state=UnusualLook.State.OPEN).update(told_at=now)
    if not new:
        return ""
    waiting = UnusualLook.objects.filter(state=UnusualLook.State.OPEN).count()
    text = TEXT.format(new=f"{counted(new, 'look')} noted as", open=counted(waiting, "look"))
    transaction.on_commit(partial(tell, to, SUBJECT, text))
    return f"{counted(len(to), 'auditor')} told of {counted(new, 'unusual look')}."
