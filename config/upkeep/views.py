"""The page of upkeep, for administrators."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import can_keep_accounts
from accounts.requests import signed_in
from config.upkeep import page


@require_safe
def upkeep_page(request: HttpRequest) -> HttpResponse:
    """Backups, restores that were tried, timed work, keys: figures and dates alone, no client's data."""
    if not can_keep_accounts(signed_in(request)):
        raise PermissionDenied("Upkeep is the work of the system administrator. Ask there.")
    return render(request, "config/upkeep.html", page.upkeep(timezone.now()))
