"""More than one order, hearings that stand after all, and steps taken back: each keeps what is its own."""

from datetime import date, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse

from cases import services
from cases.models import Deadline, Petition
from cases.services import ChargeResult
from cases.services.dates import uncounted
from cases.services.waiting import waited_at
from cases.stages import InvalidTransition
from tests.cases.making import PACIFIC, US, at_stage, make_arrest, make_charge, make_file, make_petition
from tests.factories import TODAY, counsel_of

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2026, 8, 3), date(2026, 11, 2)
HEARD_AT = datetime(2026, 12, 15, 9, tzinfo=PACIFIC)


def fresh(petition):
    return Petition.objects.get(pk=petition.pk)


def order(petition, line, result, on, comply_by=None):
    services.record_decision(
        petition=petition, results={line.pk: ChargeResult(result, "as the order says")}, on=on,
        comply_by=comply_by, by=counsel_of(petition.client), today=TODAY,
    )  # fmt: skip


def two_orders(second="denied", first_prints=None, second_prints=None):
    """Two charges of two police departments, each decided by an order of its own."""
    client = make_file()
    near = make_charge(client)
    far = make_charge(client, make_arrest(client, date(2017, 3, 1), agency="Hayward Police Department"))
    petition = at_stage("served", make_petition(client, charges=[near, far]))
    one, two = petition.lines.all()
    order(petition, one, "granted", FIRST, first_prints)
    order(petition, two, second, SECOND, second_prints)
    return fresh(petition)


def revise(petition, *, on=None, words="read again", **values):
    """Correct the words of the last charge, and what else is given."""
    one, two = petition.lines.all()
    results = {
        one.pk: ChargeResult(one.result, one.order_words, one.result_on),
        two.pk: ChargeResult(two.result, words),
    }
    return services.revise_decision(
        petition=petition, results=values.pop("results", results), on=on or petition.decided_on,
        by=counsel_of(petition.client), today=TODAY, note="Misread.", **values,
    )  # fmt: skip


def due(petition):
    rows = petition.duties.select_related("agency", "deadline")
    return {duty.agency.name: duty.deadline and duty.deadline.due_on for duty in rows}


def open_again(petition):
    results = {line.pk: ChargeResult("open") for line in petition.lines.all()}
    revise(petition, results=results, on=petition.decided_on)
    return fresh(petition)


@pytest.mark.parametrize("second", ["denied", "granted"])
def test_correcting_a_later_order_leaves_the_dates_of_the_earlier_ones_agencies(second):
    petition = two_orders(second)
    before = due(petition)
    assert before["Oakland Police Department"] == date(2026, 11, 2)
    if second == "granted":
        assert before["Hayward Police Department"] == date(2027, 2, 1)
    revise(petition)
    assert due(petition) == before
    assert not petition.deadlines.exclude(replaced_at=None).filter(side="agency").exists()


def test_an_agency_of_an_earlier_order_that_no_calendar_reaches_is_counted_from_that_order():
    petition = two_orders("denied")
    old = date(2001, 3, 1)
    one = petition.lines.first()
    petition.lines.filter(pk=one.pk).update(result_on=old)
    petition.lines.update(result_on=old)
    type(one).objects.filter(pk=petition.lines.last().pk).update(result_on=SECOND)
    type(one.charge.arrest).objects.filter(client=petition.client).update(arrested_on=date(1999, 5, 1))
    petition.duties.update(deadline=None)
    (one,) = uncounted(petition)
    assert "May 30, 2001" in one.why


def test_each_order_prints_a_day_of_its_own_and_keeps_it(client):
    petition = two_orders("granted", date(2026, 9, 1), date(2026, 12, 1))
    before = due(petition)
    assert before["Oakland Police Department"] == date(2026, 9, 1)
    assert before["Hayward Police Department"] == date(2026, 12, 1)
    client.force_login(counsel_of(petition.client))
    url = reverse("petition-act", args=[petition.pk, "revise"])
    form = client.get(url).context["form"]
    assert form["comply_by"].value() == date(2026, 12, 1)
    assert form["comply_by_2026-08-03"].value() == date(2026, 9, 1)
    data = {field.html_name: field.value() or "" for field in form}
    data |= {"note": "Misread.", f"words_{petition.lines.last().pk}": "read again"}
    assert client.post(url, data).status_code == 302
    assert due(petition) == before
    early = client.post(url, data | {"comply_by_2026-08-03": "2026-08-02", "note": "Misread."})
    assert early.status_code == 422
    assert "before the order was made (Aug 3, 2026)" in early.content.decode()
    assert early.context["form"].errors.keys() == {"comply_by_2026-08-03"}


