"""The table that classes every model field: sealed, plain or public (field_classes.yaml)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml
from django.apps import apps
from django.core.checks import Error, register
from django.db import models

from vault.fields import SealedField

CLASSES = ("sealed", "plain", "public")
ROOMS = ("accounts", "audit", "cases", "clients", "documents", "records", "reports", "vault", "visas")
PATH = Path(__file__).with_name("field_classes.yaml")


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, str]]:
    """{"clients.Client": {"name_used": "sealed", …}}. Raises ValueError for a class that does not exist."""
    content = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    common = _classes("common", content.pop("common"))
    return {label: common | _classes(label, entry) for label, entry in content.items()}


def _classes(label: str, entry: dict[str, str]) -> dict[str, str]:
    unknown = set(entry) - set(CLASSES)
    if unknown:
        raise ValueError(f"{PATH.name}, {label}: no such class: {sorted(unknown)}")
    return {field: name for name, fields in entry.items() for field in (fields or "").split()}


def our_models() -> Iterator[type[models.Model]]:
    """Our own models, without the history tables that mirror them."""
    for model in apps.get_models():
        if model._meta.app_label in ROOMS and not model.__name__.startswith("Historical"):
            yield model


@register("security")
def every_field_is_classed(app_configs, **kwargs):
    """E010: a field nobody classed. E011: a class that the field does not keep. E012: a leftover row."""
    errors = []
    written = table()
    seen = set()
    for model in our_models():
        label = model._meta.label
        classes = written.get(label, {})
        for field in model._meta.local_fields:
            seen.add((label, field.name))
            found = classes.get(field.name)
            if found is None:
                errors.append(Error(f"{label}.{field.name} is not classed in {PATH.name}.", id="config.E010"))
            elif (found == "sealed") != isinstance(field, SealedField):
                errors.append(Error(f"{label}.{field.name} is classed {found}.", id="config.E011"))
    common = set(table_common())
    for label, classes in written.items():
        for name in set(classes) - common:
            if (label, name) not in seen:
                errors.append(Error(f"{PATH.name} classes {label}.{name}, which is gone.", id="config.E012"))
    return errors


def table_common() -> list[str]:
    """Fields that every model may have and that are classed once."""
    content = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return list(_classes("common", content["common"]))
