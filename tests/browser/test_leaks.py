"""What was typed lies nowhere in the clear: database, media, logs, sessions, cache, mail, addresses."""

from __future__ import annotations

import io
import json
import logging
import pickle
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from django import forms
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from cases.models import Petition
from clients.models import Client
from config.logs import IdsOnly, LineFormatter
from reports.demo import build
from reports.demo.manifest import SHORTEST
from tests.browser import walk
from tests.browser.people import colleagues, person
from tests.factories import make_client, make_user
from tests.rights.objects import load
from tests.rights.test_matrix import rows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Free text that the field table (config/field_classes.yaml) classes plain: words of courts and agencies.
PLAIN = {"code", "section", "description", "court", "county", "agency", "department", "judge"}


# --- Where to look --------------------------------------------------------------------------------------


def database() -> bytes:
    """Everything the database has on disk: SQLite's file and its log, or every table as text."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        return b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))
    found = io.BytesIO()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            with cursor.cursor.copy(f"COPY {name} TO STDOUT") as copy:
                for piece in copy:
                    found.write(piece)
    return found.getvalue()


def media() -> bytes:
    """Every stored file with its name."""
    paths = [path for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in paths)


def sessions() -> bytes:
    return "\n".join(json.dumps(row.get_decoded()) for row in Session.objects.all()).encode()


def cached() -> bytes:
    """The keys and values of the cache, unpickled where they are pickles."""
    kept = cache._cache  # type: ignore[attr-defined]
    return b"\n".join(key.encode() + repr(pickle.loads(value)).encode() for key, value in kept.items())  # noqa: S301


def letters() -> bytes:
    return b"\n".join(letter.message().as_bytes() for letter in mail.outbox)


def written_as(text: str) -> set[bytes]:
    """The ways in which a text can lie in a file: as it is, in JSON, in hexadecimal."""
    plain = text.encode()
    return {plain, json.dumps(text)[1:-1].encode(), plain.hex().encode()}


def found_in(places: dict[str, bytes], texts: Iterable[str]) -> list[str]:
    """Every text that lies somewhere in the clear, in capitals or not, with the place."""
    lowered = {place: content.lower() for place, content in places.items()}
    lines = {line.strip() for text in texts for line in text.splitlines() if len(line.strip()) >= SHORTEST}
    return [
        f"{place}: {line}"
        for line in sorted(lines)
        for place, content in lowered.items()
        if any(form in content for form in written_as(line.lower()))
    ]


@pytest.fixture
def log():
    """What the project’s own log lines say, at the level of production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    handler.addFilter(IdsOnly())
    names = ("", "django", "django.server")
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(logging.INFO)
    yield stream
    for name, level in levels.items():
        logging.getLogger(name).removeHandler(handler)
        logging.getLogger(name).setLevel(level)


def everywhere(log: io.StringIO) -> dict[str, bytes]:
    return {
        "database": database(),
        "media": media(),
        "sessions": sessions(),
        "cache": cached(),
        "mail": letters(),
        "log": log.getvalue().encode(),
    }


# --- The walk in the browser ----------------------------------------------------------------------------


def test_nothing_typed_on_the_whole_walk_lies_anywhere_in_the_clear(at_work, log, capfd):
    attorney = person(Role.ATTORNEY)
    walk.make_office_ready(attorney)
    other = walk.other_file(attorney)
    at = at_work(attorney, axe=False)
    client = walk.intake(at)
    walk.conflict_check(at, client, other=other)
    walk.upload_and_accept(at, client)
    walk.add_account(at, client)
    walk.flag(at, client)
    petition = walk.plan(at, client)
    walk.draft(at, petition)
    walk.read_petition(at, petition)
    walk.sign_and_file(at, petition)
    walk.serve(at, petition)
    walk.oppose_hear_decide(at, petition)
    walk.tell_agencies(at, petition)
    advocate, supervisor = colleagues(client, by=attorney)
    by_advocate = at_work(advocate, axe=False)
    visa = walk.open_and_file_visa(by_advocate, client)
    walk.request_for_evidence(by_advocate, visa)
    walk.family_and_permit(by_advocate, visa)
    by_supervisor = at_work(supervisor, axe=False)
    walk.caseload(by_supervisor, client)

    kept = by_supervisor.page.evaluate("({...localStorage, ...sessionStorage})")
    # htmx notes the path of the page, an id and no more, for the length of the tab.
    assert set(kept) <= {"htmx-current-path-for-history"}
    workers = (at, by_advocate, by_supervisor)
    typed = {text for worker in workers for text in worker.typed}
    sheet = {walk.BORN.strftime("%Y%m%d"), "A99044117", "TEASELWORT,PLUMBAGO", "DUNNOCK,PLUMBAGO"}
    names = {"Plumbago", "Teaselwort", "Segdewren", walk.HIS_NAME, "Bryony", "Tansy Wagtail"}
    places = everywhere(log) | {
        "output": "".join(capfd.readouterr()).encode(),
        "browser": str(kept).encode(),
        "titles and file names": "\n".join(t for worker in workers for t in worker.titles).encode(),
        "addresses": "\n".join(a for worker in workers for a in worker.addresses).encode(),
    }
    assert client.file_number.encode() in places["database"]
    assert places["media"]
    assert len(typed) >= 38  # what the walk types today: fewer means that it no longer types it
    assert found_in(places, typed | sheet | names) == []


