"""T7: a copy of everything the site has on disk holds no sealed value in the clear."""

import subprocess
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, models
from django.urls import reverse

from clients.models import Client
from config.field_classes import our_models, table
from documents.services import store_document
from tests.factories import counsel_of, make_client
from tests.rights.objects import load
from vault.fields import SealedDateField, SealedField, SealedIntegerField, SealedJSONField
from vault.querysets import sealed_fields

pytestmark = pytest.mark.django_db(transaction=True)


class Canaries:
    """A value of its own for every sealed column, and the forms in which it would lie in a file."""

    def __init__(self):
        self.count, self.forms = 0, {}

    def for_field(self, field):
        self.count += 1
        word = f"Zqc{self.count:05d}Teasel"
        if isinstance(field, SealedDateField):
            day = date(1900, 1, 1) + timedelta(days=self.count)
            # A bare date may stand in plain columns by chance; these years stand nowhere else.
            self.note(field, day.isoformat(), day.strftime("%Y%m%d"))
            return day
        if isinstance(field, SealedIntegerField):
            self.note(field, str(7700000000 + self.count))
            return 7700000000 + self.count
        self.note(field, word)
        return {"said": [word]} if isinstance(field, SealedJSONField) else word

    def note(self, field, *texts):
        for text in texts:
            where = f"{field.model._meta.label}.{field.public_name}"
            for form in (text.encode(), text.encode().hex().encode(), text.encode("utf-16-le")):
                self.forms[form.lower()] = where

    def found_in(self, places):
        return sorted(
            f"{place}: {where}"
            for place, content in places.items()
            for form, where in self.forms.items()
            if form in content.lower()
        )


def fill(canaries):
    """A canary in every sealed column of every model of ours, written by save(), so into the history too."""
    filled = {}
    for model in our_models():
        fields = sealed_fields(model)
        if not fields:
            continue
        row = model._base_manager.first()
        if row is None:  # no address shows it by itself: made here, beside what it belongs to
            row = model(client=make_client())
            for field in model._meta.concrete_fields:
                if field.is_relation and not field.null and field.name != "client":
                    setattr(row, field.name, field.related_model._base_manager.first())
                    row.client_id = getattr(row, field.name).client_id
        for field in fields:
            setattr(row, field.public_name, canaries.for_field(field))
        row.save()
        filled[model._meta.label] = {field.public_name for field in fields}
    return filled


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout


def database(folder):
    """{place: bytes} of the database as a thief would copy it."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        parts = {part.name: part.read_bytes() for part in path.parent.glob(f"{path.name}*")}
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(folder / "vacuumed.sqlite3")])
        return parts | {"vacuumed": (folder / "vacuumed.sqlite3").read_bytes()}
    at = connection.settings_dict
    url = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"
    custom = folder / "custom.dump"
    run("pg_dump", "-Fc", "-f", str(custom), url)
    return {
        "pg_dump": run("pg_dump", url),
        "pg_dump --inserts": run("pg_dump", "--inserts", url),
        "pg_dump -Fc": custom.read_bytes(),
        "pg_restore": run("pg_restore", "-f", "-", str(custom)),
    }


def folder_bytes(folder):
    paths = [path for path in Path(folder).rglob("*") if path.is_file()]
    return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in paths)


def test_canaries_absent_from_dump(client, settings, tmp_path, monkeypatch, caplog, capfd):
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    }
    call_command("createcachetable")
    canaries = Canaries()
    for make in load().values():
        make(make_client())
    filled = fill(canaries)
    # Whatever the class table calls sealed was filled: nothing is left out because no row of it was made.
    sealed = {
        label: {name for name, kind in classes.items() if kind == "sealed"}
        for label, classes in table().items()
    }
    wanted = {label: names & field_names(label) for label, names in sealed.items()}
    assert filled == {label: names for label, names in wanted.items() if names}
    assert canaries.count >= 50

    # Use it: pages are looked at, a file is stored, rows pass through cache and session.
    survivor = Client.objects.first()
    counsel = counsel_of(survivor)
    client.force_login(counsel)
    assert client.get(reverse("client-file", args=[survivor.pk])).status_code == 200
    caches["default"].set("row", survivor)
    content = f"%PDF-1.4\n{canaries.for_field(Client._meta.get_field('name_used'))}".encode()
    title = canaries.for_field(Client._meta.get_field("legal_name"))
    name = f"{canaries.for_field(Client._meta.get_field('pronouns'))}.pdf"
    store_document(
        client=survivor, kind="other", title=title, content=content, by=counsel, original_name=name
    )

    places = database(tmp_path)
    places["media"] = folder_bytes(django_settings.MEDIA_ROOT)
    places["temporary files"] = folder_bytes(scratch)
    places["logs"] = caplog.text.encode() + "".join(capfd.readouterr()).encode()
    places["left open"] = b"".join(
        fd.read_bytes() for fd in Path("/proc/self/fd").iterdir() if fd.resolve().is_relative_to(scratch)
    )
    assert survivor.file_number.encode() in b"".join(places.values())
    assert places["media"]
    assert canaries.found_in(places) == []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cache")


def test_the_search_of_this_test_finds_what_lies_in_the_clear(tmp_path):
    """A canary in a plain column is found, as text and as hexadecimal: else the test above proves nothing."""
    canaries = Canaries()
    survivor = make_client()
    text = canaries.for_field(Client._meta.get_field("name_used"))
    models.QuerySet(Client).filter(pk=survivor.pk).update(basic_needs=[text])
    assert canaries.found_in(database(tmp_path))
    assert canaries.found_in({"log": text.upper().encode()})
    assert canaries.found_in({"log": text.encode().hex().encode()})


def field_names(label):
    fields = apps.get_model(label)._meta.local_concrete_fields
    return {field.public_name for field in fields if isinstance(field, SealedField)}
