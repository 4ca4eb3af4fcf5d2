"""A QuerySet that refuses what a sealed column cannot do, and wraps what leaves its row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import models
from django.db.models.query import FlatValuesListIterable, ValuesIterable, ValuesListIterable

from vault.fields import Sealed, SealedField


class _SealedValues(ValuesIterable):
    def __iter__(self):
        wrap = _wrapped_names(self.queryset)
        for row in super().__iter__():
            yield {name: _wrap(wrap.get(name), value) for name, value in row.items()}


class _SealedRows(ValuesListIterable):
    def __iter__(self):
        wrap = _wrapped_names(self.queryset)
        fields = [wrap.get(name) for name in _columns(self.queryset)]
        for row in super().__iter__():
            yield tuple(_wrap(field, value) for field, value in zip(fields, row, strict=True))


class _SealedFlat(FlatValuesListIterable):
    def __iter__(self):
        field = next(iter(_wrapped_names(self.queryset).values()), None)
        for value in super().__iter__():
            yield _wrap(field, value)


def _columns(queryset: Any) -> list[str]:
    """The names of a row of `values_list()` in order, also of what `annotate()` adds afterwards.

    As `django.db.models.query.ValuesIterable` reads them.
    """
    query = queryset.query
    return list(query.selected or [*query.extra_select, *query.values_select, *query.annotation_select])


def _wrap(field: SealedField | None, value: Any) -> Any:
    return Sealed(bytes(value), field) if field is not None and value is not None else value


def _wrapped_names(queryset: Any) -> dict[str, SealedField]:
    found = {}
    for name in queryset._fields or queryset.query.values_select:
        field = _field(queryset.model, name) if isinstance(name, str) else None
        if isinstance(field, SealedField):
            found[name] = field
    return found


def _field(model: type[models.Model], path: str) -> models.Field | None:
    """The field at the end of a look-up path such as `client__legal_name`, or None."""
    field: Any = None
    for part in path.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        model = field.related_model or model
    return field


class SealedQuerySet(models.QuerySet):
    """Base of every QuerySet of a model with sealed columns.

    `values()` and `values_list()` give `Sealed` for sealed columns; ordering by one, telling rows
    apart by one and updating one in bulk raise `FieldError` when the query is built.
    """

    def order_by(self, *field_names):
        self._refuse("be ordered by", [n.lstrip("-") for n in field_names if isinstance(n, str)])
        return super().order_by(*field_names)

    def distinct(self, *field_names):
        self._refuse("tell rows apart", field_names)
        return super().distinct(*field_names)

    def update(self, **kwargs):
        plain = [name for name, value in kwargs.items() if not hasattr(value, "resolve_expression")]
        self._refuse("be updated in bulk", plain)
        return super().update(**kwargs)

    def values(self, *fields, **expressions):
        clone = super().values(*fields, **expressions)
        clone._iterable_class = _SealedValues
        return clone

    def values_list(self, *fields, flat=False, named=False):
        clone = super().values_list(*fields, flat=flat, named=named)
        if not named:
            clone._iterable_class = _SealedFlat if flat else _SealedRows
        elif _wrapped_names(clone):
            raise FieldError("values_list(named=True) cannot hold sealed columns.")
        return clone

    def bytes_list(self, *fields, **expressions):
        """`values_list()` with sealed columns as bytes: for `vault.many`, which opens thousands."""
        return super().values_list(*fields, **expressions)

    def _refuse(self, verb: str, names: Iterable[str]) -> None:
        for name in names:
            if isinstance(_field(self.model, name), SealedField):
                raise FieldError(f"{name} is sealed; it cannot {verb}.")
