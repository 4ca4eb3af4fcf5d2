"""One small demo, made once for the tests that only read it."""

from datetime import date

import pytest
from django.db import transaction
from django.test import override_settings

from reports.demo import build
from vault import datakeys, installation

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """45 files of seed 1 on Monday, November 23, 2026; gives the manifest's lines and the media folder."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media"):
        datakeys.memory.clear()
        installation.forget()
        with transaction.atomic():
            build.make(clients=45, seed=1, today=TODAY, trial_accounts=True, manifest=folder / "manifest")
            yield (folder / "manifest").read_text(encoding="utf-8").splitlines(), folder
            transaction.set_rollback(True)
