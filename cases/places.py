"""What stands beside this room's places in the side navigation of a file."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cases.models import Deadline, Petition
from clients.models import Client


def petition_count(client: Client) -> int:
    """How many petitions the client has."""
    return Petition.objects.filter(client=client).count()


def date_count(client: Client) -> int | str:
    """ "2 due" for what is due within a week or late; else how many dates are open."""
    last = timezone.localdate() + timedelta(days=6)
    days = list(Deadline.objects.open().filter(client=client).values_list("due_on", flat=True))
    due = sum(day <= last for day in days)
    return f"{due} due" if due else len(days)
