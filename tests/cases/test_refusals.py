"""What nobody should post: rows of another file, broken values, acts that come twice or too late."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AccessEvent
from cases import services
from cases.models import Deadline, Hearing, Petition
from cases.queries import left_out
from cases.services.paper_stops import stops
from cases.stages import InvalidTransition
from cases.views.petition import _path
from clients.models import TeamRole
from documents.services import store_document
from tests.cases.making import at_stage, make_charge, make_file, make_petition, ready
from tests.factories import TODAY, add_to_team, counsel_of, make_client

pytestmark = pytest.mark.django_db
UGLY = ("\x00", "x" * 10_000, "9999-12-31", "9999-12-31T23:59", "0001-01-01T00:00", "9" * 5_000, "{{ 7*7 }}")


def test_services_refuse_rows_of_another_file():
    granted, other = at_stage("granted"), make_petition()
    by, today = counsel_of(granted.client), TODAY
    foreign = store_document(
        client=other.client, kind="agency_proof", title="Proof", content=b"words", by=counsel_of(other.client)
    )
    with pytest.raises(ValidationError, match="another file"):
        services.record_duty(duty=granted.duties.first(), by=by, today=today, proof=foreign)
    with pytest.raises(ValidationError, match="another matter"):
        services.add_date(
            matter=granted.matter, petition=other, what="Reply due", due_on=today, side="ours",
            source="Set by us", owner=by, by=by,
        )  # fmt: skip
    with pytest.raises(ValidationError, match="this client"):
        services.plan_petition(
            client=granted.client, statute=granted.statute, court=granted.court,
            prosecutor=granted.prosecutor, charges=[other.charges.get()], by=by, today=today,
        )  # fmt: skip


def test_pages_refuse_posted_ids_of_another_file(client):
    petition, other = at_stage("hearing_set"), at_stage("hearing_set")
    client.force_login(counsel_of(petition.client))
    data = {"hearing": other.hearings.get().pk, "outcome": "held"}
    assert client.post(reverse("petition-act", args=[petition.pk, "heard"]), data).status_code == 422
    assert other.hearings.get().outcome == Hearing.Outcome.AHEAD
    data = {"charges": [other.charges.get().pk], "name_mode": "initials"}
    data |= {"court": petition.court_id, "prosecutor": petition.prosecutor_id}
    assert client.post(reverse("petition-new", args=[petition.client_id]), data).status_code == 422
    assert Petition.objects.filter(client=petition.client).count() == 1


@pytest.mark.parametrize("ugly", UGLY)
def test_no_value_takes_a_page_of_a_petition_down(client, ugly):
    draft, served, heard = make_petition(), at_stage("served"), at_stage("hearing_set")
    acts = {
        draft: ("sign", "withdraw"),
        served: ("serve", "answer", "hearing", "decide", "correct"),
        heard: ("heard",),
    }
    names = (
        *("on", "note", "court_number", "recipient", "method", "sent_on", "received_on", "server", "opposed"),
        *("starts_at", "department", "judge", "issue", "client_appears", "hearing", "outcome", "comply_by"),
        *("new_starts_at", "sure"),
    )
    urls = [reverse("petition-act", args=[row.pk, act]) for row, keys in acts.items() for act in keys]
    for petition in acts:
        client.force_login(counsel_of(petition.client))
        for url in (url for url in urls if str(petition.pk) in url and not url.endswith("correct/")):
            assert client.post(url, dict.fromkeys(names, ugly)).status_code in {302, 422}, url
    client.force_login(counsel_of(served.client))
    for url, data in {
        reverse("service-received", args=[served.services.get().pk]): ("received_on",),
        reverse("deadline-new", args=[served.client_id]): ("what", "due_on", "side", "source"),
        reverse("deadline-done", args=[served.deadlines.first().pk]): ("on", "next"),
        reverse("petition-papers", args=[served.pk]): ("period", "means"),
        reverse("petition-checks", args=[served.pk]): ("checked", "note"),
        reverse("petition-new", args=[served.client_id]): ("charges", "court", "prosecutor", "name_mode"),
    }.items():
        assert client.post(url, dict.fromkeys(data, ugly)).status_code in {302, 422}, url
    query = dict.fromkeys(("stage", "statute", "county", "as", "page"), ugly)
    assert client.get(reverse("petitions"), query).status_code == 200
    assert client.get(reverse("petition", args=[served.pk])).status_code == 200
    assert client.get(reverse("client-dates", args=[served.client_id])).status_code == 200


def test_what_was_signed_is_not_drafted_or_said_again(client):
    petition = at_stage("signed")
    by = counsel_of(petition.client)
    before = petition.facts
    for act in (
        lambda: services.draft_paper(petition=petition, kind="petition", by=by),
        lambda: services.draft_paper(petition=petition, kind="declaration", by=by),
        lambda: services.say(petition=petition, said={"period": "Another year"}, by=by),
        lambda: services.confirm_checks(petition=petition, checked=[], note="", by=by, today=TODAY),
    ):
        with pytest.raises(InvalidTransition, match="was signed"):
            act()
    assert Petition.objects.get(pk=petition.pk).facts == before
    assert services.draft_paper(petition=petition, kind="proof_of_service", by=by).version == 1
    client.force_login(by)
    url = reverse("petition-draft", args=[petition.pk, "petition"])
    assert "was signed" in client.post(url, follow=True).content.decode()


def test_what_a_person_types_about_hearings_service_and_dates_is_sealed():
    petition = at_stage("hearing_set")
    by = counsel_of(petition.client)
    hearing = services.set_hearing(
        petition=petition, starts_at=petition.hearings.get().starts_at, issue="About Fern", by=by
    )
    service = petition.services.get()
    row = Deadline.objects.filter(petition=petition).first()
    table = connection.ops.quote_name
    for found, name, text in ((hearing, "issue", "About Fern"), (service, "server", "Teal Lark"),
                              (row, "about", row.about)):  # fmt: skip
        assert getattr(type(found).objects.get(pk=found.pk), name) == text
        with connection.cursor() as cursor:
            for where in (found._meta.db_table, found.history.model._meta.db_table):
                cursor.execute(f"SELECT {table(name + '_sealed')} FROM {table(where)}")
                assert all(text.encode() not in bytes(one or b"") for (one,) in cursor.fetchall())


def test_a_moved_trigger_replaces_the_date_of_the_same_thing_alone():
    petition = at_stage("served")
    by, service = counsel_of(petition.client), petition.services.get()
    services.record_receipt(service=service, received_on=date(2026, 7, 9), by=by, today=TODAY)
    rows = Deadline.objects.filter(petition=petition)
    assert rows.count() == 2
    assert rows.filter(replaced_at__isnull=True).count() == 1


def test_an_order_takes_no_day_for_agencies_before_itself():
    petition = at_stage("served")
    line = petition.lines.get()
    with pytest.raises(ValidationError, match="before the order"):
        services.record_decision(
            petition=petition, results={line.pk: services.ChargeResult("granted")}, on=date(2026, 10, 6),
            comply_by=date(2026, 10, 5), by=counsel_of(petition.client), today=TODAY,
        )  # fmt: skip
    assert not petition.duties.exists()


def test_taking_back_the_filing_clears_the_court_number_too():
    petition = at_stage("filed")
    services.correct(petition=petition, by=counsel_of(petition.client), today=TODAY, note="Not filed.")
    found = Petition.objects.get(pk=petition.pk)
    assert (found.stage, found.filed_on, found.court_number) == ("signed", None, None)


def test_an_opposition_that_was_a_mistake_is_not_shown_as_one():
    petition = at_stage("opposed")
    by = counsel_of(petition.client)
    services.correct(petition=petition, by=by, today=TODAY, note="Another case.")
    services.record_answer(petition=petition, opposed=False, on=date(2026, 8, 20), by=by, today=TODAY)
    found = Petition.objects.get(pk=petition.pk)
    said = next(stop for stop in _path(found, [], [], [], TODAY) if stop["name"] == "Answered")
    assert "not opposed" in said["state"]


def test_the_right_is_asked_before_the_stage():
    petition = make_petition()
    paralegal = add_to_team(petition.client, TeamRole.PARALEGAL, "paralegal")
    with pytest.raises(PermissionDenied, match="Only counsel of record"):
        services.file(petition=petition, on=TODAY, court_number="1", by=paralegal, today=TODAY)


def test_the_name_used_stops_signing_in_initials_mode():
    petition = ready(make_petition())
    by = counsel_of(petition.client)
    services.say(petition=petition, said={"means": "Linnet was told where to stand."}, by=by)
    assert "S02" in {stop.code for stop in stops(petition=petition, today=TODAY)}


def test_reasons_for_charges_left_out_cost_the_same_for_any_number_of_petitions():
    survivor = make_file()
    first = make_petition(survivor, charges=[make_charge(survivor)])
    counts = []
    for _ in range(2):
        make_petition(survivor, charges=[make_charge(survivor, first.charges.first().arrest)])
        with CaptureQueriesContext(connection) as asked:
            left_out(petition=first, today=TODAY)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_proof_that_is_too_large_or_strange_is_refused_and_nothing_is_saved(client, settings):
    petition = at_stage("granted")
    duty = petition.duties.first()
    client.force_login(counsel_of(petition.client))
    url = reverse("agency-duty", args=[duty.pk])
    strange = SimpleUploadedFile("a.exe", b"MZ\x00\x01")
    response = client.post(url, {"sent_on": "2026-10-08", "proof": strange})
    assert response.status_code == 422
    assert response.context["form"].errors["proof"]
    settings.MAX_UPLOAD_BYTES = 10
    large = SimpleUploadedFile("a.txt", b"words " * 100)
    response = client.post(url, {"sent_on": "2026-10-08", "proof": large})
    assert response.status_code == 422
    assert response.context["form"].errors["proof"]
    duty.refresh_from_db()
    assert duty.sent_on is None


def test_a_withdrawal_leaves_an_event_for_everything_it_ends():
    petition = at_stage("hearing_set")
    services.withdraw(petition=petition, on=TODAY, by=counsel_of(petition.client), today=TODAY)
    ended = {str(petition.lines.get().pk), str(petition.hearings.get().pk)}
    events = AccessEvent.objects.filter(action="changed", object_id__in=ended)
    assert set(events.values_list("object_id", flat=True)) == ended


def test_a_message_after_an_act_names_nobody(client):
    petition = at_stage("granted")
    duty = petition.duties.select_related("agency").first()
    client.force_login(counsel_of(petition.client))
    client.post(reverse("agency-duty", args=[duty.pk]), {"sent_on": "2026-10-08"})
    assert duty.agency.name not in str(client.session["_messages"])


def test_a_stranger_sees_none_of_it(client):
    petition = at_stage("granted")
    client.force_login(counsel_of(make_client()))
    for name, row in (("petition", petition), ("agency-duty", petition.duties.first()),
                      ("service-received", petition.services.first())):  # fmt: skip
        assert client.get(reverse(name, args=[row.pk])).status_code == 404
