"""The labels that sealed values are bound to, kept in sealed_bindings.yaml so that none ever changes.

A value opens only under the context and column word it was sealed with. Renaming a model, a column or a
table changes neither; this check finds what would: a changed word, another row or client, another type, a
word used a second time after its column is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.core.checks import Error, register

from config.field_classes import our_models
from vault.fields import SealedField

PATH = Path(__file__).with_name("sealed_bindings.yaml")


@lru_cache(maxsize=1)
def recorded() -> tuple[dict[str, str], frozenset[str]]:
    """({"client.name_used": "text row=id client=id", …}, labels of columns that are gone)."""
    content: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return content["sealed"], frozenset(content.get("retired") or ())


def bindings() -> Iterator[tuple[str, str, str]]:
    """(label, what it says, model and column) of every sealed column of ours."""
    for model in our_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedField):
                kind = type(field).__name__.removeprefix("Sealed").removesuffix("Field").lower()
                says = f"{kind} row={field.row} client={field.client or '-'}"
                yield f"{field.context}.{field.seal_name}", says, f"{model._meta.label}.{field.public_name}"


@register("security")
def bindings_never_change(app_configs, **kwargs):
    """E013: a sealed column that is not recorded as it is, or a recorded one that is gone."""
    return list(differences(list(bindings()), *recorded()))


def differences(
    now: list[tuple[str, str, str]], written: dict[str, str], retired: frozenset[str]
) -> Iterator[Error]:
    """What differs between the columns and the record, as errors."""
    for label, says, column in now:
        if label in retired:
            yield _error(f"{column} uses the words {label!r} of a column that is gone: choose others.")
        elif label not in written:
            yield _error(
                f"{column} is bound to {label!r}, which {PATH.name} does not know. A new column: add the "
                f"line “{label}: {says}”. A renamed one: keep its seal_name and context, or old values do "
                "not open."
            )
        elif written[label] != says:
            yield _error(
                f"{column}: {label!r} was “{written[label]}” and is “{says}”: old values would not open."
            )
    for label in written.keys() - {label for label, _says, _column in now}:
        yield _error(f"No column is bound to {label!r} any more: move it to “retired” in {PATH.name}.")


def _error(words: str) -> Error:
    return Error(words, id="config.E013")
