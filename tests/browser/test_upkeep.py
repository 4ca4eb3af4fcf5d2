"""The administrator’s page of upkeep with everything on it that can go wrong, wide and narrow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from audit.models import TimedWork
from tests.factories import make_user
from vault.models import BackupRun

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_upkeep_passes_axe_and_fits_both_widths(client, strict_page, site, findings, settings, tmp_path):
    settings.BACKUP_DIR, settings.BACKUP_KEYS_DIR = tmp_path / "backups", tmp_path / "keys"
    now = timezone.now()
    for kind, days, failure in (
        ("made", 3, ""),
        ("verified", 30, ""),
        ("made", 1, "The restore that was tried failed: documents_document has 11 rows and should have 12."),
    ):
        at = now - timedelta(days=days)
        name = f"afterword-{at:%Y%m%dT%H%M%SZ}.backup"
        BackupRun.objects.create(
            kind=kind, started_at=at, file_name=name, size=12_300_000, ok=not failure, failure=failure
        )
    TimedWork.objects.create(name="config.upkeep.timed.tick", ran_at=now, failure="UpkeepError")
    TimedWork.objects.create(name="audit.checkpoints.tick", ran_at=now, done_at=now)
    client.force_login(make_user(Role.ADMINISTRATOR))
    name, page = settings.SESSION_COOKIE_NAME, strict_page
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    page.goto(site + reverse("upkeep"))
    assert page.locator("h1").count() == 1
    assert "No backup for 3 days." in page.locator("main").inner_text()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert findings(page) == []
