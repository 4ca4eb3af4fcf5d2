"""For a site that installs Django's admin after all: pages on which sealed values are masked.

Afterword does not (docs/decisions/0002-no-django-admin.md). A system check refuses every other admin page of
a model with sealed columns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from vault.fields import SealedField
from vault.querysets import sealed_fields

MASK = "•••"


class MaskedAdmin(admin.ModelAdmin):
    """Read-only. A sealed value shows as a mask; there is no revealing here, because nothing records it."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self._masked(super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        return self._masked(self.fields or [field.name for field in self.opts.concrete_fields])

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        return self.get_fields(request, obj)

    def _masked(self, names: Any) -> list[Any]:
        masks = {name: mask(f) for f in sealed_fields(self.model) for name in (f.name, f.attname)}
        return [masks.get(name, name) for name in names]


def mask(field: SealedField) -> Callable[[models.Model], str]:
    """A column of the admin that says only whether there is a value."""

    def show(row: models.Model) -> str:
        return "" if getattr(row, field.attname) is None else MASK

    show.short_description = field.verbose_name  # type: ignore[attr-defined]
    show.__name__ = f"{field.public_name}_masked"
    return show
