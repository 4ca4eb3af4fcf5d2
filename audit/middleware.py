"""Gives each request an id that its log lines and events share, and keeps which page it came from."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from audit.models import AccessEvent
from audit.services import came_from, request_id

PLACE_LENGTH = AccessEvent._meta.get_field("place").max_length


class RequestId:
    """Sets the id for the length of the request and returns it in a header for support."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(secrets.token_hex(8))
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class CameFrom:
    """Sets, for the length of the request, the page that it came from: what its events keep as `place`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = came_from.set(place_of(request))
        try:
            return self.get_response(request)
        finally:
            came_from.reset(token)


def place_of(request: HttpRequest) -> str:
    """The name of the address that the browser says it comes from; "" for none, or one of another site.

    The name alone: no id, no query. A browser may send what it likes, so this helps to read the log and
    proves nothing.
    """
    try:
        referrer = urlsplit(request.headers.get("Referer", ""))
        # The host is compared as it was sent: whether it is one of ours is decided elsewhere.
        if not referrer.path or referrer.netloc != request.META.get("HTTP_HOST", ""):
            return ""
        return (resolve(referrer.path).url_name or "")[:PLACE_LENGTH]
    except (ValueError, Resolver404):
        return ""
