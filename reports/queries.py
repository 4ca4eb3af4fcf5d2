"""What the pages of this room read: rows somebody may see, and the shapes that the components take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, When, Window
from django.db.models.functions import Lag

from accounts.models import User
from cases.models import AgencyDuty, Deadline, Matter, Petition
from cases.models.petitions import GRANTS, Stage
from clients.models import CareTeamMember, Client, Commitment, TeamRole
from deadlines.types import day_words
from reports.links import link
from reports.words import counted
from visas.models import TVisa, WorkPermit
from visas.rules import Card, days_without
from visas.rules.work_permission import Wait
from visas.stages import UnknownState, machine

ENDED_STAGES = frozenset({"lpr", "closed", "denied_final", "revoked_final", "withdrawn"})
"""Stages of a T visa in which nobody waits for a work permit any more."""


def dates_of(user: User) -> Any:
    """Dates the reader may see that were not done or replaced."""
    return Deadline.objects.open().visible_to(user)


def promises_to(user: User) -> Any:
    """Promises still owed that the reader may see."""
    return Commitment.objects.not_kept_yet().visible_to(user)


def clients_of(user: User) -> Any:
    """Clients on whose team `user` works (supervising is not working on the file)."""
    place = CareTeamMember.objects.filter(client=OuterRef("pk"), user=user, left_on__isnull=True)
    return Client.objects.visible_to(user).filter(Exists(place.exclude(role=TeamRole.SUPERVISION)))


def with_work_to(deadlines: QuerySet[Deadline]) -> Any:
    """Adds `worked_to`: the safe date of our own dates where there is one, else the due date."""
    return deadlines.annotate(
        worked_to=Case(
            When(Q(side=Deadline.Side.OURS, safe_on__isnull=False), then=F("safe_on")),
            default=F("due_on"),
            output_field=DateField(),
        )
    )


def unowned(deadlines: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """Dates whose owner has left the office or is not on the client's team."""
    place = CareTeamMember.objects.filter(
        client=OuterRef("client"), user=OuterRef("owner"), left_on__isnull=True
    )
    return deadlines.filter(Q(owner__is_active=False) | ~Exists(place))


# --- A date -------------------------------------------------------------------------------------


def standing_of(deadline: Deadline, today: date) -> dict[str, str]:
    """How a date stands today, as a tag: label and kind."""
    if deadline.done_on is not None:
        return {"label": "Done", "kind": "done", "icon": ""}
    days = (deadline.due_on - today).days
    if days < 0:
        return {"label": f"{counted(-days, 'day')} overdue", "kind": "late", "icon": ""}
    kind = "soon" if days <= 6 else ""
    if deadline.work_to != deadline.due_on and days:
        left = (deadline.work_to - today).days
        if left <= 0:
            return {
                "label": "Safe date is today" if left == 0 else "Safe date has passed",
                "kind": "soon",
                "icon": "",
            }
        kind = "soon" if left <= 6 else kind
    label = {0: "Today", 1: "Tomorrow"}.get(days, f"In {counted(days, 'day')}")
    return {"label": label, "kind": kind, "icon": "clock"}


def standing_on(day: date, deadline: Deadline, today: date) -> dict[str, str]:
    """The same where a row stands under one of its days, safe or due: counted to that very day."""
    if deadline.done_on is not None or deadline.due_on < today or deadline.work_to == deadline.due_on:
        return standing_of(deadline, today)
    days, safe = (day - today).days, day == deadline.work_to
    if safe and days <= 0:
        label = "Safe date has passed" if days else "Safe date is today"
        return {"label": label, "kind": "soon", "icon": ""}
    kind = "soon" if days <= 6 or deadline.work_to <= today else ""
    label = {0: "Today", 1: "Tomorrow"}.get(days, f"In {counted(days, 'day')}")
    return {"label": label, "kind": kind, "icon": "clock"}


def open_petitions(user: User) -> Any:
    """Petitions neither decided nor withdrawn, and granted ones until every agency has confirmed.

    The board of a week, the report and whatever else says "open petitions" count these.
    """
    found = Petition.objects.visible_to(user).exclude(stage__in=[Stage.DENIED, Stage.WITHDRAWN])
    duties = AgencyDuty.objects.filter(petition=OuterRef("pk"))
    over = Exists(duties) & ~Exists(duties.filter(confirmed_on__isnull=True))
    return found.exclude(Q(stage__in=GRANTS) & over)


BODIES = ("matter", "petition__court", "petition__prosecutor", "agency_duty__agency")
"""What `select_related` fetches for `body_of`."""


