"""What stands still until somebody decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from cases.models import Petition
from cases.models.petitions import Stage
from clients.models import Client, ConflictCheck
from records.models import Charge, RapSheet
from reports.home.asked import MOST_IN_RAIL, Asked
from reports.links import link
from reports.queries import clients_of
from reports.words import counted


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that stands still until somebody decides."""

    client_id: UUID
    text: str
    url: str
    since: datetime | None = None


def decisions(asked: Asked) -> list[Decision]:
    """Charges not reviewed and lines not read, drafts to sign, conflict checks to decide."""
    files = clients_of(asked.user) if not asked.team else Client.objects.visible_to(asked.user)
    files = files.open_files()
    found = [*_charges_to_review(files), *_drafts_to_sign(asked), *_checks_to_decide(files)]
    return sorted(found, key=lambda one: one.since or timezone.now())[: MOST_IN_RAIL * 2]


def _charges_to_review(files: QuerySet[Client]) -> list[Decision]:
    charges = {
        client: (n, since)
        for client, n, since in Charge.objects.filter(client__in=files)
        .not_reviewed()
        .values("client_id")
        .annotate(n=Count("pk"), since=Min("created_at"))
        .order_by("client_id")
        .values_list("client_id", "n", "since")
    }
    sheets: dict[UUID, RapSheet] = {}
    unread: Counter[UUID] = Counter()
    in_review = RapSheet.objects.filter(client__in=files, state=RapSheet.State.REVIEW)
    for sheet in in_review.defer("text_sealed", "reading_sealed", "settled_sealed").order_by("created_at"):
        sheets.setdefault(sheet.client_id, sheet)
        unread[sheet.client_id] += sheet.lines_not_read
    found = []
    for client_id in sorted({*charges, *sheets}):
        n, since = charges.get(client_id, (0, None))
        sheet_to_do = sheets.get(client_id)
        words = [f"{counted(n, 'charge')} not reviewed"] if n else []
        if unread[client_id]:
            words.append(f"{counted(unread[client_id], 'line')} not read")
        text = ", ".join(words) or "RAP sheet to accept"
        url = link("client-record", client_id)
        if sheet_to_do is not None:
            url, since = link("rapsheet-review", sheet_to_do.pk), sheet_to_do.created_at
        found.append(Decision(client_id, text, url, since))
    return found


def _drafts_to_sign(asked: Asked) -> list[Decision]:
    drafts = Petition.objects.visible_to(asked.user).filter(stage=Stage.DRAFT).select_related("court")
    if not asked.team:
        drafts = drafts.filter(matter__lead=asked.user)
    return [
        Decision(
            petition.client_id,
            f"Draft petition to sign, {petition.court.county or petition.court.name}",
            link("petition", petition.pk),
            petition.created_at,
        )
        for petition in drafts.order_by("created_at")[: MOST_IN_RAIL * 2]
    ]


def _checks_to_decide(files: QuerySet[Client]) -> list[Decision]:
    newer = ConflictCheck.objects.filter(client=OuterRef("client"), run_at__gt=OuterRef("run_at"))
    checks = ConflictCheck.objects.filter(
        client__in=files, decision=ConflictCheck.Decision.OPEN, hit_count__gt=0
    ).exclude(Exists(newer))
    return [
        Decision(
            check.client_id,
            f"Conflict check to decide: {counted(check.hit_count, 'hit')}",
            link("intake", check.client_id),
            check.run_at,
        )
        for check in checks.order_by("run_at")[: MOST_IN_RAIL * 2]
    ]
