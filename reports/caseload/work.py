"""Our own work: promises, dates, and who carries what. About us, so nothing of it is hidden."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils import timezone

from accounts.models import User
from cases.models import Petition
from clients.models import CareTeamMember, Client, Commitment, TeamRole
from reports.caseload.shapes import MOST_ROWS, SOON_DAYS, LateRow, Worker
from reports.figures import Figure
from reports.links import link
from reports.periods import Period
from reports.queries import BODIES, body_words, dates_of, with_work_to
from reports.weeks import start_of
from visas.models import TVisa


def promises(user: User, period: Period) -> dict[int, tuple[int, int]]:
    """By owner: promises kept on time, and promises due. A renegotiated one counts at its new time."""
    end = min(start_of(period.end + timedelta(days=1)), timezone.now())
    rows = (
        Commitment.objects.visible_to(user)
        .filter(due_at__gte=start_of(period.start), due_at__lt=end)
        .exclude(state=Commitment.State.RENEGOTIATED)
        .values("owner")
        .annotate(
            kept=Count("pk", filter=Q(state=Commitment.State.KEPT, settled_at__lte=F("due_at"))),
            due=Count("pk"),
        )
        .order_by("owner")
        .values_list("owner", "kept", "due")
    )
    return {owner: (kept, due) for owner, kept, due in rows}


def promises_figure(kept: dict[int, tuple[int, int]]) -> Figure:
    n, due = sum(one[0] for one in kept.values()), sum(one[1] for one in kept.values())
    return Figure(
        "Promises kept on time",
        f"{round(100 * n / due)}%" if due else "–",
        f"{n:,} of {due:,} due",
        "Promises due in the period and by now. One still owed counts as not kept; a new time that the "
        "client agreed to counts from the new time. About our work, so small numbers are shown.",
    )


def dates(user: User, today: date, *, late: bool) -> tuple[tuple[LateRow, ...], int]:
    rows = with_work_to(dates_of(user))
    if late:
        rows = rows.filter(due_on__lt=today)
    else:
        rows = rows.filter(due_on__gte=today, worked_to__lte=today + timedelta(days=SOON_DAYS))
    # By the day the row shows: the due date once the safe one has passed.
    shown = Case(When(worked_to__lt=today, then=F("due_on")), default=F("worked_to"))
    found = rows.select_related("owner", "client", *BODIES).order_by(
        *([] if late else [shown]), "due_on", "pk"
    )
    found = found.defer(*_sealed(Client, "client__"))
    return (
        tuple(
            LateRow(
                on=(on := row.due_on if late or row.work_to < today else row.work_to),
                kind="due" if on == row.due_on else "safe",
                days=abs((on - today).days),
                what=row.what,
                body=body_words(row),
                file_number=row.client.file_number,
                owner=row.owner.name,
                url=link("client-dates", row.client_id),
            )
            for row in found[:MOST_ROWS]
        ),
        rows.count(),
    )


def _sealed(model: Any, prefix: str = "") -> list[str]:
    """Names of the sealed columns, which a report has no use for."""
    return [f"{prefix}{f.name}" for f in model._meta.concrete_fields if f.attname.endswith("_sealed")]


def workers(user: User, today: date, kept: dict[int, tuple[int, int]]) -> tuple[Worker, ...]:
    """Who carries what: a file with two workers counts for both."""
    files = Client.objects.visible_to(user).open_files()
    places = CareTeamMember.objects.filter(client__in=files, left_on__isnull=True)
    places = places.exclude(role=TeamRole.SUPERVISION).values_list("user_id", "client_id")
    carried: dict[int, set[UUID]] = defaultdict(set)
    for worker, client in places:
        carried[worker].add(client)
    petitions = _by_client(Petition.objects.pending().visible_to(user))
    visas = _by_client(TVisa.objects.pending().visible_to(user))
    late = Counter(dates_of(user).filter(due_on__lt=today).order_by().values_list("owner_id", flat=True))
    people = User.objects.filter(pk__in={*carried, *kept, *late}).order_by("name")
    return tuple(
        Worker(
            name=person.name,
            role=person.get_role_display().lower(),
            files=len(carried[person.pk]),
            petitions=sum(petitions[client] for client in carried[person.pk]),
            visas=sum(visas[client] for client in carried[person.pk]),
            late=late[person.pk],
            promises_kept=kept.get(person.pk, (0, 0))[0],
            promises_due=kept.get(person.pk, (0, 0))[1],
        )
        for person in people
    )


def _by_client(rows: QuerySet[Any]) -> Counter[UUID]:
    return Counter(rows.order_by().values_list("client_id", flat=True))
