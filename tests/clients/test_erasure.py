"""Erasing a file for good: who, when, what goes, what stays, and everybody else's files untouched."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from accounts.models import Role
from audit.models import AccessEvent
from audit.verify import whose
from clients.models import (
    Client,
    ClientOwned,
    ClientUserPermission,
    Erasure,
    ErasureRequest,
    LegalHold,
    Passage,
)
from clients.services import add_passage, change_passage, erasing, erasure, next_file_number
from clients.services.holds import lift_hold, set_hold
from clients.services.team import join_team, set_wall
from config.field_classes import our_models
from documents.services import store_document
from tests.cases import making
from tests.clients.erasing import LONG_AGO, asked, close, closed_client, decided, erase, faults
from tests.factories import TODAY, add_to_team, counsel_of, make_client, make_office, make_user
from vault import files
from vault.errors import Shredded
from vault.fields import SealedField
from vault.models import DataKey, NameToken

Action = AccessEvent.Action
pytestmark = pytest.mark.django_db


def codes(client: Client) -> list[list[str]]:
    events = AccessEvent.objects.filter(action=Action.ERASURE_REFUSED, client_id=client.pk)
    return list(events.order_by("pk").values_list("fields", flat=True))


# --- Who and when ---------------------------------------------------------------------------------


def test_one_person_never_asks_and_decides():
    client = closed_client()
    supervisor = add_to_team(client, "supervision", Role.SUPERVISOR)
    request = asked(client, by=supervisor)

    with pytest.raises(ValidationError, match="You asked for this"):
        erasure.approve(request=request, by=supervisor, fresh=True, today=TODAY)

    assert Client.objects.filter(pk=client.pk).exists()
    assert codes(client) == [["same_person"]]


def test_a_forged_decision_by_the_one_who_asked_is_not_carried_out():
    client = closed_client()
    request = asked(client)
    request.state, request.decided_by, request.decided_at = "decided", request.asked_by, timezone.now()
    erasure._save(request, request.asked_by)
    with pytest.raises(ValidationError, match="One person asked and decided"):
        erasure.carry_out(request=request, today=TODAY)
    assert Client.objects.filter(pk=client.pk).exists()


# --- Written into the database, past the application ----------------------------------------------


def forged(client: Client, **changes) -> ErasureRequest:
    """A decided request as somebody with rights on the database writes it: no history, no MAC of ours."""
    row = ErasureRequest(
        client=client,
        reason="time_passed",
        asked_by=counsel_of(client),
        state="decided",
        decided_by=make_user(Role.SUPERVISOR),
        decided_at=timezone.now(),
    )
    for name, value in changes.items():
        setattr(row, name, value)
    ErasureRequest.objects.bulk_create([row])
    return row


def alarms(client: Client) -> list[list[str]]:
    rows = AccessEvent.objects.filter(
        action=Action.REFUSED, object_kind="forged_erasure", client_id=client.pk
    )
    return list(rows.order_by("pk").values_list("fields", flat=True))


def assert_untouched(client: Client) -> None:
    assert Client.objects.filter(pk=client.pk).exists()
    assert not Erasure.objects.exists()
    assert not DataKey.objects.filter(client_uuid=client.pk, wrapped__isnull=True).exists()


@pytest.mark.parametrize("mac", [None, b"", b"x" * 16])
def test_a_decision_written_by_sql_erases_nothing_and_is_an_alarm(mac, caplog):
    client = closed_client()
    request = forged(client, mac=mac)
    assert erasure.tick(timezone.now()) == ""
    assert erasure.tick(timezone.now()) == ""
    assert alarms(client) == [["forged_request"]], "once an hour, not at every tick"
    with pytest.raises(ValidationError, match="not what the application wrote"):
        erasure.carry_out(request=request, today=TODAY)
    assert "is not carried out: forged_request" in caplog.text
    assert_untouched(client)
    assert "forged_erasure" in {found.kind for found in faults()}


def test_the_mac_of_one_request_fits_no_other_and_no_other_people():
    mine, hers = closed_client(), closed_client()
    request = decided(mine)
    forged(hers, mac=request.mac)
    assert "1 decided erasure carried out" in erasure.tick(timezone.now())
    assert not Client.objects.filter(pk=mine.pk).exists()
    assert Client.objects.filter(pk=hers.pk).exists()
    assert alarms(hers) == [["forged_request"]]


@pytest.mark.parametrize("column", ["decided_by", "asked_by"])
def test_a_decision_in_which_somebody_else_is_put_is_refused(column):
    client = closed_client()
    request = decided(client)
    ErasureRequest.objects.filter(pk=request.pk).update(**{column: make_user(Role.SUPERVISOR)})
    with pytest.raises(ValidationError, match="not what the application wrote"):
        erasure.carry_out(request=request, today=TODAY)
    assert_untouched(client)


def test_a_request_written_by_sql_is_not_decided_by_a_second_person_either():
    client = closed_client()
    request = forged(client, state="asked", decided_by=None, decided_at=None)
    with pytest.raises(ValidationError, match="not what the application wrote"):
        erasure.approve(request=request, by=make_user(Role.SUPERVISOR), fresh=True, today=TODAY)
    assert_untouched(client)
    assert alarms(client) == [["forged_request"]]


def test_a_decision_that_was_withdrawn_and_put_back_is_refused():
    client = closed_client()
    request = decided(client)
    before = (
        ErasureRequest.objects.filter(pk=request.pk).values("state", "mac", "decided_by", "decided_at").get()
    )
    erasure.withdraw(request=request, by=counsel_of(client))
    ErasureRequest.objects.filter(pk=request.pk).update(**before)
    assert erasure.tick(timezone.now()) == ""
    assert_untouched(client)


def test_a_day_of_closing_put_back_by_sql_keeps_the_file():
    client = closed_client()
    request = decided(client)
    Client.objects.filter(pk=client.pk).update(closed_on=LONG_AGO - timedelta(days=1))
    assert erasure.tick(timezone.now()) == ""
    with pytest.raises(ValidationError, match="The file was altered"):
        erasure.carry_out(request=request, today=TODAY)
    assert_untouched(client)
    assert alarms(client) == [["altered_file"]]


@pytest.mark.parametrize("how", ["deleted", "lifted", "moved"])
def test_a_hold_that_was_deleted_lifted_or_moved_by_sql_still_keeps_the_file(how):
    client = closed_client()
    request = decided(client)
    hold = set_hold(client=client, reason="A suit", by=counsel_of(client))
    rows = LegalHold.objects.filter(pk=hold.pk)
    if how == "deleted":
        rows._raw_delete("default")
    elif how == "lifted":
        rows.update(lifted_by=counsel_of(client), lifted_at=timezone.now())
    else:
        rows.update(client=closed_client())
    assert erasure.tick(timezone.now()) == ""
    with pytest.raises(ValidationError, match="A legal hold was"):
        erasure.carry_out(request=request, today=TODAY)
    assert_untouched(client)


# --- What the proof says ----------------------------------------------------------------------------


def kinds() -> set[str]:
    return {found.kind for found in faults()}


def test_the_proof_finds_a_key_destroyed_by_sql_and_none_after_a_real_erasure():
    erase(closed_client())
    client = make_client()
    assert kinds() == set()
    DataKey.objects.filter(client_uuid=client.pk).update(wrapped=None, destroyed_at=timezone.now())
    assert [(f.kind, f.chain) for f in faults()] == [("destroyed_key", client.pk.hex)]


def test_the_proof_finds_a_tombstone_removed_altered_or_made_by_sql():
    found = erase(closed_client())
    Erasure.objects.filter(pk=found.pk).update(decided_by=make_user(Role.ADMINISTRATOR))
    assert kinds() == {"erasure", "row"}
    Erasure.objects.filter(pk=found.pk)._raw_delete("default")
    assert kinds() == {"no_tombstone", "row_gone"}
    found.pk, found.client_uuid, found.file_number = UUID(int=7), UUID(int=8), "1999-0001"
    Erasure.objects.bulk_create([found])
    assert kinds() == {"no_tombstone", "row_gone", "erasure", "row_added"}


@pytest.mark.parametrize(
    ("role", "office", "may"),
    [
        (Role.SUPERVISOR, "Juniper Street Legal", True),
        (Role.SUPERVISOR, "Another office", False),
        (Role.ADMINISTRATOR, "Another office", True),
        (Role.ATTORNEY, "Juniper Street Legal", False),
        (Role.ADVOCATE, "Juniper Street Legal", False),
        (Role.PARALEGAL, "Juniper Street Legal", False),
        (Role.AUDITOR, "Juniper Street Legal", False),
    ],
)
def test_another_supervisor_of_the_office_or_an_administrator_decides(role, office, may):
    client = closed_client()
    request = asked(client)
    by = make_user(role, office=make_office(office))
    if may:
        erasure.approve(request=request, by=by, fresh=True, today=TODAY)
    else:
        with pytest.raises(PermissionDenied):
            erasure.approve(request=request, by=by, fresh=True, today=TODAY)
    assert Client.objects.filter(pk=client.pk).exists() is not may


def test_second_counsel_of_record_does_not_decide_on_the_file():
    client = closed_client()
    request, second = asked(client), make_user()
    join_team(client=client, user=second, role="counsel", by=counsel_of(client))
    with pytest.raises(PermissionDenied):
        erasure.approve(request=request, by=second, fresh=True, today=TODAY)


def test_who_stands_behind_a_wall_does_not_decide():
    client = closed_client()
    walled = make_user(Role.SUPERVISOR)
    set_wall(client=client, user=walled, reason="ethics", by=counsel_of(client))
    request = asked(client)
    assert request not in erasure.decidable(walled)
    with pytest.raises(PermissionDenied):
        erasure.approve(request=request, by=walled, fresh=True, today=TODAY)


@pytest.mark.parametrize("role", ["advocate", "paralegal", "co_counsel"])
def test_asking_takes_the_right_to_manage_the_team(role):
    client = closed_client()
    user = add_to_team(client, role, Role.ATTORNEY if role == "co_counsel" else role)
    with pytest.raises(PermissionDenied):
        asked(client, by=user)


def test_an_open_file_is_refused_by_name():
    client = make_client()
    with pytest.raises(ValidationError, match="The file is not closed"):
        asked(client)
    assert codes(client) == [["not_closed"]]


def test_before_the_retention_date_it_is_refused_with_the_date(settings):
    settings.AFTERWORD_RETENTION_YEARS = 7
    client = close(make_client(), on=date(2020, 2, 29))
    assert erasure.kept_until(client) == date(2027, 3, 1)
    with pytest.raises(ValidationError, match=r"The office’s own rule .* until March 1, 2027"):
        asked(client)
    assert codes(client) == [["kept"]]

    settings.AFTERWORD_RETENTION_YEARS = 6
    asked(client)


def test_the_retention_date_is_asked_again_when_it_is_decided(settings):
    client = closed_client()
    request = asked(client)
    settings.AFTERWORD_RETENTION_YEARS = 20
    with pytest.raises(ValidationError, match="office’s own rule"):
        erasure.approve(request=request, by=make_user(Role.SUPERVISOR), fresh=True, today=TODAY)
    assert Client.objects.filter(pk=client.pk).exists()


def test_a_declined_file_may_be_erased_as_well():
    client = close(make_client(), state=Client.State.DECLINED)
    erase(client)
    assert not Client.objects.filter(pk=client.pk).exists()


def test_under_a_hold_nothing_is_asked_or_decided_and_the_refusals_are_on_record():
    client = closed_client()
    counsel = counsel_of(client)
    request = asked(client)
    hold = set_hold(client=client, reason="Suit by the employer", by=counsel)

    with pytest.raises(ValidationError, match="A legal hold stands"):
        erasure.approve(request=request, by=make_user(Role.SUPERVISOR), fresh=True, today=TODAY)
    erasure.withdraw(request=request, by=counsel)
    with pytest.raises(ValidationError, match="A legal hold stands"):
        asked(client)
    assert codes(client) == [["hold"], ["hold"]]

    lift_hold(hold=hold, by=counsel)
    erase(client)
    assert not Client.objects.filter(pk=client.pk).exists()


def test_a_hold_set_after_the_decision_stops_it_too():
    client = closed_client()
    request = decided(client)
    set_hold(client=client, reason="A subpoena came", by=counsel_of(client))
    with pytest.raises(ValidationError, match="A legal hold stands"):
        erasure.carry_out(request=request, today=TODAY)
    assert erasure.tick(timezone.now()) == ""
    assert Client.objects.filter(pk=client.pk).exists()


def test_without_a_fresh_second_step_it_is_refused():
    client = closed_client()
    with pytest.raises(ValidationError, match="Confirm that it is you"):
        erasure.approve(request=asked(client), by=make_user(Role.SUPERVISOR), fresh=False, today=TODAY)
    assert codes(client) == [["not_fresh"]]


def test_a_request_can_be_withdrawn_or_refused_with_a_reason_and_asked_anew():
    client = closed_client()
    erasure.withdraw(request=asked(client), by=counsel_of(client))
    second = asked(client)
    supervisor = make_user(Role.SUPERVISOR)
    with pytest.raises(ValidationError, match="Say why"):
        erasure.refuse(request=second, answer=" ", by=supervisor)
    erasure.refuse(request=second, answer="The appeal is open.", by=supervisor)
    with pytest.raises(PermissionDenied):
        erasure.approve(request=second, by=supervisor, fresh=True, today=TODAY)
    second.refresh_from_db()
    assert (second.state, second.answer, second.decided_by) == ("refused", "The appeal is open.", supervisor)
    asked(client)


def test_a_file_is_asked_for_once_at_a_time():
    client = closed_client()
    asked(client)
    with pytest.raises(ValidationError):
        asked(client)


def test_another_reason_has_to_be_told():
    client = closed_client()
    with pytest.raises(ValidationError, match="Say what the reason is"):
        asked(client, reason="other")
    assert asked(client, reason="other", note="A double of another file.").note == "A double of another file."


# --- What goes ------------------------------------------------------------------------------------


def worked_on(**values: object) -> Client:
    """A file with a row in as many tables as a maker makes."""
    client = making.complete(make_client(**values))
    making.at_stage("granted", making.make_petition(client))
    counsel = counsel_of(client)
    passage = add_passage(client=client, title="The house", text="It was locked.", agreed_uses=[], by=counsel)
    change_passage(passage=passage, title="The house", text="Locked, always.", agreed_uses=[], by=counsel)
    store_document(client=client, kind="evidence", title="A letter", content=b"Dear court", by=counsel)
    set_hold_and_lift(client)
    return client


def set_hold_and_lift(client: Client) -> None:
    counsel = counsel_of(client)
    lift_hold(hold=set_hold(client=client, reason="A suit", by=counsel), by=counsel)


def rows_about(ids: set[str]) -> dict[str, int]:
    """How many rows of each table hold one of these ids in a column of ids, histories included."""
    found: dict[str, int] = {}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(final(field), models.UUIDField):
                count = model._base_manager.filter(**{f"{field.attname}__in": ids}).count()
                if count:
                    found[model._meta.label] = found.get(model._meta.label, 0) + count
    return found


def final(field):
    while field.is_relation and field.related_model is not None:
        field = field.target_field
    return field


def ids_of(client: Client) -> set[str]:
    found = {str(client.pk)}
    for model in erasing.owned_models():
        found |= {
            str(pk) for pk in model._default_manager.filter(client_id=client.pk).values_list("pk", flat=True)
        }
    return found


def snapshot(leave_out: UUID) -> dict[str, list]:
    """Every row of every table of ours with its values, but for those of one client."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in ("sessions", "axes", "contenttypes", "auth") or model in (
            Erasure,
            Erasure.history.model,
        ):
            continue
        if model in (AccessEvent, NameToken, DataKey) or model._meta.app_label == "audit":
            continue
        rows = model._base_manager.all()
        if model is Client or getattr(getattr(model, "instance_type", None), "__name__", "") == "Client":
            rows = rows.exclude(id=leave_out)
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is Client:
                rows = rows.exclude(**{field.attname: leave_out})
        columns = [field.attname for field in model._meta.concrete_fields]
        found[model._meta.label] = sorted(
            repr([bytes(v) if isinstance(v, memoryview) else v for v in (getattr(row, c) for c in columns)])
            for row in rows
        )
    return found


