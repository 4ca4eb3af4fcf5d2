"""A machine is lost: a backup, its file of keys and two sheets of paper give the site back."""

import os
import secrets
import subprocess
import sys

from django.db import connection

from tests.upkeep.places import MANAGE, copy_of_tests

MAKE = """
from django.core.management import call_command
from tests.factories import make_client
call_command("keyring", "new", "--trial", "--file", "{ring}")
call_command("migrate", verbosity=0)
call_command("createcachetable")
make_client(name_used="Linnet Segdewren")
call_command("backup")
call_command("keyring", "shares", "--out", "{paper}")
"""
LOOK = """
from django.core.management import call_command
from clients.models import Client
print(Client.objects.get().name_used)
call_command("check")
"""
STRANGER = """
from django.core.management import CommandError, call_command
from django.db import connection
call_command("keyring", "new", "--trial", "--file", "{ring}")
try:
    call_command("restore", "{archive}")
except CommandError as error:
    print(error)
print(*connection.introspection.table_names())
"""


class Machine:
    """A trial installation with a keyring file of its own, on SQLite."""

    def __init__(self, folder, backups):
        folder.mkdir()
        self.ring = folder / "ring" / "keyring.json"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AFTERWORD_")},
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "AFTERWORD_ENV": "trial",
            "AFTERWORD_SECRET_KEY": secrets.token_urlsafe(48),
            "AFTERWORD_VAR": str(folder),
            "AFTERWORD_KEYRING_FILE": str(self.ring),
            "AFTERWORD_BACKUP_DIR": str(backups),
            "AFTERWORD_BACKUP_KEYS_DIR": str(backups.parent / "keys"),
            "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        }

    def start(self, *words):
        return subprocess.run(
            [sys.executable, *words],
            env=self.environment,
            cwd=MANAGE.parent,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def manage(self, *words):
        done = self.start(str(MANAGE), *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def python(self, text):
        done = self.start("-c", f"import django; django.setup()\n{text}")
        assert done.returncode == 0, done.stderr
        return done.stdout.removesuffix("\n")


def test_restore_from_backup_and_two_shares(tmp_path, request):
    old = Machine(tmp_path / "old", tmp_path / "backups")
    if connection.vendor == "sqlite":  # else the machine makes every table itself
        request.getfixturevalue("django_db_setup")
        with request.getfixturevalue("django_db_blocker").unblock():
            copy_of_tests(tmp_path / "old" / "site.sqlite3")
    old.python(MAKE.format(ring=old.ring, paper=tmp_path / "paper"))
    archive = next((tmp_path / "backups").glob("*.backup"))
    one, _two, three = sorted((tmp_path / "paper").iterdir())

    new = Machine(tmp_path / "new", tmp_path / "backups")
    new.manage("keyring", "combine", str(one), str(three), "--file", str(new.ring))
    said = new.manage("restore", str(archive))
    assert said.splitlines()[-1] == "Restored."
    assert "To look into" not in said
    assert new.python(LOOK).splitlines()[0] == "Linnet Segdewren"

    stranger = Machine(tmp_path / "stranger", tmp_path / "backups")
    *_, refused, tables = stranger.python(STRANGER.format(ring=stranger.ring, archive=archive)).split("\n")
    assert "This is not an archive that this keyring made, or its beginning was altered" in refused
    assert "keyring.json" in refused
    assert tables == ""
