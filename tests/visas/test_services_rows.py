"""Notices with their dates, receipts, relatives, work permits, and what lists read of them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Deadline
from clients.models import TeamRole
from tests.factories import TODAY, add_to_team, counsel_of, make_client, make_user
from tests.visas.makers import RECEIPT, granted, in_stage, make_visa, move, received
from visas import queries, services
from visas.models import FamilyMember, Notice, Receipt, TVisa, VisaEvent
from visas.services.notices import computed_date

pytestmark = pytest.mark.django_db


def notice(visa, *, kind="RFE", form="I-914", served_on=date(2026, 8, 31), by=None, **values):
    values.setdefault("served_by", "mail")
    return services.record_notice(
        visa=visa,
        kind=kind,
        form=form,
        served_on=served_on,
        by=by or counsel_of(visa.client),
        today=TODAY,
        **values,
    )


def days_of(row):
    return row.deadline.raw_on, row.deadline.due_on, row.deadline.safe_on


def relative(visa, relationship="child", born=date(2012, 5, 4), **values):
    return services.save_member(
        visa=visa,
        relationship=relationship,
        name="Finch",
        date_of_birth=born,
        by=counsel_of(visa.client),
        today=TODAY,
        **values,
    )


# --- Notices --------------------------------------------------------------------------------------


def test_an_rfe_whose_last_day_is_thanksgiving_is_due_the_friday_after():
    visa = in_stage("biometrics_done")
    row = notice(visa)
    assert days_of(row) == (date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 23))
    assert row.deadline.owner == visa.matter.lead
    assert row.deadline.rule == "uscis/notices/DL01"
    assert TVisa.objects.get(pk=visa.pk).stage == "rfe_open"
    event = VisaEvent.objects.filter(visa=visa, event="rfe").get()
    assert (event.on, event.day("due_date")) == (date(2026, 8, 31), date(2026, 11, 27))


def test_a_noid_whose_last_day_is_the_saturday_after_christmas_is_due_on_monday():
    row = notice(in_stage("biometrics_done"), kind="NOID", served_on=date(2026, 11, 23))
    assert days_of(row) == (date(2026, 12, 26), date(2026, 12, 28), date(2026, 12, 23))
    assert TVisa.objects.get(pk=row.visa_id).stage == "noid_open"


def test_what_the_page_computes_is_what_the_deadline_keeps():
    row = notice(in_stage("biometrics_done"))
    again = computed_date(Notice.objects.get(pk=row.pk))
    assert (again.raw, again.due, again.safe) == days_of(row)


@pytest.mark.parametrize(
    ("printed", "due"), [(date(2026, 11, 20), date(2026, 11, 20)), (date(2026, 12, 4), date(2026, 11, 27))]
)
def test_a_printed_date_wins_only_when_it_is_the_earlier(printed, due):
    row = notice(in_stage("biometrics_done"), printed_date=printed)
    assert row.deadline.due_on == due


def test_no_mailing_days_by_hand():
    row = notice(in_stage("biometrics_done"), served_by="personal")
    assert row.deadline.due_on == date(2026, 11, 23)


def test_a_notice_about_another_form_moves_no_stage():
    visa = in_stage("biometrics_done")
    notice(visa, form="I-765")
    assert TVisa.objects.get(pk=visa.pk).stage == "biometrics_done"


def test_the_same_notice_twice_and_a_notice_before_the_receipt_are_refused():
    visa = in_stage("biometrics_done")
    notice(visa)
    with pytest.raises(ValidationError, match="on file already"):
        notice(visa)
    with pytest.raises(ValidationError, match="before the day USCIS received"):
        notice(visa, served_on=date(2025, 1, 2))
    with pytest.raises(ValidationError, match="no receipt number of its own"):
        notice(visa, form="G-28")


def test_the_answer_is_met_when_uscis_has_it_not_when_it_left():
    row = notice(in_stage("biometrics_done"))
    by = counsel_of(row.client)
    row, said = services.record_answer(notice=row, sent_on=date(2026, 11, 20), by=by, today=TODAY)
    assert (said, row.is_open, Deadline.objects.get(pk=row.deadline_id).done_on) == ("", True, None)
    row, said = services.record_answer(notice=row, received_on=date(2026, 11, 23), by=by, today=TODAY)
    assert (said, row.answered_on, row.sent_on) == ("", date(2026, 11, 23), date(2026, 11, 20))
    assert Deadline.objects.get(pk=row.deadline_id).done_on == date(2026, 11, 23)
    assert TVisa.objects.get(pk=row.visa_id).stage == "biometrics_done"


def test_a_late_answer_is_kept_and_the_stage_stays():
    row = notice(in_stage("biometrics_done"), kind="NOID", served_on=date(2026, 9, 1))
    row, said = services.record_answer(
        notice=row, received_on=date(2026, 11, 2), by=counsel_of(row.client), today=TODAY
    )
    assert "after the due date" in said
    assert TVisa.objects.get(pk=row.visa_id).stage == "noid_open"


def test_an_answer_lies_between_the_notice_and_today():
    row = notice(in_stage("biometrics_done"))
    by = counsel_of(row.client)
    for days, words in [
        ({}, "Enter the day"),
        ({"sent_on": date(2026, 8, 1)}, "before the notice"),
        ({"received_on": date(2026, 12, 1)}, "lies ahead"),
        ({"sent_on": date(2026, 11, 20), "received_on": date(2026, 11, 10)}, "before the day we sent it"),
    ]:
        with pytest.raises(ValidationError, match=words):
            services.record_answer(notice=row, by=by, today=TODAY, **days)


def test_a_corrected_notice_gets_new_dates_and_the_old_ones_stay_marked_replaced():
    row = notice(in_stage("biometrics_done"))
    old = row.deadline_id
    row = services.change_notice(
        notice=row,
        form="I-914",
        served_on=date(2026, 9, 8),
        served_by="mail",
        by=counsel_of(row.client),
        today=TODAY,
    )
    assert row.deadline.due_on == date(2026, 12, 4)
    assert Deadline.objects.get(pk=old).replaced_at is not None
    assert Deadline.objects.open().filter(matter=row.visa.matter).count() == 1


def test_a_decision_takes_away_the_date_of_an_open_request():
    visa = in_stage("biometrics_done")
    row = notice(visa)
    notice(visa, kind="DENIAL_APPEAL", served_on=date(2026, 11, 2))
    assert TVisa.objects.get(pk=visa.pk).stage == "denied"
    assert Deadline.objects.get(pk=row.deadline_id).replaced_at is not None
    assert [n.kind for n in Notice.objects.open().filter(visa=visa)] == ["DENIAL_APPEAL"]


def test_two_relatives_with_a_notice_of_one_day_have_two_dates():
    visa = in_stage("biometrics_done")
    for person in (relative(visa), relative(visa, born=date(2014, 2, 3))):
        notice(visa, form="I-914A", person=person)
    assert Deadline.objects.open().filter(matter=visa.matter).count() == 2


def test_a_relative_of_another_client_is_refused():
    with pytest.raises(ValidationError, match="relative of this client"):
        notice(in_stage("biometrics_done"), person=relative(make_visa()))


# --- Receipts -------------------------------------------------------------------------------------


def keep_receipt(visa, number, *, form="I-765", received_on=date(2026, 2, 2), by=None, **more):
    return services.save_receipt(
        visa=visa,
        form=form,
        number=number,
        received_on=received_on,
        by=by or counsel_of(visa.client),
        today=TODAY,
        **more,
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("EAC25123456", "This has 11 characters"),
        ("EA025123456789", "This has 14 characters"),
        ("1AC2512345678", "not three letters"),
        ("EAC251234567O", "Is the O a zero"),
        ("", "Type the one on the receipt notice"),
    ],
)
def test_a_number_of_another_form_says_what_is_wrong(number, words):
    with pytest.raises(ValidationError, match=words) as refused:
        keep_receipt(make_visa(), number)
    assert "number" in refused.value.message_dict


def test_a_number_is_kept_as_printed_however_it_was_typed():
    row = keep_receipt(make_visa(), "ioe 0912-345-678")
    assert Receipt.objects.get(pk=row.pk).number == "IOE0912345678"


def test_a_number_on_the_own_file_is_named_and_one_of_another_file_is_not():
    mine = received()
    with pytest.raises(ValidationError, match=r"on this file already: I-914, received Mar 10, 2025"):
        keep_receipt(mine, RECEIPT)
    with pytest.raises(ValidationError) as refused:
        keep_receipt(make_visa(), f"{RECEIPT[:3]} {RECEIPT[3:]}")
    said = " ".join(refused.value.messages)
    assert "on file elsewhere" in said
    assert mine.client.file_number not in said
    assert "I-914" not in said


def test_a_mistyped_receipt_is_corrected_and_its_history_kept():
    visa = make_visa()
    row = keep_receipt(visa, "IOE0912345678")
    row = keep_receipt(visa, "IOE0912345679", receipt=row)
    assert Receipt.objects.get(pk=row.pk).number == "IOE0912345679"
    assert [h.number for h in row.history.all()] == ["IOE0912345679", "IOE0912345678"]


def test_the_receipt_of_the_i914_gives_the_day_that_everything_counts_from():
    visa = in_stage("filed", date_of_birth=date(1989, 6, 1))
    child = relative(visa, born=date(2005, 1, 1))  # 20 at the receipt, 21 today
    keep_receipt(visa, "IOE0912345678", received_on=date(2025, 3, 11))
    assert TVisa.objects.get(pk=visa.pk).received_on is None
    keep_receipt(visa, RECEIPT, form="I-914", received_on=date(2025, 3, 10))
    visa.refresh_from_db()
    assert (visa.received_on, visa.waiting_from) == (date(2025, 3, 10), date(2025, 3, 10))
    assert FamilyMember.objects.get(pk=child.pk).derivative_class == "T-3"
    keep_receipt(visa, "EAC2512345679", form="I-914", received_on=date(2025, 3, 12))
    visa.refresh_from_db()
    assert visa.received_on == date(2025, 3, 10)


def test_a_receipt_that_came_before_its_steps_were_recorded_blocks_none_of_them():
    visa = make_visa()
    services.correct_stage(
        visa=visa,
        to="preparing",
        reason="Taken over; the day is known, the notice is not here yet",
        milestones={"received_on": date(2025, 3, 10)},
        by=counsel_of(visa.client),
        today=TODAY,
    )
    with pytest.raises(
        ValidationError, match=r"Mar 11, 2025 is after USCIS received the package, Mar 10, 2025"
    ):
        move(visa, "send_package", "filed", sent_date=date(2025, 3, 11))
    move(visa, "send_package", "filed", sent_date=date(2025, 3, 3))
    keep_receipt(visa, RECEIPT, form="I-914", received_on=date(2025, 3, 10))
    days = {"received_date": date(2025, 3, 10), "notice_date": date(2025, 3, 20)}
    move(visa, "receipt_notice", "receipted", receipt_number=RECEIPT, **days)
    assert Receipt.objects.filter(visa=visa).count() == 1
    assert TVisa.objects.get(pk=visa.pk).stage == "receipted"


@pytest.mark.parametrize(
    ("stage", "first"),
    [
        ("screening", "still at “Screening”.*First record that the package was sent"),
        ("preparing", "still at “Preparing the I-914”.*First record that the package was sent"),
        ("filed", "still at “Sent to USCIS”.*First record the receipt notice"),
    ],
)
def test_uscis_neither_asks_nor_allows_before_it_has_the_application(stage, first):
    visa = in_stage(stage)
    for act in (
        lambda: notice(visa),
        lambda: notice(visa, form="I-765"),
        lambda: permit(visa, date(2026, 1, 1), date(2027, 1, 1)),
        lambda: permit(visa, date(2026, 1, 1), date(2027, 1, 1), "(a)(16)"),
    ):
        with pytest.raises(ValidationError, match=first):
            act()
    permit(visa, date(2024, 1, 1), date(2025, 1, 1), "cp")
    assert Notice.objects.count() == 0


def test_days_that_cannot_be_are_refused_with_both_days_named():
    visa = received()
    kept = keep_receipt(visa, "IOE0912345678", received_on=date(2026, 2, 2))
    for act, words in (
        (
            lambda: keep_receipt(visa, "IOE0912345679", received_on=date(1999, 5, 4)),
            "May 4, 1999 is before",
        ),
        (
            lambda: keep_receipt(visa, "IOE0912345679", received_on=date(2027, 1, 2)),
            "Jan 2, 2027 lies ahead: today is Nov 23, 2026",
        ),
        (
            lambda: notice(visa, form=kept.form, served_on=date(2026, 1, 30)),
            "Jan 30, 2026 is before the day USCIS received this form, Feb 2, 2026",
        ),
        (
            lambda: notice(visa, printed_date=date(2026, 8, 30)),
            "Aug 30, 2026 is before the notice itself, Aug 31, 2026",
        ),
        (
            lambda: permit(visa, date(2025, 3, 9), date(2026, 3, 9)),
            "Mar 9, 2025 is before USCIS received the package, Mar 10, 2025",
        ),
    ):
        with pytest.raises(ValidationError, match=words):
            act()


# --- Family ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relationship", "born", "values", "code"),
    [
        ("spouse", None, {}, "T-2"),
        ("child", date(2012, 5, 4), {}, "T-3"),
        ("child", date(2012, 5, 4), {"married": True}, ""),
        ("child", date(2002, 5, 4), {}, ""),
        ("parent", None, {}, ""),
        ("parent", None, {"in_danger": True}, "T-4"),
        ("sibling", date(2012, 5, 4), {"in_danger": True}, "T-5"),
        ("sibling", date(2001, 5, 4), {"in_danger": True}, ""),
        ("child_of_derivative", date(2001, 5, 4), {"in_danger": True}, "T-6"),
        ("child_of_derivative", date(2001, 5, 4), {}, ""),
    ],
)
def test_the_class_follows_from_tie_age_and_danger(relationship, born, values, code):
    visa = received(date_of_birth=date(1989, 6, 1))
    assert relative(visa, relationship, born, **values).derivative_class == code


def test_a_parent_of_somebody_under_21_needs_no_danger():
    visa = received(date_of_birth=date(2006, 6, 1))
    assert relative(visa, "parent", None).derivative_class == "T-4"


def test_without_the_clients_date_of_birth_there_is_no_class_yet():
    assert relative(received()).derivative_class == ""


def test_classes_are_computed_again_when_the_day_of_receipt_becomes_known():
    visa = in_stage("filed", received_on=date(2025, 3, 10), date_of_birth=date(1989, 6, 1))
    child = relative(visa, born=date(2005, 1, 1))  # 20 at the receipt, 21 today
    assert child.derivative_class == ""
    move(
        visa,
        "receipt_notice",
        "receipted",
        receipt_number=RECEIPT,
        received_date=date(2025, 3, 10),
        notice_date=date(2025, 3, 20),
    )
    assert FamilyMember.objects.get(pk=child.pk).derivative_class == "T-3"


def test_age_needs_a_date_of_birth_that_can_be():
    visa = received(date_of_birth=date(1989, 6, 1))
    with pytest.raises(ValidationError, match="age decides"):
        relative(visa, "sibling", None)
    with pytest.raises(ValidationError, match="lies ahead"):
        relative(visa, "child", date(2027, 1, 1))
    with pytest.raises(ValidationError, match="after the day of receipt"):
        relative(visa, "child", date(2025, 6, 1))


# --- Work permits and the wait --------------------------------------------------------------------


def permit(visa, first, last, category="(c)(40)", **more):
    return services.save_permit(
        visa=visa,
        category=category,
        valid_from=first,
        valid_to=last,
        by=counsel_of(visa.client),
        today=TODAY,
        **more,
    )


def test_a_wait_with_two_cards_and_a_gap_counts_only_the_days_between():
    visa = make_visa()
    services.correct_stage(
        visa=visa,
        to="receipted",
        reason="Taken over from another office.",
        by=counsel_of(visa.client),
        today=TODAY,
        milestones={"received_on": date(2025, 1, 15), "waiting_from": date(2025, 1, 15)},
    )
    permit(visa, date(2025, 11, 3), date(2026, 5, 2))
    permit(visa, date(2026, 6, 1), date(2030, 5, 31), "(a)(16)")
    visa = TVisa.objects.get(pk=visa.pk)
    wait = queries.waiting_days([visa], today=date(2026, 11, 21))[visa.pk]
    assert (wait.days, wait.running) == (321, False)


def test_a_running_wait_says_since_when():
    visa = received()
    wait = queries.waiting_days([visa], today=date(2025, 3, 20))[visa.pk]
    assert (wait.days, wait.running) == (10, True)
    assert wait.sentence == "10 days without permission to work, still running since Mar 10, 2025."


def test_the_wait_ends_with_the_matter_and_with_the_green_card():
    visa = received()
    move(visa, "withdraw", "withdrawn", withdrawal_date=date(2025, 4, 9))
    visa = TVisa.objects.get(pk=visa.pk)
    wait = queries.waiting_days([visa], today=TODAY)[visa.pk]
    assert (wait.days, wait.running) == (30, False)
    resident = granted(on=date(2022, 11, 15), ends=date(2026, 11, 14))
    move(resident, "i485_receipted", "adjustment", received_date=date(2025, 12, 1))
    move(resident, "i485_approved", "lpr", approval_date=date(2026, 6, 1))
    resident = TVisa.objects.get(pk=resident.pk)
    wait = queries.waiting_days([resident], today=TODAY)[resident.pk]
    assert not wait.running
    assert wait.days == (date(2026, 6, 1) - date(2021, 3, 10)).days


def test_a_card_of_the_wrong_kind_or_the_wrong_way_round_is_refused():
    visa = received(date_of_birth=date(1989, 6, 1))
    child = relative(visa)
    with pytest.raises(ValidationError, match="client’s own"):
        permit(visa, date(2026, 1, 1), date(2027, 1, 1), "A16", person=child)
    with pytest.raises(ValidationError, match="for relatives"):
        permit(visa, date(2026, 1, 1), date(2027, 1, 1), "C25")
    with pytest.raises(ValidationError, match="before the card begins"):
        permit(visa, date(2026, 1, 1), date(2025, 1, 1))
    with pytest.raises(ValidationError, match="is not a category"):
        permit(visa, date(2026, 1, 1), date(2027, 1, 1), "work")


def test_permits_to_renew_are_the_last_cards_within_180_days():
    visa = received(date_of_birth=date(1989, 6, 1))
    child = relative(visa)
    edge = TODAY + timedelta(days=180)
    permit(visa, date(2025, 6, 1), date(2026, 1, 1))
    last = permit(visa, date(2026, 1, 2), edge)
    childs = permit(visa, date(2026, 1, 2), date(2026, 10, 1), "(c)(25)", person=child)
    permit(received_elsewhere(), date(2026, 1, 2), edge + timedelta(days=1))
    counsel = counsel_of(visa.client)
    assert list(queries.permits_to_renew(user=counsel, today=TODAY)) == [childs, last]
    assert not queries.permits_to_renew(user=make_user(), today=TODAY)


def received_elsewhere():
    return in_stage("receipted")


def test_notices_due_shows_what_is_near_to_those_who_may_see_it():
    row = notice(in_stage("biometrics_done"))
    far = in_stage("biometrics_done", client=make_client(counsel=counsel_of(row.client)))
    notice(far, served_on=TODAY)
    counsel, supervisor = counsel_of(row.client), add_to_team(row.client, TeamRole.SUPERVISION, "supervisor")
    assert list(queries.notices_due(user=counsel, today=TODAY)) == [row]
    assert list(queries.notices_due(user=supervisor, today=TODAY)) == [row]
    assert not queries.notices_due(user=supervisor, today=TODAY, mine=True)
    assert not queries.notices_due(user=make_user(), today=TODAY)


def test_waits_of_many_take_as_many_queries_as_waits_of_one():
    counsel = make_user()
    visas = [in_stage("receipted", client=make_client(counsel=counsel)) for _ in range(4)]

    def asked(rows):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            found = queries.waiting_days(list(TVisa.objects.filter(pk__in=[v.pk for v in rows])), today=TODAY)
        assert len(found) == len(rows)
        return len(seen)

    assert asked(visas[:1]) == asked(visas) == 3


def test_the_alert_says_to_send_today_on_the_safe_date():
    row = notice(in_stage("biometrics_done"))
    from visas.queries import _notice_alert

    words = {day: _notice_alert(row, day).label for day in (date(2026, 11, 20), TODAY, date(2026, 11, 28))}
    assert words == {
        date(2026, 11, 20): "RFE answer: send by Mon, Nov 23",
        TODAY: "RFE answer: send today",
        date(2026, 11, 28): "RFE answer overdue",
    }


# --- Rights ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("may", [(), ("view_client",), ("view_client", "view_statement")])
def test_no_row_is_written_without_the_right_to_change(may):
    visa = in_stage("biometrics_done", date_of_birth=date(1989, 6, 1))
    row = notice(visa)
    child = relative(visa)
    reader = make_user(may=may, on=visa.client)
    acts = [
        lambda: notice(visa, kind="NOID", served_on=date(2026, 9, 1), by=reader),
        lambda: services.record_answer(notice=row, sent_on=TODAY, by=reader, today=TODAY),
        lambda: keep_receipt(visa, "IOE0912345678", by=reader),
        lambda: services.save_member(
            visa=visa, relationship="spouse", name="Jay", by=reader, today=TODAY, member=child
        ),
        lambda: services.save_permit(
            visa=visa, category="(c)(40)", valid_from=TODAY, valid_to=TODAY, by=reader, today=TODAY
        ),
        lambda: services.open_visa(client=visa.client, by=reader, today=TODAY),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()


# --- Ends of cards and of status ------------------------------------------------------------------


def ends_of(visa):
    rows = Deadline.objects.open().filter(matter=visa.matter, notice__isnull=True)
    return sorted((row.what, row.about or "", row.due_on, row.safe_on) for row in rows)


def card(visa, last, first=date(2025, 1, 2), **values):
    values.setdefault("category", "(a)(16)")
    return services.save_permit(
        visa=visa, valid_from=first, valid_to=last, by=counsel_of(visa.client), today=TODAY, **values
    )


def test_a_grant_and_a_card_leave_their_last_days_among_the_dates_of_the_file():
    visa = granted(on=date(2023, 1, 2), ends=date(2027, 1, 2))
    card(visa, date(2027, 1, 2))
    # Jan 2, 2027 is a Saturday and Jan 1 a holiday: USCIS is last open on Dec 31.
    assert ends_of(visa) == [
        ("Renew the work permit", "", date(2027, 1, 2), date(2026, 12, 31)),
        ("T-1 status ends", "", date(2027, 1, 2), None),
        ("USCIS has the I-485", "", date(2027, 1, 2), date(2026, 12, 31)),
    ]
    row = Deadline.objects.get(matter=visa.matter, what="Renew the work permit")
    assert row.owner == visa.matter.lead
    assert row.working["citation"]
    assert row.working["flag"]
    listed = queries.with_rows(TVisa.objects.filter(pk=visa.pk)).get()
    assert queries.next_date(listed).work_to == date(2026, 12, 31)


def test_a_newer_card_moves_the_renewal_and_a_relatives_card_has_its_own():
    visa = granted(on=date(2024, 1, 2))
    member = relative(visa)
    card(visa, date(2026, 12, 30))
    card(visa, date(2027, 6, 30), category="(c)(25)", person=member)
    card(visa, date(2027, 12, 30), first=date(2026, 11, 1))
    renewals = [row[1:3] for row in ends_of(visa) if row[0] == "Renew the work permit"]
    assert renewals == [("", date(2027, 12, 30)), ("child 1", date(2027, 6, 30))]


def test_a_renewal_is_met_when_uscis_has_the_form_and_nothing_is_asked_after_the_end():
    visa = granted(on=date(2023, 1, 2), ends=date(2027, 1, 2))
    card(visa, date(2027, 1, 2))
    services.save_receipt(
        visa=visa,
        form="I-765",
        number="EAC2699999999",
        received_on=date(2026, 10, 1),
        by=counsel_of(visa.client),
        today=TODAY,
    )
    row = Deadline.objects.get(matter=visa.matter, what="Renew the work permit", replaced_at__isnull=True)
    assert row.done_on == date(2026, 10, 1)
    services.correct_stage(
        visa=visa, to="closed", reason="Moved away", by=counsel_of(visa.client), today=TODAY
    )
    assert ends_of(visa) == []


def test_a_card_that_had_run_out_when_it_was_entered_asks_for_nothing():
    visa = granted(on=date(2024, 1, 2))
    card(visa, date(2026, 3, 1))
    assert "Renew the work permit" not in [row[0] for row in ends_of(visa)]


def test_beyond_the_holidays_on_file_the_last_day_stands_without_a_safe_one():
    visa = granted(on=date(2024, 1, 2))
    card(visa, date(2145, 5, 1))
    row = Deadline.objects.get(matter=visa.matter, what="Renew the work permit")
    assert (row.due_on, row.safe_on, row.working["reasons"]) == (
        date(2145, 5, 1),
        None,
        ["calendar_not_loaded"],
    )


# --- What cannot be -------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["screening", "preparing"])
def test_an_i914_is_not_received_before_it_was_sent(stage):
    visa = in_stage(stage)
    given = {"visa": visa, "form": "I-914", "number": RECEIPT, "received_on": date(2026, 3, 1)}
    with pytest.raises(ValidationError, match="First record that the package was sent, then the receipt"):
        services.save_receipt(**given, by=counsel_of(visa.client), today=TODAY)
    assert not Receipt.objects.filter(visa=visa).exists()
    assert TVisa.objects.get(pk=visa.pk).received_on is None
    # A case taken over: once the stage is corrected, the receipt is kept.
    services.correct_stage(
        visa=visa, to="receipted", reason="Taken over", by=counsel_of(visa.client), today=TODAY
    )
    services.save_receipt(**given, by=counsel_of(visa.client), today=TODAY)
    assert TVisa.objects.get(pk=visa.pk).received_on == date(2026, 3, 1)


@pytest.mark.parametrize(("tie", "year"), [("child", 1980), ("parent", 2015)])
def test_a_child_is_younger_than_the_client_and_a_parent_older(tie, year):
    visa = in_stage("receipted", date_of_birth=date(1991, 5, 4))
    with pytest.raises(ValidationError, match=rf"{year} .* 1991"):
        relative(visa, tie, born=date(year, 1, 2))
    assert not FamilyMember.objects.exists()
    relative(visa, "sibling", born=date(2012, 1, 2))
