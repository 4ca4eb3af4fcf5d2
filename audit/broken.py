"""The alarm for a sealed value that should open and does not."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import chain
from audit.models import AccessEvent
from audit.services import Action, event_of
from vault.errors import SealBroken, VaultError

logger = logging.getLogger(__name__)
AGAIN = timedelta(days=1)
"""The same value is reported once within this time: a page that is reloaded buries nothing."""


def alarm(error: VaultError, *, client: UUID | None = None) -> bool:
    """Say it in the log and, for a value, in the access log of its client; whether it was said now.

    Names column, row and reason, never the content: the vault's messages hold nothing else.
    """
    if not isinstance(error, SealBroken):
        logger.error("Sealed value: %s", error)
        return True
    names = sorted([error.column, error.reason])
    lately = AccessEvent.objects.filter(
        action=Action.BROKEN,
        object_kind=error.context,
        object_id=str(error.row),
        fields=names,
        at__gte=timezone.now() - AGAIN,
    )
    if lately.exists():
        return False
    logger.error("Sealed value: %s", error)
    event = event_of(Action.BROKEN, by=None, kind=error.context, client=client, fields=names)
    event.object_id = str(error.row)
    with transaction.atomic(savepoint=False):
        chain.append(event)
    return True