# --- Every field of every form --------------------------------------------------------------------------


def forms_of(response) -> list[forms.BaseForm]:
    """The forms that a page was drawn with."""
    found: dict[int, forms.BaseForm] = {}
    for layer in response.context or ():
        for value in getattr(layer, "dicts", [layer]):
            for item in value.values() if isinstance(value, dict) else ():
                if isinstance(item, forms.BaseForm):
                    found[id(item)] = item
    return list(found.values())


class Canaries:
    """A text of its own for every field; knows which may stand in the clear."""

    def __init__(self) -> None:
        self.sealed: list[str] = []
        self._count = 0

    def sing(self, name: str) -> str:
        self._count += 1
        text = f"Zq{self._count:04d}Teasel"
        if name not in PLAIN:
            self.sealed.append(text)
        return text

    def fill(self, form: forms.BaseForm) -> dict[str, object]:
        """Something for every field: a canary where text is typed, else the first choice or a day."""
        data: dict[str, object] = {}
        today = timezone.localdate()
        for name, field in form.fields.items():
            if name.endswith("_none"):
                continue
            if isinstance(field, forms.FileField):
                content = b"%PDF-1.4\n" + self.sing("file").encode()
                value: object = SimpleUploadedFile(f"{self.sing('file name')}.pdf", content)
            elif isinstance(field, forms.BooleanField):
                value = "on"
            elif isinstance(field, forms.ChoiceField):
                keys = [str(key) for key, words in field.choices if key and not isinstance(words, list)]
                value = keys[:1]
            elif isinstance(field, forms.DateTimeField):
                value = (timezone.localtime() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
            elif isinstance(field, forms.DateField):
                value = today.isoformat()
            elif isinstance(field, forms.EmailField):
                value = f"{self.sing(name)}@nowhere.example"
            else:
                value = self.sing(name)
            data[form.add_prefix(name)] = value
        return data


def test_a_canary_in_every_field_of_every_form_is_found_nowhere(client, log):
    """Each address that takes a form is posted to with a canary in each field, right or refused."""
    attorney, makers, canaries = make_user(), load(), Canaries()
    walk.make_office_ready(attorney)
    client.force_login(attorney)
    filled = 0
    for row in rows():
        if row["method"] != "POST" or row[Role.ATTORNEY] not in ("200", "302", "422"):
            continue
        subject = make_client(counsel=attorney) if row["object"] else None
        url = reverse(row["name"], kwargs=makers[row["object"]](subject) if subject else {})
        filled += post_canaries(client, url, canaries)
    search = {"q": canaries.sing("q")}
    assert client.post(reverse("find"), search).status_code == 200
    assert filled > 25
    assert len(canaries.sealed) > 60
    assert found_in(everywhere(log), canaries.sealed) == []


def post_canaries(browser: Browser, url: str, canaries: Canaries) -> bool:
    """Post every form of the page at this address, filled; whether it had one."""
    pages = [browser.post(url), browser.get(url)]
    found = [form for page in pages if page.status_code in (200, 422) for form in forms_of(page)]
    for form in found:
        assert browser.post(url, canaries.fill(form)).status_code < 500
    return bool(found)


# --- The demo -------------------------------------------------------------------------------------------


def test_no_line_of_a_demos_manifest_lies_in_the_database_or_the_media_folder(tmp_path, log):
    manifest = tmp_path / "manifest"
    build.make(clients=4, seed=7, today=timezone.localdate(), manifest=manifest)
    lines = manifest.read_text(encoding="utf-8").splitlines()
    places = everywhere(log)
    assert Client.objects.first().file_number.encode() in places["database"]
    assert len(lines) > 100
    assert len(places["media"]) > 1000
    assert Petition.objects.exists()
    assert found_in(places, lines) == []