TOMBSTONE = ("clients.Erasure", "clients.HistoricalErasure")


def test_nothing_of_the_client_is_left_in_any_table_and_everybody_else_is_untouched():
    other = worked_on(name_used="Dipper")
    client = close(worked_on(name_used="Linnet"))
    request = asked(client)
    ids = ids_of(client)
    tables = rows_about(ids)
    assert len(tables) > 30, "the file under test is too thin to prove anything"
    before = snapshot(leave_out=client.pk)
    other_number = Passage.objects.filter(client=other).count()
    tokens_of_others = NameToken.objects.exclude(person=client.person_number).count()

    erasure.approve(request=request, by=make_user(Role.SUPERVISOR), fresh=True, today=TODAY)

    left = rows_about(ids)
    assert set(left) == {"audit.AccessEvent", "audit.ChainHead", "vault.DataKey", *TOMBSTONE}
    assert faults() == []
    after = snapshot(leave_out=client.pk)
    for label in set(before) - {"accounts.User", "accounts.HistoricalUser"}:
        assert after[label] == before[label], label
    assert NameToken.objects.filter(person=client.person_number).count() == 0
    assert NameToken.objects.count() <= tokens_of_others
    other = Client.objects.get(pk=other.pk)
    assert other.name_used == "Dipper"
    assert Passage.objects.get(client=other, number=other_number).text == "Locked, always."


