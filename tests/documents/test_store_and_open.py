"""Storing a file, opening it, new versions: sealed on disk, neutral in the browser."""

import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AccessEvent
from documents import services
from documents.models import Document
from tests.factories import add_to_team, counsel_of, make_client, make_user

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nA letter from the shelter on Juniper Street."


def word(*extra):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *extra):
            archive.writestr(name, "<x/>")
    return held.getvalue()


def upload(content=PDF, name="linnet-marsh.pdf", claimed="text/html"):
    return SimpleUploadedFile(name, content, content_type=claimed)


def post(browser, client, **fields):
    data = {"kind": "evidence", "title": "Letter from Linnet", "file": upload()} | fields
    return browser.post(reverse("client-documents", args=[client.pk]), data)


@pytest.mark.parametrize(
    ("content", "media_type", "extension"),
    [
        (PDF, "application/pdf", "pdf"),
        (word(), services.DOCX, "docx"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png", "png"),
        (b"\xff\xd8\xff\xe0\x00", "image/jpeg", "jpg"),
        ("Señor juez\n\x0cpage two".encode(), "text/plain", "txt"),
    ],
)
def test_the_bytes_say_what_the_file_is(client, content, media_type, extension):
    survivor = make_client()
    client.force_login(counsel_of(survivor))
    assert post(client, survivor, file=upload(content, name="x.html")).status_code == 302
    document = Document.objects.get()
    assert document.media_type == media_type
    response = client.get(reverse("document-open", args=[document.pk]))
    assert response.content == content
    assert response["Content-Type"] == media_type
    name = f"{survivor.file_number}-evidence-v1.{extension}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ\x90\x00\x03", "Use PDF, Word (.docx)"),
        (b"PK\x03\x04 cut", "damaged"),
        (word("word/vbaProject.bin"), "macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "Use PDF, Word (.docx)"),
        (b"", "The file is empty"),
    ],
)
def test_other_kinds_are_refused_in_words_and_keep_what_was_typed(client, content, said):
    survivor = make_client()
    client.force_login(counsel_of(survivor))
    response = post(client, survivor, file=upload(content))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert "Letter from Linnet" in response.content.decode()
    assert not Document.objects.exists()


def test_a_zip_that_is_no_word_file_is_refused():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("payload.exe", "x")
    with pytest.raises(ValidationError):
        services.media_type_of(held.getvalue())


@pytest.mark.parametrize("over", [1, 2 * 1024 * 1024])
def test_a_file_that_is_too_large_gets_a_sentence(client, settings, over):
    settings.MAX_UPLOAD_BYTES = 64 * 1024
    survivor = make_client()
    client.force_login(counsel_of(survivor))
    response = post(client, survivor, file=upload(b"%PDF-" + b"x" * (64 * 1024 + over)))
    assert response.status_code == 422
    assert "larger than 25 MB" in response.content.decode()
    assert "Letter from Linnet" in response.content.decode()
    assert not Document.objects.exists()


