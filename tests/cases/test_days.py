"""Days that cannot be: each is refused with both days named, and the form comes back with what was typed."""

from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from cases import services
from cases.models import Petition
from cases.services.paper_stops import stops
from tests.cases.making import PACIFIC, at_stage, decide, make_petition, ready
from tests.factories import TODAY, counsel_of

pytestmark = pytest.mark.django_db


def at(day):
    return datetime(day.year, day.month, day.day, 9, tzinfo=PACIFIC)


def call(act, petition, **values):
    return act(petition=petition, by=counsel_of(petition.client), today=TODAY, **values)


REFUSED = {
    "signed before it was begun": (
        "draft",
        lambda p: call(services.sign, p, on=date(2026, 5, 31)),
        ("May 31, 2026", "Jun 1, 2026"),
    ),
    "served before it was filed": (
        "filed",
        lambda p: call(
            services.record_service, p, recipient=p.prosecutor, method="mail", sent_on=date(2026, 6, 28)
        ),
        ("Jun 28, 2026", "Jun 29, 2026"),
    ),
    "heard years before it was filed": (
        "served",
        lambda p: services.set_hearing(petition=p, starts_at=at(date(2018, 3, 6)), by=counsel_of(p.client)),
        ("Mar 6, 2018", "Jun 29, 2026"),
    ),
    "a hearing in another century": (
        "served",
        lambda p: services.set_hearing(petition=p, starts_at=at(date(2099, 1, 1)), by=counsel_of(p.client)),
        ["three years ahead"],
    ),
    "a hearing ahead, recorded as held": (
        "hearing_set",
        lambda p: services.record_hearing(
            hearing=p.hearings.get(), outcome="held", by=counsel_of(p.client), today=TODAY
        ),
        ("Dec 15, 2026", "Nov 23, 2026"),
    ),
    "moved to a day before it was filed": (
        "hearing_set",
        lambda p: services.record_hearing(
            hearing=p.hearings.get(), outcome="continued", new_starts_at=at(date(2026, 1, 5)),
            by=counsel_of(p.client), today=TODAY,
        ),
        ("Jan 5, 2026", "Jun 29, 2026"),
    ),
    "decided before it was filed": (
        "served",
        lambda p: decide(p, "granted", on=date(2026, 6, 1)),
        ("Jun 1, 2026", "Jun 29, 2026"),
    ),
    "no answer while there is still time": (
        "served",
        lambda p: call(services.record_answer, p, opposed=False, silent=True, on=date(2026, 8, 20)),
        ("Aug 20, 2026", "may answer until"),
    ),
    "withdrawn before it was begun": (
        "draft",
        lambda p: call(services.withdraw, p, on=date(2026, 1, 2)),
        ("Jan 2, 2026", "Jun 1, 2026"),
    ),
    "on a day ahead": (
        "served",
        lambda p: call(services.record_answer, p, opposed=True, on=date(2030, 8, 20)),
        ("Aug 20, 2030", "Nov 23, 2026"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_day_that_cannot_be_is_refused_with_both_days(case):
    stage, act, days = REFUSED[case]
    petition = at_stage(stage)
    with pytest.raises(ValidationError) as refused:
        act(petition)
    said = " ".join(refused.value.messages)
    for day in days:
        assert day in said
    assert Petition.objects.get(pk=petition.pk).stage == stage


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sent_on": date(2026, 10, 5)}, "before the order was made"),
        ({"received_on": date(2026, 10, 5)}, "before the order was made"),
        ({"confirmed_on": date(2026, 10, 5)}, "before the order was made"),
        ({"sent_on": date(2026, 10, 9), "received_on": date(2026, 10, 8)}, "before the order was sent"),
        ({"sent_on": date(2026, 10, 9), "confirmed_on": date(2026, 10, 8)}, "before the order was sent"),
        (
            {"received_on": date(2026, 10, 12), "confirmed_on": date(2026, 10, 10)},
            "before the order was received",
        ),
    ],
)
def test_an_agency_does_nothing_before_the_order_or_out_of_turn(values, words):
    petition = at_stage("granted")
    duty = petition.duties.first()
    with pytest.raises(ValidationError, match=words):
        services.record_duty(duty=duty, by=counsel_of(petition.client), today=TODAY, **values)


def test_what_an_agency_did_after_the_first_order_stands_after_a_later_one():
    petition = at_stage("partly_granted")
    decide(petition, "granted", on=date(2026, 11, 2))
    duty = petition.duties.first()
    row = services.record_duty(
        duty=duty, by=counsel_of(petition.client), today=TODAY, sent_on=date(2026, 10, 9)
    )
    assert row.sent_on == date(2026, 10, 9)


def test_no_answer_is_recorded_once_the_time_is_over():
    petition = at_stage("served")
    call(services.record_answer, petition, opposed=False, silent=True, on=date(2026, 8, 21))
    petition.refresh_from_db()
    assert (petition.stage, petition.answered_on) == ("unopposed", date(2026, 8, 21))


def test_a_filing_recorded_anew_has_no_service_before_it():
    petition = at_stage("filed")
    by = counsel_of(petition.client)

    def sent():
        return call(
            services.record_service, petition, recipient=petition.prosecutor, method="mail",
            sent_on=date(2026, 7, 1),
        )  # fmt: skip

    sent()
    services.correct(petition=petition, by=by, today=TODAY, note="Stamp misread.")
    assert not petition.services.exists()
    services.file(petition=petition, on=date(2026, 7, 3), court_number="1", by=by, today=TODAY)
    with pytest.raises(ValidationError, match=r"Jul 1, 2026 is before.*Jul 3, 2026"):
        sent()


def test_a_passage_read_back_on_a_day_ahead_was_not_read_back():
    petition = ready(make_petition())
    passage = petition.charges.get().evidence.get().passage
    passage.read_back_on = date(2030, 1, 2)
    passage.save()
    assert "S08" in {stop.code for stop in stops(petition=petition, today=TODAY)}


def test_the_form_comes_back_with_what_was_typed(client):
    petition = at_stage("served")
    client.force_login(counsel_of(petition.client))
    url = reverse("petition-act", args=[petition.pk, "hearing"])
    typed = {"starts_at": "2018-03-06T09:00", "department": "Dept. 11", "client_appears": "remote"}
    answer = client.post(url, typed)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Mar 6, 2018 is before the petition was filed (Jun 29, 2026)" in said
    assert 'value="2018-03-06T09:00"' in said
    assert 'value="Dept. 11"' in said


def test_papers_older_than_today_may_say_when_they_were_begun(client):
    petition = make_petition()
    assert petition.drafted_on == date(2026, 6, 1)
    client.force_login(counsel_of(petition.client))
    path = client.get(petition.get_absolute_url()).context["stops_path"]
    assert path[0]["state"] == "Jun 1"
