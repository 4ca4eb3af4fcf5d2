"""What every page's frame needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import CASEWORK_ROLES, Role, User
from clients import grants
from clients.models import BreakGlass
from clients.services.glass import waiting as glass_waiting
from reports.unusual.services import to_review as unusual_to_review

PLACES = (
    ("My week", "home", CASEWORK_ROLES),
    ("Clients", "clients", CASEWORK_ROLES),
    ("Petitions", "petitions", CASEWORK_ROLES),
    ("T visas", "tvisas", CASEWORK_ROLES),
    ("Calendar", "calendar", CASEWORK_ROLES),
    ("Caseload", "caseload", CASEWORK_ROLES),
    ("Accounts", "accounts", frozenset({Role.ADMINISTRATOR})),
    ("Upkeep", "upkeep", frozenset({Role.ADMINISTRATOR})),
    ("Today", "home", frozenset({Role.AUDITOR})),
    ("Break-glass", "glass-queue", frozenset({Role.SUPERVISOR, Role.AUDITOR})),
    ("Unusual looking", "unusual", frozenset({Role.AUDITOR})),
    ("Access log", "access-log", frozenset({Role.AUDITOR})),
    ("Erased files", "erased", frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR})),
)
COUNTS: dict[str, Callable[[User], int]] = {
    "unusual": lambda user: unusual_to_review(),
    "glass-queue": glass_waiting,
}
"""What waits behind a place, for the auditor: asked on every page of theirs."""


def trial_mail() -> str:
    """The folder in which a trial leaves its mail, as seen from the checkout; "" where mail is sent."""
    if not settings.TRIAL:
        return ""
    folder = Path(settings.EMAIL_FILE_PATH)
    return str(folder.relative_to(settings.BASE_DIR) if folder.is_relative_to(settings.BASE_DIR) else folder)


def _glass(user: User) -> list[BreakGlass]:
    """What this person has open by break-glass: it stands on every page while it lasts."""
    return grants.running(user) if user.does_casework and grants.opened_by(user) else []


def _count(name: str, user: User) -> int:
    """How much waits at a place; 0 for places that count nothing, and for whoever has other work first."""
    return COUNTS[name](user) if name in COUNTS and user.role == Role.AUDITOR else 0


def frame(request: HttpRequest) -> dict[str, Any]:
    """Navigation by role, the trial banner and the neutral page to leave to."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    role = user.role if signed_in else ""  # type: ignore[union-attr]
    match = getattr(request, "resolver_match", None)
    current = match.url_name if match else ""
    nav = [
        {"label": label, "url": reverse(name), "current": name == current, "count": _count(name, user)}  # type: ignore[arg-type]
        for label, name, roles in PLACES
        if role in roles
    ]
    return {
        "nav": nav,
        "glass": _glass(user) if signed_in else [],  # type: ignore[arg-type]
        "does_casework": signed_in and user.does_casework,  # type: ignore[union-attr]
        "trial": settings.TRIAL,
        "trial_mail": trial_mail(),
        "office": user.office.name if signed_in else "",  # type: ignore[union-attr]
        "exit_url": settings.EXIT_URL,
    }
