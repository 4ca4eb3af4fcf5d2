"""What lists, reports and the frame read of T visas; every function asks a fixed number of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
    prefetch_related_objects,
)
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cases.models import Deadline
from clients.frame import Alert
from clients.models import Client
from deadlines.types import day_words
from visas.models import Notice, TVisa, VisaEvent, WorkPermit
from visas.rules import law
from visas.rules.work_permission import Wait
from visas.stages import machine
from visas.working import wait_of

SOON = timedelta(days=6)
PERMIT_ALERT = timedelta(days=30)
KIND_WORDS = {
    Notice.Kind.RFE: "RFE answer",
    Notice.Kind.NOID: "NOID answer",
    Notice.Kind.NOIR: "NOIR answer",
    Notice.Kind.DENIAL: "Appeal",
}


def renewal_days() -> timedelta:
    """How long before its end a card may be renewed (rule EA1)."""
    return timedelta(days=law()["permit_rules"]["EA1"]["days_before_expiry"])


def with_rows(visas: QuerySet[TVisa]) -> QuerySet[TVisa]:
    """With what the wait and the next date are read from, in four further queries."""
    return visas.select_related("client", "matter__lead").prefetch_related(
        Prefetch("permits", queryset=WorkPermit.objects.filter(person__isnull=True)),
        Prefetch("events", queryset=VisaEvent.objects.defer("note_sealed")),
        Prefetch(
            "notices", queryset=Notice.objects.open().select_related("deadline").defer("asks_for_sealed")
        ),
        Prefetch("matter__deadlines", queryset=Deadline.objects.open().defer("about_sealed")),
    )


def by_stage(visas: QuerySet[TVisa]) -> QuerySet[TVisa]:
    """In the order of the machine's stages, the ones that wait longest first."""
    ranks = [When(stage=key, then=Value(rank)) for rank, key in enumerate(machine("t1_matter").states)]
    rank = Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())
    return visas.annotate(stage_rank=rank).order_by("stage_rank", "received_on", "created_at")


def waiting_days(visas: Sequence[TVisa], *, today: date) -> dict[UUID, Wait]:
    """The wait of each T visa by its id; at most two queries, none for rows that come from `with_rows`."""
    prefetch_related_objects(
        list(visas),
        Prefetch("permits", queryset=WorkPermit.objects.filter(person__isnull=True)),
        Prefetch("events", queryset=VisaEvent.objects.defer("note_sealed")),
    )
    found = {visa.pk: wait_of(visa, visa.permits.all(), visa.events.all(), today) for visa in visas}
    return {pk: wait for pk, wait in found.items() if wait is not None}


def notices_due(*, user: User, today: date, days: int = 14, mine: bool = False) -> QuerySet[Notice]:
    """Open notices whose safe date is at most `days` ahead or has passed, soonest first.

    Of all clients `user` may see; `mine` narrows to the dates that `user` answers for.
    """
    rows = Notice.objects.open().visible_to(user).filter(deadline__safe_on__lte=today + timedelta(days=days))
    if mine:
        rows = rows.filter(deadline__owner=user)
    found: QuerySet[Notice] = rows.select_related("client", "visa", "deadline__owner").order_by(
        "deadline__safe_on"
    )
    return found


def permits_to_renew(*, user: User, today: date) -> QuerySet[WorkPermit]:
    """Last cards in their renewal window or run out, the soonest end first; ended matters are left out."""
    later = WorkPermit.objects.filter(visa=OuterRef("visa"), valid_to__gt=OuterRef("valid_to"))
    own = Q(person__isnull=True) & Exists(later.filter(person__isnull=True))
    of_relative = Q(person__isnull=False) & Exists(later.filter(person=OuterRef("person")))
    rows = WorkPermit.objects.visible_to(user).filter(
        valid_to__lte=today + renewal_days(), visa__in=TVisa.objects.pending()
    )
    found: QuerySet[WorkPermit] = (
        rows.exclude(own | of_relative).select_related("client", "visa", "person").order_by("valid_to")
    )
    return found


def with_open_notice(visas: QuerySet[TVisa]) -> QuerySet[TVisa]:
    """Those with a notice that waits for an answer."""
    return visas.filter(Exists(Notice.objects.open().filter(visa=OuterRef("pk"))))


def next_notice(visa: TVisa) -> Notice | None:
    """The open notice that is worked to first; reads what `with_rows` fetched."""
    return min(visa.notices.all(), key=lambda row: row.deadline.work_to, default=None)


def next_date(visa: TVisa) -> Deadline | None:
    """The open date of the matter that is worked to first: an answer, a card or status that ends."""
    return min(visa.matter.deadlines.all(), key=lambda row: (row.work_to, row.due_on), default=None)


# --- The frame of a file --------------------------------------------------------------------------


def place_count(client: Client) -> str | None:
    """Words beside the place in the side navigation: how many notices are open."""
    number = Notice.objects.open().filter(client=client).count()
    return f"{number} due" if number else None


def alerts_for(client: Client) -> list[Alert]:
    """Answers that are to be sent within a week, and a card that ends within a month."""
    today = timezone.localdate()
    found = []
    rows = Notice.objects.open().filter(client=client, deadline__safe_on__lte=today + SOON)
    for notice in rows.select_related("deadline").order_by("deadline__safe_on"):
        found.append(_notice_alert(notice, today))
    return [*found, *_permit_alerts(client, today)]


def _notice_alert(notice: Notice, today: date) -> Alert:
    what, deadline = KIND_WORDS[Notice.Kind(notice.kind)], notice.deadline
    url = f"{reverse('tvisa', args=[notice.visa_id])}#notices"
    if deadline.due_on < today:
        return Alert(f"{what} overdue", "late", "alert", url)
    if notice.sent_on is not None:
        return Alert(f"{what} sent: check that USCIS has it", "soon", "clock", url)
    if deadline.work_to <= today:
        return Alert(f"{what}: send today", "soon", "clock", url)
    return Alert(f"{what}: send by {day_words(deadline.work_to, today)}", "soon", "clock", url)


def _permit_alerts(client: Client, today: date) -> Iterable[Alert]:
    rows = WorkPermit.objects.filter(client=client, person__isnull=True, visa__in=TVisa.objects.pending())
    last = rows.order_by("-valid_to").first()
    if last is None or not today <= last.valid_to <= today + PERMIT_ALERT:
        return
    url = f"{reverse('tvisa', args=[last.visa_id])}#permits"
    yield Alert(f"Work permit ends {day_words(last.valid_to, today)}", "soon", "clock", url)
