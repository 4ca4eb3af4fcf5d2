"""Migration operations for sealed columns.

    SealPlainColumn("Guardian", plain="phone_plain", sealed="phone")   plain → sealed, proved, dropped
    FillSealedColumn("Guardian", sealed="phone", value="")             what rows without a value get

Add the sealed column first, with null=True; make it null=False afterwards. Both work in batches, pass over
what is done already and verify every row, so a migration that was interrupted is run again. A column
may be renamed, and its model and table too, with Django's own operations: `context` and `seal_name` stay,
and so every old value opens. What must never change is compared with config/sealed_bindings.yaml by a check.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import models, transaction
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.operations.base import Operation

from vault.errors import VaultError
from vault.fields import SealedField

BATCH = 500


class _SealedOperation(Operation):
    """Walks the rows of one model in batches.

    With `atomic = False` on the migration each batch is committed by itself, and a second run goes on where
    the first was stopped; otherwise the table is locked for the length of the walk. `inside` makes the
    context manager that a batch is written in: the one that lets the triggers of a history table pass.
    """

    atomic = False
    reduces_to_sql = False

    def __init__(
        self, model_name: str, *, sealed: str, inside: Callable[[], AbstractContextManager[Any]] | None = None
    ) -> None:
        self.model_name, self.sealed, self.inside = model_name, sealed, inside or nullcontext

    def _kwargs(self) -> dict[str, Any]:
        return {"sealed": self.sealed} | ({} if self.inside is nullcontext else {"inside": self.inside})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """A column that is filled stays as it is."""

    def _column(self, apps: Any, app_label: str) -> tuple[type[models.Model], SealedField]:
        model = apps.get_model(app_label, self.model_name)
        field = next((f for f in model._meta.concrete_fields if f.name == self.sealed), None)
        if not isinstance(field, SealedField):
            raise TypeError(f"{self.model_name}.{self.sealed} is no sealed column: add it first.")
        return model, field

    def _walk(self, model: type[models.Model], using: str, work: Callable[[models.Model], None]) -> None:
        """Do `work` on every row, in the order of the key."""
        last = None
        while True:
            with transaction.atomic(using=using), self.inside():
                rows = model._base_manager.using(using).order_by("pk").select_for_update()
                found = list((rows if last is None else rows.filter(pk__gt=last))[:BATCH])
                for row in found:
                    work(row)
            if not found:
                return
            last = found[-1].pk

    def _write(self, row: models.Model, field: SealedField, value: Any, using: str) -> None:
        """Put the sealed value into the column alone, and open what stands there again."""
        field.write(row, value)
        sealed = field.pre_save(row, False)
        models.QuerySet(type(row), using=using).filter(pk=row.pk).update(**{field.attname: sealed})


class SealPlainColumn(_SealedOperation):
    """Seal what a plain column holds into a sealed one, open every row again, and drop the plain column.

    Nothing is dropped unless each row opens to what the plain column holds. NULL stays NULL. `convert` is a
    function from the plain to the opened value, for columns of another type. Backwards it refuses, unless
    `plaintext_back=True`: then the plain column is added again and filled in the clear.
    """

    def __init__(
        self,
        model_name: str,
        *,
        plain: str,
        sealed: str,
        convert: Callable[[Any], Any] | None = None,
        plaintext_back: bool = False,
        inside: Callable[[], AbstractContextManager[Any]] | None = None,
    ) -> None:
        self.plain, self.convert, self.plaintext_back = plain, convert, plaintext_back
        super().__init__(model_name, sealed=sealed, inside=inside)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        kwargs = {"plain": self.plain} | self._kwargs()
        if self.convert is not None:
            kwargs["convert"] = self.convert
        if self.plaintext_back:
            kwargs["plaintext_back"] = True
        return type(self).__name__, [self.model_name], kwargs

    @property
    def reversible(self) -> bool:  # type: ignore[override]
        return self.plaintext_back

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.remove_field(app_label, self.model_name.lower(), self.plain)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        using = schema_editor.connection.alias
        model, field = self._column(from_state.apps, app_label)
        convert = self.convert or field.to_python

        def seal(row: models.Model) -> None:
            value = getattr(row, self.plain)
            value = None if value is None else convert(value)
            if not self._holds(row, field, value):
                self._write(row, field, value, using)

        def verify(row: models.Model) -> None:
            value = getattr(row, self.plain)
            if not self._holds(row, field, None if value is None else convert(value)):
                raise VaultError(
                    f"{self.model_name}.{self.sealed} of row {row.pk} does not open to what was sealed."
                )

        self._walk(model, using, seal)
        self._walk(model, using, verify)
        schema_editor.remove_field(model, model._meta.get_field(self.plain))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not self.plaintext_back:
            raise IrreversibleError(
                f"{self} would write sealed values in the clear: say plaintext_back=True."
            )
        using = schema_editor.connection.alias
        model, field = self._column(to_state.apps, app_label)
        plain: Any = model._meta.get_field(self.plain)
        given, plain.null = plain.null, True
        schema_editor.add_field(model, plain)

        def open_again(row: models.Model) -> None:
            models.QuerySet(model, using=using).filter(pk=row.pk).update(**{self.plain: field.read(row)})

        self._walk(model, using, open_again)
        if not given:
            old = plain.clone()
            old.set_attributes_from_name(self.plain)
            old.model, old.null, plain.null = model, True, False
            schema_editor.alter_field(model, old, plain)

    @staticmethod
    def _holds(row: models.Model, field: SealedField, value: Any) -> bool:
        """Whether the column opens to this value already."""
        sealed = getattr(row, field.attname)
        if sealed is None or value is None:
            return sealed is None and value is None
        return bool(field.read(row) == value)

    def describe(self) -> str:
        return f"Seal {self.model_name}.{self.plain} into {self.sealed} and drop it"


class FillSealedColumn(_SealedOperation):
    """Give rows whose sealed column is NULL a value, sealed for each; what a default would do elsewhere."""

    def __init__(
        self,
        model_name: str,
        *,
        sealed: str,
        value: Any,
        inside: Callable[[], AbstractContextManager[Any]] | None = None,
    ) -> None:
        self.value = value
        super().__init__(model_name, sealed=sealed, inside=inside)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name], self._kwargs() | {"value": self.value}

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        using = schema_editor.connection.alias
        model, field = self._column(from_state.apps, app_label)

        def fill(row: models.Model) -> None:
            if getattr(row, field.attname) is None:
                self._write(row, field, self.value, using)

        self._walk(model, using, fill)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """What was filled stays: it opens as long as the column is there."""

    def describe(self) -> str:
        return f"Fill {self.model_name}.{self.sealed} where it is empty"
