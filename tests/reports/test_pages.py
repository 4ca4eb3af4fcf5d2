import csv
import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from audit.models import AccessEvent
from audit.services import Action, record
from cases.models.petitions import Stage
from clients.models import Client, TeamRole
from clients.services import join_team
from deadlines.types import day_words
from reports import calendar, caseload, export
from reports.people import People, needs_interpreter
from reports.periods import this_year
from reports.seen import file
from reports.weeks import Week
from tests.factories import add_to_team, make_client, make_user
from tests.reports.factories import (
    make_charge,
    make_deadline,
    make_document,
    make_duty,
    make_hearing,
    make_matter,
    make_permit,
    make_petition,
    make_promise,
    make_relative,
    make_result,
    make_service,
    make_sheet,
    make_visa,
)
from vault import fields as sealed_fields
from visas.models import Notice
from visas.stages import machine
from visas.views import lists

pytestmark = pytest.mark.django_db

ROLES = [Role.ATTORNEY, Role.ADVOCATE, Role.PARALEGAL, Role.SUPERVISOR]
TEAM_ROLE = {
    Role.ADVOCATE: TeamRole.ADVOCATE,
    Role.PARALEGAL: TeamRole.PARALEGAL,
    Role.SUPERVISOR: TeamRole.SUPERVISION,
}


def today():
    return timezone.localdate()


def at(days, hour=9):
    return timezone.make_aware(
        datetime.combine(today() + timedelta(days=days), datetime.min.time())
    ) + timedelta(hours=hour)


def fill(client):
    """A file with something for every block of every page."""
    petition = make_petition(client, "served")
    make_deadline(client, today() - timedelta(days=2), petition=petition)
    make_deadline(client, today() + timedelta(days=3), petition=petition)
    make_hearing(petition, at(5))
    make_service(petition, today() - timedelta(days=4))
    granted = make_petition(client, "granted")
    make_result(granted, "granted", today() - timedelta(days=1))
    make_duty(granted)
    make_charge(client)
    make_sheet(client, lines_not_read=2)
    make_promise(client, at(0, 1))
    make_promise(client, at(-1), state="kept")
    visa = make_visa(client)
    make_permit(visa, today() - timedelta(days=10), today() - timedelta(days=5))
    make_relative(visa)
    make_document(client)


def worker(role, how_many, *, filled=True):
    """Somebody of this role on the team of so many clients."""
    user = make_user(role)
    for number in range(how_many):
        if role == Role.ATTORNEY:
            client = make_client(counsel=user, name_used=f"Linnet {number}")
        else:
            client = make_client(name_used=f"Linnet {number}")
            if role != Role.SUPERVISOR:  # an office's supervisors join at intake
                join_team(client=client, user=user, role=TEAM_ROLE[role], by=None)
        if filled:
            fill(client)
    return user


@pytest.fixture
def opened(monkeypatch):
    """The columns of every sealed value that a request opens, in order."""
    columns = []
    real = sealed_fields.open_sealed

    def look(sealed, binding):
        columns.append(binding.column)
        return real(sealed, binding)

    monkeypatch.setattr(sealed_fields, "open_sealed", look)
    return columns


def queries_of(browser, user, url):
    from vault import datakeys

    browser.force_login(user)
    browser.get(url)
    datakeys.memory.clear()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


# --- Home ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_my_week_asks_the_same_number_of_queries_for_3_and_12_clients(client, role):
    url = reverse("home") + "?whose=team"
    few = queries_of(client, worker(role, 3), url)
    many = queries_of(client, worker(role, 12), url)
    assert many == few


@pytest.mark.parametrize("role", ROLES)
def test_my_week_of_a_brand_new_office_says_what_is_missing(client, role):
    client.force_login(make_user(role))
    response = client.get(reverse("home"))
    assert response.status_code == 200
    assert "aw-empty" in response.content.decode()