def test_every_table_of_a_client_is_covered():
    """A new table that names a client, or a row of one, is erased with her or fails here."""
    owned = set(erasing.owned_models())
    assert {m for m in our_models() if issubclass(m, ClientOwned)} == owned
    covered = owned | {Client} | {model for model, _field in erasing.pointing_models()}
    histories = {model.history.model for model in owned | {Client}}
    for model in apps.get_models(include_auto_created=True):
        if model in covered or model in histories:
            continue
        for field in model._meta.get_fields():
            related = getattr(field, "related_model", None)
            assert field.auto_created or related not in covered, f"{model._meta.label}.{field.name}"
    for model in owned | {Client}:
        assert hasattr(model, "history"), model
        for field in model._meta.get_fields():
            assert not isinstance(field, models.FileField), f"{model._meta.label}.{field.name}"


def test_what_was_copied_beforehand_opens_nowhere_and_says_erased():
    client = closed_client(legal_name="Linnet Ashgrove")
    counsel = counsel_of(client)
    passage = add_passage(client=client, title="The house", text="It was locked.", agreed_uses=[], by=counsel)
    document = store_document(client=client, kind="evidence", title="A letter", content=b"Dear", by=counsel)
    with default_storage.open(document.stored_name) as stream:
        sealed_file = stream.read()
    copies = []  # the live rows' and the history's bytes, as a thief or a backup has them
    for row in (client, passage, document, *passage.history.all(), *client.history.all()):
        for field in row._meta.concrete_fields:
            if isinstance(field, SealedField) and getattr(row, field.attname) is not None:
                owner = client.pk
                copies.append((field, bytes(getattr(row, field.attname)), row.id, owner))
    assert len(copies) > 6
    for field, sealed, row, owner in copies:
        field.open_bytes(sealed, row=row, client=owner)

    erase(client)

    for field, sealed, row, owner in copies:
        with pytest.raises(Shredded):
            field.open_bytes(sealed, row=row, client=owner)
    name = default_storage.save("copy", _content(sealed_file))
    with pytest.raises(Shredded):
        files.read(name, row=document.pk, client=client.pk)
    keys = DataKey.objects.filter(client_uuid=client.pk)
    assert [(key.wrapped, key.destroyed_at is not None) for key in keys] == [(None, True)]


