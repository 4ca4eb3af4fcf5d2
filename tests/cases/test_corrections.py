"""What was recorded wrongly is corrected: the old entry stays readable, and dates and agencies follow."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from audit.models import AccessEvent
from cases import services
from cases.models import Petition
from cases.services import ChargeResult
from cases.services.revisions import NOT_BOUND
from cases.stages import InvalidTransition
from tests.cases.making import (
    PACIFIC,
    US,
    at_stage,
    decide,
    make_arrest,
    make_charge,
    make_file,
    make_petition,
)
from tests.factories import TODAY, add_to_team, counsel_of

pytestmark = pytest.mark.django_db
WORDS = "invalid due to legal defect at the time of the arrest or conviction"


def revise(petition, result="granted", words=WORDS, on=date(2026, 10, 6), note="Misread.", **values):
    values.setdefault("by", counsel_of(petition.client))
    values.setdefault("results", {line.pk: ChargeResult(result, words) for line in petition.lines.all()})
    return services.revise_decision(petition=petition, on=on, note=note, today=TODAY, **values)


def fresh(petition):
    return Petition.objects.get(pk=petition.pk)


def two_agencies():
    client = make_file()
    near = make_charge(client)
    far = make_charge(client, make_arrest(client, date(2017, 3, 1), agency="Hayward Police Department"))
    return at_stage("granted", make_petition(client, charges=[near, far]))


def test_the_words_of_the_order_are_added_later_and_the_history_holds_old_and_new():
    petition = at_stage("granted")
    line = petition.lines.get()
    revise(petition, words="lacked the requisite intent", note="Only the first page was read.")
    line.refresh_from_db()
    assert line.order_words == "lacked the requisite intent"
    event = petition.events.latest("created_at")
    assert (event.kind, event.stage, event.by) == ("corrected", "granted", counsel_of(petition.client))
    for words in ("Only the first page was read.", WORDS, "lacked the requisite intent"):
        assert words in event.note
    assert [row.order_words for row in line.history.order_by("-history_date")][:2] == [
        "lacked the requisite intent",
        WORDS,
    ]
    assert AccessEvent.objects.filter(action="changed", object_id=str(line.pk)).exists()


def test_another_day_of_the_order_moves_the_agencies_dates_and_keeps_what_they_confirmed():
    petition = at_stage("granted")
    by, duty = counsel_of(petition.client), petition.duties.first()
    services.record_duty(
        duty=duty, by=by, today=TODAY, sent_on=date(2026, 10, 20), confirmed_on=date(2026, 11, 2)
    )
    revise(petition, on=date(2026, 10, 16))
    assert fresh(petition).decided_on == date(2026, 10, 16)
    assert petition.lines.get().result_on == date(2026, 10, 16)
    assert {row.deadline.due_on for row in petition.duties.select_related("deadline")} == {date(2027, 1, 14)}
    old = duty.deadline
    duty.refresh_from_db()
    old.refresh_from_db()
    assert old.replaced_at is not None
    assert (duty.sent_on, duty.confirmed_on, duty.deadline.done_on) == (
        date(2026, 10, 20),
        date(2026, 11, 2),
        date(2026, 11, 2),
    )
    assert petition.duties.count() == 5


def test_an_order_that_would_follow_what_an_agency_did_is_refused():
    petition = at_stage("granted")
    duty = petition.duties.first()
    services.record_duty(duty=duty, by=counsel_of(petition.client), today=TODAY, sent_on=date(2026, 10, 9))
    with pytest.raises(ValidationError, match=r"Oct 9, 2026.*Oct 16, 2026"):
        revise(petition, on=date(2026, 10, 16))
    assert fresh(petition).decided_on == date(2026, 10, 6)


def test_a_charge_that_was_denied_after_all_releases_its_own_agency_alone():
    petition = two_agencies()
    near, far = petition.lines.all()
    assert petition.duties.filter(agency__name="Hayward Police Department").exists()
    revise(petition, results={near.pk: ChargeResult("granted", WORDS), far.pk: ChargeResult("denied", "x")})
    assert fresh(petition).stage == "partly_granted"
    names = set(petition.duties.values_list("agency__name", flat=True))
    assert "Hayward Police Department" not in names
    assert "Oakland Police Department" in names
    open_dates = petition.deadlines.open()
    assert open_dates.count() == len(names)


def test_an_agency_that_was_told_stays_on_file_to_be_told_again():
    petition = two_agencies()
    near, far = petition.lines.all()
    told = petition.duties.get(agency__name="Hayward Police Department")
    services.record_duty(duty=told, by=counsel_of(petition.client), today=TODAY, sent_on=date(2026, 10, 9))
    revise(petition, results={near.pk: ChargeResult("granted", WORDS), far.pk: ChargeResult("denied", "x")})
    told.refresh_from_db()
    assert (told.sent_on, told.duty, told.deadline) == (date(2026, 10, 9), NOT_BOUND, None)


def test_an_agency_listed_under_the_name_of_the_sheet_is_the_same_agency_after_a_correction():
    petition = at_stage("granted")
    agency = petition.duties.get(agency__name="Oakland Police Department").agency
    agency.name = "CAPD OAKLAND"
    agency.save()
    revise(petition, words="lacked the requisite intent")
    assert petition.duties.filter(agency=agency).exclude(duty=NOT_BOUND).exists()
    assert petition.duties.count() == 5


def test_a_denial_entered_for_a_grant_lists_the_agencies_and_drops_the_appeal():
    petition = make_petition(statute=US)
    at_stage("denied", petition)
    appeal = petition.deadlines.open().get()
    assert appeal.rule.endswith("/appeal")
    revise(petition, words="vacate the conviction for cause")
    assert fresh(petition).stage == "granted"
    assert petition.duties.exists()
    appeal.refresh_from_db()
    assert appeal.replaced_at is not None


def test_a_decision_entered_in_the_wrong_petition_goes_back_to_where_it_waited():
    petition = at_stage("opposed")
    decide(petition, "granted")
    revise(petition, result="open", words="", note="The order was of another case.")
    found = fresh(petition)
    assert (found.stage, found.decided_on) == ("opposed", None)
    assert not petition.duties.exists()
    line = petition.lines.get()
    assert (line.result, line.result_on, line.order_words) == ("open", None, None)
    decide(found, "granted", on=date(2026, 11, 2))
    assert fresh(petition).stage == "granted"


def test_a_decision_taken_back_sets_the_prosecutors_time_running_again():
    petition = at_stage("served")
    decide(petition, "granted")
    assert not petition.deadlines.open().filter(side="theirs").exists()
    revise(petition, result="open", words="")
    assert petition.deadlines.open().get(side="theirs").due_on == date(2026, 8, 20)


def test_an_earlier_order_keeps_its_day_when_the_later_one_is_corrected():
    petition = at_stage("partly_granted")
    decide(petition, "granted", on=date(2026, 11, 2))
    revise(petition, on=date(2026, 11, 9))
    days = {line.result_on for line in petition.lines.all()}
    assert days == {date(2026, 10, 6), date(2026, 11, 9)}
    assert fresh(petition).decided_on == date(2026, 11, 9)


def test_a_day_that_the_order_prints_can_be_added_and_taken_away():
    petition = at_stage("granted")
    revise(petition, comply_by=date(2026, 12, 1))
    assert {row.due_on for row in petition.deadlines.open()} == {date(2026, 12, 1)}
    revise(petition)
    assert {row.due_on for row in petition.deadlines.open()} == {date(2027, 1, 4)}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"note": "  "}, "Say what was wrong"),
        ({}, "Nothing differs"),
        ({"on": date(2026, 6, 1)}, r"Jun 1, 2026 is before the petition was filed \(Jun 29, 2026\)"),
        ({"on": date(2030, 1, 1)}, "lies ahead"),
    ],
)
def test_a_correction_says_why_changes_something_and_keeps_to_days_that_can_be(values, words):
    with pytest.raises(ValidationError, match=words):
        revise(at_stage("granted"), **values)


def test_counsel_of_record_corrects_a_decision_and_nobody_else():
    petition = at_stage("granted")
    advocate = add_to_team(petition.client, "advocate", "advocate")
    with pytest.raises(PermissionDenied, match="Only counsel of record"):
        revise(petition, words="not legible", by=advocate)
    supervisor = add_to_team(petition.client, "supervision", "supervisor")
    with pytest.raises(PermissionDenied):
        revise(petition, by=supervisor)
    with pytest.raises(InvalidTransition):
        revise(at_stage("served"))


def test_the_page_offers_the_correction_with_what_is_on_file(client):
    petition = at_stage("granted")
    client.force_login(counsel_of(petition.client))
    url = reverse("petition-act", args=[petition.pk, "revise"])
    assert url in client.get(petition.get_absolute_url()).content.decode()
    line = petition.lines.get()
    form = client.get(url).context["form"]
    assert form[f"words_{line.pk}"].value() == WORDS
    assert (form["on"].value(), form[f"result_{line.pk}"].value()) == (date(2026, 10, 6), "granted")
    data = {"on": "2026-10-06", f"result_{line.pk}": "denied", f"words_{line.pk}": "not shown"}
    refused = client.post(url, data)
    assert refused.status_code == 422
    assert "not shown" in refused.content.decode()
    assert client.post(url, data | {"note": "Wrong line."}).status_code == 302
    assert fresh(petition).stage == "denied"


def correct(hearing, **values):
    values = {
        "starts_at": hearing.starts_at, "outcome": hearing.outcome, "department": hearing.department,
        "note": "Wrong notice.", **values,
    }  # fmt: skip
    return services.correct_hearing(
        hearing=hearing, by=counsel_of(hearing.petition.client), today=TODAY, **values
    )


def test_a_hearing_is_corrected_with_its_reason():
    petition = at_stage("hearing_set")
    hearing = correct(
        petition.hearings.get(), starts_at=datetime(2026, 12, 16, 9, tzinfo=PACIFIC), department="Dept. 12"
    )
    assert hearing.department == "Dept. 12"
    note = petition.events.latest("created_at").note
    for words in ("Wrong notice.", "Dec 15, 2026, 9:00 AM, Dept. 11", "Dec 16, 2026, 9:00 AM, Dept. 12"):
        assert words in note
    assert fresh(petition).stage == "hearing_set"


def test_the_only_hearing_taken_off_leads_back_to_where_the_petition_stood():
    petition = at_stage("opposed")
    by = counsel_of(petition.client)
    hearing = services.set_hearing(
        petition=petition, starts_at=datetime(2026, 12, 15, 9, tzinfo=PACIFIC), by=by
    )
    correct(hearing, outcome="vacated")
    assert fresh(petition).stage == "opposed"


def test_a_federal_hearing_taken_off_opens_the_courts_window_again():
    petition = at_stage("opposed", make_petition(statute=US))
    window = petition.deadlines.open().get(rule__endswith="mandatory_hearing_if_opposed")
    hearing = services.set_hearing(
        petition=petition, starts_at=datetime(2026, 12, 15, 9, tzinfo=PACIFIC), by=counsel_of(petition.client)
    )
    window.refresh_from_db()
    assert window.done_on is not None
    correct(hearing, outcome="vacated")
    window.refresh_from_db()
    assert window.done_on is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"note": ""}, "Say what was wrong"),
        ({"outcome": "held"}, "Dec 15, 2026 and today is Nov 23, 2026"),
        ({"starts_at": datetime(2018, 1, 5, 9, tzinfo=PACIFIC)}, "Jan 5, 2018 is before"),
    ],
)
def test_a_corrected_hearing_keeps_to_days_that_can_be(values, words):
    with pytest.raises(ValidationError, match=words):
        correct(at_stage("hearing_set").hearings.get(), **values)


def test_the_hearing_form_comes_back_with_what_was_typed(client):
    hearing = at_stage("hearing_set").hearings.get()
    client.force_login(counsel_of(hearing.petition.client))
    url = reverse("hearing-correct", args=[hearing.pk])
    assert 'value="Dept. 11"' in client.get(url).content.decode()
    typed = {"starts_at": "2026-12-16T09:00", "outcome": "ahead", "client_appears": "remote"}
    answer = client.post(url, typed | {"department": "Dept. 12"})
    assert answer.status_code == 422
    assert 'value="Dept. 12"' in answer.content.decode()
    assert client.post(url, typed | {"note": "Wrong day."}).status_code == 302