def test_nothing_of_a_file_lies_in_the_clear(client):
    survivor = make_client()
    client.force_login(counsel_of(survivor))
    post(client, survivor)
    stored = [path.read_bytes() for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert b"shelter" not in stored[0]
    assert not any("linnet" in str(path).lower() for path in Path(settings.MEDIA_ROOT).rglob("*"))


def test_opening_is_recorded_before_a_byte_is_returned(client, monkeypatch):
    survivor = make_client()
    by = counsel_of(survivor)
    document = services.store_document(client=survivor, kind="evidence", title="a", content=PDF, by=by)
    client.force_login(by)
    client.get(reverse("document-open", args=[document.pk]))
    event = AccessEvent.objects.filter(action="file_opened").latest("pk")
    assert (event.actor_id, event.object_id, event.client_id) == (by.pk, str(document.pk), survivor.pk)

    def broken(*args, **kwargs):
        raise RuntimeError("no log")

    monkeypatch.setattr("documents.services.record", broken)
    client.raise_request_exception = False
    response = client.get(reverse("document-open", args=[document.pk]))
    assert response.status_code == 500
    assert b"shelter" not in response.content


def test_a_changed_file_is_not_opened(client):
    survivor = make_client()
    by = counsel_of(survivor)
    document = services.store_document(client=survivor, kind="evidence", title="a", content=PDF, by=by)
    path = Path(settings.MEDIA_ROOT) / document.stored_name
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    client.force_login(by)
    response = client.get(reverse("document-open", args=[document.pk]))
    assert response.status_code == 500
    assert "cannot be opened" in response.content.decode()


def test_a_new_version_stands_in_the_place_of_the_one_before(client):
    survivor = make_client()
    by = counsel_of(survivor)
    first = services.store_document(client=survivor, kind="order", title="Order", content=PDF, by=by)
    client.force_login(by)
    address = reverse("document-version", args=[first.pk])
    response = client.post(address, {"title": "Order, signed", "file": upload(PDF + b"2")})
    assert response.status_code == 302
    second = Document.objects.get(replaces=first)
    assert (second.version, second.kind, second.title) == (2, "order", "Order, signed")
    page = client.get(reverse("client-documents", args=[survivor.pk])).content.decode()
    assert page.count("New version") == 1
    assert reverse("document-open", args=[first.pk]) in page
    again = client.post(address, {"title": "Order", "file": upload(PDF + b"3")})
    assert again.status_code == 422
    assert "newer version" in again.content.decode()


def test_a_new_version_is_of_the_same_kind_of_file(client):
    survivor = make_client()
    client.force_login(counsel_of(survivor))
    post(client, survivor, file=upload(word(), name="petition.docx"))
    first = Document.objects.get()
    url = reverse("document-version", args=[first.pk])
    picture = upload(b"\x89PNG\r\n\x1a\n\x00", name="petition.docx", claimed=services.DOCX)
    answer = client.post(url, {"title": "Petition, edited", "file": picture})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This is a PNG image, and the version before is a Word file." in page
    assert "store this one as a new document" in page
    assert 'value="Petition, edited"' in page
    assert list(Document.objects.all()) == [first]
    edited = upload(word("word/styles.xml"), name="petition.docx")
    assert client.post(url, {"title": "Petition, edited", "file": edited}).status_code == 302


def test_the_newest_version_is_found_from_any_of_them(django_assert_num_queries):
    survivor = make_client()
    by = counsel_of(survivor)

    def stored(title):
        return services.store_document(client=survivor, kind="petition", title=title, content=word(), by=by)

    first, other = stored("Petition"), stored("Another petition")
    second = services.store_version(document=first, title="Petition", content=word(), by=by)
    third = services.store_version(document=second, title="Petition", content=word(), by=by)
    for version in (first, second, third):
        with django_assert_num_queries(1):
            assert services.versions_of(version) == [third, second, first]
        assert services.newest_version(version) == third
    assert (third.replaces, third.version, third.kind) == (second, 3, "petition")
    assert services.newest_version(other) == other
    with pytest.raises(ValidationError, match="newer version"):
        services.store_version(document=first, title="Petition", content=word(), by=by)


def test_storing_asks_for_the_right_to_change():
    survivor = make_client()
    supervisor = add_to_team(survivor, "supervision", "supervisor")
    with pytest.raises(PermissionDenied):
        services.store_document(client=survivor, kind="order", title="a", content=PDF, by=supervisor)
    assert not Document.objects.exists()


def test_a_file_of_another_client_is_no_version_to_replace():
    survivor = make_client()
    by = counsel_of(survivor)
    other = make_client(counsel=by)
    first = services.store_document(client=other, kind="order", title="a", content=PDF, by=by)
    with pytest.raises(Document.DoesNotExist):
        services.store_document(client=survivor, kind="order", title="a", content=PDF, by=by, replaces=first)


def test_the_list_asks_as_often_for_twelve_files_as_for_three(client):
    survivor = make_client()
    by = counsel_of(survivor)
    client.force_login(by)
    counts = []
    for more in (3, 9):
        for _ in range(more):
            services.store_document(client=survivor, kind="evidence", title="a", content=PDF, by=by)
        client.get(reverse("client-documents", args=[survivor.pk]))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("client-documents", args=[survivor.pk]))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_opening_asks_for_the_right_to_see():
    survivor = make_client()
    document = services.store_document(
        client=survivor, kind="other", title="Letter", content=PDF, by=counsel_of(survivor)
    )
    before = AccessEvent.objects.count()
    with pytest.raises(PermissionDenied):
        services.open_document(document=document, by=make_user())
    assert AccessEvent.objects.count() == before
    assert services.open_document(document=document, by=counsel_of(survivor)) == PDF


def test_damaged_word_files_are_refused_and_never_an_error():
    whole = word()
    for place in range(0, len(whole), 3):
        for byte in (0x00, 0x7F, 0xFF):
            broken = bytearray(whole)
            broken[place] = byte
            try:
                services.media_type_of(bytes(broken))
            except ValidationError:
                continue


def test_a_declaration_is_for_who_may_read_the_account(client):
    survivor = make_client()
    paralegal, supervisor = (
        add_to_team(survivor, team, role)
        for team, role in (("paralegal", "paralegal"), ("supervision", "supervisor"))
    )
    content = b"I was told where to stand"
    hers = services.store_document(
        client=survivor, kind="declaration", title="Hers", content=content, by=counsel_of(survivor)
    )
    for person in (paralegal, supervisor):
        with pytest.raises(PermissionDenied):
            services.open_document(document=hers, by=person)
        client.force_login(person)
        page = client.get(reverse("client-documents", args=[survivor.pk])).content.decode()
        assert "Open to counsel and advocate only" in page
        assert reverse("document-open", args=[hers.pk]) not in page
    with pytest.raises(PermissionDenied):
        services.store_version(document=hers, title="Hers", content=content, by=paralegal)
    client.force_login(paralegal)
    url = reverse("client-documents", args=[survivor.pk])
    form = {"kind": "declaration", "title": "T", "file": SimpleUploadedFile("t.txt", b"text")}
    assert client.post(url, form).status_code == 422
    assert services.open_document(document=hers, by=counsel_of(survivor)) == content
