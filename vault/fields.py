"""Model fields whose column holds a sealed value.

    name = SealedTextField(context="client", seal_name="legal_name")

The column `legal_name_sealed` holds bytes and is loaded as such, without a converter; `obj.name`
is a property that opens them on first use and remembers the result. Assigning seals at once when
the row and its client are known, otherwise just before the row is written. `context` and
`seal_name` are fixed words: they never follow a rename of the model, the column or the table.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.db import models

from vault.crypto import Binding
from vault.errors import NotBound, SealBroken, Shredded
from vault.ids import NIL
from vault.lookups import LookupField, lookup_token
from vault.sealing import looks_sealed, open_sealed, seal

__all__ = [
    "LookupField",
    "Sealed",
    "SealedDateField",
    "SealedField",
    "SealedIntegerField",
    "SealedJSONField",
    "SealedTextField",
    "lookup_token",
]

SUFFIX = "_sealed"


class _Waiting:
    """Stands in the column of an instance while its value cannot be sealed yet: row or client is missing.

    Each stands for one value and is replaced, never changed, so that copies of an instance do not share it.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "<not sealed yet>"

    def __deepcopy__(self, memo: Any) -> _Waiting:
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise NotBound("A value that is not sealed yet is not pickled: save the row, or set its client.")


class _Opened(dict[str, tuple[Any, ...]]):
    """What an instance has opened so far. Never printed, and left behind when the instance is pickled."""

    def __repr__(self) -> str:
        return "<opened values>"

    def __reduce__(self):
        return _Opened, ()


class Sealed:
    """A sealed value that left its row (`values()`): it opens only together with its place."""

    __slots__ = ("_bytes", "_field")

    def __init__(self, sealed: bytes, field: SealedField) -> None:
        self._bytes, self._field = sealed, field

    def __repr__(self) -> str:
        return "<Sealed>"

    def open(self, *, row: UUID, client: UUID) -> Any:
        """The value, given the id of its row and of its client. Raises `SealBroken`.

        `vault.querysets.open_in` finds both in the row that `values()` gave.
        """
        return self._field.open_bytes(self._bytes, row=row, client=client)

    @property
    def place(self) -> tuple[str, str | None]:
        """The attributes of its row that hold the row's id and the client's (None: the organisation)."""
        return self._field.row, self._field.client


class SealedProperty(property):
    """The public side of a sealed column; a real property, so that `Model(**kwargs)` knows it."""

    def __init__(self, field: SealedField) -> None:
        super().__init__(field.read, field.write)