def test_the_printed_day_of_one_order_is_changed_or_taken_away_alone():
    petition = two_orders("granted", date(2026, 9, 1), date(2026, 12, 1))
    revise(petition, comply_by=None)
    assert due(petition)["Hayward Police Department"] == date(2027, 2, 1)
    assert due(petition)["Oakland Police Department"] == date(2026, 9, 1)
    revise(fresh(petition), comply_by=None, earlier={FIRST: date(2026, 9, 8)})
    assert due(petition)["Hayward Police Department"] == date(2027, 2, 1)
    assert due(petition)["Oakland Police Department"] == date(2026, 9, 8)
    assert "order of Aug 3, 2026: Sep 1, 2026, now Sep 8, 2026" in petition.events.latest("created_at").note


def test_a_printed_day_that_would_be_kept_for_no_agency_is_refused():
    with pytest.raises(ValidationError, match="No agency is first bound by the order of Nov 2, 2026"):
        revise(two_orders("denied"), comply_by=date(2026, 12, 1))


def test_an_answer_taken_back_is_not_where_a_petition_waits():
    petition = at_stage("opposed")
    services.correct(petition=petition, by=counsel_of(petition.client), today=TODAY, note="Another file.")
    order(petition, petition.lines.get(), "granted", date(2026, 10, 6))
    found = services.revise_decision(
        petition=petition, results={petition.lines.get().pk: ChargeResult("open")}, on=date(2026, 10, 6),
        by=counsel_of(petition.client), today=TODAY, note="Another file.",
    )  # fmt: skip
    assert (found.stage, found.answered_on) == ("served", None)


def with_hearing(statute=None, stage="opposed"):
    petition = at_stage(stage, make_petition(statute=statute) if statute else None)
    services.set_hearing(petition=petition, starts_at=HEARD_AT, by=counsel_of(petition.client))
    return fresh(petition), petition.hearings.get()


def correct(hearing, outcome, **values):
    values = {"starts_at": hearing.starts_at, "note": "Wrong notice.", **values}
    services.correct_hearing(
        hearing=hearing, outcome=outcome, by=counsel_of(hearing.petition.client), today=TODAY, **values
    )
    return fresh(hearing.petition)


@pytest.mark.parametrize("how", ["corrected", "recorded"])
def test_a_hearing_taken_off_is_not_where_a_petition_waits(how):
    petition, hearing = with_hearing()
    if how == "corrected":
        correct(hearing, "vacated")
    else:
        services.record_hearing(
            hearing=hearing, outcome="vacated", by=counsel_of(petition.client), today=TODAY
        )
    order(petition, petition.lines.get(), "granted", date(2026, 10, 6))
    found = services.revise_decision(
        petition=petition, results={petition.lines.get().pk: ChargeResult("open")}, on=date(2026, 10, 6),
        by=counsel_of(petition.client), today=TODAY, note="Another file.",
    )  # fmt: skip
    assert (found.stage, found.answered_on) == ("opposed", date(2026, 8, 18))


def test_a_hearing_that_is_ahead_after_all_is_set_again_and_meets_the_courts_window():
    petition, hearing = with_hearing(US)
    window = petition.deadlines.get(rule__endswith="mandatory_hearing_if_opposed")
    assert correct(hearing, "vacated").stage == "opposed"
    window.refresh_from_db()
    assert window.done_on is None
    hearing.refresh_from_db()
    assert correct(hearing, "ahead").stage == "hearing_set"
    window.refresh_from_db()
    assert window.done_on == TODAY


def test_a_hearing_about_the_charges_still_open_leads_back_to_the_partial_grant():
    petition = at_stage("partly_granted")
    services.set_hearing(petition=petition, starts_at=HEARD_AT, by=counsel_of(petition.client))
    assert correct(petition.hearings.get(), "vacated").stage == "partly_granted"