def test_an_administrator_is_sent_to_the_accounts_and_an_auditor_has_a_page_of_their_own(client):
    client.force_login(make_user(Role.ADMINISTRATOR))
    assert client.get(reverse("home")).url == reverse("accounts")
    client.force_login(make_user(Role.AUDITOR))
    assert "Unusual looking to review" in client.get(reverse("home")).content.decode()


def test_my_week_shows_own_dates_and_the_team_s_only_on_request(client):
    survivor = make_client()
    user = add_to_team(survivor, TeamRole.ADVOCATE, Role.ADVOCATE)
    make_deadline(survivor, today() + timedelta(days=1), what="Answer the notice", owner=user)
    make_deadline(survivor, today() + timedelta(days=1), what="Somebody else’s date")
    client.force_login(user)
    mine = client.get(reverse("home")).content.decode()
    assert "Answer the notice" in mine
    assert "Somebody else’s date" not in mine
    assert "Somebody else’s date" in client.get(reverse("home") + "?whose=team").content.decode()


def test_my_week_says_how_far_later_reaches_and_whose_dates_are_missing(client):
    survivor = make_client()
    make_visa(survivor)
    advocate = add_to_team(survivor, TeamRole.ADVOCATE, Role.ADVOCATE)
    make_deadline(survivor, today() + timedelta(days=2))
    client.force_login(advocate)
    page = client.get(reverse("home")).content.decode()
    assert "No date you answer for falls here" in page
    last = Week.of(today(), today()).sunday + timedelta(days=21)
    assert f"later, to {day_words(last, today())}" in page


def test_my_week_never_shows_another_persons_client(client):
    stranger = make_client(name_used="Bittern")
    fill(stranger)
    client.force_login(make_user(Role.ATTORNEY))
    page = client.get(reverse("home") + "?whose=team").content.decode()
    assert "Bittern" not in page
    assert stranger.file_number not in page


def test_my_week_records_who_was_listed_before_it_opens_a_name(client, monkeypatch):
    survivor = make_client()
    fill(survivor)
    user = add_to_team(survivor, TeamRole.SUPERVISION, Role.SUPERVISOR)
    client.force_login(user)
    seen_first = []
    real = sealed_fields.open_sealed

    def look(*args, **kwargs):
        seen_first.append(
            AccessEvent.objects.filter(actor_id=user.pk, action="listed", object_kind="home").exists()
        )
        return real(*args, **kwargs)

    monkeypatch.setattr(sealed_fields, "open_sealed", look)
    client.get(reverse("home"))
    assert seen_first
    assert all(seen_first)
    listed = AccessEvent.objects.get(actor_id=user.pk, object_kind="home")
    assert str(survivor.pk) in listed.objects_shown


def test_my_week_opens_each_name_once_and_only_the_promises_shown(client, opened):
    user = worker(Role.ATTORNEY, 3)
    client.force_login(user)
    opened.clear()
    client.get(reverse("home"))
    assert opened.count("name_used") == 3
    assert set(opened) <= {"name_used", "what", "interpreter", "language"}


def test_every_promise_of_the_week_is_on_the_page_so_that_paper_holds_them_all(client):
    survivor = make_client()
    for number in range(12):
        make_promise(survivor, at(0, 1), what=f"Call about the {number + 1} herons")
    client.force_login(survivor.point_of_contact)
    page = client.get(reverse("home")).content.decode()
    assert "7 more promises" in page
    assert all(f"Call about the {number + 1} herons" in page for number in range(12))


@pytest.mark.parametrize(
    ("answer", "needed"),
    [
        ("interpreter needed", True),
        ("Yes", True),
        ("Northern Mam", True),
        ("no interpreter needed", False),
        ("Interpreter not needed", False),
        ("English, no interpreter", False),
        ("Spanish; does not read English", True),
        ("Mixteco, no Spanish", True),
        ("Spanish interpreter, speaks no English", True),
        ("None", False),
        ("  ", False),
    ],
)
def test_an_interpreter_is_needed_only_where_the_answer_asks_for_one(client, answer, needed):
    assert needs_interpreter(answer) is needed
    survivor = make_client(language="Mam", interpreter=answer.strip() or None)
    make_hearing(make_petition(survivor, "hearing_set"), at(1, 15))
    client.force_login(survivor.point_of_contact)
    for page in (reverse("home"), reverse("client-file", args=[survivor.pk])):
        assert ("Interpreter to book: Mam" in client.get(page).content.decode()) is needed


