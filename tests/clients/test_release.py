"""Giving out one client's file: on what ground, to whom, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import tempfile
from datetime import timedelta

import pytest
import pyzipper
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from audit.models import AccessEvent
from clients.models import Client, ClientOwned, Release
from clients.services import add_passage, run_conflict_check, save_related_person
from clients.services import release as release_service
from clients.services.erasing import owned_models
from clients.services.holds import set_hold
from clients.services.release import add_release, export, released_models, revoke_release
from clients.services.team import join_team, set_wall
from documents.models import Document
from documents.services import store_document
from tests.factories import add_to_team, counsel_of, make_client, make_user
from tests.proof import signed_in_fresh
from vault import zips

Action = AccessEvent.Action
pytestmark = pytest.mark.django_db
PASSPHRASE = "seven small birds sing"
TODAY = timezone.localdate


def a_release(client: Client, *, days: int = 30, **more) -> Release:
    values = {"basis": "client", "recipient": "Clerk Sorrel", "note": "All of it", "signed_on": TODAY()}
    values["expires_on"] = TODAY() + timedelta(days=days)
    return add_release(client=client, by=counsel_of(client), **values | more)


def contents(packed, passphrase: str = PASSPHRASE) -> dict[str, bytes]:
    packed.seek(0)
    with pyzipper.AESZipFile(packed) as archive:
        archive.setpassword(passphrase.encode())
        return {name: archive.read(name) for name in archive.namelist()}


def give(release: Release, **more):
    by = more.pop("by", None) or counsel_of(release.client)
    with export(release=release, passphrase=PASSPHRASE, by=by, **{"fresh": True} | more) as packed:
        return io.BytesIO(packed.read())


def test_it_is_packed_without_a_word_in_the_clear_on_disk_and_never_whole_in_memory(monkeypatch, tmp_path):
    monkeypatch.setattr(zips, "IN_MEMORY", 100)
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    client = told("Hers")
    by = counsel_of(client)
    large = b"Hers " * 100_000
    store_document(client=client, kind="evidence", title="Long", content=large, by=by)
    with export(release=a_release(client), passphrase=PASSPHRASE, by=by, fresh=True) as packed:
        assert packed._rolled
        assert b"Hers" not in packed.read()
        found = contents(packed)
    assert large in found.values()
    assert list(spool.iterdir()) == []


def test_a_file_that_does_not_open_is_named_as_missing_and_the_rest_goes_out():
    client = told("Hers")
    stored = Document.objects.get(client=client).stored_name
    default_storage.delete(stored)
    found = contents(give(a_release(client)))
    assert set(found) == {"file.html", "file.json"}
    assert b"the file is gone" in found["file.html"]


def test_who_is_taken_off_the_file_while_it_is_packed_is_given_nothing(monkeypatch):
    client = told("Hers")
    by, release = counsel_of(client), a_release(client)
    pack = release_service.locked_zip

    def packing(*args):
        packed = pack(*args)
        set_wall(client=client, user=by, reason="ethics", by=second)
        return packed

    second = make_user()
    join_team(client=client, user=second, role="counsel", by=by)
    monkeypatch.setattr(release_service, "locked_zip", packing)
    with pytest.raises(PermissionDenied):
        give(release, by=by)
    release.refresh_from_db()
    assert release.exported_at is None
    assert not AccessEvent.objects.filter(action=Action.EXPORTED).exists()


def told(mark: str, counsel=None) -> Client:
    """A file in which everything that is told holds the mark."""
    client = make_client(name_used=f"Linnet {mark}", legal_name=f"Linnet {mark} Reed", counsel=counsel)
    by = counsel_of(client)
    save_related_person(client=client, relation="employer", name=f"Jay {mark}", by=by)
    add_passage(client=client, title=f"The house {mark}", text=f"Locked {mark}", agreed_uses=[], by=by)
    store_document(
        client=client, kind="evidence", title=f"Letter {mark}", content=f"Dear {mark}".encode(), by=by
    )
    return client


def test_export_contains_only_that_client():
    counsel = make_user()
    others = [told(f"Canary{i}", counsel) for i in range(3)]
    client = told("Hers", counsel)
    run_conflict_check(client=client, by=counsel)  # it finds the others, by number and id
    set_hold(client=client, reason="SecretHold", by=counsel)
    walled = make_user(name="Walled Person")
    set_wall(client=client, user=walled, reason="ethics", by=counsel)

    found = contents(give(a_release(client)))

    whole = b"\n".join(name.encode() for name in found) + b"".join(found.values())
    for needle in (b"Canary", b"SecretHold", b"Walled Person", *(str(o.pk).encode() for o in others)):
        assert needle not in whole
    for other in others:
        assert other.file_number.encode() not in whole
    for page in ("file.html", "file.json"):
        for words in ("Linnet Hers", "Linnet Hers Reed", "Jay Hers", "Locked Hers", "Letter Hers"):
            assert words.encode() in found[page], (page, words)
    names = [name for name in found if name.startswith("files/")]
    assert names == [f"files/001-{client.file_number}-evidence-v1.txt"]
    assert found[names[0]] == b"Dear Hers"
    assert json.loads(found["file.json"])["passage"][0]["text"] == "Locked Hers"


def test_only_the_parts_that_were_chosen_go_out():
    client = told("Hers")
    parts = dict(release_service.parts_of(client))
    files_there = [key for key in parts if key not in release_service.FIXED]
    assert files_there
    found = contents(give(a_release(client), parts=["statement"]))
    assert set(found) == {"file.html", "file.json"}
    assert set(json.loads(found["file.json"])) == {"passage"}
    one = contents(give(a_release(client), parts=files_there[:1]))
    assert len([name for name in one if name.startswith("files/")]) == 1
    assert json.loads(one["file.json"]) == {}
    with pytest.raises(ValidationError, match="Choose what is given"):
        give(a_release(client), parts=[])


def test_every_table_that_goes_out_belongs_to_a_part():
    assert [model for model in released_models() if not release_service._group_of(model)] == []


def test_for_a_subpoena_the_client_is_told_first():
    with pytest.raises(ValidationError) as refused:
        a_release(make_client(), basis="subpoena")
    assert "client_told_on" in refused.value.message_dict
    assert a_release(make_client(), basis="subpoena", client_told_on=TODAY())


def test_what_is_the_offices_own_stays_and_a_new_table_does_until_somebody_says_otherwise():
    assert ClientOwned.released is False
    kept = {model._meta.label for model in set(owned_models()) - set(released_models())}
    apps = {"cases", "documents", "records", "visas"}
    assert not {label for label in kept if label.partition(".")[0] in apps}
    assert kept >= {
        "clients.ConflictCheck",
        "clients.ErasureRequest",
        "clients.LegalHold",
        "clients.Release",
        "clients.Wall",
    }


def test_it_opens_with_the_passphrase_alone():
    packed = give(a_release(told("Hers")))
    assert b"Hers" not in packed.read()
    with pytest.raises(RuntimeError):
        contents(packed, "another passphrase")


def test_it_is_on_record_before_it_is_given_with_the_ground_and_no_name():
    release = a_release(told("Hers"))
    give(release)
    event = AccessEvent.objects.get(action=Action.EXPORTED)
    assert (event.object_id, event.client_id, event.fields) == (
        str(release.pk),
        release.client_id,
        ["client", "everything"],
    )
    release.refresh_from_db()
    assert release.exported_at is not None


def refusals(client: Client) -> list[list[str]]:
    rows = AccessEvent.objects.filter(action=Action.REFUSED, client_id=client.pk, object_kind="release")
    return list(rows.order_by("pk").values_list("fields", flat=True))


def test_after_expiry_or_revocation_it_is_refused_and_logged():
    client = told("Hers")
    release = a_release(client, days=30)
    give(release, today=TODAY() + timedelta(days=30))
    with pytest.raises(ValidationError, match="has ended"):
        give(release, today=TODAY() + timedelta(days=31))
    revoke_release(release=release, by=counsel_of(client))
    with pytest.raises(ValidationError, match="was revoked"):
        give(release)
    assert refusals(client) == [["expired", "export"], ["export", "revoked"]]
    assert AccessEvent.objects.filter(action=Action.EXPORTED).count() == 1


def test_without_a_fresh_second_step_it_is_refused():
    release = a_release(told("Hers"))
    with pytest.raises(ValidationError, match="Confirm that it is you"):
        give(release, fresh=False)
    assert refusals(release.client) == [["export", "not_fresh"]]


def test_only_who_manages_the_team_and_reads_the_account_gives_it_out():
    client = told("Hers")
    release = a_release(client)
    for role, account in (
        ("advocate", "advocate"),
        ("co_counsel", "attorney"),
        ("supervision", "supervisor"),
    ):
        with pytest.raises(PermissionDenied):
            give(release, by=add_to_team(client, role, account))
    with pytest.raises(PermissionDenied):
        give(release, by=make_user(Role.ADMINISTRATOR))
    second = make_user()
    join_team(client=client, user=second, role="counsel", by=release.made_by)
    assert contents(give(release, by=second))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"expires_on": TODAY() - timedelta(days=1)}, "expires_on"),
        ({"signed_on": TODAY() + timedelta(days=1)}, "signed_on"),
        ({"expires_on": TODAY() + timedelta(days=3 * 365)}, "expires_on"),
        ({"recipient": " "}, "recipient"),
        ({"basis": "somebody asked"}, "basis"),
    ],
)
def test_a_ground_has_a_name_a_basis_and_an_end(values, field):
    with pytest.raises(ValidationError) as refused:
        a_release(make_client(), **values)
    assert any(field in name for name in refused.value.message_dict)


def test_the_page_gives_it_after_the_second_step_and_keeps_no_passphrase(client):
    file = told("Hers")
    release, counsel = a_release(file), counsel_of(file)
    address = reverse("release-export", args=[release.pk])
    client.force_login(counsel)
    whole = {"passphrase": PASSPHRASE, "parts": [key for key, _words in release_service.parts_of(file)]}
    answer = client.post(address, whole)
    assert answer.status_code == 403 or "reauthenticate" in answer.url
    signed_in_fresh(client, counsel)
    assert client.post(address, whole | {"passphrase": "too short"}).status_code == 422
    assert client.post(address, whole | {"parts": []}).status_code == 422
    answer = client.post(address, whole)
    assert answer["Content-Disposition"] == f'attachment; filename="{file.file_number}-release.zip"'
    assert b"Dear Hers" in contents(io.BytesIO(answer.getvalue())).values()

    client.post(reverse("release-revoke", args=[release.pk]))
    answer = client.post(address, whole)
    assert answer.status_code == 422
    assert "revoked" in answer.content.decode()


def test_the_page_of_grounds_enters_one(client):
    file = told("Hers")
    client.force_login(counsel_of(file))
    address = reverse("client-releases", args=[file.pk])
    sent = {"basis": "subpoena", "recipient": "Clerk Sorrel", "note": "Dates alone"}
    days = {"signed_on": TODAY().isoformat(), "expires_on": (TODAY() + timedelta(days=9)).isoformat()}
    assert client.post(address, sent | days).status_code == 422  # the client is told first
    days["client_told_on"] = TODAY().isoformat()
    assert client.post(address, sent | days).status_code == 302
    assert "Clerk Sorrel" in client.get(address).content.decode()
    assert Release.objects.get(client=file).basis == "subpoena"
