"""The frame of a file page: identity bar and side navigation.

Rooms above register their places, so that this floor knows none of them:

    register(Place("petitions", "Petitions", "petitions", order=30, count=how_many))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from audit.broken import alarm
from clients import permissions
from clients.models import Client, SafeContact
from clients.models.client import Answer
from vault.errors import Shredded, VaultError

Count = Callable[[Client], "int | str | None"]


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a file. `count` may give a number or words ("2 due") to stand beside the label."""

    key: str
    label: str
    url_name: str
    order: int
    group: int = 1
    count: Count | None = None
    right: str = permissions.VIEW


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that everybody who opens the file must see: words, kind (late, soon), icon."""

    label: str
    kind: str
    icon: str
    url: str = ""


MASKED_CONTACT = {"number": "number", "email": "e-mail", "code_word": "code word"}

_places: dict[str, Place] = {}
_alerts: list[Callable[[Client], list[Alert]]] = []


def register(place: Place) -> None:
    """Add a place to the side navigation of every file; called from `AppConfig.ready`."""
    _places[place.key] = place


def register_alerts(source: Callable[[Client], list[Alert]]) -> None:
    """Add a source of alerts for the identity bar."""
    if source not in _alerts:
        _alerts.append(source)


def file_context(request: HttpRequest, client: Client, current: str) -> dict[str, Any]:
    """What `base_file.html` needs. `current` is the key of the place that is open."""
    rights = permissions.rights_on(request.user, client)  # type: ignore[arg-type]
    return {
        "client": client,
        "rights": {right: right in rights for right in permissions.RIGHTS},
        "identity": identity(client, current_rights=rights),
        "side": _side(client, current, rights),
        "reveal_url": reverse("client-reveal", args=[client.pk]),
    }


def identity(client: Client, *, current_rights: frozenset[str]) -> dict[str, Any]:
    """Who this is and how to reach her safely; a number is masked until asked for."""
    contact = SafeContact.objects.filter(client=client).first()
    found: dict[str, Any] = {
        "name": opened(client, "name_used"),
        "pronouns": opened(client, "pronouns") or "they",
        "file_number": client.file_number,
        "language": opened(client, "language") or _answer_words(client, "language"),
        "interpreter": opened(client, "interpreter"),
        "contact": str(client.point_of_contact or ""),
        "contact_role": (
            client.point_of_contact.get_role_display().lower() if client.point_of_contact else ""
        ),
        "alerts": [alert for source in _alerts for alert in source(client)][:3],
        "reveals": [],
    }
    if contact is not None and (channel := opened(contact, "channel")):
        voicemail = opened(contact, "voicemail")
        found["reach"] = ", ".join(
            part
            for part in (dict(SafeContact.Channel.choices).get(channel, channel), opened(contact, "hours"))
            if part
        )
        found["reach_rule"] = dict(SafeContact.Voicemail.choices).get(voicemail, voicemail).lower()
        found["say"] = opened(contact, "say_you_are")
        found["never"] = opened(contact, "never")
        # What is masked is not opened to find out whether there is something to show.
        found["reveals"] = [
            {"key": name, "label": f"Show {words}"}
            for name, words in MASKED_CONTACT.items()
            if getattr(contact, f"{name}_sealed") is not None
        ]
    return found


def opened(row: Any, name: str) -> str:
    """A sealed value for the page; where it does not open, words that say so, for this field only.

    A value that should open and does not is an alarm: an entry in the access log and an error in the log.
    """
    try:
        return getattr(row, name) or ""
    except VaultError as error:
        return reported(error, client=row.pk if isinstance(row, Client) else getattr(row, "client_id", None))


def reported(error: VaultError, *, client: UUID | None = None) -> str:
    """What a page says in the place of a value that did not open; the logs name it, once a day."""
    if isinstance(error, Shredded):
        return erased_words(error.at)
    alarm(error, client=client)
    return "This value cannot be opened: reported"


def erased_words(at: datetime | None) -> str:
    """ "Erased on November 30, 2026": what stands in the place of what was erased on purpose."""
    if at is None:
        return "Erased"
    day = timezone.localdate(at)
    return f"Erased on {day:%B} {day.day}, {day.year}"


def _answer_words(client: Client, question: str) -> str:
    return str(Answer(client.answers[question]).label) if question in client.answers else ""


def _side(client: Client, current: str, rights: frozenset[str]) -> list[list[dict[str, Any]]]:
    groups: dict[int, list[dict[str, Any]]] = {}
    for place in sorted(_places.values(), key=lambda p: (p.group, p.order)):
        if place.right not in rights:
            continue
        count = place.count(client) if place.count else None
        groups.setdefault(place.group, []).append(
            {
                "label": place.label,
                "url": reverse(place.url_name, args=[client.pk]),
                "count": count or None,
                "current": place.key == current,
                "soon": isinstance(count, str),
            }
        )
    return list(groups.values())
