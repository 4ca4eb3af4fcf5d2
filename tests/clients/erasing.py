"""Closed files, and the two people who have one erased."""

from __future__ import annotations

from datetime import date, timedelta

from accounts.models import Role, User
from audit.verify import Finding, verify
from clients.models import Client, ErasureRequest
from clients.services import erasure
from tests.factories import TODAY, counsel_of, make_client, make_user

LONG_AGO = TODAY - timedelta(days=8 * 366)


def close(client: Client, *, on: date = LONG_AGO, state: str = Client.State.CLOSED) -> Client:
    """The file, closed on a day; long enough ago to be erased where nothing is said."""
    client.state, client.closed_on = state, on
    client.opened_on = min(client.opened_on, on)
    client._history_user = counsel_of(client)
    client.save()
    return client


def closed_client(**values: object) -> Client:
    return close(make_client(**values))


def asked(client: Client, *, by: User | None = None, reason: str = "time_passed", **more) -> ErasureRequest:
    by = by or counsel_of(client)
    return erasure.ask(client=client, reason=reason, by=by, today=TODAY, **more)


def decided(client: Client, *, by: User | None = None) -> ErasureRequest:
    """A whole file, asked for and decided, and not carried out: as a process killed in between leaves it."""
    by = by or make_user(Role.SUPERVISOR)
    return erasure._decide(asked(client), by, "decided", "", fresh=True, today=TODAY)


def erase(client: Client, *, decided_by: User | None = None):
    """Ask, decide by somebody else, and carry out. Gives the tombstone."""
    decided_by = decided_by or make_user(Role.SUPERVISOR)
    return erasure.approve(request=asked(client), by=decided_by, fresh=True, today=TODAY)


def faults() -> list[Finding]:
    """What the proof of the log finds, but for the factories' people: nobody recorded their coming."""
    return [found for found in verify().findings if not found.table.startswith("accounts.")]
