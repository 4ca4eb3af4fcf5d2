"""The main job in a real browser: one person's matter, from the first name to the supervisor's report.

Each test walks some of the steps in tests/browser/walk.py. Every page and form passed meets axe; a breach
of the content policy or a script error fails the test.
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import Role
from cases.models import Petition
from tests.browser import walk
from tests.browser.people import colleagues, person
from visas.models import TVisa

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def attorney():
    return person(Role.ATTORNEY)


def test_an_intake_is_saved_as_it_is_typed_checked_for_conflicts_and_taken_on(at_work, attorney):
    other = walk.other_file(attorney)
    at = at_work(attorney)
    client = walk.intake(at)
    walk.conflict_check(at, client, other=other)


def test_a_sheet_is_read_settled_by_hand_accepted_and_adds_nothing_twice(at_work, attorney):
    client = walk.ready_for("sheet", attorney)
    at = at_work(attorney)
    walk.upload_and_accept(at, client)
    walk.upload_again(at, client)


def test_charges_are_flagged_with_reason_and_evidence_and_screened(at_work, attorney):
    client = walk.ready_for("flags", attorney)
    at = at_work(attorney)
    walk.add_account(at, client)
    walk.flag(at, client)
    walk.screening(at, client)


def test_the_petition_is_planned_drafted_and_its_word_file_says_charges_court_and_dates(at_work, attorney):
    client = walk.ready_for("petition", attorney)
    at = at_work(attorney)
    petition = walk.plan(at, client)
    walk.draft(at, petition)
    said = walk.read_petition(at, petition)
    for words in (
        "SUPERIOR COURT OF CALIFORNIA, COUNTY OF ALAMEDA",
        "Pen. Code, § 647(b)",
        "554410",
        "June 18, 2015",
        "September 2, 2015",
        "Oakland Police Department",
        "SBN 298114",
        "P.T.",
    ):
        assert words in said, words
    for words in ("§ 211", "§ 484", "607731", "Plumbago", "Teaselwort", "[BLANK", "{{"):
        assert words not in said, words


def test_the_petition_is_signed_filed_served_answered_heard_decided_and_agencies_told(at_work, attorney):
    client = walk.ready_for("signing", attorney)
    petition = Petition.objects.get(client=client)
    at = at_work(attorney)
    walk.sign_and_file(at, petition)
    walk.serve(at, petition)
    walk.oppose_hear_decide(at, petition)
    walk.tell_agencies(at, petition)


def test_silence_of_the_prosecutor_is_recorded_as_unopposed(at_work, attorney):
    client = walk.ready_for("signing", attorney)
    petition = walk.served(client, attorney)
    at = at_work(attorney)
    walk.no_answer(at, petition)


def test_the_advocate_opens_the_t_visa_and_keeps_receipt_notice_family_and_permit(at_work, attorney):
    client = walk.ready_for("sheet", attorney)
    advocate, _supervisor = colleagues(client, by=attorney)
    at = at_work(advocate)
    visa = walk.open_and_file_visa(at, client)
    walk.request_for_evidence(at, visa)
    walk.family_and_permit(at, visa)


def test_the_supervisor_sees_what_is_late_and_due_and_each_home_page_shows_the_work(at_work, attorney):
    client = walk.ready_for("signing", attorney)
    petition = walk.served(client, attorney)
    advocate, supervisor = colleagues(client, by=attorney)
    visa = walk.visa_with_open_notice(client, attorney)
    assert (Petition.objects.get().pk, TVisa.objects.get().pk) == (petition.pk, visa.pk)
    at = at_work(supervisor)
    walk.home(at, client, "The team’s week", "Late now")
    walk.caseload(at, client)
    walk.home(at_work(attorney), client, "My week", "Deadlines", "Petitions by stage")
    walk.home(at_work(advocate), client, "My week", "T visas and families")
    assert timezone.localdate() > walk.ANSWER_DUE
