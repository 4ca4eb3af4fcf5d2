"""Everything the page reads of one client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from cases.models import AgencyDuty, Deadline, Hearing, Petition
from clients.models import Client, Commitment
from records.models import Charge, RapSheet
from reports.queries import with_work_to
from visas.models import FamilyMember, TVisa, WorkPermit


@dataclass(frozen=True, slots=True)
class File:
    """Everything the page reads of one client, each table once."""

    client: Client
    today: date
    deadlines: list[Deadline]
    promises: list[Commitment]
    hearings: list[Hearing]
    petitions: list[Petition]
    charges: list[Charge]
    sheets: list[RapSheet]
    visa: TVisa | None
    permits: list[WorkPermit]
    family: list[FamilyMember]
    duties: list[AgencyDuty]


def read(client: Client, today: date) -> File:
    """Rows of one client. A fixed number of queries; opens nothing."""
    visa = TVisa.objects.filter(client=client).first()
    deadlines = with_work_to(Deadline.objects.filter(client=client).open())
    return File(
        client=client,
        today=today,
        deadlines=list(
            deadlines.select_related("owner", "petition", "matter").order_by("worked_to", "due_on")
        ),
        promises=list(Commitment.objects.filter(client=client).select_related("owner").order_by("due_at")),
        hearings=list(
            Hearing.objects.filter(client=client).select_related("court", "petition__matter__lead")
        ),
        petitions=list(Petition.objects.filter(client=client).select_related("court")),
        charges=list(
            Charge.objects.filter(client=client)
            .select_related("arrest")
            .prefetch_related("evidence", "petition_lines")
        ),
        sheets=list(
            RapSheet.objects.filter(client=client)
            .defer("text_sealed", "reading_sealed", "settled_sealed")
            .select_related("imported_by")
        ),
        visa=visa,
        permits=list(WorkPermit.objects.filter(client=client, person__isnull=True)),
        family=list(FamilyMember.objects.filter(client=client)),
        duties=list(AgencyDuty.objects.filter(client=client)),
    )


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def is_known(client: Client, name: str) -> bool:
    """Whether a sealed column holds anything, without opening it."""
    return getattr(client, f"{name}_sealed") is not None
