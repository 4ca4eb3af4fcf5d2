"""The command: deterministic, whole or not at all, and never on a production site."""

import stat
from datetime import date
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from audit.models import AccessEvent
from clients.models import Client
from documents.models import Document
from reports.demo import build
from reports.demo.world import PASSWORD
from vault import datakeys, installation
from vault.models import DataKey, NameToken

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def run(**options):
    said = StringIO()
    call_command("make_demo", stderr=said, stdout=said, **({"clients": 4, "today": TODAY} | options))
    return said.getvalue()


def stored(settings):
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_the_same_seed_and_day_give_the_same_plaintexts(tmp_path):
    written = []
    for number, seed in enumerate((7, 7, 8)):
        path = tmp_path / str(number)
        with transaction.atomic():
            run(clients=8, seed=seed, manifest=path)
            transaction.set_rollback(True)
        datakeys.memory.clear()
        installation.forget()
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert written[0] != written[2]


def test_the_manifest_is_for_its_owners_eyes_also_where_a_file_was_there(tmp_path):
    path = tmp_path / "manifest"
    path.write_text("old\n")
    path.chmod(0o644)
    run(clients=1, manifest=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "old" not in path.read_text().splitlines()


def test_accounts_get_the_trial_password_only_when_asked():
    run()
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert "No demo accounts" in run(list_accounts=True)


def test_trial_accounts_are_demo_accounts_with_a_verified_address():
    run(trial_accounts=True)
    users = User.objects.all()
    assert users.count() == 10
    assert all(user.is_demo and user.check_password(PASSWORD) for user in users)
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 10
    listed = run(list_accounts=True)
    assert "noor.haddad@juniper.example" in listed
    assert PASSWORD in listed
    assert "Auditor" in listed


def test_a_second_run_adds_nothing():
    run()
    before = list(Client.objects.order_by("pk").values_list("pk", flat=True))
    assert run(if_empty=True) == ""
    with pytest.raises(CommandError, match="clients already"):
        run()
    assert list(Client.objects.order_by("pk").values_list("pk", flat=True)) == before


def test_a_production_site_is_refused_in_one_line(settings):
    settings.AFTERWORD_ENV = "production"
    for options in ({}, {"if_empty": True}, {"list_accounts": True}):
        with pytest.raises(CommandError) as refusal:
            run(**options)
        assert "\n" not in str(refusal.value)
    assert not Client.objects.exists()


def fail_at(monkeypatch, index):
    """Telling the story with this index fails, as a process that is killed there would end it."""
    real = build.tell_story

    def tell(world, batch, number, pk, plot):
        if number == index:
            raise KeyboardInterrupt
        return real(world, batch, number, pk, plot)

    monkeypatch.setattr(build, "tell_story", tell)


def test_a_small_demo_that_fails_leaves_nothing(monkeypatch, settings):
    fail_at(monkeypatch, 4)
    monkeypatch.setattr(build, "BATCH", 2)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert not Client.objects.exists()
    assert not User.objects.exists()
    assert build.state() == "empty"
    assert stored(settings) == []


def test_a_large_demo_that_was_killed_starts_over(monkeypatch, settings):
    monkeypatch.setattr(build, "BATCH", 2)
    monkeypatch.setattr(build, "ONE_TRANSACTION", 1)
    with monkeypatch.context() as patched:
        fail_at(patched, 4)
        with pytest.raises(KeyboardInterrupt):
            run(clients=5)
    assert Client.objects.count() == 2
    assert build.state() == "unfinished"
    run(clients=5, if_empty=True)
    assert build.state() == "finished"
    assert Client.objects.count() == 5
    assert Client.history.values("id").distinct().count() == 5
    assert DataKey.objects.filter(client_uuid__in=Client.objects.values("pk")).count() == 5
    assert User.objects.count() == 10
    assert NameToken.objects.exists()
    assert AccessEvent.objects.filter(object_kind="demo").count() == 3
    # The removal of the first run's files waits for the commit, which a test never reaches.
    assert len(stored(settings)) >= Document.objects.count()


def test_what_a_failed_batch_stored_is_removed(monkeypatch, settings):
    fail_at(monkeypatch, 3)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert stored(settings) == []


def test_dates_move_with_the_reference_day():
    run(clients=1, today=date(2027, 6, 15))
    assert Client.objects.get().opened_on > date(2027, 6, 1).replace(year=2026)
