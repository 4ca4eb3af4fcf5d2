"""Who asks, for every page above this floor."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """Who asks. LoginRequiredMiddleware has turned everybody else away before a view runs."""
    if not isinstance(request.user, User):
        raise TypeError("This page needs a signed-in person.")
    return request.user