def _content(data):
    from django.core.files.base import ContentFile

    return ContentFile(data)


def test_stored_files_go_after_the_commit(django_capture_on_commit_callbacks):
    client = closed_client()
    document = store_document(
        client=client, kind="evidence", title="A letter", content=b"Dear", by=counsel_of(client)
    )
    with django_capture_on_commit_callbacks(execute=True):
        tombstone = erase(client)
        assert default_storage.exists(document.stored_name)
    assert not default_storage.exists(document.stored_name)
    tombstone.refresh_from_db()
    assert tombstone.files_left == []


def test_a_failure_in_the_middle_leaves_the_whole_file(monkeypatch):
    client = closed_client()
    request = asked(client)
    monkeypatch.setattr(erasure, "record", _broken_for(Action.ERASED, erasure.record))
    with pytest.raises(RuntimeError):
        erasure.approve(request=request, by=make_user(Role.SUPERVISOR), fresh=True, today=TODAY)
    assert Client.objects.get(pk=client.pk).name_used == "Linnet"
    assert not Erasure.objects.exists()
    assert ErasureRequest.objects.get(pk=request.pk).state == "decided"

    monkeypatch.undo()
    assert "1 decided erasure carried out" in erasure.tick(timezone.now())
    assert not Client.objects.filter(pk=client.pk).exists()


