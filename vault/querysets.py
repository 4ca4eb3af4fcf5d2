"""A QuerySet that refuses what a sealed column cannot do, and wraps what leaves its row.

| asked for | given |
| --- | --- |
| `values()`, `values_list()` in every form | `Sealed`, opened with `open_in(row, name)` or `Sealed.open` |
| `bulk_create`, `bulk_update` | each row is sealed for its place; tokens of exact look-ups follow |
| `isnull` | works |
| every other look-up, `F()`, `order_by`, `distinct(…)`, aggregates, `update()` | `FieldError` |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import models
from django.db.models.query import (
    FlatValuesListIterable,
    NamedValuesListIterable,
    ValuesIterable,
    ValuesListIterable,
)
from django.db.models.sql import Query

from vault.errors import NotBound
from vault.fields import Sealed, SealedField
from vault.ids import NIL
from vault.lookups import LookupField

_sealed_one_by_one: ContextVar[bool] = ContextVar("sealed_one_by_one", default=False)
"""True while `bulk_update` writes columns that it has sealed row by row."""


class _SealedValues(ValuesIterable):
    def __iter__(self):
        wrap = _wrapped_names(self.queryset)
        if not wrap:
            yield from super().__iter__()
            return
        for row in super().__iter__():
            for name, field in wrap.items():
                row[name] = _wrap(field, row[name])
            yield row


class _SealedRows(ValuesListIterable):
    def __iter__(self):
        wrap = _wrapped_names(self.queryset)
        if not wrap:
            yield from super().__iter__()
            return
        fields = [wrap.get(name) for name in _columns(self.queryset)]
        for row in super().__iter__():
            yield tuple(_wrap(field, value) for field, value in zip(fields, row, strict=True))


class _SealedNamed(NamedValuesListIterable):
    def __iter__(self):
        wrap = _wrapped_names(self.queryset)
        for row in super().__iter__():
            yield row._replace(**{name: _wrap(field, getattr(row, name)) for name, field in wrap.items()})


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
        field = sealed_at(queryset.model, name) if isinstance(name, str) else None
        if field is not None:
            found[name] = field
    return found


def sealed_at(model: type[models.Model], path: str) -> SealedField | None:
    """The sealed field that a path such as `client__legal_name` or `name__lower` reaches, or None."""
    for part in path.split("__"):
        try:
            field: Any = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        if isinstance(field, SealedField):
            return field
        model = field.related_model or model
    return None


def open_in(row: Mapping[str, Any], name: str) -> Any:
    """The opened value `name` of a row that `values()` gave; None where there is none.

    The row must also hold the ids the value is bound to: `values("name", "id", "client_id")`, or for
    `client__legal_name`: `values("client__legal_name", "client_id")`. Raises `NotBound` naming what is
    missing, and what opening raises.
    """
    token = row[name]
    if token is None:
        return None
    prefix = name.rpartition("__")[0]
    own, client = token.place
    return token.open(
        row=_id_in(row, prefix, own), client=NIL if client is None else _id_in(row, prefix, client)
    )


def _id_in(row: Mapping[str, Any], prefix: str, attribute: str) -> Any:
    path = f"{prefix}__{attribute}" if prefix else attribute
    names = [path, path.removesuffix("_id")] + ([f"{prefix}_id", prefix] if attribute == "id" else [])
    if attribute == "id":
        names.append(f"{prefix}__pk" if prefix else "pk")
    for each in names:
        if each and each in row:
            return row[each]
    raise NotBound(f"values() has to give {path} as well: a sealed value opens only together with its place.")


class SealedQuery(Query):
    """The query behind a SealedQuerySet: where names become columns, sealed ones are refused."""

    def resolve_ref(self, name, *args, **kwargs):
        found = super().resolve_ref(name, *args, **kwargs)
        if isinstance(getattr(found, "target", None), SealedField):
            _refuse(name, "be part of an expression")
        return found

    def resolve_lookup_value(self, value, *args, **kwargs):
        value = super().resolve_lookup_value(value, *args, **kwargs)
        if isinstance(value, Query):
            _refuse_output(value.select[0] if len(value.select) == 1 else None, "be compared with")
        return value

    def add_annotation(self, annotation, alias, *args, **kwargs):
        super().add_annotation(annotation, alias, *args, **kwargs)
        _refuse_output(self.annotations[alias], "be part of an expression")

    def add_ordering(self, *ordering):
        for item in ordering:
            for name in [item.lstrip("-")] if isinstance(item, str) else names_in(item):
                if self._reaches_sealed(name):
                    _refuse(name, "be ordered by: read the rows and sort them in memory")
        super().add_ordering(*ordering)

    def add_distinct_fields(self, *field_names):
        for name in field_names:
            if self._reaches_sealed(name):
                _refuse(name, "tell rows apart")
        super().add_distinct_fields(*field_names)

    def _reaches_sealed(self, name: str) -> bool:
        return name not in self.annotations and sealed_at(self.model, name) is not None  # type: ignore[arg-type]


def _refuse(name: str, verb: str) -> None:
    raise FieldError(f"{name} is sealed; it cannot {verb}.")


def _refuse_output(expression: Any, verb: str) -> None:
    field = getattr(expression, "target", None) or getattr(expression, "_output_field_or_none", None)
    if isinstance(field, SealedField):
        _refuse(field.public_name, verb)


def names_in(expression: Any) -> Iterator[str]:
    """The names that `F()` gives anywhere in an expression that is not resolved yet."""
    if isinstance(expression, models.F):
        yield str(expression.name)  # type: ignore[attr-defined]
    elif isinstance(expression, str):
        yield expression.lstrip("-")
    elif hasattr(expression, "get_source_expressions"):
        for part in expression.get_source_expressions():
            yield from names_in(part)


class SealedQuerySet(models.QuerySet):
    """Base of every QuerySet of a model with sealed columns; see the table at the top of this module."""

    def __init__(self, model=None, query=None, using=None, hints=None):
        super().__init__(model, query or (SealedQuery(model) if model is not None else None), using, hints)

    def update(self, **kwargs):
        for name, value in kwargs.items():
            if sealed_at(self.model, name) is not None and not _sealed_one_by_one.get():
                _refuse(name, "be updated in bulk: save the rows, or use bulk_update")
            for used in names_in(value) if hasattr(value, "resolve_expression") else ():
                if sealed_at(self.model, used) is not None:
                    _refuse(used, "be part of an expression")
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs, *args, **kwargs):
        """Raises FieldError where rows that exist would take over values sealed for other rows."""
        if kwargs.get("update_conflicts"):
            for name in kwargs.get("update_fields") or ():
                if sealed_at(self.model, name) is not None:
                    _refuse(name, "be taken over by another row: save the rows one by one")
        return super().bulk_create(objs, *args, **kwargs)

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(self, objs, fields, *args, **kwargs):
        """Seals each row for its place and writes the tokens of what changed. Leaves no history."""
        objs = tuple(objs)
        given = [self.model._meta.get_field(name) for name in fields]
        sealed = [field for field in given if isinstance(field, SealedField)]
        names = {field.public_name for field in sealed} | {field.name for field in given}
        tokens = [
            field
            for field in self.model._meta.concrete_fields
            if isinstance(field, LookupField) and names & {field.source, field.kind}
        ]
        for row in objs:
            for field in (*sealed, *tokens):
                field.pre_save(row, False)
        names_written = list(dict.fromkeys([*fields, *(field.name for field in tokens)]))
        seen = _sealed_one_by_one.set(True)
        try:
            return super().bulk_update(objs, names_written, *args, **kwargs)
        finally:
            _sealed_one_by_one.reset(seen)

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def values(self, *fields, **expressions):
        clone = super().values(*fields, **expressions)
        clone._iterable_class = _SealedValues
        return clone

    def values_list(self, *fields, flat=False, named=False):
        clone = super().values_list(*fields, flat=flat, named=named)
        clone._iterable_class = _SealedNamed if named else _SealedFlat if flat else _SealedRows
        return clone

    def bytes_list(self, *fields, **expressions):
        """`values_list()` with sealed columns as bytes: for `vault.many`, which opens thousands."""
        return super().values_list(*fields, **expressions)


def sealed_fields(model: type[models.Model]) -> Iterable[SealedField]:
    """The sealed fields of a model, also of a historical one."""
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]
