"""Exact look-ups: keyed tokens of what was typed, in a column beside the sealed one.

    number_token = LookupField(source="number", index="safe_contact.number", normalise=normalise.phone)
    SafeContact.objects.filter(number_token__of="(510) 555-0117")

A token is the first 16 bytes of HMAC-SHA256 over the normalised text, under a key of its own for each
index (and kind). The keys have a generation; a new one is brought in while the site serves
(`manage rebuild_lookups --rotate`): new rows then get tokens of the new generation, and a search
asks for both until the last row has moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import FieldError
from django.db import models, transaction
from django.db.models.lookups import In

from vault.crypto import derive, mac
from vault.errors import SealBroken, Shredded

TOKEN_BYTES = 16


def lookup_token(index: str, normalised: str, *, generation: int = 1) -> bytes:
    """16 bytes: the keyed HMAC by which an exact value is found again. `index` is a fixed word."""
    from vault.installation import secret  # the row is read on first use, not at import

    key = derive(secret(), f"bidx/{generation}|exact|{index}")
    return mac(key, normalised.encode())[:TOKEN_BYTES]


class LookupField(models.BinaryField):
    """Keyed token of a sealed field's normalised value, for exact search with `__of`.

    `source` is the sealed field's name, `index` a fixed word, `normalise` a function from text to
    text ("" where it is empty or half-typed: the column is NULL then). With `kind`, the name of a
    field with choices, every kind has a key of its own and `normalise` takes (text, kind).
    """

    def __init__(
        self, *args: Any, source: str, index: str, normalise: Any = None, kind: str = "", **kwargs: Any
    ) -> None:
        self.source, self.index, self.normalise, self.kind = source, index, normalise, kind
        kwargs.update(null=True, editable=False, max_length=TOKEN_BYTES, db_index=True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for key in ("null", "max_length", "db_index", "editable"):
            kwargs.pop(key, None)
        kwargs["source"], kwargs["index"] = self.source, self.index
        if self.normalise is not None:
            kwargs["normalise"] = self.normalise
        if self.kind:
            kwargs["kind"] = self.kind
        return name, path, args, kwargs

    def token_for(self, value: str | None, *, kind: str = "", generation: int = 0) -> bytes | None:
        """The token of a typed value, of the newest generation unless one is named; None where nothing is
        left of it after normalising. Raises FieldError where a kind is needed and was not given.
        """
        if self.kind and not kind:
            raise FieldError(f"{self.name}: a token is one of a kind; say which.")
        text = self._normalised(value, kind)
        if not text:
            return None
        index = f"{self.index}.{kind}" if self.kind else self.index
        return lookup_token(index, text, generation=generation or generations()[0])

    def tokens_for(self, value: str | None, *, kind: str = "") -> list[bytes]:
        """Every token under which the value may stand now: of each kind unless one is named, and of both
        generations while a rotation runs. Empty for what is half-typed.
        """
        kinds: Iterable[str] = [kind]
        if self.kind and not kind:
            choices: Any = self.model._meta.get_field(self.kind)
            kinds = [str(key) for key, _label in choices.flatchoices]
        wanted = [each for each in kinds if self._normalised(value, each)]
        if not wanted:
            return []
        found = [self.token_for(value, kind=each, generation=g) for each in wanted for g in generations()]
        return [token for token in found if token]

    def token_of(self, instance: models.Model, *, generation: int = 0) -> bytes | None:
        """The token that belongs beside this row's sealed value. Raises what opening it raises."""
        kind = str(getattr(instance, self.kind)) if self.kind else ""
        return self.token_for(getattr(instance, self.source), kind=kind, generation=generation)

    def _normalised(self, value: str | None, kind: str) -> str:
        if not value:
            return ""
        if self.normalise is None:
            return value
        normalise: Callable[..., str] = self.normalise
        return normalise(value, kind) if self.kind else normalise(value)

    def pre_save(self, model_instance, add):
        token = self.token_of(model_instance)
        setattr(model_instance, self.attname, token)
        return token


@LookupField.register_lookup
class Of(In):
    """`filter(number_token__of=typed)`: rows whose value, however it is spelled, is the one typed."""

    lookup_name = "of"

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if not isinstance(rhs, str):
            raise FieldError(f"{lhs.output_field.name}__of takes what was typed, as text.")
        super().__init__(lhs, lhs.output_field.tokens_for(rhs))


class LookedUp(models.Model):
    """Base of a model with look-ups: saving a sealed column alone takes its token along.

    Without it `save(update_fields=["number"])` would leave a token that finds the old number.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        named = kwargs.get("update_fields")
        if named:
            touched = {self._meta.get_field(name).name for name in named}
            tokens = [
                field.name
                for field in self._meta.concrete_fields
                if isinstance(field, LookupField) and touched & {field.source, field.kind}
            ]
            kwargs["update_fields"] = [*named, *tokens]
        super().save(*args, **kwargs)


def generations() -> tuple[int, ...]:
    """The generations under which tokens stand, newest first: one, or two while a rotation runs.

    Read from the database each time: a rotation that another process began holds here at once.
    """
    from vault.models import Installation

    row = Installation.objects.filter(pk=1).values_list("lookup_generation", "lookup_previous").first()
    if row is None:
        return (1,)
    return (row[0],) if row[1] is None else (row[0], row[1])


# --- Made anew: after a change of spelling rules, or under keys of a new generation ---------------


def lookup_fields(model: type[models.Model]) -> list[LookupField]:
    """The look-ups of a model."""
    return [field for field in model._meta.local_concrete_fields if isinstance(field, LookupField)]


def rebuild(model: type[models.Model], *, batch: int = 500) -> tuple[int, int]:
    """Write the token of every row that has another one: (rows changed, rows that do not open).

    Opens every value once, a batch in a transaction, while the site serves. May be stopped and run again. A
    row of an erased client loses its token; one that is broken keeps what it has. Takes a historical model
    as well, for migrations.
    """
    fields, changed, broken = lookup_fields(model), 0, 0
    rows = model._base_manager.order_by("pk")
    last = None
    while True:
        with transaction.atomic():
            page = rows.select_for_update() if last is None else rows.select_for_update().filter(pk__gt=last)
            found = list(page[:batch])
            for row in found:
                try:
                    changed += _retoken(row, fields)
                except SealBroken:
                    broken += 1
        if not found:
            return changed, broken
        last = found[-1].pk


def _retoken(row: models.Model, fields: Iterable[LookupField]) -> bool:
    new = {}
    for field in fields:
        try:
            token = field.token_of(row)
        except Shredded:
            token = None
        stored = getattr(row, field.attname)
        if (None if stored is None else bytes(stored)) != token:
            new[field.attname] = token
    if new:
        type(row)._base_manager.filter(pk=row.pk).update(**new)
    return bool(new)


def begin_rotation() -> int:
    """Let new tokens be of the next generation; one that runs already is gone on with. Its number."""
    from vault.installation import installation
    from vault.models import Installation

    now = installation().lookup_generation
    # Compare and set: of two people who begin at once, one begins and the other goes on with it.
    Installation.objects.filter(pk=1, lookup_generation=now, lookup_previous__isnull=True).update(
        lookup_generation=now + 1, lookup_previous=now
    )
    return generations()[0]


def end_rotation(generation: int) -> None:
    """Ask for tokens of this generation alone from now on."""
    from vault.models import Installation

    Installation.objects.filter(pk=1, lookup_generation=generation).update(lookup_previous=None)
