"""Stages of a T visa: what may be recorded, what is refused, and what a step writes."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AccessEvent
from clients.models import TeamRole
from tests.factories import TODAY, add_to_team, counsel_of, make_client, make_user
from tests.visas.makers import RECEIPT, granted, in_stage, make_visa, move, received
from visas import services
from visas.models import FamilyMember, Receipt, TVisa, VisaEvent
from visas.stages import InvalidTransition

pytestmark = pytest.mark.django_db


def test_opening_makes_one_matter_in_screening_and_a_second_try_gives_the_same():
    client = make_client()
    counsel = counsel_of(client)
    visa = services.open_visa(client=client, by=counsel, today=TODAY)
    assert (visa.stage, visa.matter.kind, visa.matter.lead) == ("screening", "t_visa", counsel)
    assert services.open_visa(client=client, by=counsel, today=TODAY).pk == visa.pk


def test_counsel_leads_what_a_paralegal_opens():
    client = make_client()
    paralegal = add_to_team(client, TeamRole.PARALEGAL, "paralegal")
    assert services.open_visa(client=client, by=paralegal, today=TODAY).matter.lead == counsel_of(client)


def test_the_way_to_a_receipt_writes_dates_events_history_and_the_log():
    visa = received()
    assert (visa.stage, visa.sent_on, visa.received_on) == ("receipted", date(2025, 3, 3), date(2025, 3, 10))
    assert visa.waiting_from == date(2025, 3, 10)
    event = VisaEvent.objects.filter(visa=visa).first()
    assert (event.event, event.stage, event.on) == ("receipt_notice", "receipted", date(2025, 3, 20))
    assert event.day("received_date") == date(2025, 3, 10)
    assert visa.history.first().history_user == counsel_of(visa.client)
    assert AccessEvent.objects.filter(action="stage", object_id=str(visa.pk), fields=["receipted"]).exists()
    receipt = Receipt.objects.get(visa=visa)
    assert (receipt.form, receipt.number, receipt.received_on) == ("I-914", RECEIPT, date(2025, 3, 10))


def test_a_package_sent_back_has_no_sent_date_and_may_be_sent_again():
    visa = in_stage("filed")
    move(visa, "rejected", "preparing", rejection_date=date(2025, 3, 5))
    visa.refresh_from_db()
    assert (visa.stage, visa.sent_on) == ("preparing", None)
    move(visa, "send_package", "filed", sent_date=date(2025, 4, 1))
    assert TVisa.objects.get(pk=visa.pk).sent_on == date(2025, 4, 1)


@pytest.mark.parametrize(("event", "to"), [("approval", "approved"), ("receipt_notice", "receipted")])
def test_a_step_the_machine_does_not_have_from_here_is_refused(event, to):
    visa = make_visa()
    with pytest.raises(InvalidTransition, match="cannot go that way"):
        move(visa, event, to, approval_date=TODAY)
    assert TVisa.objects.get(pk=visa.pk).stage == "screening"


def test_a_missing_date_a_day_ahead_and_a_day_before_the_last_step_are_refused():
    visa = in_stage("filed")
    for days, key, words in [
        ({"received_date": None, "notice_date": date(2025, 3, 20)}, "received_date", "Enter this day"),
        (
            {"received_date": date(2025, 3, 1), "notice_date": date(2025, 3, 20)},
            "received_date",
            "package was sent",
        ),
        (
            {"received_date": date(2025, 3, 10), "notice_date": date(2025, 3, 9)},
            "notice_date",
            "USCIS received",
        ),
        (
            {"received_date": date(2027, 3, 10), "notice_date": date(2027, 3, 20)},
            "received_date",
            "lies ahead",
        ),
        (
            {"received_date": date(1999, 3, 10), "notice_date": date(2025, 3, 20)},
            "received_date",
            "Mar 10, 1999 is before Oct 28, 2000",
        ),
    ]:
        with pytest.raises(ValidationError, match=words) as refused:
            move(visa, "receipt_notice", "receipted", receipt_number=RECEIPT, **days)
        assert key in refused.value.message_dict
    assert TVisa.objects.get(pk=visa.pk).stage == "filed"


def test_a_wrong_receipt_number_takes_the_whole_step_back():
    visa = in_stage("filed")
    with pytest.raises(ValidationError, match="three letters and ten digits") as refused:
        move(
            visa,
            "receipt_notice",
            "receipted",
            receipt_number="EAC12345",
            received_date=date(2025, 3, 10),
            notice_date=date(2025, 3, 20),
        )
    assert "receipt_number" in refused.value.message_dict
    assert TVisa.objects.get(pk=visa.pk).stage == "filed"
    assert not Receipt.objects.exists()


def test_a_guard_that_dates_decide_refuses_with_its_reason():
    visa = granted(on=date(2024, 1, 10))
    with pytest.raises(InvalidTransition, match="before Jan 10, 2027"):
        move(visa, "i485_receipted", "adjustment", received_date=date(2026, 5, 4))


def test_a_guard_that_is_a_matter_of_fact_asks_and_goes_on_once_confirmed():
    visa = in_stage("biometrics_done", received_on=date(2024, 3, 10))
    bona_fide = {"bfd_date": date(2026, 2, 2), "deferred_action_until": date(2030, 2, 1)}
    with pytest.raises(services.ConfirmFirst, match="expedite request from ICE"):
        move(visa, "bfd_grant", "bfd_positive", **bona_fide)
    move(visa, "bfd_grant", "bfd_positive", confirmed=True, **bona_fide)
    assert TVisa.objects.get(pk=visa.pk).bona_fide_on == date(2026, 2, 2)


def test_an_approval_without_a_printed_end_leaves_the_end_to_the_rule():
    visa = granted(on=date(2025, 11, 15), ends=None)
    assert (visa.approved_on, visa.status_ends_on) == (date(2025, 11, 15), None)


def test_the_end_of_status_is_not_before_the_approval():
    visa = in_stage("biometrics_done")
    with pytest.raises(ValidationError, match="before the approval"):
        move(
            visa, "approval", "approved", approval_date=date(2025, 11, 15), status_end_date=date(2025, 11, 1)
        )


def test_the_end_of_a_file_closes_its_matter_and_a_correction_opens_it_again():
    visa = make_visa()
    move(visa, "decline", "closed", closed_date=date(2026, 11, 2))
    visa = TVisa.objects.get(pk=visa.pk)
    assert visa.matter.closed_on == date(2026, 11, 2)
    services.correct_stage(
        visa=visa, to="screening", reason="Wrong file.", by=counsel_of(visa.client), today=TODAY
    )
    assert TVisa.objects.get(pk=visa.pk).matter.closed_on is None


def test_a_correction_keeps_its_reason_and_sets_stage_and_dates():
    visa = received()
    services.correct_stage(
        visa=visa,
        to="filed",
        reason="That notice was for another form.",
        by=counsel_of(visa.client),
        today=TODAY,
        milestones={"received_on": None, "waiting_from": None},
    )
    visa = TVisa.objects.get(pk=visa.pk)
    assert (visa.stage, visa.received_on, visa.sent_on) == ("filed", None, date(2025, 3, 3))
    event = VisaEvent.objects.filter(visa=visa, event="corrected").get()
    assert event.note == "That notice was for another form."


def test_a_correction_without_a_reason_or_with_dates_out_of_order_is_refused():
    visa = received()
    counsel = counsel_of(visa.client)
    with pytest.raises(ValidationError, match="Say what was wrong"):
        services.correct_stage(visa=visa, to="filed", reason=" ", by=counsel, today=TODAY)
    with pytest.raises(ValidationError, match="before the package was sent"):
        services.correct_stage(
            visa=visa,
            to="filed",
            reason="Typing.",
            by=counsel,
            today=TODAY,
            milestones={"received_on": date(2025, 2, 1)},
        )
    with pytest.raises(ValidationError, match="Nothing is changed"):
        services.correct_stage(visa=visa, to="receipted", reason="Typing.", by=counsel, today=TODAY)


def test_a_paralegal_records_what_happened_but_does_not_correct_a_stage():
    visa = make_visa()
    paralegal = add_to_team(visa.client, TeamRole.PARALEGAL, "paralegal")
    move(visa, "accept_case", "preparing", by=paralegal, engagement_date=date(2025, 1, 6))
    with pytest.raises(PermissionDenied, match="counsel or the client’s advocate"):
        services.correct_stage(visa=visa, to="screening", reason="No.", by=paralegal, today=TODAY)


@pytest.mark.parametrize("may", [(), ("view_client",)])
def test_nobody_without_the_right_to_change_moves_anything(may):
    visa = make_visa()
    reader = make_user(may=may, on=visa.client)
    with pytest.raises(PermissionDenied):
        move(visa, "accept_case", "preparing", by=reader, engagement_date=date(2025, 1, 6))


def test_a_relative_has_a_way_of_their_own_beside_the_clients():
    visa = granted(on=date(2025, 11, 15))
    child = services.save_member(
        visa=visa,
        relationship="child",
        name="Finch",
        date_of_birth=date(2012, 5, 4),
        by=counsel_of(visa.client),
        today=TODAY,
    )
    with pytest.raises(services.ConfirmFirst, match="principal"):
        move(visa, "send_supplement_a", "filed", person=child, sent_date=date(2026, 1, 5))
    move(visa, "send_supplement_a", "filed", person=child, confirmed=True, sent_date=date(2026, 1, 5))
    move(
        visa,
        "receipt_notice",
        "receipted",
        person=child,
        receipt_number="IOE 0987-654321",
        received_date=date(2026, 1, 12),
    )
    child = FamilyMember.objects.get(pk=child.pk)
    assert child.stage == "receipted"
    assert TVisa.objects.get(pk=visa.pk).stage == "approved"
    receipt = Receipt.objects.get(person=child)
    assert (receipt.form, receipt.number) == ("I-914A", "IOE0987654321")
