"""Service and the prosecutor's answer: what stands, what is taken back, what may follow what."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AccessEvent
from cases import services
from cases.models import Petition, Service
from cases.services import ChargeResult
from cases.stages import InvalidTransition
from cases.timeline import timeline
from tests.cases.making import PACIFIC, US, at_stage, make_petition
from tests.factories import TODAY, add_to_team, counsel_of

pytestmark = pytest.mark.django_db


def fresh(petition):
    return Petition.objects.get(pk=petition.pk)


def act(service, petition, **values):
    return service(petition=petition, by=counsel_of(petition.client), today=TODAY, **values)


def test_a_filing_taken_back_takes_its_service_along_and_may_be_recorded_on_a_later_day():
    petition = at_stage("served")
    row = petition.services.get()
    act(services.correct, petition, note="Not received.")
    assert petition.services.get().received_on is None
    act(services.correct, petition, note="Not filed.")
    assert not petition.services.exists()
    last = Service.history.filter(id=row.pk).latest()
    assert (last.history_type, last.sent_on, last.server) == ("-", date(2026, 7, 6), "Teal Lark")
    assert AccessEvent.objects.filter(action="changed", object_id=str(row.pk)).exists()
    told = [entry.title for entry in timeline(fresh(petition))]
    who = "Alameda County District Attorney"
    assert {f"Service on {who} taken back", f"Sent to {who}", f"Receipt by {who} taken back"} <= set(told)
    act(services.file, petition, on=date(2026, 8, 3), court_number="26-SC-02001")
    act(
        services.record_service, petition, recipient=petition.prosecutor, method="mail",
        sent_on=date(2026, 8, 4), received_on=date(2026, 8, 6),
    )  # fmt: skip
    found = fresh(petition)
    assert (found.stage, found.filed_on, found.served_on) == ("served", date(2026, 8, 3), date(2026, 8, 6))


def with_hearing(petition):
    services.set_hearing(
        petition=petition, starts_at=datetime(2026, 12, 15, 9, tzinfo=PACIFIC), by=counsel_of(petition.client)
    )
    return fresh(petition)


@pytest.mark.parametrize("silent", [True, False])
@pytest.mark.parametrize("statute", ["ca-pc-236-14", US])
def test_neither_silence_nor_consent_is_recorded_over_an_opposition(statute, silent):
    petition = with_hearing(at_stage("opposed", make_petition(statute=statute)))
    with pytest.raises(
        InvalidTransition, match=r"opposition of Aug 18, 2026 is on file.*take the hearing off"
    ):
        act(services.record_answer, petition, opposed=False, silent=silent, on=TODAY)
    found = fresh(petition)
    assert (found.stage, found.answered_on) == ("hearing_set", date(2026, 8, 18))


def test_once_the_opposition_is_taken_back_silence_may_be_recorded():
    petition = at_stage("opposed")
    act(services.correct, petition, note="Of another case.")
    act(services.record_answer, petition, opposed=False, silent=True, on=date(2026, 9, 1))
    assert (fresh(petition).stage, fresh(petition).answered_on) == ("unopposed", date(2026, 9, 1))


@pytest.mark.parametrize(("opposed", "word"), [(True, "Opposed"), (False, "Unopposed")])
def test_an_answer_leaves_a_hearing_that_is_set_where_it_is(opposed, word):
    petition = with_hearing(at_stage("served"))
    act(services.record_answer, petition, opposed=opposed, on=date(2026, 11, 20))
    found = fresh(petition)
    assert (found.stage, found.answered_on) == ("hearing_set", date(2026, 11, 20))
    assert word in [entry.title for entry in timeline(found)]
    hearing = petition.hearings.get()
    services.correct_hearing(
        hearing=hearing, starts_at=hearing.starts_at, outcome="vacated", by=counsel_of(petition.client),
        today=TODAY, note="Another case.",
    )  # fmt: skip
    assert fresh(petition).stage == word.lower()


def test_the_time_is_not_over_before_a_later_day_on_file():
    petition = at_stage("served")
    by = counsel_of(petition.client)
    given = services.add_date(
        matter=petition.matter, petition=petition, what="Prosecutor’s answer", due_on=date(2026, 10, 30),
        side="theirs", source="Agreed by letter", owner=by, by=by,
    )  # fmt: skip
    for day in (date(2026, 9, 1), date(2026, 10, 30)):
        with pytest.raises(ValidationError, match="may answer until Oct 30, 2026"):
            act(services.record_answer, petition, opposed=False, silent=True, on=day)
    services.add_date(
        matter=petition.matter, petition=petition, what="Our reply", due_on=date(2026, 12, 30),
        side="ours", source="Set by us", owner=by, by=by,
    )  # fmt: skip
    act(services.record_answer, petition, opposed=False, silent=True, on=date(2026, 10, 31))
    assert fresh(petition).stage == "unopposed"
    assert given.due_on == date(2026, 10, 30)


def test_what_the_court_decided_is_corrected_by_counsel_of_record_alone():
    petition = at_stage("granted")
    advocate = add_to_team(petition.client, "advocate", "advocate")
    results = {petition.lines.get().pk: ChargeResult("open", "")}
    with pytest.raises(PermissionDenied, match="Only counsel of record"):
        services.revise_decision(
            petition=petition, results=results, on=date(2026, 10, 6), by=advocate, today=TODAY, note="Wrong."
        )
    assert fresh(petition).stage == "granted"


def test_the_page_offers_the_correction_of_a_decision_to_counsel_alone(client):
    petition = at_stage("granted")
    for person, seen in ((counsel_of(petition.client), True),
                         (add_to_team(petition.client, "paralegal", "paralegal"), False)):  # fmt: skip
        client.force_login(person)
        page = client.get(petition.get_absolute_url()).content.decode()
        assert ("Correct what the court decided" in page) is seen
