"""A demo is as whole as files that were worked on by hand."""

import csv
import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.models import User
from audit.models import AccessEvent
from cases.models import AgencyDuty, Deadline, Hearing, Petition, Service, StageEvent
from cases.models.petitions import GRANTS, Stage
from cases.stages import TRANSITIONS, outcome_of
from clients.models import (
    CareTeamMember,
    Client,
    ClientOwned,
    ClientUserPermission,
    Commitment,
    ConflictCheck,
    Passage,
    RelatedPerson,
    Wall,
)
from clients.permissions import RIGHTS_OF_ROLE
from clients.services import indexed_names, is_stale
from config.field_classes import our_models
from deadlines.rules import order_duty, petition_deadline
from documents.models import Document
from records.models import Charge, RapSheet
from records.services import review_of
from reports.demo.manifest import SHORTEST
from reports.models import UnusualLook
from tests.demo.conftest import TODAY
from vault import files, names
from vault.fields import SealedField
from vault.installation import installation
from vault.models import NameToken
from visas.ends import RULES, end_dates
from visas.models import FamilyMember, Notice, Receipt, TVisa, VisaEvent, WorkPermit
from visas.services.notices import computed_date
from visas.stages import machine

HERO = "2026-0142"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reading(demo, settings):
    """The demo's transaction is open around the module; its files lie in its own folder."""
    settings.MEDIA_ROOT = demo[1] / "media"


def rows_of_clients():
    for model in our_models():
        if issubclass(model, ClientOwned) or model is Client:
            yield model


def test_places_on_care_teams_and_rights_are_the_same():
    expected = {
        (member.client_id, member.user_id, right)
        for member in CareTeamMember.objects.filter(left_on__isnull=True)
        for right in RIGHTS_OF_ROLE[member.role]
    }
    held = set(ClientUserPermission.objects.values_list("content_object", "user", "permission__codename"))
    assert held == expected


def test_nobody_behind_a_wall_has_a_place():
    walls = Wall.objects.in_force()
    assert walls.count() >= 3
    for wall in walls:
        assert not CareTeamMember.objects.filter(
            client=wall.client, user=wall.user, left_on__isnull=True
        ).exists()


def test_the_name_index_is_what_a_rebuild_would_make():
    wanted = [(client.person_number, indexed_names(client)) for client in Client.objects.all()]
    wanted += [(person.person_number, [person.name]) for person in RelatedPerson.objects.all()]
    row = installation()
    kept = sorted(NameToken.objects.values_list("person", "token"))
    assert kept == sorted(
        (person, token)
        for person, called in wanted
        for token in names.indexed_tokens(person, called, bits=row.name_bits, generation=row.name_generation)
    )


@pytest.mark.parametrize("history", [False, True], ids=["rows", "history"])
def test_every_sealed_value_opens(history):
    opened = 0
    for model in rows_of_clients():
        source = model.history.model if history else model
        for row in source._default_manager.all():
            for field in source._meta.local_concrete_fields:
                if isinstance(field, SealedField):
                    field.read(row)
                    opened += 1
    assert opened > 2000


def test_every_row_is_valid():
    """Choices, lengths, required values and the constraints of the tables."""
    for model in rows_of_clients():
        for row in model._default_manager.all():
            row.full_clean(validate_unique=False, validate_constraints=False)
            row.validate_constraints()


def test_the_newest_history_row_is_the_row():
    for model in rows_of_clients():
        history = {}
        for version in model.history.order_by("history_date", "history_id"):
            history[version.id] = version
        columns = [field.attname for field in model.history.model.tracked_fields]
        for row in model._default_manager.all():
            differing = [name for name in columns if getattr(row, name) != getattr(history[row.pk], name)]
            assert differing == [], (model, row.pk)


def test_nothing_was_written_in_the_future_or_before_the_file_was_opened():
    for model in rows_of_clients():
        for version in model.history.select_related(None).iterator():
            assert version.history_date.date() <= TODAY + timedelta(days=1), model


# --- Casework ---------------------------------------------------------------------------------------


def test_every_stage_of_petitions_and_visas_is_there():
    assert set(Petition.objects.values_list("stage", flat=True)) == set(Stage.values)
    assert set(TVisa.objects.values_list("stage", flat=True)) == set(machine("t1_matter").states)
    assert set(Client.objects.values_list("state", flat=True)) == set(Client.State.values)
    assert {"us-18usc3771a-vacatur", "ca-pc-236-14"} == set(
        Petition.objects.values_list("statute", flat=True)
    )
    assert Petition.objects.exclude(court__county="").values("court__county").distinct().count() >= 6


