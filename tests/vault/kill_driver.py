"""Kill rotations of a client's key, again and again, in a database of its own; prints what came of it.

Run as a program by test_kill_rotation.py. Every run of the rotation is a process of its own, forked from
here, that sends itself SIGKILL at the n-th of its points: before each SQL statement that changes something,
before and after each act on the storage, and between the segments of a file. So the points are drawn at
random and hit exactly.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

KILLS = 20


class Points:
    """Counts the points of one run; kills the process at the one that was drawn."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def __call__(self) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, execute: Any, sql: str, *arguments: Any) -> Any:
        if not sql.startswith("SELECT"):  # to be killed before one is to be killed before what follows it
            self()
        return execute(sql, *arguments)

    def around(self, act: Any) -> Any:
        def done(*arguments: Any, **options: Any) -> Any:
            self()
            result = act(*arguments, **options)
            self()
            return result

        return done

    def between(self, chunks: Any) -> Any:
        def told(*arguments: Any, **options: Any) -> Any:
            for chunk in chunks(*arguments, **options):
                self()
                yield chunk

        return told


def prepare() -> None:
    import django
    from django.conf import settings

    class NoMigrations:
        def __contains__(self, app: str) -> bool:
            return True

        def __getitem__(self, app: str) -> None:
            return None

    settings.MIGRATION_MODULES = NoMigrations()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def fill() -> str:
    """A client with rows, versions, a removed row and two files. Returns her file number."""
    from clients.services import change_client, save_alias, save_identifier, save_safe_contact
    from clients.services.intake import remove_alias
    from documents.services import store_document
    from tests.factories import counsel_of, make_client

    client = make_client(legal_name="Linnet Marsh", pronouns="she/her")
    counsel = counsel_of(client)
    change_client(client=client, by=counsel, pronouns="they/them")
    save_safe_contact(client=client, by=counsel, channel="text", number="5105550117", email="l@example.org")
    for number in range(4):
        save_identifier(client=client, kind="fbi", value=f"1510555011{number}", by=counsel)
        save_alias(client=client, name=f"Linnet Reed {number}", by=counsel)
    remove_alias(alias=save_alias(client=client, name="Linnet Sedge", by=counsel), by=counsel)
    for number in range(2):
        text = b"%PDF-1.7\n" + f"Letter {number} ".encode() * 20000
        store_document(client=client, kind="evidence", title=f"Letter {number}", content=text, by=counsel)
    return client.file_number


def rotate(file_number: str, at: int) -> tuple[bool, int]:
    """One run in a process of its own, killed at point `at`: whether it was killed, and its points."""
    from django.core.files.storage import default_storage
    from django.core.management import call_command
    from django.db import connection

    from audit import resealing
    from vault import datakeys, files

    connection.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            datakeys.memory.clear()
            points = Points(at)
            resealing.BATCH, resealing.DRAIN = 2, timedelta(0)
            default_storage.save = points.around(default_storage.save)
            default_storage.delete = points.around(default_storage.delete)
            files.open_chunks = points.between(files.open_chunks)
            with connection.execute_wrapper(points.statement), Path(os.devnull).open("w") as nowhere:
                call_command("keyring", "rotate-client", file_number, stdout=nowhere, stderr=nowhere)
            os.write(writing, str(points.count).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    said = os.read(reading, 32)
    os.close(reading)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True, 0
    if status:
        sys.exit(f"A rotation failed by itself: status {status}")
    return False, int(said)


def main(seed: int) -> dict[str, Any]:
    prepare()
    from django.conf import settings
    from django.utils import timezone

    from audit import resealing, verify
    from tests.readable import everything, places_under
    from vault.models import DataKey

    file_number = fill()
    before = everything()
    killed, points = rotate(file_number, at=0)
    assert not killed
    chance = random.Random(seed)  # noqa: S311 - repeatable chance, not a secret
    at, halfway, unreadable, runs = [], 0, 0, 0
    while len(at) < KILLS and runs < 4 * KILLS:
        runs += 1
        drawn = chance.randint(1, points)
        killed, _points = rotate(file_number, at=drawn)
        unreadable += everything() != before
        if killed:
            at.append(drawn)
            client = DataKey.objects.order_by("-version").first().client_uuid
            *old, new = DataKey.objects.filter(client_uuid=client, retired_at=None).order_by("version")
            halfway += bool(old and places_under(*old) and places_under(new))
    rotate(file_number, at=0)
    resealing.sweep(now=timezone.now() + timedelta(days=2))
    client = DataKey.objects.order_by("-version").first().client_uuid
    keys = list(DataKey.objects.filter(client_uuid=client).order_by("version"))
    return {
        "kills": at,
        "points": points,
        "halfway": halfway,
        "unreadable": unreadable,
        "versions": len(keys),
        "left": sorted(places_under(*keys[:-1])),
        "not_retired": [key.version for key in keys[:-1] if key.retired_at is None],
        "same": everything() == before,
        "faults": [finding.text for finding in verify.verify().findings],
        "files": sum(path.is_file() for path in Path(settings.MEDIA_ROOT).rglob("*")),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))  # noqa: T201
