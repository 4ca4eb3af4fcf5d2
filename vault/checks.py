"""System checks: a site without its keys says so before it serves anything."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import Error, register
from django.db.models import Model

from vault.errors import KeyringError
from vault.fields import SealedField
from vault.keyring import keyring
from vault.names import FEWEST_BITS, MOST_BITS, wanted_bits
from vault.querysets import SealedQuerySet, names_in, sealed_at, sealed_fields


@register("vault")
def keyring_is_there(app_configs, **kwargs):
    """E001: the keyring is missing, unreadable or of another kind."""
    try:
        keyring()
    except KeyringError as error:
        return [Error(str(error), id="vault.E001")]
    return []


@register("vault")
def bindings_are_unique(app_configs, **kwargs):
    """E002: two columns share one binding, so that a value could be moved between them unseen."""
    seen: dict[tuple[str, str], str] = {}
    errors = []
    for model in apps.get_models():
        if is_historical(model):
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedField):
                place, label = (field.context, field.seal_name), f"{model._meta.label}.{field.public_name}"
                if place in seen:
                    errors.append(Error(f"{label} shares its binding with {seen[place]}.", id="vault.E002"))
                seen[place] = label
    return errors


@register("vault")
def no_plaintext_auditor(app_configs, **kwargs):
    """E003: django-auditlog would copy opened values into its own table."""
    if apps.is_installed("auditlog"):
        return [Error("django-auditlog stores opened values in the clear: remove it.", id="vault.E003")]
    return []


@register("vault")
def name_tokens_are_neither_loose_nor_telling(app_configs, **kwargs):
    """E004: tokens of names are so short that they find everybody, or so long that they find one person."""
    bits = wanted_bits()
    if not FEWEST_BITS <= bits <= MOST_BITS:
        hint = f"Set AFTERWORD_NAME_TOKEN_BITS to 24, or to 20 at high risk ({FEWEST_BITS} to {MOST_BITS})."
        return [Error(f"Tokens of names cannot have {bits} bits.", hint=hint, id="vault.E004")]
    return []


@register("vault")
def models_treat_sealed_columns_well(app_configs, **kwargs):
    """E008: ordered by a sealed column. E005: a manager that would let sealed columns out."""
    found: list[Error] = []
    for model in apps.get_models():
        found += what_is_wrong_with(model)
    return found


def what_is_wrong_with(model: type[Model]) -> list[Error]:
    """The errors E005 and E008 of one model."""
    errors = []
    for name in model._meta.ordering or ():
        for each in names_in(name):
            if sealed_at(model, each) is not None:
                errors.append(Error(f"{model._meta.label} is ordered by {each}: sealed.", id="vault.E008"))
    own = any(isinstance(field, SealedField) for field in model._meta.local_concrete_fields)
    if own and not is_historical(model) and not isinstance(model._default_manager.all(), SealedQuerySet):
        errors.append(
            Error(f"{model._meta.label} has sealed columns: use a SealedQuerySet.", id="vault.E005")
        )
    return errors


@register("vault")
def admin_shows_nothing(app_configs, **kwargs):
    """E006: an admin page that would show sealed values. E007: one that would search or filter by them."""
    if not apps.is_installed("django.contrib.admin"):
        return []
    from django.contrib.admin.sites import all_sites

    from vault.admin import MaskedAdmin

    errors = []
    for model, page in (entry for site in all_sites for entry in site._registry.items()):
        if sealed_fields(model) and not isinstance(page, MaskedAdmin):
            errors.append(
                Error(
                    f"{model._meta.label}: its admin page must be a vault.admin.MaskedAdmin.", id="vault.E006"
                )
            )
        filters: list[Any] = [f[0] if isinstance(f, tuple | list) else f for f in page.list_filter]
        for name in (each for each in [*page.search_fields, *filters] if isinstance(each, str)):
            if sealed_at(model, name.lstrip("^=@")) is not None:
                errors.append(
                    Error(f"{model._meta.label}: {name} is sealed; no searching by it.", id="vault.E007")
                )
    return errors


def is_historical(model: type[Model]) -> bool:
    """Whether this is a history table of django-simple-history."""
    return hasattr(model, "history_object") or model.__name__.startswith("Historical")
