"""What django-axes counts failed sign-ins by: address of the person and of the machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def username(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str | None:
    """allauth passes `email` to the backends and posts `login`; both are lower-cased here."""
    value = (credentials or {}).get("email") or (credentials or {}).get("username")
    if not value and request is not None:
        value = request.POST.get("login")
    return value.lower() if value else None


def client_ip(request: HttpRequest) -> str | None:
    """The address as allauth determines it, behind a counted number of proxies; None when unknown."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return None
