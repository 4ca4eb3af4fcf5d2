from datetime import date

import pytest

from cases import services
from cases.models import Deadline
from cases.services import record_service
from tests.cases.making import US, at_stage, decide, make_petition
from tests.factories import TODAY, counsel_of

pytestmark = pytest.mark.django_db


def serve(petition, day):
    record_service(
        petition=petition,
        recipient=petition.prosecutor,
        method="personal",
        sent_on=day,
        received_on=day,
        by=counsel_of(petition.client),
        today=date(2026, 12, 31),
    )


def answer_of(petition) -> Deadline:
    return petition.deadlines.open().get(rule="ca-pc-236-14/deadlines/prosecution_response")


def test_the_answer_runs_from_receipt_and_takes_no_mailing_days():
    petition = at_stage("filed")
    serve(petition, date(2026, 7, 6))
    row = answer_of(petition)
    assert (row.raw_on, row.due_on, row.side) == (date(2026, 8, 20), date(2026, 8, 20), "theirs")
    assert [step["text"] for step in row.due(date(2026, 8, 1)).steps] == [
        "Mon, Jul 6",
        "+ 45 days",
        "= Thu, Aug 20",
    ]


def test_a_raw_day_on_a_weekend_rolls_to_the_next_court_day():
    petition = at_stage("filed")
    serve(petition, date(2026, 10, 14))
    row = answer_of(petition)
    assert (row.raw_on, row.due_on) == (date(2026, 11, 28), date(2026, 11, 30))
    shown = row.due(TODAY)
    assert shown.raw == date(2026, 11, 28)
    assert [(step["text"], step["role"]) for step in shown.steps] == [
        ("Wed, Oct 14", ""),
        ("+ 45 days", ""),
        ("= Sat, Nov 28", ""),
        ("Mon, Nov 30", "due"),
    ]
    assert (shown.citation, shown.confirmed) == ("Penal Code 236.14(c)", False)


def test_the_year_is_written_when_it_is_not_this_year():
    petition = at_stage("filed")
    serve(petition, date(2026, 7, 6))
    assert answer_of(petition).due(date(2027, 1, 5)).steps[0]["text"] == "Mon, Jul 6, 2026"


def test_sent_alone_starts_no_clock():
    petition = at_stage("filed")
    record_service(
        petition=petition,
        recipient=petition.prosecutor,
        method="mail",
        sent_on=date(2026, 7, 1),
        by=counsel_of(petition.client),
        today=TODAY,
    )
    petition.refresh_from_db()
    assert (petition.stage, petition.served_on) == ("filed", None)
    assert not petition.deadlines.exists()


def test_a_receipt_that_moves_keeps_the_old_date_as_replaced():
    petition = at_stage("filed")
    serve(petition, date(2026, 7, 6))
    old = answer_of(petition)
    serve(petition, date(2026, 7, 8))
    old.refresh_from_db()
    assert old.replaced_at is not None
    assert answer_of(petition).due_on == date(2026, 8, 24)  # Aug 22 is a Saturday
    assert petition.deadlines.count() == 2


def test_recording_the_same_receipt_again_writes_no_new_date():
    petition = at_stage("filed")
    serve(petition, date(2026, 7, 6))
    serve(petition, date(2026, 7, 6))
    assert petition.deadlines.count() == 1


def test_a_federal_opposition_runs_from_filing_and_a_hearing_from_the_opposition():
    petition = make_petition(statute=US)
    petition = at_stage("signed", petition)
    by = counsel_of(petition.client)
    services.file(petition=petition, on=date(2026, 11, 12), court_number="1:26-cr-1", by=by, today=TODAY)
    row = petition.deadlines.open().get()
    assert (row.rule, row.raw_on, row.due_on) == (
        f"{US}/deadlines/government_opposition",
        date(2026, 12, 12),
        date(2026, 12, 14),
    )
    serve(petition, date(2026, 11, 13))
    services.record_answer(petition=petition, opposed=True, on=date(2026, 11, 20), by=by, today=TODAY)
    row.refresh_from_db()
    assert row.done_on == date(2026, 11, 20)
    hearing = petition.deadlines.open().get()
    assert (hearing.rule.rsplit("/", 1)[1], hearing.raw_on, hearing.side) == (
        "mandatory_hearing_if_opposed",
        date(2026, 12, 5),
        "court",
    )


def test_taking_an_answer_back_opens_its_date_again():
    petition = at_stage("opposed")
    services.correct(petition=petition, by=counsel_of(petition.client), today=TODAY, note="Another file")
    assert answer_of(petition).done_on is None


def test_after_a_grant_each_agency_seals_by_the_later_of_the_two_clocks():
    petition = at_stage("granted")
    duties = list(petition.duties.select_related("agency", "deadline"))
    assert {duty.agency.name for duty in duties} == {
        "Superior Court of California, County of Alameda",
        "California Department of Justice",
        "Oakland Police Department",
        "Alameda County Sheriff",
        "Alameda County District Attorney",
    }
    assert {duty.deadline.due_on for duty in duties} == {date(2027, 1, 4)}
    shown = duties[0].deadline.due(TODAY)
    assert (
        "later" in "".join(step["note"] for step in shown.steps)
        or "earlier, so not used" in shown.steps[0]["note"]
    )
    assert shown.confirmed is False
    assert shown.reason_words == ("Read in a summary, not the code",)


def test_an_order_that_prints_a_day_is_kept_as_printed():
    petition = at_stage("served")
    lines = petition.lines.all()
    services.record_decision(
        petition=petition,
        results={line.pk: services.ChargeResult("granted", "x") for line in lines},
        on=date(2026, 10, 6),
        by=counsel_of(petition.client),
        today=TODAY,
        comply_by=date(2026, 11, 1),
    )
    assert {duty.deadline.due_on for duty in petition.duties.all()} == {
        date(2026, 11, 1)
    }  # a Sunday, not moved


def test_confirming_meets_the_agencys_date_and_taking_it_back_opens_it():
    petition = at_stage("granted")
    by, duty = counsel_of(petition.client), petition.duties.first()
    facts = {"sent_on": date(2026, 10, 9), "received_on": date(2026, 10, 9)}
    services.record_duty(duty=duty, by=by, today=TODAY, confirmed_on=date(2026, 10, 20), **facts)
    duty.deadline.refresh_from_db()
    assert duty.deadline.done_on == date(2026, 10, 20)
    services.record_duty(duty=duty, by=by, today=TODAY, **facts)
    duty.deadline.refresh_from_db()
    assert duty.deadline.done_on is None


def test_a_second_grant_lists_no_agency_twice():
    petition = at_stage("partly_granted")
    before = petition.duties.count()
    decide(petition, "granted", on=date(2026, 11, 2))
    petition.refresh_from_db()
    assert (petition.stage, petition.duties.count()) == ("granted", before)
