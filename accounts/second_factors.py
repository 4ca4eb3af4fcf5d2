"""Sealed secrets of second factors, which allauth keeps inside JSON: sealed again under a new key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.adapters import open_secret, seal_secret
from audit.services import Action, record

HEADER_BYTES = 5


def left_under(heads: Collection[bytes]) -> int:
    """How many second factors hold a secret that begins with one of these headers (format and key id)."""
    return sum(_names(row.data, heads) for row in Authenticator.objects.iterator())


def reseal(heads: Collection[bytes]) -> int:
    """Seal them again, each in a transaction with its event; how many. People notice nothing."""
    moved = 0
    for row in Authenticator.objects.order_by("pk").iterator():
        if not _names(row.data, heads):
            continue
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=row.pk).first()
            if row is None or not _names(row.data, heads):
                continue
            row.data = _mapped(row.data, lambda text: seal_secret(open_secret(text)), heads)
            row.save(update_fields=["data"])
            record(Action.RESEALED, by=None, kind="second_factor", shown=[row.pk])
            moved += 1
    return moved


def _names(data: Any, heads: Collection[bytes]) -> bool:
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    _mapped(data, note, heads)
    return bool(found)


def _mapped(data: Any, change: Callable[[str], str], heads: Collection[bytes]) -> Any:
    """The JSON with every sealed text under one of `heads` changed, however deep it lies."""
    if isinstance(data, dict):
        return {name: _mapped(value, change, heads) for name, value in data.items()}
    if isinstance(data, list):
        return [_mapped(value, change, heads) for value in data]
    return change(data) if isinstance(data, str) and _head(data) in heads else data


def _head(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)[:HEADER_BYTES]
    except (ValueError, binascii.Error):
        return b""