def test_petitions_went_through_the_table_of_stages():
    for petition in Petition.objects.all():
        stages = [row.stage for row in petition.history.order_by("history_date", "history_id")]
        assert stages[0] == Stage.DRAFT
        for earlier, later in pairwise(stages):
            assert later in TRANSITIONS[earlier], (petition.pk, stages)
        assert set(StageEvent.objects.filter(petition=petition).values_list("stage", flat=True)) == set(
            stages
        )
        results = list(petition.lines.values_list("result", flat=True))
        assert results, petition.pk
        if petition.stage == Stage.WITHDRAWN:
            assert set(results) == {"withdrawn"}
        elif petition.decided_on:
            assert outcome_of(results) == petition.stage
        else:
            assert set(results) == {"open"}
        days = [
            petition.signed_on,
            petition.filed_on,
            petition.served_on,
            petition.answered_on,
            petition.decided_on,
        ]
        known = [day for day in days if day]
        assert known == sorted(known)


def test_a_petition_takes_tied_charges_of_its_own_county():
    for petition in Petition.objects.select_related("court"):
        for line in petition.lines.select_related("charge__arrest"):
            assert line.charge.nexus == Charge.Nexus.YES
            assert line.charge.client_id == petition.client_id
            if not petition.is_federal:
                assert (line.charge.county or line.charge.arrest.county) == petition.court.county
                assert petition.prosecutor.county == petition.court.county


def test_dates_of_petitions_are_those_of_the_date_engine():
    found = Counter()
    for row in (
        Deadline.objects.filter(petition__isnull=False).exclude(rule="").select_related("petition__court")
    ):
        statute, room, name = row.rule.split("/")
        if room == "deadlines":
            computed = petition_deadline(
                statute, name, trigger_date=row.trigger_on, court_calendar=row.petition.court.calendar
            )
        else:
            granted = row.petition.lines.filter(result="granted").select_related("charge__arrest")
            computed = order_duty(
                statute,
                int(name),
                events={
                    "order_entered": row.trigger_on,
                    "arrest_date": max(line.charge.arrest.arrested_on for line in granted),
                },
                court_calendar=row.petition.court.calendar,
            )
        assert (row.due_on, row.raw_on, row.safe_on) == (computed.due, computed.raw, computed.safe)
        found[room] += 1
    assert found["deadlines"] > 10
    assert found["order_duties"] > 20


def test_dates_stand_late_this_week_and_later():
    open_rows = Deadline.objects.open()
    assert open_rows.filter(due_on__lt=TODAY).exists()
    assert open_rows.filter(due_on__range=(TODAY, TODAY + timedelta(days=6))).exists()
    assert open_rows.filter(due_on__gt=TODAY + timedelta(days=6)).exists()
    assert Hearing.objects.filter(starts_at__date__gt=TODAY, outcome="ahead").exists()
    assert Hearing.objects.filter(starts_at__date__lt=TODAY).exclude(outcome="ahead").exists()
    assert not Hearing.objects.filter(starts_at__date__lt=TODAY, outcome="ahead").exists()


def test_duties_follow_grants_and_stand_at_every_step():
    granted = set(Petition.objects.filter(stage__in=GRANTS).values_list("pk", flat=True))
    assert set(AgencyDuty.objects.values_list("petition", flat=True)) == granted
    duties = AgencyDuty.objects.all()
    assert duties.filter(sent_on__isnull=True).exists()
    assert duties.filter(sent_on__isnull=False, received_on__isnull=True).exists()
    assert duties.filter(confirmed_on__isnull=False, proof__isnull=False).exists()
    assert duties.filter(confirmed_on__isnull=True, deadline__due_on__lt=TODAY).exists()


def test_visas_went_through_their_machines():
    for visa in TVisa.objects.all():
        walk(machine("t1_matter"), VisaEvent.objects.filter(visa=visa, person__isnull=True), visa.stage)
        for relative in visa.family.all():
            walk(machine("t_derivative"), VisaEvent.objects.filter(person=relative), relative.stage)


def walk(chosen, events, end):
    state = chosen.initial
    for event in events.order_by("on", "created_at", "pk"):
        moves = [
            move for move in chosen.next_events(state) if (move.event, move.to) == (event.event, event.stage)
        ]
        assert moves, (state, event.event, event.stage)
        assert set(event.dates) == set(moves[0].dates) - {"receipt_number"}
        state = event.stage
    assert state == end or (end == "closed" and state == chosen.initial)


def test_notices_carry_their_computed_dates_and_one_is_due_over_thanksgiving():
    for notice in Notice.objects.select_related("deadline", "visa"):
        computed = computed_date(notice)
        assert (notice.deadline.due_on, notice.deadline.safe_on) == (computed.due, computed.safe)
    hers = Notice.objects.get(client__file_number=HERO)
    assert (hers.deadline.raw_on.day, hers.deadline.due_on.day, hers.deadline.safe_on.day) == (26, 27, 23)


