"""What everybody who opens a file must see, and what stands beside its places in the side navigation."""

from __future__ import annotations

import logging
from uuid import UUID

from django.urls import reverse

from audit.rows import table_of
from clients.frame import Alert
from clients.models import BreakGlass, Client, Commitment, Erasure, LegalHold, Passage
from clients.services.team import has_counsel

logger = logging.getLogger(__name__)


def file_number(pk: UUID) -> str:
    """The file number of a client, also of one whose file was erased; "" for one whom nobody knows."""
    numbers = Client.objects.filter(pk=pk).values_list("file_number", flat=True)
    gone = Erasure.objects.filter(client_uuid=pk).values_list("file_number", flat=True)
    return numbers.first() or gone.first() or ""


def owed(client: Client) -> str:
    count = Commitment.objects.filter(client=client).not_kept_yet().count()
    return f"{count} owed" if count else ""


def passages(client: Client) -> int:
    return Passage.objects.filter(client=client).count()


def without_counsel(client: Client) -> list[Alert]:
    if client.state != Client.State.OPEN or has_counsel(client):
        return []
    return [Alert("No counsel of record", "late", "alert", reverse("client-team", args=[client.pk]))]


def held(client: Client) -> list[Alert]:
    if not LegalHold.objects.filter(client=client).in_force().exists():
        return []
    return [Alert("Legal hold", "soon", "lock", reverse("client-keeping", args=[client.pk]))]


def looked_at(client: Client) -> list[Alert]:
    if not BreakGlass.objects.unreviewed().filter(client=client).exists():
        return []
    return [Alert("Opened by break-glass, review waits", "late", "eye", reverse("glass-queue"))]


def behind_the_log(client: Client) -> list[Alert]:
    if table_of(Client).agrees(client):
        return []
    logger.error("The row of client %s does not say what its newest version says", client.pk)
    return [Alert("Changed behind the log: tell the auditor", "late", "alert")]


ALERTS = (without_counsel, looked_at, held, behind_the_log)
