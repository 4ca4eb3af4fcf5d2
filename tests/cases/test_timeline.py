"""What a petition's page tells: what happened and who recorded it, what may come next, what is not set."""

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases import services
from cases.services.dates import uncounted
from cases.services.paper_stops import paper_states
from cases.stages import acts_of
from cases.timeline import timeline
from tests.cases.making import PACIFIC, US, at_stage, decide, make_petition, ready
from tests.factories import TODAY, add_to_team, counsel_of

pytestmark = pytest.mark.django_db


def titles(petition):
    return [entry.title for entry in timeline(petition)]


def test_papers_service_hearings_agencies_and_corrections_are_told_with_who_and_when():
    petition = at_stage("hearing_set")
    by, advocate = counsel_of(petition.client), add_to_team(petition.client, "advocate", "advocate")
    services.record_hearing(
        hearing=petition.hearings.get(), outcome="continued", by=advocate, today=TODAY,
        new_starts_at=datetime(2026, 10, 1, 9, 0, tzinfo=PACIFIC),
    )  # fmt: skip
    services.record_hearing(
        hearing=petition.hearings.get(outcome="ahead"), outcome="held", by=by, today=TODAY
    )
    decide(petition, "granted")
    duty = petition.duties.get(agency__name="California Department of Justice")
    services.record_duty(
        duty=duty, by=advocate, today=TODAY, sent_on=date(2026, 10, 9), confirmed_on=date(2026, 10, 20)
    )
    services.revise_decision(
        petition=petition,
        results={petition.lines.get().pk: services.ChargeResult("granted", "for legal defect")},
        on=date(2026, 10, 6), by=by, today=TODAY, note="Words misread.",
    )  # fmt: skip
    upload = SimpleUploadedFile("stamped.pdf", b"%PDF-1.7")
    services.store_copy(petition=petition, copy="filed", upload=upload, by=advocate)
    petition.refresh_from_db()
    told = titles(petition)
    for title in (
        "Begun",
        "Petition or motion, version 1, drafted",
        "Signed",
        "Filed",
        "Sent to Alameda County District Attorney",
        "Received by Alameda County District Attorney",
        "Hearing set: Dec 15, 2026, 9:00 AM, Dept. 11",
        "Hearing of Dec 15, 2026: moved to another date",
        "Hearing set: Oct 1, 2026, 9:00 AM, Dept. 11",
        "Hearing of Oct 1, 2026: held",
        "Granted",
        "Order sent to California Department of Justice",
        "California Department of Justice confirmed sealing",
        "Corrected: stands at “Granted”",
        "File-stamped copy, version 1, stored",
    ):
        assert told.count(title) == 1, (title, told)
    found = {entry.title: entry for entry in timeline(petition)}
    sent = found["Order sent to California Department of Justice"]
    assert (sent.by, sent.on, sent.late) == (advocate, date(2026, 10, 9), True)
    assert "Words misread." in found["Corrected: stands at “Granted”"].note
    days = [entry.on for entry in timeline(petition)]
    assert days == sorted(days, reverse=True)


def test_a_corrected_hearing_and_a_receipt_taken_back_are_told():
    petition = at_stage("hearing_set")
    hearing, by = petition.hearings.get(), counsel_of(petition.client)
    services.correct_hearing(
        hearing=hearing, starts_at=datetime(2026, 12, 16, 9, tzinfo=PACIFIC), outcome="ahead", by=by,
        today=TODAY, note="Wrong day.",
    )  # fmt: skip
    assert "Hearing corrected: Dec 16, 2026, 9:00 AM (ahead)" in titles(petition)
    served = at_stage("served")
    services.correct(petition=served, by=counsel_of(served.client), today=TODAY, note="Not received.")
    told = titles(served)
    assert "Receipt by Alameda County District Attorney taken back" in told
    assert "Corrected: stands at “Filed”" in told


def test_each_time_a_paper_was_kept_is_told_with_who_kept_it():
    petition = ready(make_petition())
    by, charge = counsel_of(petition.client), petition.charges.get()
    for number, note in (("777001", "First."), ("777002", "Second.")):
        charge.case_number = number
        charge.save()
        seen = {state.kind: state.mark for state in paper_states(petition) if state.kind == "petition"}
        services.keep_papers(petition=petition, seen=seen, note=note, by=by, today=TODAY)
    petition.refresh_from_db()
    kept = [entry for entry in timeline(petition) if entry.title == "Petition or motion kept as edited"]
    assert {(entry.note, entry.by) for entry in kept} == {("First.", by), ("Second.", by)}


def test_what_became_of_a_hearing_is_asked_only_when_one_is_ahead(client):
    petition = at_stage("served")
    client.force_login(counsel_of(petition.client))
    url = reverse("petition-act", args=[petition.pk, "heard"])
    assert "heard" not in {act.key for act in acts_of(petition)}
    assert "No hearing is ahead" in client.get(url, follow=True).content.decode()
    services.set_hearing(
        petition=petition, starts_at=datetime(2026, 12, 15, 9, tzinfo=PACIFIC), by=counsel_of(petition.client)
    )
    petition.refresh_from_db()
    assert "heard" in {act.key for act in acts_of(petition)}
    assert client.get(url).status_code == 200


def test_nothing_is_heard_or_decided_once_every_charge_is():
    petition = at_stage("partly_granted")
    assert {"hearing", "decide", "revise"} <= {act.key for act in acts_of(petition)}
    decide(petition, "denied", on=date(2026, 11, 2))
    petition.refresh_from_db()
    assert petition.stage == "partly_granted"
    assert [act.key for act in acts_of(petition)] == ["revise"]


def filed_long_ago(statute, stage):
    """A petition whose clock began before any calendar on file."""
    petition = at_stage("signed", make_petition(statute=statute))
    old = date(2001, 3, 1)
    petition.events.update(on=old)
    type(petition).objects.filter(pk=petition.pk).update(signed_on=old)
    by = counsel_of(petition.client)
    services.file(petition=petition, on=old, court_number="1", by=by, today=TODAY)
    if stage == "served":
        services.record_service(
            petition=petition, recipient=petition.prosecutor, method="personal", sent_on=old,
            received_on=old, by=by, today=TODAY,
        )  # fmt: skip
    petition.refresh_from_db()
    return petition


@pytest.mark.parametrize(("statute", "stage"), [("ca-pc-236-14", "served"), (US, "filed")])
def test_a_date_that_no_calendar_reaches_is_said_on_the_page(client, statute, stage):
    petition = filed_long_ago(statute, stage)
    assert not petition.deadlines.exists()
    (one,) = uncounted(petition)
    client.force_login(counsel_of(petition.client))
    page = client.get(petition.get_absolute_url()).content.decode()
    assert "no date is set." in page
    assert ("Apr 15, 2001" if stage == "served" else "Mar 31, 2001") in one.why
    assert "court calendar on file goes from" in page


def test_a_petition_whose_dates_are_counted_shows_no_such_notice():
    for stage in ("filed", "served", "opposed", "granted", "denied"):
        assert uncounted(at_stage(stage)) == []
    assert uncounted(ready(make_petition())) == []