def test_every_card_and_status_that_ends_is_among_the_dates_of_its_file():
    ahead = 0
    for visa in TVisa.objects.select_related("matter"):
        found = end_dates(visa, visa.permits.all(), visa.receipts.all(), visa.family.all())
        rows = Deadline.objects.filter(matter=visa.matter, rule__in=RULES, replaced_at__isnull=True)
        assert sorted((row.rule, row.about or "", row.due_on, row.safe_on) for row in rows) == sorted(
            (one.computed.citation_id, one.about, one.computed.due, one.computed.safe) for one in found
        )
        ahead += len(found)
    assert ahead


def test_some_wait_for_a_work_permit_and_some_work():
    pending = TVisa.objects.pending().filter(waiting_from__isnull=False)
    working = WorkPermit.objects.filter(valid_from__lte=TODAY, valid_to__gte=TODAY).values("visa")
    assert pending.filter(pk__in=working).exists()
    assert pending.exclude(pk__in=working).exists()


def test_sheets_say_what_is_on_file():
    """What was accepted is found on file again, part by part, as the review page compares it."""
    states = Counter(RapSheet.objects.values_list("state", flat=True))
    assert states["review"] >= 3
    assert states["accepted"] >= 10
    assert RapSheet.objects.filter(lines_not_read__gt=0).exists()
    for sheet in RapSheet.objects.filter(arrests__isnull=False).distinct():
        plan, compared = review_of(sheet)
        assert {compared.status_of(arrest) for arrest in plan.arrests} == {"on_file"}


def test_conflict_checks_are_up_to_date_and_some_wait_with_hits():
    checks = ConflictCheck.objects.all()
    assert checks.filter(decision="open", hit_count__gt=0).exists()
    assert checks.filter(decision="conflict", client__state="declined").exists()
    assert [check.pk for check in checks if is_stale(check)] == []


def test_promises_stand_every_way():
    assert set(Commitment.objects.values_list("state", flat=True)) == set(Commitment.State.values)
    owed = Commitment.objects.not_kept_yet()
    days = {(row.due_at.date() - TODAY).days for row in owed}
    assert min(days) < 0 <= max(days)


def test_documents_open_and_are_sealed_on_disk(demo):
    lines, folder = demo
    stored = [path.read_bytes() for path in (folder / "media").rglob("*") if path.is_file()]
    assert len(stored) == Document.objects.count() > 60
    for document in Document.objects.all()[:30]:
        text = files.read(document.stored_name, row=document.pk, client=document.client_id)
        assert len(text) == document.size
        assert document.client.file_number in text.decode() or document.kind == "rap_sheet"
    everything = b"\n".join(stored)
    assert [line for line in lines if line.encode() in everything] == []


# --- The hero and the pages ---------------------------------------------------------------------------


def test_marisols_file_is_the_one_of_the_reference_pages():
    client = Client.objects.get(file_number=HERO)
    assert client.name_used == "Marisol"
    charges = Charge.objects.filter(client=client)
    assert charges.count() == 13
    assert Counter(charges.values_list("nexus", flat=True)) == {"yes": 8, "no": 1, "not_reviewed": 4}
    assert RapSheet.objects.get(client=client).lines_not_read == 3
    stages = Petition.objects.filter(client=client).order_by("number").values_list("stage", flat=True)
    assert list(stages) == ["partly_granted", "served", "draft"]
    classes = TVisa.objects.get(client=client).family.values_list("derivative_class", flat=True)
    assert set(classes) >= {"T-2", "T-3", "T-4", "T-5"}
    due = Deadline.objects.open().filter(client=client, what="Prosecutor’s answer").get()
    assert due.due_on.isoformat() == "2026-11-30"


def her_rows():
    """A row of her file for each kind of object in the tables of tests/rights."""
    hero = Client.objects.get(file_number=HERO)
    models = {
        "petition": Petition,
        "duty": AgencyDuty,
        "charge": Charge,
        "document": Document,
        "deadline": Deadline,
    }
    models |= {
        "rapsheet": RapSheet,
        "visa notice": Notice,
        "tvisa": TVisa,
        "permit": WorkPermit,
        "service": Service,
    }
    models |= {"receipt": Receipt, "relative": FamilyMember, "passage": Passage}
    return {"client": hero} | {
        kind: model.objects.filter(client=hero).first() for kind, model in models.items()
    }


def pages():
    """(name, kind of object or "") of every address that tests/rights lists for reading."""
    for path in sorted((Path(__file__).parents[1] / "rights").glob("*.csv")):
        with path.open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                if row["method"] == "GET":
                    yield row["name"], row["object"]


ACCOUNTS = ("noor.haddad", "ines.carrillo", "theo.lindqvist", "ruth.abernathy")