def _broken_for(action, record):
    def broken(what, **more):
        if what == action:
            raise RuntimeError
        return record(what, **more)

    return broken


# --- What stays -----------------------------------------------------------------------------------


def test_the_tombstone_says_number_dates_and_who_and_the_log_the_id_alone():
    client = closed_client(legal_name="Linnet Ashgrove")
    counsel, supervisor = counsel_of(client), make_user(Role.SUPERVISOR)
    client.refresh_from_db()
    number, opened = client.file_number, client.opened_on

    found = erase(client, decided_by=supervisor)

    found.refresh_from_db()
    assert (found.client_uuid, found.file_number, found.office) == (client.pk, number, supervisor.office)
    assert (found.opened_on, found.closed_on) == (opened, LONG_AGO)
    assert (found.reason, found.asked_by, found.decided_by) == ("time_passed", counsel, supervisor)
    assert found.erased_at.date() >= found.asked_at.date()
    assert whose(str(client.pk)) == f"the chain of file {number}"
    event = AccessEvent.objects.get(action=Action.ERASED)
    assert (event.client_id, event.actor_id, event.object_id, event.fields) == (
        client.pk,
        supervisor.pk,
        "",
        [],
    )


def test_the_number_of_an_erased_file_is_never_given_again():
    client = make_client()
    client.file_number = "2026-0777"
    erase(close(client))
    assert next_file_number(2026) == "2026-0778"