def test_a_hearing_is_moved_by_its_new_date_and_never_by_a_correction(client):
    petition, hearing = with_hearing()
    with pytest.raises(ValidationError, match="with its new date"):
        correct(hearing, "continued")
    client.force_login(counsel_of(petition.client))
    form = client.get(reverse("hearing-correct", args=[hearing.pk])).context["form"]
    assert [value for value, _label in form.fields["outcome"].choices] == ["ahead", "held", "vacated"]


def test_a_hearing_that_was_moved_is_not_ahead_while_its_successor_stands():
    petition, hearing = with_hearing()
    services.record_hearing(
        hearing=hearing, outcome="continued", by=counsel_of(petition.client), today=TODAY,
        new_starts_at=datetime(2027, 1, 12, 9, tzinfo=PACIFIC),
    )  # fmt: skip
    hearing.refresh_from_db()
    with pytest.raises(ValidationError, match="Another hearing stands: Jan 12, 2027"):
        correct(hearing, "ahead")
    assert correct(hearing, "continued", department="Dept. 4").stage == "hearing_set"
    successor = petition.hearings.get(outcome="ahead")
    assert correct(successor, "vacated").stage == "opposed"
    hearing.refresh_from_db()
    assert correct(hearing, "ahead").stage == "hearing_set"
    assert petition.hearings.filter(outcome="ahead").count() == 1


def test_no_hearing_is_ahead_again_once_the_court_decided():
    petition, hearing = with_hearing()
    correct(hearing, "vacated")
    hearing.refresh_from_db()
    order(petition, petition.lines.get(), "denied", date(2026, 10, 6))
    with pytest.raises(InvalidTransition):
        correct(hearing, "ahead")


def appeal_done(on):
    petition = at_stage("denied", make_petition(statute=US))
    appeal = petition.deadlines.open().get(rule__endswith="/appeal")
    services.mark_done(deadline=appeal, on=on, by=counsel_of(petition.client), today=TODAY)
    return petition


def deny_on(petition, on):
    services.revise_decision(
        petition=petition, results={}, on=on, by=counsel_of(petition.client), today=TODAY, note="Misread."
    )
    return Deadline.objects.get(petition=petition, rule__endswith="/appeal", replaced_at=None)


def test_what_was_done_stays_done_when_its_date_is_counted_again():
    petition = appeal_done(date(2026, 10, 13))
    row = deny_on(petition, date(2026, 10, 7))
    assert (row.done_on, row.done_by) == (date(2026, 10, 13), counsel_of(petition.client))
    assert row.due_on == date(2026, 10, 21)


def test_an_agencys_date_that_was_done_stays_done_when_its_order_prints_another_day():
    petition = two_orders("granted", date(2026, 9, 1))
    duty = petition.duties.get(agency__name="Oakland Police Department")
    services.mark_done(
        deadline=duty.deadline, on=date(2026, 8, 20), by=counsel_of(petition.client), today=TODAY
    )
    revise(petition, earlier={FIRST: date(2026, 9, 8)})
    duty.refresh_from_db()
    assert (duty.deadline.due_on, duty.deadline.done_on) == (date(2026, 9, 8), date(2026, 8, 20))


def test_what_was_done_before_the_new_count_began_did_not_meet_it():
    assert deny_on(appeal_done(date(2026, 10, 13)), date(2026, 10, 14)).done_on is None


def test_a_hearing_set_after_an_opposition_is_counted_from_the_opposition():
    petition, _hearing = with_hearing(US)
    old = date(2001, 3, 1)
    Petition.objects.filter(pk=petition.pk).update(filed_on=old, answered_on=date(2001, 4, 2))
    whys = " ".join(one.why for one in uncounted(fresh(petition)))
    assert "Apr 17, 2001" in whys


def test_events_of_before_that_moved_nothing_are_marked_as_notes():
    petition, _hearing = with_hearing()
    services.record_hearing(
        hearing=petition.hearings.get(), outcome="vacated", by=counsel_of(petition.client), today=TODAY
    )
    petition.events.update(kind="step")
    import_module("cases.migrations.0003_stage_event_kind").mark_noted(apps, None)
    kinds = list(petition.events.order_by("created_at").values_list("stage", "kind"))
    assert kinds[-2:] == [("hearing_set", "step"), ("hearing_set", "noted")]
    assert [kind for _stage, kind in kinds].count("noted") == 1
    assert waited_at(petition) == "opposed"