def test_the_week_of_thanksgiving_names_the_days_on_which_courts_are_closed(client):
    client.force_login(make_user(Role.ATTORNEY))
    page = client.get(reverse("home") + "?week=2026-11-25").content.decode()
    assert "Thursday (Thanksgiving) and Friday (Friday after Thanksgiving)" in page


@pytest.mark.parametrize("week", ["", "nonsense", "2026-13-45", "0001-01-01", "9999-12-31"])
def test_any_week_in_the_address_gives_a_page(client, week):
    client.force_login(make_user(Role.ATTORNEY))
    assert client.get(reverse("home"), {"week": week}).status_code == 200


def test_charges_to_review_and_lines_not_read_wait_for_a_decision(client):
    user = worker(Role.ATTORNEY, 1)
    client.force_login(user)
    assert "1 charge not reviewed, 2 lines not read" in client.get(reverse("home")).content.decode()


def test_a_supervisor_sees_files_without_a_point_of_contact_and_dates_nobody_owns(client):
    survivor = make_client()
    user = add_to_team(survivor, TeamRole.SUPERVISION, Role.SUPERVISOR)
    make_deadline(survivor, today() + timedelta(days=20), what="Ownerless date", owner=make_user())
    Client.objects.filter(pk=survivor.pk).update(point_of_contact=None)
    client.force_login(user)
    page = client.get(reverse("home")).content.decode()
    assert "No point of contact" in page
    assert "Nobody owns it" in page
    assert "Ownerless date" in page


# --- Overview --------------------------------------------------------------------------------------


def test_the_overview_asks_the_same_number_of_queries_however_much_is_in_the_file(client):
    user = make_user()
    small, large = make_client(counsel=user), make_client(counsel=user)
    fill(small)
    fill(large)
    for _ in range(3):
        petition = make_petition(large, "served")
        make_hearing(petition, at(6))
        make_deadline(large, today() + timedelta(days=9), petition=petition)
        make_charge(large, "yes")
        make_document(large)
    few = queries_of(client, user, reverse("client-file", args=[small.pk]))
    assert queries_of(client, user, reverse("client-file", args=[large.pk])) == few


def test_the_overview_masks_identity_and_opens_none_of_it(client, opened):
    survivor = make_client(legal_name="Sorrel Sample")
    client.force_login(survivor.point_of_contact)
    opened.clear()
    page = client.get(reverse("client-file", args=[survivor.pk])).content.decode()
    assert "Show name" in page
    assert "Sorrel Sample" not in page
    assert "legal_name" not in opened


def test_the_overview_says_their_path_until_the_pronoun_is_known(client):
    survivor = make_client()
    client.force_login(survivor.point_of_contact)
    url = reverse("client-file", args=[survivor.pk])
    assert "Their path" in client.get(url).content.decode()
    survivor.pronouns = "he / him"
    survivor.save()
    assert "His path" in client.get(url).content.decode()


def test_the_file_and_the_week_count_the_same_family_granted_and_notices_open(client):
    survivor = make_client()
    advocate = add_to_team(survivor, TeamRole.ADVOCATE, Role.ADVOCATE)
    visa = make_visa(survivor)
    for stage in ("approved_in_us", "approved_abroad", "lpr", "planned", "denied"):
        make_relative(visa, stage=stage)
    for days, values in (
        (9, {"done_on": today(), "done_by": advocate}),
        (10, {"replaced_at": timezone.now()}),
    ):
        deadline = make_deadline(survivor, today() + timedelta(days=days), matter=visa.matter, **values)
        Notice.objects.create(
            client=survivor, visa=visa, kind="RFE", form="I-914", served_on=today(), deadline=deadline
        )
    client.force_login(advocate)
    assert "5 relatives: 3 granted" in client.get(reverse("client-file", args=[survivor.pk])).content.decode()
    [row] = client.get(reverse("home")).context["visas"]
    assert (row["relatives_done"], row["relatives"], row["notices"]) == (3, 5, 0)


