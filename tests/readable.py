"""Past the code under test: every sealed value opened, and every stored byte searched for a key id."""

from __future__ import annotations

import base64
import struct
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

from documents.models import Document
from vault import datakeys, files, installation
from vault.fields import SealedField
from vault.models import DataKey


def everything() -> dict[tuple[str, str, str], Any]:
    """Every sealed value of every row and version, and every file, as it opens now with nothing remembered.

    Keyed by table, primary key and column. Raises what does not open.
    """
    datakeys.memory.clear()
    installation.forget()
    found: dict[tuple[str, str, str], Any] = {}
    for model in apps.get_models(include_auto_created=True):
        columns = [each for each in model._meta.concrete_fields if isinstance(each, SealedField)]
        for row in model._base_manager.all() if columns else ():
            for column in columns:
                found[model._meta.label, str(row.pk), column.public_name] = getattr(row, column.public_name)
    for document in Document.objects.all():
        text = files.read(document.stored_name, row=document.pk, client=document.client_id)
        found["documents.Document", str(document.pk), "file"] = text
    found["vault.Installation", "1", "kind"] = installation.kind()
    return found


def header(key: DataKey) -> bytes:
    """How values begin that are sealed under a key: format 1 and its id, by hand."""
    return struct.pack(">BI", 1, key.pk)


def places_under(*keys: DataKey) -> set[str]:
    """`table.column` of every stored value, and `media` for a file that a document names, under these keys.

    Reads whole tables past the models, also base64 inside text, so that nothing is left out.
    """
    heads = [header(key) for key in keys]
    # Four bytes and a third are five whole characters of base64, whatever follows: compare what is certain.
    coded = [base64.b64encode(head)[:6].decode() for head in heads]
    found: set[str] = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {quoted}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    if (isinstance(value, bytes | memoryview) and bytes(value)[:5] in heads) or (
                        not isinstance(value, bytes | memoryview) and any(c in str(value) for c in coded)
                    ):
                        found.add(f"{table}.{name}")
    for name in Document.objects.values_list("stored_name", flat=True):
        if (Path(settings.MEDIA_ROOT) / name).read_bytes()[:5] in heads:
            found.add("media")
    return found
