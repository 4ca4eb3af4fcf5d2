"""What a RAP sheet keeps of its document: it is erased with it. What was accepted is the record and stays."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.core.exceptions import ValidationError

from clients.models import Client
from clients.services.purge import Part
from records.models import RapSheet


def sheets_of(client: Client, parts: list[Part]) -> Iterable[Part]:
    """The sheets read from these documents, without text and reading.

    Raises ValidationError for one in review: nobody could finish it.
    """
    documents = [part.row.pk for part in parts]
    for sheet in RapSheet.objects.filter(client=client, document__in=documents):
        if sheet.state == RapSheet.State.REVIEW:
            raise ValidationError(
                "This file is a RAP sheet in review. Accept or discard the sheet first, then erase the file."
            )
        emptied = {"text": "", "reading": {}, "settled": {}}
        yield Part(sheet, emptied, {"same_sheet": secrets.token_bytes(16)})
