"""Serialisers that refuse models with sealed columns, so that no fixture holds an opened value.

Django's own would write a sealed date or number in the clear and seal whatever a fixture holds. What is to
be moved between sites is moved by `manage backup` and `manage restore`; what is to be handed out, by the
exports. `settings.SERIALIZATION_MODULES` puts one in the place of each of Django's formats.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from vault.querysets import sealed_fields


def refuse_sealed(model: type[models.Model], what: str) -> None:
    """Raises FieldError for a model with sealed columns."""
    if sealed_fields(model):
        raise FieldError(
            f"{model._meta.label} has sealed columns and is not {what}. Use manage backup and restore, or an "
            "export."
        )


class Refusing:
    """Before a serialiser of Django's."""

    def start_object(self, obj: models.Model) -> None:
        refuse_sealed(type(obj), "written to a fixture")
        super().start_object(obj)  # type: ignore[misc]


def refusing(deserializer: Any) -> Any:
    """A deserialiser of Django's that stops at a model with sealed columns."""

    def read(stream: Any, **options: Any) -> Iterator[Any]:
        for found in deserializer(stream, **options):
            refuse_sealed(type(found.object), "read from a fixture")
            yield found

    return read
