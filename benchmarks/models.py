"""Scratch tables: the same row of eight short texts, in plain columns, in ours and in the peers'."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from auditlog.registry import auditlog
from django.db import models
from django_cryptography.fields import encrypt
from encrypted_fields.fields import EncryptedTextField as FernetTextField
from encrypted_model_fields.fields import EncryptedTextField as ModelFieldsTextField
from simple_history.models import HistoricalRecords

from audit.history import History
from vault.fields import SealedJSONField, SealedTextField
from vault.ids import NIL, uuid7

FIELDS = ("name_used", "legal_name", "pronouns", "phone", "email", "language", "city", "hours")


class Row(models.Model):
    """What all variants share: a random key, a client, and what a list is ordered by."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client_id = models.UUIDField(default=NIL)
    file_number = models.CharField(max_length=20)
    opened_on = models.DateField(db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file_number


def variant(name: str, make: Callable[[str], models.Field], **more: Any) -> Any:
    """A model with the eight fields made by `make(field name)`."""
    columns = {field: make(field) for field in FIELDS}
    return type(name, (Row,), {"__module__": __name__, **columns, **more})


def _sealed(name: str) -> models.Field:
    return SealedTextField(context="bench", seal_name=name)


Plain = variant("Plain", lambda name: models.TextField())
Sealed = variant("Sealed", _sealed)
OneKey = variant("OneKey", lambda name: SealedTextField(context="bench", seal_name=name, client=None))
Fernet = variant("Fernet", lambda name: FernetTextField())
Cryptography5 = variant("Cryptography5", lambda name: encrypt(models.TextField()))
ModelFields = variant("ModelFields", lambda name: ModelFieldsTextField())


class Card(Row):
    """The eight texts sealed as one value: what is always shown together."""

    card = SealedJSONField(context="bench", seal_name="card", step=64)


PEERS = {
    "django-fernet-encrypted-fields": Fernet,
    "django-cryptography-5": Cryptography5,
    "django-encrypted-model-fields": ModelFields,
}

# --- For saves ------------------------------------------------------------------------------------

PlainHistory = variant("PlainHistory", lambda name: models.TextField(), history=HistoricalRecords())
PlainAuditlog = variant("PlainAuditlog", lambda name: models.TextField())
auditlog.register(PlainAuditlog)
SealedHistory = variant("SealedHistory", _sealed, history=History())


# --- For long texts -------------------------------------------------------------------------------


class PlainNarrative(Row):
    text = models.TextField()


class SealedNarrative(Row):
    text = SealedTextField(context="bench", seal_name="narrative", long=True)


class FernetNarrative(Row):
    text = FernetTextField()


class Cryptography5Narrative(Row):
    text = encrypt(models.TextField())


class ModelFieldsNarrative(Row):
    text = ModelFieldsTextField()


NARRATIVE_PEERS = {
    "django-fernet-encrypted-fields": FernetNarrative,
    "django-cryptography-5": Cryptography5Narrative,
    "django-encrypted-model-fields": ModelFieldsNarrative,
}