def test_the_overview_counts_days_without_permission_to_work(client):
    survivor = make_client()
    make_visa(survivor, received_on=today() - timedelta(days=100))
    client.force_login(survivor.point_of_contact)
    page = client.get(reverse("client-file", args=[survivor.pk])).content.decode()
    assert "100 <small>days and counting" in page


# --- Calendar --------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["", "month"])
def test_the_calendar_names_files_by_number_only(client, view):
    survivor = make_client(name_used="Avocet")
    make_hearing(make_petition(survivor, "hearing_set"), at(0, 15))
    client.force_login(survivor.point_of_contact)
    page = client.get(reverse("calendar"), {"view": view}).content.decode()
    assert survivor.file_number in page
    assert "Avocet" not in page


def test_the_calendar_asks_the_same_number_of_queries_for_3_and_12_clients(client):
    few = queries_of(client, worker(Role.ATTORNEY, 3), reverse("calendar"))
    assert queries_of(client, worker(Role.ATTORNEY, 12), reverse("calendar")) == few


def test_the_calendar_shows_an_interpreter_still_to_book(client):
    survivor = make_client(language="Mam", interpreter="interpreter needed")
    make_hearing(make_petition(survivor, "hearing_set"), at(0, 15))
    client.force_login(survivor.point_of_contact)
    assert "Interpreter to book: Mam" in client.get(reverse("calendar")).content.decode()


def test_the_calendar_of_one_person_leaves_the_others_out(client):
    survivor = make_client()
    colleague = add_to_team(survivor, TeamRole.ADVOCATE, Role.ADVOCATE)
    make_deadline(survivor, today(), what="Counsel’s own date")
    client.force_login(survivor.point_of_contact)
    assert "Counsel’s own date" in client.get(reverse("calendar")).content.decode()
    page = client.get(reverse("calendar"), {"person": colleague.pk}).content.decode()
    assert "Counsel’s own date" not in page


def test_the_calendar_has_a_date_on_its_safe_day_and_on_its_due_day(client):
    survivor = make_client()
    start = date(2026, 11, 21)
    row = make_deadline(survivor, date(2026, 11, 27), safe_on=date(2026, 11, 23), what="Answer the RFE")
    people = People(survivor.point_of_contact, [survivor.pk])
    found = calendar.entries(
        found_hearings=[], found_dates=[row], people=people, today=start, start=start, end=date(2026, 11, 30)
    )
    assert [(one.day.day, one.what, one.tags[0]["label"]) for one in found] == [
        (23, "Answer the RFE (safe date)", "In 2 days"),
        (27, "Answer the RFE (due date)", "In 6 days"),
    ]
    # Once the safe day has passed, the due day still stands with its own count.
    found = calendar.entries(
        found_hearings=[],
        found_dates=[row],
        people=people,
        today=date(2026, 11, 24),
        start=date(2026, 11, 24),
        end=date(2026, 11, 30),
    )
    assert [(one.day.day, one.tags[0]["label"]) for one in found] == [(27, "In 3 days")]


def test_the_calendar_finds_a_date_whose_safe_day_lies_in_another_month(client):
    survivor = make_client()
    make_deadline(survivor, date(2026, 12, 2), safe_on=date(2026, 11, 27), what="Answer the RFE")
    client.force_login(survivor.point_of_contact)
    for month, words in (("2026-11", "(safe date)"), ("2026-12", "(due date)")):
        page = client.get(reverse("calendar"), {"month": month}).content.decode()
        assert page.count("Answer the RFE") == 1
        assert f"Answer the RFE {words}" in page