# --- Backups --------------------------------------------------------------------------------------


@pytest.fixture
def places(monkeypatch):
    found: list = []
    monkeypatch.setattr(erasing, "after_erasure", found)
    return found


def test_every_place_of_backups_is_told_and_the_latest_day_completes_it(
    places, django_capture_on_commit_callbacks
):
    told = []
    later = TODAY + timedelta(days=30)
    places += [lambda client: told.append(client) or later, lambda client: None]
    client = closed_client()
    with django_capture_on_commit_callbacks(execute=True):
        tombstone = erase(client)
    tombstone.refresh_from_db()
    assert told == [client.pk]
    assert tombstone.backups_cleaned_at is not None
    assert tombstone.complete_on == max(later, timezone.localdate())


def test_a_place_that_could_not_be_reached_is_tried_again_by_tick(places, django_capture_on_commit_callbacks):
    down, calls = [True], []

    def place(client):
        calls.append(client)
        if down[0]:
            raise OSError("no such folder")
        return None

    places.append(place)
    client = closed_client()
    with django_capture_on_commit_callbacks(execute=True):
        tombstone = erase(client)
    tombstone.refresh_from_db()
    assert (tombstone.backups_cleaned_at, tombstone.complete_on) == (None, None)

    assert erasure.tick(timezone.now()) == "0 of 1 erased files cleaned up"
    down[0] = False
    assert erasure.tick(timezone.now()) == "1 of 1 erased files cleaned up"
    assert erasure.tick(timezone.now()) == ""
    tombstone.refresh_from_db()
    assert tombstone.backups_cleaned_at is not None
    assert calls == [client.pk] * 3


def test_files_that_could_not_be_removed_are_tried_again(
    monkeypatch, places, django_capture_on_commit_callbacks
):
    client = closed_client()
    document = store_document(
        client=client, kind="evidence", title="A letter", content=b"Dear", by=counsel_of(client)
    )

    def unreachable(name):
        raise OSError

    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(erasing.default_storage, "delete", unreachable)
        tombstone = erase(client)
    tombstone.refresh_from_db()
    assert tombstone.files_left == [document.stored_name]
    erasure.tick(timezone.now())
    tombstone.refresh_from_db()
    assert tombstone.files_left == []
    assert not default_storage.exists(document.stored_name)


def test_a_client_that_a_restored_backup_brings_back_is_erased_again_from_the_ledger():
    client, other = make_client(legal_name="Linnet Ashgrove"), make_client(name_used="Dipper")
    found = erasure.replay(client.pk)
    assert (found.file_number, found.decided_by) == (client.file_number, None)
    assert not Client.objects.filter(pk=client.pk).exists()
    assert not ClientUserPermission.objects.filter(content_object=client.pk).exists()
    assert DataKey.objects.get(client_uuid=client.pk).wrapped is None
    assert erasure.replay(client.pk) is None
    assert Client.objects.get(pk=other.pk).name_used == "Dipper"