class SealedField(models.Field):
    """Base of the sealed fields. Subclasses turn a value into text and back.

    Arguments: `context` (fixed word of the table), `seal_name` (fixed word of the column; the
    field's first name when left out), `step` (padding in bytes), `client` (attribute with the
    client's UUID; None for what belongs to the organisation), `row` (attribute with the row's UUID).
    """

    empty_strings_allowed = False
    default_step = 32
    # What django-stubs takes the attribute to be.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(
        self,
        *args: Any,
        context: str,
        seal_name: str = "",
        step: int = 0,
        client: str | None = "client_id",
        row: str = "id",
        **kwargs: Any,
    ) -> None:
        self.context, self.seal_name = context, seal_name
        self.step = step or self.default_step
        self.client, self.row = client, row
        self.public_name = ""
        for name in ("unique", "db_index", "choices", "primary_key"):
            if kwargs.get(name):
                raise TypeError(f"A sealed field cannot have {name}.")
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs["context"], kwargs["seal_name"] = self.context, self.seal_name
        if self.step != self.default_step:
            kwargs["step"] = self.step
        if self.client != "client_id":
            kwargs["client"] = self.client
        if self.row != "id":
            kwargs["row"] = self.row
        return self.public_name or name, path, args, kwargs

    def contribute_to_class(self, cls, name, private_only=False):
        # simple-history copies a field under its attname; the public name must not grow a suffix.
        self.public_name = self.public_name or name
        if self.public_name.endswith(SUFFIX):
            self.public_name = self.public_name.removesuffix(SUFFIX)
        self.seal_name = self.seal_name or self.public_name
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, self.public_name, SealedProperty(self))

    def get_attname(self) -> str:
        return f"{self.public_name}{SUFFIX}"

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_default(self) -> Any:
        """A default is a value like any other: it waits to be sealed and never stands in the column."""
        value = super().get_default()
        return None if value is None else _Waiting(self.to_python(value))

    # --- reading and writing through an instance ---

    def read(self, instance: models.Model) -> Any:
        # A list page comes through here for every name: the instance's own dict, and no call to spare.
        state, attname = instance.__dict__, self.attname
        sealed = state[attname] if attname in state else getattr(instance, attname)
        if sealed is None:
            return None
        if isinstance(sealed, _Waiting):
            return sealed.value
        opened = state.get("_opened")
        if opened is not None:
            kept = opened.get(attname)
            if kept is not None and kept[0] is sealed:
                return kept[1]
        place = self._place_of(instance)
        if place is None:
            raise NotBound(f"{self.context}.{self.seal_name}: the row has lost its client.")
        held = sealed if type(sealed) is bytes else bytes(sealed)
        value = self._kept_of(held, row=place[0], client=place[1])
        if opened is None:
            opened = state["_opened"] = _Opened()
        opened[attname] = (sealed, value, place)
        return value

    def write(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, bytes | bytearray | memoryview | Sealed) or hasattr(value, "resolve_expression"):
            raise TypeError(
                f"{self.context}.{self.seal_name} is set to an opened value, not to {type(value).__name__}."
            )
        value = self.to_python(value)
        if value is None:
            instance.__dict__[self.attname] = None
            return
        place = self._place_of(instance)
        if place is None:
            instance.__dict__[self.attname] = _Waiting(value)
            return
        sealed = self.seal_value(value, row=place[0], client=place[1])
        instance.__dict__[self.attname] = sealed
        kept = self._keeping(value)
        instance.__dict__.setdefault("_opened", _Opened())[self.attname] = (sealed, kept, place)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What goes into the column. It opens where it goes, or the row is not saved.

        A value that was opened before its row changed client or id is sealed again for the new place.
        Raises `SealBroken` for anything else that does not open there (assign a value to replace it), and
        `NotBound`. What was erased on purpose stays as it is.
        """
        sealed = getattr(model_instance, self.attname)
        if sealed is None:
            return None
        kept = model_instance.__dict__.get("_opened", {}).get(self.attname)
        known = kept is not None and kept[0] is sealed
        place = self._place_of(model_instance)
        if place is None:
            raise NotBound(f"{self.context}.{self.seal_name}: set the client before saving.")
        if known and kept[2] == place:
            return sealed
        if known or isinstance(sealed, _Waiting):
            self.write(model_instance, self.read(model_instance))
            return getattr(model_instance, self.attname)
        if not isinstance(sealed, bytes | bytearray | memoryview):
            raise SealBroken(self.context, self.seal_name, place[0], "not_sealed")
        with suppress(Shredded):
            self.read(model_instance)
        return sealed

    def _place_of(self, instance: models.Model) -> tuple[UUID, UUID] | None:
        """(row, client) that the values of this instance are bound to; None while one is missing."""
        client, row = self._client_of(instance), getattr(instance, self.row)
        return None if client is None or row is None else (row, client)

    def _client_of(self, instance: models.Model) -> UUID | None:
        return NIL if self.client is None else getattr(instance, self.client)

    # --- bytes ---

    def binding(self, *, row: UUID, client: UUID) -> Binding:
        return Binding(self.context, self.seal_name, row, client)

    def seal_value(self, value: Any, *, row: UUID, client: UUID) -> bytes:
        return seal(self.to_text(value).encode(), self.binding(row=row, client=client), step=self.step)

    def open_bytes(self, sealed: bytes, *, row: UUID, client: UUID) -> Any:
        binding = self.binding(row=row, client=client)
        text = open_sealed(sealed, binding)
        try:
            return self.from_text(text.decode())
        except (ValueError, TypeError):
            raise SealBroken(self.context, self.seal_name, row, "wrong_type") from None

    def _kept_of(self, sealed: bytes, *, row: UUID, client: UUID) -> Any:
        """What an instance remembers of a value that was opened."""
        return self.open_bytes(sealed, row=row, client=client)

    def _keeping(self, value: Any) -> Any:
        """What an instance remembers of a value that was assigned."""
        return value

    def to_text(self, value: Any) -> str:
        raise NotImplementedError

    def from_text(self, text: str) -> Any:
        raise NotImplementedError

    # --- the database ---

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is None:
            return None
        if not isinstance(value, bytes | bytearray | memoryview) or not looks_sealed(bytes(value)):
            raise FieldError(
                f"{self.context}.{self.seal_name} takes sealed bytes alone: assign to the instance and save "
                "it. In a migration, add the column with null=True and use vault.operations."
            )
        return connection.Database.Binary(bytes(value))

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(
            f"{self.public_name} is sealed and cannot be searched with {lookup_name!r}: {self._instead()}"
        )

    def get_transform(self, lookup_name):
        raise FieldError(
            f"{self.public_name} is sealed; {lookup_name!r} cannot be computed from it: {self._instead()}"
        )

    def _instead(self) -> str:
        """What finds a row by this column, for the message of a refusal."""
        for field in self.model._meta.fields if hasattr(self, "model") else ():
            if isinstance(field, LookupField) and field.source == self.public_name:
                return f"use {field.name}__of."
        return "only isnull works. Names are found through vault.names; read the rows and compare in memory."

    # --- forms and serialisation ---

    def clean(self, value, model_instance):
        """The column itself is checked: what it holds was checked when it was assigned."""
        if value is None and not self.null:
            raise ValidationError(self.error_messages["null"], code="null")
        if not self.blank and model_instance is not None and self.read(model_instance) in self.empty_values:
            raise ValidationError(self.error_messages["blank"], code="blank")
        return value

    def value_from_object(self, obj):
        return self.read(obj)

    def save_form_data(self, instance, data):
        setattr(instance, self.public_name, data)

    def value_to_string(self, obj):
        raise FieldError(f"{self.context}.{self.seal_name} is sealed and is not exported by dumpdata.")


class SealedTextField(SealedField):
    """Short text; `long=True` asks for a text area and pads to 256 bytes."""

    empty_strings_allowed = True

    def __init__(self, *args: Any, long: bool = False, **kwargs: Any) -> None:
        self.long = long
        if long:
            kwargs.setdefault("step", 256)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        if self.long:
            kwargs["long"] = True
        return name, path, args, kwargs

    def to_python(self, value):
        return None if value is None else str(value)

    def to_text(self, value: str) -> str:
        return value

    def from_text(self, text: str) -> str:
        return text

    def formfield(self, **kwargs):
        given: dict[str, Any] = {"form_class": forms.CharField, "max_length": self.max_length}
        if self.long:
            given["widget"] = forms.Textarea
        if self.null:
            given["empty_value"] = None
        return super().formfield(**given | kwargs)


class SealedDateField(SealedField):
    """A calendar date, sealed as ISO text."""

    def to_python(self, value):
        if isinstance(value, str):
            try:
                return date.fromisoformat(value) if value else None
            except ValueError:
                raise ValidationError("Enter a date such as 2026-11-23.", code="invalid") from None
        if value is not None and (isinstance(value, datetime) or not isinstance(value, date)):
            raise ValidationError("Give a day, without a time.", code="invalid")
        return value

    def to_text(self, value: date) -> str:
        return value.isoformat()

    def from_text(self, text: str) -> date:
        return date.fromisoformat(text)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": forms.DateField, **kwargs})


class SealedIntegerField(SealedField):
    """A whole number, sealed as decimal text."""

    def to_python(self, value):
        if value is None or value == "":
            return None
        try:
            whole = int(value)
        except (TypeError, ValueError):
            whole = None
        if whole is None or (not isinstance(value, str) and whole != value):
            raise ValidationError("Enter a whole number.", code="invalid")
        return whole

    def to_text(self, value: int) -> str:
        return str(value)

    def from_text(self, text: str) -> int:
        return int(text)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": forms.IntegerField, **kwargs})


class _Text(str):
    """JSON as it was written: what an instance keeps of an opened value."""

    __slots__ = ()


class SealedJSONField(SealedField):
    """JSON, for what is always shown together: one call opens all of it."""

    default_step = 256

    def to_python(self, value):
        """A copy as JSON gives it back: what is changed in place afterwards was not assigned."""
        try:
            return None if value is None else json.loads(json.dumps(value))
        except (TypeError, ValueError):
            raise ValidationError("This cannot be kept as JSON.", code="invalid") from None

    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def from_text(self, text: str) -> Any:
        return json.loads(text)

    def read(self, instance: models.Model) -> Any:
        """A fresh copy each time: changing it in place would look saved and be lost.

        The instance keeps the text, so that a look costs one parsing and no writing out.
        """
        kept = super().read(instance)
        if type(kept) is not _Text:  # still waiting to be sealed
            return None if kept is None else json.loads(json.dumps(kept))
        try:
            return json.loads(kept)
        except ValueError:
            row = getattr(instance, self.row)
            raise SealBroken(self.context, self.seal_name, row, "wrong_type") from None

    def _kept_of(self, sealed: bytes, *, row: UUID, client: UUID) -> Any:
        text = open_sealed(sealed, self.binding(row=row, client=client))
        try:
            return _Text(text.decode())
        except ValueError:
            raise SealBroken(self.context, self.seal_name, row, "wrong_type") from None

    def _keeping(self, value: Any) -> Any:
        return _Text(self.to_text(value))

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": forms.JSONField, **kwargs})
