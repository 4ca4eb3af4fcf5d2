"""Beside the page: the clock, the team, recent documents, and what identifies the client."""

from __future__ import annotations

from typing import Any

from clients.frame import opened
from clients.models import Alias, CareTeamMember, Client, Identifier, TeamRole
from documents.models import Document
from reports.links import link
from reports.overview.file import File, is_known
from reports.queries import ENDED_STAGES, waits_of
from reports.words import counted, short_day

MOST_DOCUMENTS = 5


def clock(file: File) -> dict[str, Any] | None:
    """Days without permission to work, running or ended; None where no first day is known."""
    visa = file.visa
    if visa is None:
        return None
    wait = waits_of([visa], file.today).get(visa.pk)
    if wait is None:
        return None
    running = wait.running and visa.stage not in ENDED_STAGES
    start = visa.waiting_from or visa.received_on
    first = f"{start:%b} {start.day}, {start.year}" if start else ""
    words = "days and counting" if running else "days in all"
    return {
        "days": wait.days,
        "words": words if wait.days != 1 else words.replace("days", "day"),
        "kind": "soon" if running else "",
        "ended": not running,
        "start": short_day(start) if start else "",
        "note": f"Since {first}. No valid card today." if running else f"From {first}. The wait has ended.",
    }


def team(client: Client) -> list[dict[str, str]]:
    """Who works for the client now, the point of contact first."""
    places = CareTeamMember.objects.filter(client=client, left_on__isnull=True).select_related("user")
    order = list(TeamRole.values)
    facts = [
        {
            "label": place.get_role_display(),
            "value": place.user.name,
            "note": f"since {short_day(place.joined_on)}",
        }
        for place in sorted(places, key=lambda place: (order.index(place.role), place.joined_on))
    ]
    contact = client.point_of_contact
    first = {"label": "Contact", "value": contact.name if contact else "Nobody yet", "note": ""}
    return [first, *facts]


def documents(client: Client) -> list[dict[str, str]]:
    """The newest documents, with their titles opened."""
    rows = Document.objects.filter(client=client, replaced_by__isnull=True)[:MOST_DOCUMENTS]
    return [
        {
            "title": opened(row, "title"),
            "url": link("document-open", row.pk),
            "when": short_day(row.created_at),
            "meta": row.get_kind_display(),
        }
        for row in rows
    ]


def details(client: Client) -> list[dict[str, Any]]:
    """Identity, masked; what is not on file says so and offers nothing to show."""
    kinds = set(Identifier.objects.filter(client=client).values_list("kind", flat=True))
    aliases = Alias.objects.filter(client=client).count()
    return [
        _masked("Legal name", "legal_name", "Show name", "••••••", is_known(client, "legal_name"), client),
        _masked(
            "Born",
            "date_of_birth",
            "Show date",
            "••/••/••••",
            is_known(client, "date_of_birth"),
            client,
        ),
        _masked("SSN", "ssn", "Show SSN", "•••-••-••••", "ssn" in kinds, client),
        _masked("A-number", "a_number", "Show A-number", "A••••••••", "a_number" in kinds, client),
        _masked("Other names", "aliases", "Show names", counted(aliases, "name"), bool(aliases), client),
    ]


def _masked(label: str, key: str, button: str, dots: str, known: bool, client: Client) -> dict[str, Any]:
    if not known:
        return {"label": label, "value": _why_empty(client, key)}
    return {"label": label, "mask": {"key": key, "label": button, "dots": dots}}


def _why_empty(client: Client, key: str) -> str:
    """ "Declined", "Does not know", "Not asked"."""
    from clients.models.client import Answer

    answer = client.answers.get(key, Answer.NOT_ASKED)
    return str(Answer(answer).label) if answer in Answer.values else "Not on file"