def body_of(deadline: Deadline) -> str:
    """The court, office or agency on the other end of a date; "" where the file names none."""
    duty = getattr(deadline, "agency_duty", None)
    if duty is not None:
        return str(duty.agency.name)
    if deadline.petition is not None:
        theirs = deadline.side == Deadline.Side.THEIRS
        return str((deadline.petition.prosecutor if theirs else deadline.petition.court).name)
    return "USCIS" if deadline.matter.kind == Matter.Kind.T_VISA else ""


def body_words(deadline: Deadline) -> str:
    """Who answers to whom: "Heron Superior Court", and "… acts" where it is not for us to act."""
    body = body_of(deadline)
    if deadline.side == Deadline.Side.OURS:
        return body
    return f"{body or OTHERS[deadline.side]} acts"


OTHERS = {"theirs": "The other side", "court": "The court", "agency": "The agency"}


def who_acts(deadline: Deadline, user: User) -> str:
    """ "You", a colleague's name, or whoever has to act by it with the person who chases."""
    owner = "you" if deadline.owner_id == user.pk else deadline.owner.name
    if deadline.side == Deadline.Side.OURS:
        return "You" if owner == "you" else owner
    other = body_of(deadline) or OTHERS[deadline.side]
    return f"{other}; {owner} {'watch' if owner == 'you' else 'watches'}"


def deadline_row(deadline: Deadline, *, user: User, today: date) -> dict[str, Any]:
    """One row of a table of dates. The page adds the client by `client_id`, and opens what is sealed."""
    standing = standing_of(deadline, today)
    note, note_kind = "", ""
    if deadline.work_to != deadline.due_on:
        behind = deadline.work_to <= today and deadline.done_on is None
        note = f"Safe {day_words(deadline.work_to, today)}"
        if behind and deadline.due_on > today:
            note = f"{note}: send today"
        note_kind = "soon" if behind else ""
    return {
        "deadline": deadline,
        "client_id": deadline.client_id,
        "due": deadline.due(today),
        "note": note,
        "note_kind": note_kind,
        "what": deadline.what,
        "body": body_of(deadline) if deadline.side == Deadline.Side.OURS else "",
        "url": link("petition", deadline.petition_id)
        if deadline.petition_id
        else link("client-dates", deadline.client_id),
        "who": who_acts(deadline, user),
        "standing": standing,
        "state": standing["kind"] if standing["kind"] in {"late", "soon", "done"} else "",
    }


# --- Waiting without permission to work -----------------------------------------------------------


def waits_of(visas: Iterable[TVisa], today: date) -> dict[UUID, Wait]:
    """Days each principal has waited, by T visa; one query. Without a first day there is no figure."""
    started = {visa.pk: first for visa in visas if (first := visa.waiting_from or visa.received_on)}
    cards: dict[UUID, list[Card]] = defaultdict(list)
    for permit in WorkPermit.objects.filter(visa__in=list(started), person__isnull=True):
        cards[permit.visa_id].append(Card(permit.valid_from, permit.valid_to, permit.category))
    return {pk: days_without(cards[pk], start=first, as_of=today) for pk, first in started.items()}


def is_waiting(visa: TVisa, waits: dict[UUID, Wait]) -> bool:
    """Whether the clock of this T visa runs today."""
    return visa.stage not in ENDED_STAGES and visa.pk in waits and waits[visa.pk].running


def visa_stage_words(stage: str) -> str:
    """The stage as people read it; the key itself where the machine has no such stage."""
    try:
        return machine("t1_matter").state(stage).label
    except UnknownState:
        return stage


# --- Hands ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandOver:
    """A change of a client's point of contact; None is "nobody"."""

    client_id: UUID
    at: datetime
    before: int | None
    after: int | None


def hand_overs(clients: QuerySet[Client]) -> list[HandOver]:
    """Every change of point of contact of these clients, oldest first, from their history. One query."""
    rows = (
        Client.history.filter(id__in=clients.values("pk"))
        .annotate(
            before=Window(
                Lag("point_of_contact_id"),
                partition_by=F("id"),
                order_by=[F("history_date"), F("history_id")],
            ),
            earlier=Window(
                Lag("history_id"), partition_by=F("id"), order_by=[F("history_date"), F("history_id")]
            ),
        )
        .order_by("history_date", "history_id")
        .values_list("id", "history_date", "before", "point_of_contact_id", "earlier")
    )
    return [
        HandOver(client, at, before, after)
        for client, at, before, after, earlier in rows
        if earlier is not None and before != after
    ]
