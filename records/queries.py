"""Questions about records that pages and other rooms ask; those that take a user show only their files."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from clients.models import Client
from records.models import Charge, RapSheet


def charges_not_reviewed(user: User) -> QuerySet[Charge]:
    """Charges whose tie nobody has decided, on files that are open, oldest first."""
    charges = Charge.objects.visible_to(user).filter(nexus=Charge.Nexus.NOT_REVIEWED)
    return charges.filter(client__in=Client.objects.open_files()).order_by("created_at")


def sheets_to_settle(user: User) -> QuerySet[RapSheet]:
    """Sheets in review, those with lines that were not read first."""
    sheets = RapSheet.objects.visible_to(user).filter(state=RapSheet.State.REVIEW)
    return sheets.filter(client__in=Client.objects.open_files()).order_by("-lines_not_read", "created_at")


def sheets_with_unread_lines(user: User) -> QuerySet[RapSheet]:
    """Sheets with a line that was neither read nor settled, accepted or not; those discarded left out."""
    sheets = RapSheet.objects.visible_to(user).exclude(state=RapSheet.State.DISCARDED)
    return sheets.filter(lines_not_read__gt=0).order_by("created_at")


def nexus_counts(client: Client) -> dict[str, int]:
    """How many charges of a client are tied, not tied and not reviewed, and all of them. One query."""
    return Charge.objects.filter(client=client).aggregate(
        all=Count("pk"),
        yes=Count("pk", filter=Q(nexus=Charge.Nexus.YES)),
        no=Count("pk", filter=Q(nexus=Charge.Nexus.NO)),
        not_reviewed=Count("pk", filter=Q(nexus=Charge.Nexus.NOT_REVIEWED)),
    )
