"""A machine is lost: a backup, its file of keys and two sheets of paper give the site back."""

import os
import secrets
import subprocess
import sys

from tests.upkeep.places import MANAGE

MAKE = """
import django; django.setup()
from tests.factories import make_client
make_client(name_used="Linnet Segdewren")
"""
LOOK = """
import django; django.setup()
from clients.models import Client
print(Client.objects.get().name_used)
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
            "AFTERWORD_BACKUP_KEYS_DIR": str(backups / "keys"),
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
        done = self.start("-c", text)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def test_restore_from_backup_and_two_shares(tmp_path):
    old = Machine(tmp_path / "old", tmp_path / "backups")
    old.manage("keyring", "new", "--trial", "--file", str(old.ring))
    old.manage("migrate", "--verbosity", "0")
    old.manage("createcachetable")
    old.python(MAKE)
    old.manage("backup")
    old.manage("keyring", "shares", "--out", str(tmp_path / "paper"))
    archive = next((tmp_path / "backups").glob("*.backup"))
    one, _two, three = sorted((tmp_path / "paper").iterdir())

    new = Machine(tmp_path / "new", tmp_path / "backups")
    new.manage("keyring", "combine", str(one), str(three), "--file", str(new.ring))
    said = new.manage("restore", str(archive))
    assert said.splitlines()[-1] == "Restored."
    assert "To look into" not in said
    assert new.python(LOOK) == "Linnet Segdewren"
    new.manage("check")

    stranger = Machine(tmp_path / "stranger", tmp_path / "backups")
    stranger.manage("keyring", "new", "--trial", "--file", str(stranger.ring))
    refused = stranger.start(str(MANAGE), "restore", str(archive))
    assert refused.returncode == 1
    assert "Root key 1 of the keyring keyring.json is not the key that was used." in refused.stderr
    assert not (tmp_path / "stranger" / "site.sqlite3").exists() or not stranger.python(
        "import django; django.setup()\nfrom django.db import connection\n"
        "print(*connection.introspection.table_names())"
    )