# --- Caseload --------------------------------------------------------------------------------------


def test_dates_of_the_next_days_stand_in_the_order_of_the_day_shown():
    user = worker(Role.SUPERVISOR, 1, filled=False)
    survivor = Client.objects.get()
    make_deadline(survivor, today() + timedelta(days=4), safe_on=today() - timedelta(days=1))
    make_deadline(survivor, today() + timedelta(days=9), safe_on=today() + timedelta(days=2))
    report = caseload.build(user=user, period=this_year(today()), today=today(), leaving=False)
    assert [(row.kind, row.days) for row in report.soon] == [("safe", 2), ("due", 4)]


def test_the_board_and_the_report_count_the_same_open_petitions(client):
    user = worker(Role.ATTORNEY, 1, filled=False)
    survivor = Client.objects.get()
    for stage in ("draft", "denied", "withdrawn"):
        make_petition(survivor, stage)
    make_duty(make_petition(survivor, "granted"))
    done = make_duty(make_petition(survivor, "granted"))
    done.confirmed_on = today()
    done.save()
    client.force_login(user)
    board = client.get(reverse("home"), {"whose": "team"}).context["board"]
    report = caseload.build(user=user, period=this_year(today()), today=today(), leaving=False)
    assert board["note"] == "2 open petitions"
    assert report.tables["petitions"].rows[-1] == ("All", "2")


def test_a_file_being_screened_is_not_counted_as_a_petition(client):
    user = worker(Role.ATTORNEY, 1, filled=False)
    make_matter(Client.objects.get())
    client.force_login(user)
    board = client.get(reverse("home"), {"whose": "team"}).context["board"]
    assert board["note"] == "0 open petitions, 1 file being screened"


def test_the_list_of_t_visas_and_the_report_mean_the_same_stages_by_the_same_words():
    for label, stages in lists.GROUPS.values():
        if label in caseload.VISA_GROUPS:
            assert set(stages) == caseload.VISA_GROUPS[label]


def test_the_caseload_asks_the_same_number_of_queries_for_3_and_12_clients(client):
    few = queries_of(client, worker(Role.SUPERVISOR, 3), reverse("caseload"))
    assert queries_of(client, worker(Role.SUPERVISOR, 12), reverse("caseload")) == few


def test_the_caseload_opens_no_sealed_value(client, opened):
    client.force_login(worker(Role.SUPERVISOR, 2))
    opened.clear()
    assert client.get(reverse("caseload")).status_code == 200
    assert opened == []


def test_the_caseload_counts_only_files_the_reader_may_see():
    day = date(2026, 12, 1)  # after the day on which the factories open a file
    make_client()
    user = worker(Role.ATTORNEY, 6, filled=False)
    stranger = make_user(Role.SUPERVISOR)
    report = caseload.build(user=user, period=this_year(day), today=day, leaving=False)
    assert report.files == 6
    assert report.figures[0].n == "of 6 people served"
    assert caseload.build(user=stranger, period=this_year(day), today=day, leaving=False).files == 0


def test_outcomes_count_charges_by_result_and_hide_small_groups():
    user = make_user()
    survivor = make_client(counsel=user)
    granted, denied = make_petition(survivor, "granted"), make_petition(survivor, "denied")
    for _ in range(9):
        make_result(granted, "granted", today())
    for _ in range(6):
        make_result(denied, "denied", today())
    report = caseload.build(user=user, period=this_year(today()), today=today(), leaving=True)
    assert report.tables["outcomes"].rows == (
        ("Cal. Penal Code 236.14", "15", "9", "0", "6", "60%", report.tables["outcomes"].rows[0][6]),
    )
    make_result(denied, "open", today())
    partly = make_petition(survivor, "partly_granted")
    make_result(partly, "granted", today())
    leaves = caseload.build(user=user, period=this_year(today()), today=today(), leaving=True)
    row = leaves.tables["outcomes"].rows[0]
    assert row[1] == "16"
    assert row.count("hidden") >= 2
    assert "1" not in row[2:]
    stays = caseload.build(user=user, period=this_year(today()), today=today(), leaving=False)
    assert stays.tables["outcomes"].rows[0][:6] == ("Cal. Penal Code 236.14", "16", "9", "1", "6", "62%")


