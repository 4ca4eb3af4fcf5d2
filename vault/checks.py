"""System checks: a site without its keys says so before it serves anything."""

from __future__ import annotations

from django.apps import apps
from django.core.checks import Error, register

from vault.errors import KeyringError
from vault.fields import SealedField
from vault.keyring import keyring
from vault.names import FEWEST_BITS, MOST_BITS, wanted_bits


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
        if hasattr(model, "history_object") or model.__name__.startswith("Historical"):
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
