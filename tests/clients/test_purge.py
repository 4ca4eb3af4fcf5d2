"""One passage or one document erased alone: from its row, its history and the disk; the rest stays."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Role
from audit.models import AccessEvent
from clients.models import Client, Passage
from clients.services import add_passage, change_passage, erasing, erasure
from clients.services.holds import set_hold
from clients.services.team import join_team
from documents.models import Document
from documents.services import open_document, retitle, store_document, store_version
from records.models import Charge, RapSheet
from records.services import accept_sheet, import_sheet
from tests.clients.erasing import faults
from tests.factories import TODAY, add_to_team, counsel_of, make_client, make_user
from tests.records.sheets_by_hand import FIRST
from vault.errors import Shredded
from vault.fields import SealedField

Action = AccessEvent.Action
pytestmark = pytest.mark.django_db
WORDS = "I was told where to stand"


def opened_texts(row) -> list[str]:
    """Every sealed value of a row and of its history, opened."""
    found = []
    for version in (row, *row.history.all()):
        for field in version._meta.concrete_fields:
            if isinstance(field, SealedField) and getattr(version, field.attname) is not None:
                found.append(str(field.read(version)))
    return found


def a_passage(client: Client) -> Passage:
    counsel = counsel_of(client)
    row = add_passage(client=client, title="The corner", text=WORDS, agreed_uses=["declaration"], by=counsel)
    change_passage(
        passage=row, title="The corner", text=f"{WORDS}, again", agreed_uses=["review"], by=counsel
    )
    return row


def ask_for(row, **more):
    by = counsel_of(row.client)
    return erasure.ask(
        client=row.client, scope=row._meta.model_name, object_id=row.pk, reason="mistake", by=by, **more
    )


def erase_part(row):
    request = ask_for(row)
    erasure.approve(request=request, by=make_user(Role.SUPERVISOR), fresh=True, today=TODAY)
    request.refresh_from_db()
    return request


def test_a_passage_goes_with_every_version_and_the_other_one_stays():
    client = make_client()
    gone, stays = a_passage(client), a_passage(client)
    versions = gone.history.count()
    before = [list(row.values()) for row in stays.history.values()]

    request = erase_part(gone)

    gone = Passage.objects.get(pk=gone.pk)
    assert gone.title.startswith("Erased on ")
    assert gone.text == gone.title
    assert (gone.agreed_uses, gone.erased_at is not None) == ([], True)
    assert gone.history.count() == versions + 1
    assert not any(WORDS in text or "corner" in text for text in opened_texts(gone))
    assert all(text.startswith("Erased on ") for text in opened_texts(gone))
    assert Passage.objects.get(pk=stays.pk).text == f"{WORDS}, again"
    assert [list(row.values()) for row in stays.history.values()] == before
    assert (request.state, request.done_at is not None) == ("done", True)
    events = AccessEvent.objects.filter(action=Action.PURGED, client_id=client.pk)
    assert [(e.object_kind, e.object_id) for e in events.order_by("pk")] == [
        ("passage", str(gone.pk)),
        ("erasurerequest", str(request.pk)),
    ]
    assert faults() == []


def test_an_erased_passage_is_not_changed_any_more():
    passage = a_passage(make_client())
    erase_part(passage)
    with pytest.raises(ValidationError, match="was erased"):
        change_passage(
            passage=passage, title="New", text="New", agreed_uses=[], by=counsel_of(passage.client)
        )


def test_a_document_goes_with_every_version_title_name_and_file(django_capture_on_commit_callbacks):
    client = make_client()
    counsel = counsel_of(client)
    first = store_document(
        client=client, kind="evidence", title="Bruises", content=b"one", original_name="b.txt", by=counsel
    )
    second = store_version(document=first, title="Bruises, later", content=b"two", by=counsel)
    stays = store_document(client=client, kind="evidence", title="A letter", content=b"Dear", by=counsel)

    with django_capture_on_commit_callbacks(execute=True):
        erase_part(second)

    for row in Document.objects.filter(pk__in=[first.pk, second.pk]):
        assert row.erased_at is not None
        assert not any("Bruises" in text or "b.txt" in text for text in opened_texts(row))
        assert not default_storage.exists(row.stored_name)
        with pytest.raises(Shredded):
            open_document(document=row, by=counsel)
        with pytest.raises(ValidationError, match="erased"):
            retitle(document=row, title="Back", by=counsel)
    with pytest.raises(ValidationError, match="erased"):
        store_document(
            client=client,
            kind="evidence",
            title="x",
            content=b"x",
            by=counsel,
            replaces=Document.objects.get(pk=second.pk),
        )
    assert open_document(document=stays, by=counsel) == b"Dear"
    assert Document.objects.get(pk=stays.pk).title == "A letter"


def test_a_file_that_could_not_be_removed_is_tried_again_by_tick(
    monkeypatch, django_capture_on_commit_callbacks
):
    client = make_client()
    row = store_document(client=client, kind="evidence", title="x", content=b"x", by=counsel_of(client))

    def unreachable(name):
        raise OSError

    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(erasing.default_storage, "delete", unreachable)
        request = erase_part(row)
    request.refresh_from_db()
    assert request.files_left == [row.stored_name]
    erasure.tick(timezone.now())
    request.refresh_from_db()
    assert request.files_left == []
    assert not default_storage.exists(row.stored_name)


def test_a_rap_sheet_goes_with_its_reading_and_the_record_stays():
    client = make_client()
    counsel = counsel_of(client)
    sheet, _ = import_sheet(client=client, content=FIRST, name="sheet.txt", by=counsel)
    with pytest.raises(ValidationError, match="in review"):
        ask_for(sheet.document)
    accept_sheet(sheet=sheet, by=counsel, only_sure=False, same_person=True)
    charges = Charge.objects.filter(client=client).count()
    assert charges

    erase_part(sheet.document)

    sheet = RapSheet.objects.get(pk=sheet.pk)
    assert (sheet.text, sheet.reading, sheet.settled) == ("", {}, {})
    assert set(opened_texts(sheet)) <= {"", "{}"}
    assert Charge.objects.filter(client=client).count() == charges


def test_one_person_never_asks_and_decides():
    client = make_client()
    passage = a_passage(client)
    request = ask_for(passage)
    with pytest.raises(ValidationError, match="You asked for this"):
        erasure.approve(request=request, by=counsel_of(client), fresh=True, today=TODAY)
    assert Passage.objects.get(pk=passage.pk).text == f"{WORDS}, again"


def test_a_second_one_who_manages_the_team_decides_and_others_do_not():
    client = make_client()
    passage, second = a_passage(client), make_user()
    request = ask_for(passage)
    join_team(client=client, user=second, role="counsel", by=counsel_of(client))
    for stranger in (make_user(), add_to_team(client, "advocate", "advocate"), make_user(Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            erasure.approve(request=request, by=stranger, fresh=True, today=TODAY)
    erasure.approve(request=request, by=second, fresh=True, today=TODAY)
    assert Passage.objects.get(pk=passage.pk).erased_at is not None


def test_under_a_hold_it_is_refused_when_asked_and_when_decided_and_the_refusal_is_on_record():
    client = make_client()
    passage, other = a_passage(client), a_passage(client)
    request = ask_for(passage)
    set_hold(client=client, reason="A suit", by=counsel_of(client))
    with pytest.raises(ValidationError, match="A legal hold stands"):
        erasure.approve(request=request, by=make_user(Role.SUPERVISOR), fresh=True, today=TODAY)
    with pytest.raises(ValidationError, match="A legal hold stands"):
        ask_for(other)
    refused = AccessEvent.objects.filter(action=Action.ERASURE_REFUSED, client_id=client.pk)
    assert list(refused.values_list("fields", flat=True)) == [["hold"], ["hold"]]
    assert WORDS in Passage.objects.get(pk=passage.pk).text


def test_what_lies_in_another_file_cannot_be_named():
    mine, hers = make_client(), make_client()
    passage = a_passage(hers)
    with pytest.raises(ValidationError, match="erased, or asked for"):
        erasure.ask(client=mine, scope="passage", object_id=passage.pk, reason="mistake", by=counsel_of(mine))


def test_nothing_is_asked_for_twice():
    passage = a_passage(make_client())
    ask_for(passage)
    with pytest.raises(ValidationError, match="erased, or asked for"):
        ask_for(passage)
