"""Decisions to erase that count: whoever can write to the database cannot decide in two people's names.

Each request to erase carries a MAC of 16 bytes under a key that never goes to the database (HKDF of the
installation's secret, "erasure/1"), over

    "erasure/1" | request uuid | client uuid | object uuid, nil for a file | asked by, decided by (u64, 0 for
    nobody) | scope | 0x1f | state

And what a decision rests on (the day of closing, the holds) has to say what its history says.
"""

from __future__ import annotations

import hmac
import logging
from functools import lru_cache

from django.utils import timezone

from audit.models import AccessEvent
from audit.rows import table_of
from audit.services import Action, record
from clients.grants import AGAIN, MAC_BYTES
from clients.models import Client, ErasureRequest, LegalHold
from vault.crypto import derive, mac
from vault.ids import NIL
from vault.installation import secret

logger = logging.getLogger(__name__)


@lru_cache(maxsize=2)
def _derived(root: bytes) -> bytes:
    return derive(root, "erasure/1")


def mac_of(request: ErasureRequest) -> bytes:
    """16 bytes that only this site can make for what the request says now."""
    ids = (request.pk, request.client_id, request.object_id or NIL)
    people = (request.asked_by_id, request.decided_by_id or 0)
    message = b"erasure/1" + b"".join(each.bytes for each in ids)
    message += b"".join(each.to_bytes(8, "big") for each in people)
    message += f"{request.scope}\x1f{request.state}".encode()
    return mac(_derived(secret()), message)[:MAC_BYTES]


def sign(request: ErasureRequest) -> None:
    """Set the MAC for what the request says now; call it before `save()`."""
    request.mac = mac_of(request)


def fits(request: ErasureRequest) -> bool:
    """Whether the request says what this site let it say."""
    return request.mac is not None and hmac.compare_digest(bytes(request.mac), mac_of(request))


def doubts(request: ErasureRequest, client: Client) -> list[str]:
    """What was written behind the application's back of a request and of what it rests on, in fixed words."""
    # A decision that was withdrawn, put back with the MAC it had, fits, and does not agree.
    genuine = fits(request) and table_of(ErasureRequest).agrees(request)
    found = [] if genuine else ["forged_request"]
    if not table_of(Client).agrees(client):
        found.append("altered_file")
    holds = list(LegalHold.objects.filter(client=client))
    if not all(table_of(LegalHold).agrees(hold) for hold in holds):
        found.append("altered_hold")
    standing = {}
    for version in LegalHold.history.filter(client_id=client.pk).order_by("history_id"):
        standing[version.id] = version.lifted_at is None
    if {pk for pk, stands in standing.items() if stands} - {hold.pk for hold in holds}:
        found.append("missing_hold")
    return found


def alarm(request: ErasureRequest, found: list[str]) -> None:
    """Say it in both logs, in the access log once in a while; outside of what is rolled back."""
    logger.error("Erasure request %s is not carried out: %s", request.pk, ", ".join(found))
    lately = AccessEvent.objects.filter(
        client_id=request.client_id,
        action=Action.REFUSED,
        objects_shown=[str(request.pk)],
        at__gte=timezone.now() - AGAIN,
    )
    if not lately.exists():
        record(
            Action.REFUSED,
            by=None,
            kind="forged_erasure",
            client=request.client_id,
            fields=found,
            shown=[request.pk],
        )