def test_a_supervisor_reads_her_own_small_numbers_and_exports_none_of_them(client):
    client.force_login(worker(Role.SUPERVISOR, 3))
    page = client.get(reverse("caseload"))
    text = page.content.decode()
    cleared = next(one for one in page.context["report"].figures if one.label == "Charges cleared")
    assert (cleared.value, cleared.n) == ("100%", "3 of 3 decided")
    assert ">hidden<" not in text
    assert "&lt;5<" not in text
    home = client.get(reverse("home"))
    assert "hidden" not in [figure.value for figure in home.context["figures"]]
    sheet = client.post(reverse("caseload-export"), {"format": "csv", "period": "year"}).content.decode()
    assert "hidden" in sheet or "<5" in sheet
    assert "3 of 3 decided" not in sheet


def test_the_caseload_says_of_each_day_which_it_is_and_names_the_other_end(client):
    user = worker(Role.SUPERVISOR, 1, filled=False)
    survivor = Client.objects.get()
    petition = make_petition(survivor, "served")
    make_deadline(
        survivor, today() + timedelta(days=9), safe_on=today() + timedelta(days=5), petition=petition
    )
    make_deadline(survivor, today() + timedelta(days=6), side="theirs", petition=petition)
    make_deadline(survivor, today() + timedelta(days=7), matter=make_visa(survivor).matter)
    make_deadline(survivor, today() - timedelta(days=2), safe_on=today() - timedelta(days=6))
    report = caseload.build(user=user, period=this_year(today()), today=today(), leaving=False)
    assert [(row.kind, row.body) for row in report.soon] == [
        ("safe", "Heron Superior Court"),
        ("due", "Heron County District Attorney acts"),
        ("due", "USCIS"),
    ]
    assert [(row.kind, row.days) for row in report.late] == [("due", 2)]
    client.force_login(user)
    text = client.get(reverse("caseload")).content.decode()
    for words in ("safe date", "due date", "Heron Superior Court", "Heron County District Attorney acts"):
        assert words in text


def test_my_week_names_the_court_and_labels_each_day(client):
    survivor = make_client()
    petition = make_petition(survivor, "served")
    make_deadline(
        survivor, today() + timedelta(days=2), safe_on=today() - timedelta(days=1), petition=petition
    )
    make_deadline(survivor, today() + timedelta(days=3), side="theirs", petition=petition)
    client.force_login(survivor.point_of_contact)
    page = client.get(reverse("home"))
    ours, theirs = page.context["dates"]["rows"]
    assert ours["body"] == "Heron Superior Court"
    assert ours["note"].startswith("Safe ")
    assert ours["note"].endswith(": send today")
    assert theirs["who"] == "Heron County District Attorney; you watch"
    assert "Heron Superior Court" in page.content.decode()


