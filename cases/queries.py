"""What the reports and home pages ask of this room. Everything is what `user` may see, in few queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Min, Prefetch, Q
from django.utils import timezone

from accounts.models import User
from cases.models import Deadline, Hearing, Petition, PetitionCharge
from cases.models.petitions import ENDED, GRANTS, Stage
from cases.screening import Screened, charges_of, screen_for
from cases.services.petitions import charge_county
from clients.models import Client
from records.models import Charge


def deadlines_ahead(user: User, *, today: date, days: int = 14, own: bool = True) -> Any:
    """Open dates that are overdue or due within `days`, soonest first; `own`: `user` answers for them."""
    visible: Any = Deadline.objects.visible_to(user)
    rows = visible.due_by(today + timedelta(days=days)).with_places().order_by("due_on")
    return rows.owned_by(user) if own else rows


def deadlines_overdue(user: User, *, today: date, own: bool = True) -> Any:
    """Open dates that have passed."""
    visible: Any = Deadline.objects.visible_to(user)
    rows = visible.overdue(today).with_places().order_by("due_on")
    return rows.owned_by(user) if own else rows


def hearings_ahead(user: User, *, today: date, days: int = 60) -> Any:
    """Hearings from today on, soonest first."""
    start = timezone.make_aware(datetime.combine(today, time.min))
    return (
        Hearing.objects.visible_to(user)
        .filter(
            outcome=Hearing.Outcome.AHEAD, starts_at__gte=start, starts_at__lt=start + timedelta(days=days)
        )
        .select_related("client", "court", "petition")
        .order_by("starts_at")
    )


def petitions_for_list(user: User) -> Any:
    """Petitions with what a list or board shows of each: charges, next date, next hearing, agencies to go."""
    soon = Deadline.objects.open().order_by("due_on")
    ahead = Hearing.objects.filter(outcome=Hearing.Outcome.AHEAD).order_by("starts_at")
    return (
        Petition.objects.visible_to(user)
        .select_related("client", "court", "prosecutor", "matter__lead")
        .prefetch_related(
            Prefetch("deadlines", queryset=soon, to_attr="open_dates"),
            Prefetch("hearings", queryset=ahead, to_attr="next_hearings"),
        )
        .annotate(
            charge_count=Count("lines", distinct=True),
            agencies=Count("duties", distinct=True),
            agencies_to_go=Count("duties", filter=Q(duties__confirmed_on__isnull=True), distinct=True),
            next_due=Min(
                "deadlines__due_on",
                filter=Q(deadlines__done_on__isnull=True, deadlines__replaced_at__isnull=True),
            ),
        )
    )


def petitions_by_stage(user: User) -> Mapping[str, int]:
    """How many petitions stand at each stage; every stage is a key."""
    rows = Petition.objects.visible_to(user).order_by().values("stage").annotate(n=Count("pk"))
    counted = {row["stage"]: row["n"] for row in rows}
    return {stage: counted.get(stage, 0) for stage in Stage.values}


def vacatur_stop(client: Client, *, today: date) -> dict[str, Any] | None:
    """Where the client's petitions stand, for the path of the file; None without a petition."""
    rows = list(Petition.objects.filter(client=client))
    if not rows:
        return None
    granted = sum(row.stage in GRANTS for row in rows)
    pending = sum(row.stage not in ENDED for row in rows)
    dates = Deadline.objects.open().filter(client=client, petition__isnull=False).order_by("due_on").first()
    return {"petitions": len(rows), "granted": granted, "pending": pending, "next": dates}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A charge that is not in a petition, and why."""

    charge: Charge
    reason: str


def left_out(*, petition: Petition, today: date) -> list[LeftOut]:
    """Every charge of the client that the petition does not take, with its reason."""
    inside = set(petition.lines.values_list("charge_id", flat=True))
    elsewhere = PetitionCharge.objects.filter(client=petition.client_id).exclude(petition=petition)
    others = dict(
        elsewhere.exclude(petition__stage=Stage.WITHDRAWN).values_list("charge_id", "petition__number")
    )
    charges = [charge for charge in charges_of(petition.client) if charge.pk not in inside]
    screened = screen_for(charges=charges, statute_id=petition.statute, today=today)
    county = "" if petition.is_federal else petition.court.county
    return [
        LeftOut(charge, why_left_out(screened[charge.pk], county=county, in_petition=others.get(charge.pk)))
        for charge in charges
    ]


def why_left_out(screened: Screened, *, county: str, in_petition: int | None = None) -> str:
    """The reason in words, the strongest first."""
    if in_petition is not None:
        return f"in petition {in_petition}"
    if screened.finding.answer == "does_not_reach":
        return screened.reason
    where = charge_county(screened.charge)
    if county and where and where != county:
        return f"{where} County: needs a petition of its own"
    if screened.finding.answer == "cannot_tell":
        return f"cannot tell: {screened.reason}"
    return "not chosen"


def counties(charges: Iterable[Charge]) -> list[str]:
    """The counties of the charges, the one with most first."""
    found: dict[str, int] = {}
    for charge in charges:
        if county := charge_county(charge):
            found[county] = found.get(county, 0) + 1
    return sorted(found, key=lambda county: (-found[county], county))