@pytest.mark.parametrize("mailbox", [*ACCOUNTS, "sol.okafor", "ada.lovage"])
def test_every_page_of_her_file_opens(client, mailbox):
    """What the rules refuse is refused (403, 404; 422 for a form that needs more); nothing fails."""
    client.force_login(User.objects.get(email=f"{mailbox}@juniper.example"))
    rows, opened = her_rows(), set()
    for name, kind in pages():
        if kind and kind not in rows:
            continue
        row = rows.get(kind)
        assert row is not None or not kind, kind
        try:
            address = reverse(name, args=[row.pk] if row else [])
        except NoReverseMatch:
            continue  # an address with more than an id
        response = client.get(address)
        assert response.status_code in (200, 302, 403, 404, 405, 422), (name, response.status_code)
        if response.status_code in (200, 302):
            opened.add(name)
    if mailbox in ACCOUNTS:
        assert {
            "home",
            "client-file",
            "client-record",
            "client-petitions",
            "client-tvisa",
            "petition",
        } <= opened
        assert {"client-promises", "client-dates", "client-documents", "rapsheet-review", "tvisa"} <= opened


@pytest.mark.parametrize("mailbox", [*ACCOUNTS, "priya.raman", "samuel.osei", "grace.tan"])
def test_every_worker_has_something_to_see(mailbox):
    user = User.objects.get(email=f"{mailbox}@juniper.example")
    assert Client.objects.visible_to(user).count() >= 8


def test_a_wall_keeps_her_file_from_priya(client):
    client.force_login(User.objects.get(email="priya.raman@juniper.example"))
    assert client.get(f"/clients/{Client.objects.get(file_number=HERO).pk}/").status_code == 404


# --- Nothing leaks --------------------------------------------------------------------------------------


def test_no_line_of_the_manifest_stands_in_a_plain_column(demo):
    """Every text, JSON, date and number column of every table, as the database hands it out."""
    lines, _folder = demo
    text = "\n".join(_plain_texts())
    assert len(text) > 100_000
    assert [line for line in lines if line in text] == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the database file itself")
def test_no_line_of_the_manifest_stands_in_the_database_file(demo):
    """The pages as SQLite would write them to the disk, the demo's transaction included."""
    content = connection.connection.serialize()
    assert len(content) > 3_000_000
    assert [line for line in demo[0] if line.encode() in content] == []


def _plain_texts():
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = [
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
                if "blob" not in str(column.type_code).lower()
            ]
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from (
                    str(value)
                    for value in row
                    if value is not None and not isinstance(value, bytes | memoryview)
                )
            assert columns


def test_the_manifest_names_what_is_sensitive(demo):
    lines, _folder = demo
    known = set(lines)
    client = Client.objects.get(file_number=HERO)
    assert {"Marisol", client.legal_name, "1985-12-07", "12/07/1985", "(510) 555-0142"} <= known
    assert {"Ximena Tanager Larkspur", "Humberto Buckthorn", "26-SC-01877", "18-CR-004417"} <= known
    assert any(re.fullmatch(r"IOE09\d{8}", line) for line in lines)
    assert any(re.fullmatch(r"000-\d\d-\d{4}", line) for line in lines)
    assert any(re.fullmatch(r"A000-\d{6}", line) for line in lines)
    assert any(line.startswith("He sold oranges") for line in lines)
    assert len(lines) > 1500
    assert min(map(len, lines)) >= SHORTEST
    assert len(known) == len(lines)
    for user in User.objects.all():
        assert user.name not in known


def test_the_access_log_spreads_over_time():
    events = AccessEvent.objects.filter(action="seen")
    assert events.dates("at", "day").count() > 40


def test_looks_say_from_which_page_they_came():
    places = set(AccessEvent.objects.exclude(place="").values_list("place", flat=True))
    assert {"client-file", "clients", "home", "petition"} <= places
    own = {str(name) for name in get_resolver().reverse_dict}
    assert places <= own


def test_the_auditor_has_looks_of_each_kind_to_review_but_for_the_fastest():
    looks = UnusualLook.objects.all()
    assert set(looks.values_list("kind", flat=True)) == set(UnusualLook.Kind.values) - {"very_fast"}
    assert looks.filter(state="open").count() >= 4
    assert set(looks.filter(state="reviewed").values_list("outcome", flat=True)) == {"fine", "asked"}
    relative = looks.get(kind="namesake")
    assert relative.person.name == "Lena Fairweather"


def test_nothing_here_is_left_out():
    """The tests above walk every model of a client that exists."""
    walked = {model._meta.label for model in rows_of_clients()}
    assert {model._meta.label for model in apps.get_models() if issubclass(model, ClientOwned)} == walked - {
        "clients.Client",
        *(label for label in walked if label.startswith("Historical")),
    }