def test_a_custom_period_that_ends_before_it_begins_is_sent_back_with_what_to_do(client):
    client.force_login(make_user(Role.SUPERVISOR))
    response = client.get(
        reverse("caseload"), {"period": "custom", "start": "2026-03-01", "end": "2026-02-01"}
    )
    assert response.status_code == 422
    assert "Change one of them" in response.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_recorded_named_neutrally_and_holds_the_figures_of_the_page(client, kind):
    user = worker(Role.SUPERVISOR, 2)
    client.force_login(user)
    response = client.post(reverse("caseload-export"), {"format": kind, "period": "year"})
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == f'attachment; filename="caseload-{today()}.{kind}"'
    event = AccessEvent.objects.get(action="exported")
    assert event.actor_id == user.pk
    assert kind in event.fields
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    else:
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        rows = [[str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert rows[0] == ["Table", "Row", "Column", "Figure", "Definition"]
    assert ["Figures", "Open files", "n of N"] in [row[:3] for row in rows]
    text = " ".join(" ".join(row) for row in rows)
    assert not any(number in text for number in Client.objects.values_list("file_number", flat=True))
    assert "Linnet" not in text


@pytest.mark.parametrize("role", [Role.ADVOCATE, Role.PARALEGAL, Role.ADMINISTRATOR, Role.AUDITOR])
def test_nobody_else_exports(client, role):
    client.force_login(make_user(role))
    assert client.post(reverse("caseload-export"), {"format": "csv"}).status_code == 403
    assert not AccessEvent.objects.filter(action="exported").exists()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_cell_can_be_taken_for_a_formula(text):
    assert export.safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["12", "<5", "Wren Alder", "–", ""])
def test_plain_cells_stay_as_they_are(text):
    assert export.safe_cell(text) == text


# --- Words -----------------------------------------------------------------------------------------


def test_every_stage_falls_in_one_group_of_the_report():
    stages = [stage for group in caseload.VISA_GROUPS.values() for stage in group]
    assert sorted(stages) == sorted(machine("t1_matter").states)
    grouped = [stage for group in caseload.PETITION_GROUPS.values() for stage in group]
    assert sorted([*grouped, "denied", "withdrawn"]) == sorted(Stage.values)


def test_who_was_refused_is_not_among_those_who_have_seen_the_file():
    survivor = make_client()
    before = file.people_count(survivor)
    record(Action.REFUSED, by=make_user(), target=survivor)
    assert file.people_count(survivor) == before
    record(Action.SEEN, by=make_user(), target=survivor)
    assert file.people_count(survivor) == before + 1


def test_lists_are_counted_by_the_ids_they_showed():
    survivor, other, reader = make_client(), make_client(), make_user()
    record(Action.LISTED, by=reader, kind="client", shown=[other.pk, survivor.pk])
    record(Action.SEARCHED, by=make_user(), kind="client", shown=[survivor.pk])
    record(Action.SEARCHED, by=reader, kind="client", shown=[])
    assert file.lists_shown(survivor, today()) == {"times": 2, "people": 2, "days": file.LIST_DAYS}
    assert file.lists_shown(other, today())["times"] == 1


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "\x00", "31", "2026-02-30"])
def test_a_day_out_of_reach_is_sent_back(client, day):
    client.force_login(make_user(Role.AUDITOR))
    for name in ("start", "end"):
        assert client.get(reverse("access-log"), {name: day}).status_code == 422
    client.force_login(make_user())
    period = {"period": "custom", "start": day, "end": day}
    assert client.get(reverse("caseload"), period).status_code == 422


@pytest.mark.parametrize("value", ["\x00", "9" * 5000, "-1", "’", "x" * 10_000])
def test_nothing_in_an_address_breaks_a_page(client, value):
    survivor = make_client()
    counsel = survivor.point_of_contact
    client.force_login(counsel)
    names = ("week", "whose", "dates", "petitions", "month", "view", "person", "page", "show", "all", "names")
    asked = dict.fromkeys((*names, "state", "mine"), value)
    for name, args in (
        *((name, []) for name in ("home", "calendar", "clients")),
        *((name, [survivor.pk]) for name in ("client-file", "client-seen", "client-seen-copy")),
    ):
        assert client.get(reverse(name, args=args), asked).status_code == 200, name


def test_the_access_log_says_in_words_whose_account_was_changed(client):
    administrator, changed = make_user(Role.ADMINISTRATOR), make_user(name="Teal Lark")
    record(Action.ACCOUNT, by=administrator, target=changed, fields=["role"])
    record(Action.CREATED, by=None, kind="demo", fields=["started"])
    client.force_login(make_user(Role.AUDITOR))
    page = client.get(reverse("access-log")).content.decode()
    assert "changed an account: Teal Lark" in page
    assert "added the made-up people" in page
