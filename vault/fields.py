"""Model fields whose column holds a sealed value.

    name = SealedTextField(context="client", seal_name="legal_name")

The column `legal_name_sealed` holds bytes and is loaded as such, without a converter; `obj.name`
is a property that opens them on first use and remembers the result. Assigning seals at once when
the row and its client are known, otherwise just before the row is written. `context` and
`seal_name` are fixed words: they never follow a rename of the model, the column or the table.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.db import models

from vault.crypto import Binding, derive, mac
from vault.errors import NotBound, SealBroken
from vault.ids import NIL
from vault.sealing import open_sealed, seal

SUFFIX = "_sealed"


class _Waiting:
    """Stands in the column of an instance whose value cannot be sealed yet."""

    def __repr__(self) -> str:
        return "<not sealed yet>"


WAITING = _Waiting()


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
        """The value, given the id of its row and of its client. Raises `SealBroken`."""
        return self._field.open_bytes(self._bytes, row=row, client=client)


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

    # --- reading and writing through an instance ---

    def read(self, instance: models.Model) -> Any:
        sealed = getattr(instance, self.attname)
        if sealed is None:
            return None
        opened = instance.__dict__.setdefault("_opened", _Opened())
        if sealed is WAITING:
            return opened[self.attname][1]
        kept = opened.get(self.attname)
        if kept is not None and kept[0] is sealed:
            return kept[1]
        client = self._client_of(instance)
        if client is None:
            raise NotBound(f"{self.context}.{self.seal_name}: the row has lost its client.")
        value = self.open_bytes(bytes(sealed), row=getattr(instance, self.row), client=client)
        opened[self.attname] = (sealed, value)
        return value

    def write(self, instance: models.Model, value: Any) -> None:
        value = self.to_python(value)
        if value is None:
            instance.__dict__[self.attname] = None
            return
        client, row = self._client_of(instance), getattr(instance, self.row)
        sealed: Any = (
            WAITING if client is None or row is None else self.seal_value(value, row=row, client=client)
        )
        instance.__dict__[self.attname] = sealed
        instance.__dict__.setdefault("_opened", _Opened())[self.attname] = (sealed, value, client)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        sealed = getattr(model_instance, self.attname)
        kept = model_instance.__dict__.get("_opened", {}).get(self.attname)
        moved = kept is not None and len(kept) == 3 and kept[2] != self._client_of(model_instance)
        if sealed is WAITING or (kept is not None and kept[0] is sealed and moved):
            self.write(model_instance, kept[1])
            sealed = getattr(model_instance, self.attname)
            if sealed is WAITING:
                raise NotBound(f"{self.context}.{self.seal_name}: set the client before saving.")
        return sealed

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

    def to_text(self, value: Any) -> str:
        raise NotImplementedError

    def from_text(self, text: str) -> Any:
        raise NotImplementedError

    # --- the database ---

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is None:
            return None
        if not isinstance(value, bytes | bytearray | memoryview):
            raise FieldError(
                f"{self.context}.{self.seal_name} takes sealed bytes; assign to the instance and save it."
            )
        return connection.Database.Binary(bytes(value))

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(
            f"{self.public_name} is sealed and cannot be searched with {lookup_name!r}: use its look-up "
            "column, the name index, or isnull."
        )

    def get_transform(self, lookup_name):
        raise FieldError(f"{self.public_name} is sealed; {lookup_name!r} cannot be computed from it.")

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
        widget = {"widget": forms.Textarea} if self.long else {}
        return super().formfield(
            **{"form_class": forms.CharField, "max_length": self.max_length, **widget, **kwargs}
        )


class SealedDateField(SealedField):
    """A calendar date, sealed as ISO text."""

    def to_python(self, value):
        if isinstance(value, str):
            try:
                return date.fromisoformat(value) if value else None
            except ValueError:
                raise ValidationError("Enter a date such as 2026-11-23.", code="invalid") from None
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
        return None if value in (None, "") else int(value)

    def to_text(self, value: int) -> str:
        return str(value)

    def from_text(self, text: str) -> int:
        return int(text)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": forms.IntegerField, **kwargs})


class SealedJSONField(SealedField):
    """JSON, for what is always shown together: one call opens all of it."""

    default_step = 256

    def to_python(self, value):
        return value

    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def from_text(self, text: str) -> Any:
        return json.loads(text)

    def read(self, instance: models.Model) -> Any:
        """A fresh copy each time: changing it in place would look saved and be lost."""
        value = super().read(instance)
        return None if value is None else json.loads(json.dumps(value))

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": forms.JSONField, **kwargs})


def lookup_token(index: str, normalised: str) -> bytes:
    """16 bytes: the keyed HMAC by which an exact value is found again. `index` is a fixed word."""
    from vault.installation import secret  # the row is read on first use, not at import

    return mac(derive(secret(), f"bidx/1|exact|{index}"), normalised.encode())[:16]


class LookupField(models.BinaryField):
    """Keyed token of a sealed field's normalised value, for exact search.

    `source` is the sealed field's name, `index` a fixed word, `normalise` a function from text to
    text; an empty result leaves the column NULL. Filter with `Model.objects.filter(phone_token=
    Model.token("phone_token", typed))` through `token_for`.
    """

    def __init__(self, *args: Any, source: str, index: str, normalise: Any = None, **kwargs: Any) -> None:
        self.source, self.index, self.normalise = source, index, normalise
        kwargs.update(null=True, editable=False, max_length=16, db_index=True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for key in ("null", "max_length", "db_index", "editable"):
            kwargs.pop(key, None)
        kwargs["source"], kwargs["index"] = self.source, self.index
        if self.normalise is not None:
            kwargs["normalise"] = self.normalise
        return name, path, args, kwargs

    def token_for(self, value: str | None) -> bytes | None:
        """The token of a typed value; None when nothing is left of it after normalising."""
        text = (self.normalise(value) if self.normalise else value) if value else ""
        return lookup_token(self.index, text) if text else None

    def pre_save(self, model_instance, add):
        token = self.token_for(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, token)
        return token
