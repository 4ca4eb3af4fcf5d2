"""The supervisor’s team: what is late, and what nobody owns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from clients.models import Client
from clients.services import glass
from reports.home.asked import MOST_IN_RAIL, MOST_ROWS, Asked
from reports.links import link
from reports.queries import BODIES, dates_of, hand_overs, promises_to, unowned
from reports.weeks import start_of
from reports.words import short_day

HAND_OVER_DAYS = 30


def team_late(asked: Asked) -> dict[str, list[Any]]:
    """Dates and promises of everybody that have passed, the oldest first."""
    dates = dates_of(asked.user).filter(due_on__lt=asked.today).select_related("owner", *BODIES)
    promises = promises_to(asked.user).filter(due_at__lt=timezone.now())
    return {
        "dates": list(dates.order_by("due_on", "pk")[:MOST_ROWS]),
        "promises": list(promises.select_related("owner").order_by("due_at", "pk")[:MOST_ROWS]),
    }


def glass_waiting(asked: Asked) -> list[dict[str, Any]]:
    """Files opened by break-glass that wait for this person's review, the newest first. One query."""
    rows = glass.queue(asked.user).unreviewed().exclude(user=asked.user)[:MOST_ROWS]
    return [
        {
            "file_number": row.client.file_number,
            "who": row.user.name,
            "at": row.opened_at,
            "late": row.escalated_at is not None or glass.is_late(row, asked.today),
        }
        for row in rows
    ]


def loose_ends(asked: Asked) -> list[dict[str, Any]]:
    """Files without a point of contact, dates that nobody on the team owns, and new hand-overs."""
    user, today = asked.user, asked.today
    rows: list[dict[str, Any]] = []
    files = Client.objects.visible_to(user).open_files()
    none = files.filter(Q(point_of_contact__isnull=True) | Q(point_of_contact__is_active=False))
    for client in none.order_by("opened_on")[:MOST_ROWS]:
        rows.append(
            {
                "client_id": client.pk,
                "what": "No point of contact",
                "tag": {"label": "Name one", "kind": "late"},
                "url": link("client-team", client.pk),
                "meta": "",
            }
        )
    for deadline in unowned(dates_of(user)).select_related("owner").order_by("due_on")[:MOST_ROWS]:
        why = "has left" if not deadline.owner.is_active else "is not on the team"
        rows.append(
            {
                "client_id": deadline.client_id,
                "what": deadline.what,
                "tag": {"label": "Nobody owns it", "kind": "late"},
                "url": link("client-dates", deadline.client_id),
                "meta": f"Due {short_day(deadline.due_on)}; {deadline.owner.name} {why}",
            }
        )
    since = start_of(today - timedelta(days=HAND_OVER_DAYS))
    recent = [one for one in hand_overs(files) if one.at >= since and one.before]
    names = {
        person.pk: person.name
        for person in User.objects.filter(pk__in=[x for one in recent for x in (one.before, one.after)])
    }
    for one in reversed(recent[-MOST_IN_RAIL:]):
        rows.append(
            {
                "client_id": one.client_id,
                "what": f"Handed over to {names.get(one.after or 0, 'nobody')}",
                "tag": {"label": "Hand-over", "kind": ""},
                "url": link("client-team", one.client_id),
                "meta": f"From {names.get(one.before or 0, 'nobody')}, {short_day(one.at)}",
            }
        )
    return rows
