"""The administrator’s page: how old backups and tried restores are, and what asks for help."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from audit.models import TimedWork
from config.upkeep.page import age_in_words, size_in_words, upkeep
from tests.factories import make_client, make_user
from vault.keyring import LocalKeyring
from vault.models import BackupRun

pytestmark = pytest.mark.django_db


def ran(kind, *, days, ok=True, failure=""):
    at = timezone.now() - timedelta(days=days)
    name = f"afterword-{at:%Y%m%dT%H%M%SZ}.backup"
    BackupRun.objects.create(
        kind=kind, started_at=at, file_name=name, size=12_300_000, ok=ok, failure=failure
    )


def ticked(*, hours=0, failure=""):
    at = timezone.now() - timedelta(hours=hours)
    TimedWork.objects.create(name="config.upkeep.timed.tick", ran_at=at, failure=failure)


def strong():
    return [warning.strong for warning in upkeep(timezone.now())["warnings"]]


@pytest.fixture
def keys_within_reach(settings):
    settings.BACKUP_KEYS_DIR.mkdir()
    (settings.BACKUP_KEYS_DIR / "20261130T100000Z.keys").touch()


def test_all_is_well(keys_within_reach):
    ran("made", days=0.5)
    ran("verified", days=3)
    ticked()
    assert strong() == []


def test_nothing_was_ever_done():
    assert strong() == ["There is no backup yet.", "Timed work never ran."]


def test_what_is_too_old_is_said_in_days(keys_within_reach):
    ran("made", days=3)
    ran("verified", days=20)
    ticked(hours=5)
    assert strong() == [
        "No backup for 3 days.",
        "No restore was tried for 20 days.",
        "Timed work has not run for 5 hours.",
    ]


def test_a_failure_is_said_until_a_later_run_goes_through(keys_within_reach):
    ran("made", days=0.9)
    ran("verified", days=1)
    ran("made", days=0.2, ok=False, failure="No space left on device")
    ticked(failure="UpkeepError")
    assert strong() == ["The last backup failed.", "Backups, and restores that are tried: failed."]
    ran("made", days=0.1)
    assert "The last backup failed." not in strong()


def test_files_of_keys_out_of_reach_are_missed():
    ran("made", days=0.5)
    ran("verified", days=1)
    ticked()
    assert strong() == ["The files of keys cannot be reached."]


def test_the_page_says_it_to_the_administrator_and_stands_in_the_navigation(client, keys_within_reach):
    ran("made", days=3)
    ran("made", days=2, ok=False, failure="No space left on device")
    ticked()
    client.force_login(make_user(Role.ADMINISTRATOR))
    page = client.get(reverse("upkeep")).content.decode()
    for words in (
        "No backup for 3 days.",
        "12.3 MB",
        "No space left on device",
        "Root key 2147418112",
        "3 days ago",
    ):
        assert words in page
    assert f'href="{reverse("upkeep")}"' in client.get(reverse("accounts")).content.decode()


def test_a_root_key_that_something_hangs_on_is_missed(keys_within_reach, monkeypatch):
    ran("made", days=0.5)
    ran("verified", days=1)
    ticked()
    make_client()
    assert strong() == []
    spare = LocalKeyring(kind="test", primary=5, keys={5: b"o" * 32}, source="spare.json")
    monkeypatch.setattr("config.upkeep.page.keyring", lambda: spare)
    assert strong() == ["Root key 2147418112 is not in the keyring."]


def test_ages_and_sizes_in_words():
    now = timezone.now()
    ages = [(0.5, "less than an hour"), (1.2, "1 hour"), (47.9, "47 hours"), (48, "2 days"), (200, "8 days")]
    for hours, words in ages:
        assert age_in_words(now - timedelta(hours=hours), now) == words
    assert [size_in_words(n) for n in (0, 1, 640_000, 12_300_000, 4_200_000_000)] == [
        "0 KB",
        "1 KB",
        "640 KB",
        "12.3 MB",
        "4.2 GB",
    ]
