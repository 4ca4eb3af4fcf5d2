"""Addresses of other rooms."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def link(name: str, *args: Any, query: str = "") -> str:
    """The address of a page, with `query` behind it."""
    address = reverse(name, args=args)
    return f"{address}?{query}" if query else address
