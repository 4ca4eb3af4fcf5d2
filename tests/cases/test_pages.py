from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AccessEvent
from cases import services
from cases.models import Matter, Petition
from cases.queries import deadlines_ahead, hearings_ahead, left_out, petitions_by_stage
from records.models import Arrest
from tests.cases import making
from tests.cases.making import (
    CA,
    at_stage,
    complete,
    court,
    make_arrest,
    make_charge,
    make_petition,
    prosecutor,
)
from tests.factories import TODAY, add_to_team, counsel_of, make_client, make_user

pytestmark = pytest.mark.django_db


def signed_in(client, user):
    client.force_login(user)
    return client


def plan(survivor, charges, **values):
    values = {"court": court(), "prosecutor": prosecutor(), **values}
    return services.plan_petition(
        client=survivor, statute=CA, charges=charges, by=counsel_of(survivor), today=TODAY, **values
    )


def test_the_charges_the_law_reaches_are_chosen_already_and_the_rest_say_why(client):
    survivor = make_client()
    reached = make_charge(survivor)
    robbery = make_charge(
        survivor, reached.arrest, section="211", description="robbery", level="F", severity="F"
    )
    far = make_charge(survivor, make_arrest(survivor, county="Kern"), county="Kern")
    page = signed_in(client, counsel_of(survivor)).get(reverse("petition-new", args=[survivor.pk]))
    rows = {row["charge"].pk: row for row in [*page.context["rows"], *page.context["out"]]}
    assert rows[reached.pk]["checked"]
    assert not rows[robbery.pk]["offered"]
    assert "667.5" in rows[robbery.pk]["why_out"]
    assert rows[far.pk]["why_out"] == "Kern County: needs a petition of its own"
    assert f'id="out-{robbery.pk}" disabled' in page.content.decode()


def test_planning_makes_the_matter_led_by_counsel_and_a_draft(client):
    survivor = make_client()
    charge = make_charge(survivor)
    where, who = court(), prosecutor()
    answer = signed_in(client, counsel_of(survivor)).post(
        reverse("petition-new", args=[survivor.pk]) + f"?statute={CA}",
        {"court": where.pk, "prosecutor": who.pk, "name_mode": "initials", "charges": [charge.pk]},
    )
    petition = Petition.objects.get(client=survivor)
    assert answer.url == reverse("petition", args=[petition.pk])
    assert (petition.stage, petition.matter.lead) == ("draft", counsel_of(survivor))
    assert [line.charge for line in petition.lines.all()] == [charge]


def test_charges_of_two_counties_are_refused_with_their_numbers():
    survivor = make_client()
    near, far = (
        make_charge(survivor),
        make_charge(survivor, make_arrest(survivor, county="Kern"), county="Kern"),
    )
    with pytest.raises(ValidationError, match=r"Not of Alameda County: 2\.1 \(Kern\)"):
        plan(survivor, [near, far])
    assert not Matter.objects.filter(client=survivor).exists()


def test_a_prosecutor_of_another_county_is_refused():
    survivor = make_client()
    where = court()
    with pytest.raises(ValidationError, match="prosecutes in Kern"):
        plan(
            survivor,
            [make_charge(survivor)],
            court=where,
            prosecutor=prosecutor("Kern County District Attorney"),
        )


def test_a_charge_the_law_does_not_reach_is_refused_also_behind_the_form():
    survivor = make_client()
    with pytest.raises(ValidationError, match="is not reached"):
        plan(survivor, [make_charge(survivor, nexus="no")])


def test_a_charge_stands_in_one_petition_of_a_law_at_a_time():
    petition = make_petition()
    with pytest.raises(ValidationError, match="stands in petition 1 already"):
        plan(petition.client, [petition.charges.get()])


def test_another_clients_charge_cannot_be_chosen():
    with pytest.raises(ValidationError, match="of this client"):
        plan(make_client(), [make_charge(make_client())])


def test_every_charge_left_out_is_listed_with_its_reason():
    petition = make_petition()
    survivor = petition.client
    arrest = Arrest.objects.get(client=survivor)
    make_charge(survivor, arrest, nexus="no")
    make_charge(survivor, arrest, section="484(a)")
    reasons = [one.reason for one in left_out(petition=petition, today=TODAY)]
    assert len(reasons) == 2
    assert reasons[1] == "not chosen"
    assert "not tied" in reasons[0] or "traffick" in reasons[0]


@pytest.mark.parametrize("stage", making.STEPS)
def test_the_page_opens_at_every_stage_and_the_look_is_recorded(client, stage):
    petition = at_stage(stage)
    page = signed_in(client, counsel_of(petition.client)).get(petition.get_absolute_url())
    assert page.status_code == 200
    assert (
        AccessEvent.objects.filter(action="seen", object_kind="petition", object_id=str(petition.pk)).count()
        == 1
    )
    offered = client.get(reverse("petition-record", args=[petition.pk])).context["acts"]
    for item in offered:
        url = reverse("petition-act", args=[petition.pk, item["act"].key])
        assert client.get(url).status_code == 200


def test_the_rail_shows_the_working_of_the_answer(client):
    petition = at_stage("served")
    page = signed_in(client, counsel_of(petition.client)).get(petition.get_absolute_url()).content.decode()
    for words in ("prosecutor received service", "+ 45 days", "Penal Code 236.14(c)", "Unconfirmed rule"):
        assert words in page


