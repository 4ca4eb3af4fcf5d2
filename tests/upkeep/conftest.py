"""Folders of backups of each test's own, and other installations to restore into or to take backups of."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.upkeep.places import elsewhere

TWO_BACKUPS = """
from datetime import UTC, datetime
from config.upkeep.making import make_backup
from tests.factories import counsel_of, make_client
from tests.upkeep.making import store
store(make_client(name_used="Linnet Segdewren"))
make_backup(now=datetime(2026, 11, 30, 10, 0, tzinfo=UTC))
make_client(name_used="Siskin")
make_backup(now=datetime(2026, 12, 2, 10, 0, tzinfo=UTC))
"""


@pytest.fixture(autouse=True)
def _folders(tmp_path, settings):
    settings.VAR = tmp_path / "var"
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_KEYS_DIR = tmp_path / "keys"
    settings.CHECKPOINT_DIR = str(tmp_path / "checkpoints")
    settings.CHECKPOINT_KEY_FILE = str(tmp_path / "checkpoint-key.json")


@pytest.fixture
def other(tmp_path, transactional_db, settings):
    """An empty installation in another process and another database, with the same folders of backups."""
    with elsewhere(tmp_path / "other", backups=settings.BACKUP_DIR, keys=settings.BACKUP_KEYS_DIR) as place:
        yield place


@dataclass
class Kept:
    """Two backups of one site, made on November 30 and December 2, with their files of keys."""

    first: Path
    second: Path
    first_keys: Path
    second_keys: Path


@pytest.fixture(scope="session")
def _two_backups(tmp_path_factory, django_db_setup, django_db_blocker):
    folder = tmp_path_factory.mktemp("kept")
    with (
        django_db_blocker.unblock(),
        elsewhere(folder / "site", backups=folder / "backups", keys=folder / "keys") as place,
    ):
        place.make_ready()
        place.python(TWO_BACKUPS)
    return folder


@pytest.fixture
def kept(_two_backups, settings):
    """Two backups to look at or to spoil; no database is needed."""
    shutil.copytree(_two_backups / "backups", settings.BACKUP_DIR)
    shutil.copytree(_two_backups / "keys", settings.BACKUP_KEYS_DIR)
    first, second = sorted(settings.BACKUP_DIR.glob("*.backup"))
    return Kept(first, second, *sorted(settings.BACKUP_KEYS_DIR.glob("*.keys")))
