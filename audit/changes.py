"""What changed between two versions of a row, as people read it.

`diff_against` of django-simple-history takes a value that was sealed again for a changed one, and stops at
the first that does not open. Here values are opened, by public name, and only where their bytes differ.
Whoever calls has checked that the reader may see the row, and records the look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from vault.errors import VaultError
from vault.fields import SealedField


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """One column that differs. `old` and `new` are opened, or the VaultError of one that does not open."""

    name: str
    label: str
    old: Any
    new: Any
    sealed: bool

    def __repr__(self) -> str:
        return f"<Change {self.name}>"


def changes_between(old: Any, new: Any) -> list[Change]:
    """The columns in which two versions (history rows of one row) differ, in the order of the model.

    With None for `old`, everything that the first version holds. Raises ValueError for versions of two rows.
    """
    if old is not None and (type(old) is not type(new) or _row_of(old) != _row_of(new)):
        raise ValueError("These are versions of two rows.")
    changes = []
    for field in new.tracked_fields:
        before = None if old is None else getattr(old, field.attname)
        after = getattr(new, field.attname)
        if _plain(before) == _plain(after):
            continue
        sealed = isinstance(field, SealedField)
        if isinstance(field, SealedField):
            before, after = (None if old is None else _opened(old, field)), _opened(new, field)
            if before == after:
                continue  # sealed again, under a new key for example
        name = field.public_name if isinstance(field, SealedField) else field.name
        label = str(field.verbose_name).removesuffix(" sealed")
        changes.append(Change(name, label, before, after, sealed))
    return changes


def _row_of(version: Any) -> Any:
    return getattr(version, version.instance_type._meta.pk.attname)


def _plain(value: Any) -> Any:
    """PostgreSQL's driver gives a view of the bytes."""
    return bytes(value) if isinstance(value, memoryview) else value


def _opened(version: models.Model, field: SealedField) -> Any:
    try:
        return field.read(version)
    except VaultError as error:
        return error