def test_an_act_that_is_not_possible_leads_back_with_the_reason(client):
    petition = make_petition()
    url = reverse("petition-act", args=[petition.pk, "file"])
    answer = signed_in(client, counsel_of(petition.client)).get(url, follow=True)
    assert "cannot be recorded while the petition stands at “Draft”" in answer.content.decode()


def test_a_refused_signature_shows_every_reason_with_422(client):
    petition = make_petition()
    url = reverse("petition-act", args=[petition.pk, "sign"])
    answer = signed_in(client, counsel_of(petition.client)).post(url, {"on": "2026-11-20"})
    assert answer.status_code == 422
    assert "Counsel has not confirmed" in answer.content.decode()


def test_the_whole_way_through_the_pages(client):
    petition = making.ready(make_petition())
    signed_in(client, counsel_of(petition.client))

    def act(key, **values):
        answer = client.post(reverse("petition-act", args=[petition.pk, key]), values)
        assert answer.status_code == 302, answer.context["form"].errors
        petition.refresh_from_db()

    act("sign", on="2026-06-22")
    act("file", on="2026-06-29", court_number="26-SC-01877")
    act(
        "serve",
        recipient=petition.prosecutor_id,
        method="personal",
        sent_on="2026-07-06",
        received_on="2026-07-06",
    )
    act("answer", opposed="yes", on="2026-08-18")
    act("hearing", starts_at="2026-10-06T09:00", department="Dept. 11", client_appears="counsel")
    act("heard", hearing=str(petition.hearings.get().pk), outcome="held")
    line = petition.lines.get()
    act(
        "decide",
        on="2026-10-06",
        **{f"result_{line.pk}": "granted", f"words_{line.pk}": "invalid due to legal defect"},
    )
    assert petition.stage == "granted"
    page = client.get(petition.get_absolute_url()).content.decode()
    assert "Order names a legal defect" in page
    assert "26-SC-01877" in page
    duty = petition.duties.first()
    answer = client.post(
        reverse("agency-duty", args=[duty.pk]), {"sent_on": "2026-10-09", "confirmed_on": "2026-10-20"}
    )
    assert answer.status_code == 302
    duty.refresh_from_db()
    assert (duty.sent_on, duty.received_on, duty.confirmed_on) == (
        date(2026, 10, 9),
        None,
        date(2026, 10, 20),
    )


def test_a_moved_hearing_gets_its_successor():
    petition = at_stage("hearing_set")
    by, hearing = counsel_of(petition.client), petition.hearings.get()
    moved = datetime(2027, 1, 12, 9, 0, tzinfo=making.PACIFIC)
    services.record_hearing(hearing=hearing, outcome="continued", new_starts_at=moved, by=by, today=TODAY)
    following = petition.hearings.get(outcome="ahead")
    assert (following.starts_at, following.department, following.interpreter_booked) == (
        moved,
        "Dept. 11",
        False,
    )
    with pytest.raises(ValidationError, match="on file already"):
        services.record_hearing(hearing=hearing, outcome="held", by=by, today=TODAY)


def test_rights_stand_beside_every_writing_act():
    petition = at_stage("filed")
    supervisor = add_to_team(petition.client, "supervision", "supervisor")
    stranger = make_user("attorney")
    for user in (supervisor, stranger):
        with pytest.raises(Exception, match="may read this file but not change it"):
            services.record_service(
                petition=petition,
                recipient=petition.prosecutor,
                method="mail",
                sent_on=TODAY,
                by=user,
                today=TODAY,
            )
        with pytest.raises(Exception, match="Only counsel of record"):
            services.withdraw(petition=petition, on=TODAY, by=user, today=TODAY)


def test_a_date_is_done_once_and_dates_of_others_do_not_exist(client):
    petition = at_stage("served")
    row = petition.deadlines.get()
    url = reverse("deadline-done", args=[row.pk])
    assert signed_in(client, make_user()).post(url).status_code == 404
    signed_in(client, counsel_of(petition.client)).post(url)
    row.refresh_from_db()
    assert row.done_by == counsel_of(petition.client)
    assert "done already" in client.post(url, follow=True).content.decode()


def test_reports_read_only_what_a_person_may_see():
    mine, other = at_stage("hearing_set"), at_stage("served")
    user = counsel_of(mine.client)
    assert {row.client_id for row in deadlines_ahead(user, today=TODAY, days=400)} == {mine.client_id}
    assert [hearing.petition_id for hearing in hearings_ahead(user, today=TODAY)] == [mine.pk]
    assert petitions_by_stage(user)["hearing_set"] == 1
    assert petitions_by_stage(user)["served"] == 0
    assert deadlines_ahead(counsel_of(other.client), today=TODAY, days=400).get().owner == counsel_of(
        other.client
    )


def many(count, user):
    for index in range(count):
        survivor = make_client(counsel=user, name_used=f"Linnet {index}")
        make_petition(complete(survivor))


@pytest.mark.parametrize("view", ["board", "table"])
def test_the_list_costs_the_same_for_three_and_for_nine(client, view):
    user = make_user()
    signed_in(client, user)
    costs = []
    for count in (3, 6):
        many(count, user)
        client.get(reverse("petitions"), {"as": view})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(reverse("petitions"), {"as": view})
        assert page.content.decode().count("Linnet ") >= count
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_loading_the_agencies_again_adds_nothing():
    services.load_agencies()
    assert services.load_agencies() == 0
