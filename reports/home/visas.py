"""The advocate’s day: T visas and families, intakes not finished."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from cases.models import Deadline
from clients.models import Client
from reports.home.asked import MOST_IN_RAIL, MOST_ROWS, Asked
from reports.links import link
from reports.queries import (
    ENDED_STAGES,
    clients_of,
    is_waiting,
    standing_on,
    visa_stage_words,
    waits_of,
    with_work_to,
)
from visas.models import RELATIVE_GRANTED, TVisa

OPEN_NOTICE = Q(
    notices__answered_on__isnull=True,
    notices__deadline__done_on__isnull=True,
    notices__deadline__replaced_at__isnull=True,
)


def visa_rows(asked: Asked) -> list[dict[str, Any]]:
    """T visas with stage, next date, days waited, open notices and family; soonest date first."""
    visas = TVisa.objects.visible_to(asked.user).exclude(stage__in=ENDED_STAGES)
    if not asked.team:
        visas = visas.filter(client__in=clients_of(asked.user))
    visas = visas.annotate(
        relatives=Count("family", distinct=True),
        relatives_done=Count("family", filter=Q(family__stage__in=RELATIVE_GRANTED), distinct=True),
        notices_open=Count("notices", filter=OPEN_NOTICE, distinct=True),
    )
    found = list(visas)
    waits = waits_of(found, asked.today)
    nexts: dict[UUID, Deadline] = {}
    dates = Deadline.objects.filter(matter__in=[visa.matter_id for visa in found]).open()
    for deadline in with_work_to(dates).order_by("worked_to", "due_on", "pk"):
        nexts.setdefault(deadline.matter_id, deadline)
    rows: list[dict[str, Any]] = []
    for visa in found:
        ahead = nexts.get(visa.matter_id)
        waiting = is_waiting(visa, waits)
        standing = standing_on(ahead.work_to, ahead, asked.today)["kind"] if ahead else ""
        rows.append(
            {
                "client_id": visa.client_id,
                "url": link("tvisa", visa.pk),
                "stage": visa_stage_words(visa.stage),
                "next": ahead.what if ahead else "",
                "state": standing if standing in {"late", "soon"} else "",
                "next_on": ahead.work_to if ahead else None,
                "next_kind": ("due" if ahead.work_to == ahead.due_on else "safe") if ahead else "",
                "days": waits[visa.pk].days if waiting else None,
                "may_work": visa.pk in waits and not waits[visa.pk].running,
                "notices": visa.notices_open,
                "relatives": visa.relatives,
                "relatives_done": visa.relatives_done,
            }
        )
    rows.sort(key=lambda row: (row["next_on"] is None, row["next_on"] or date.max, -(row["days"] or 0)))
    return rows[:MOST_ROWS]


def intakes_open(asked: Asked) -> list[Client]:
    """Intakes nobody has finished, oldest first."""
    rows = Client.objects.visible_to(asked.user).filter(state=Client.State.INTAKE)
    if not asked.team:
        rows = rows.filter(Q(point_of_contact=asked.user) | Q(pk__in=clients_of(asked.user).values("pk")))
    return list(rows.order_by("opened_on", "pk")[: MOST_IN_RAIL * 2])
