"""Unusual looking: what the rules find, what is kept of it, and what the auditor does about it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from audit import timed, verify
from audit.models import AccessEvent
from audit.services import Action, record
from clients.models import Alias, CareTeamMember, Client, RelatedPerson, TeamRole
from clients.services import join_team, leave_team
from reports.models import UnusualLook, UnusualRules, UnusualScan
from reports.unusual import proofs, scan, services, telling
from reports.unusual.names import alike
from reports.unusual.signs import Seen, signs
from reports.unusual.words import how_much, said_of
from tests.factories import add_to_team, make_client, make_user
from tests.reports.factories import make_event, make_unusual
from tests.reports.test_pages import opened, queries_of  # noqa: F401
from vault.models import DataKey

OFFICE = timezone.get_default_timezone()
MONDAY = datetime(2026, 11, 23, 10, tzinfo=OFFICE)
RULES = UnusualRules(files_an_hour=3, files_in_ten_minutes=5, reveals_an_hour=2, refusals_an_hour=2)
WREN, LARK = 1, 2


def looks(*minutes, person=WREN, action="seen", files=None, start=MONDAY):
    """Looks so many minutes after ten on a Monday, each at a file of its own."""
    return [
        Seen(n, start + timedelta(minutes=m), person, action, files[n] if files else uuid4())
        for n, m in enumerate(minutes)
    ]


def found(events, *, left=None, closed=None, rules=RULES):
    events = sorted(events, key=lambda event: event.at)
    return signs(events, rules=rules, office=OFFICE, left=left or {}, closed=closed or {})


def kinds(*args, **kwargs):
    return [sign.kind for sign in found(*args, **kwargs)]


# --- The rules ---------------------------------------------------------------------------------------


def test_more_files_in_an_hour_than_the_rules_allow_are_one_sign_for_the_whole_stretch():
    assert kinds(looks(0, 10, 20)) == []
    (sign,) = found(looks(0, 10, 20, 30, 40, 50))
    assert (sign.kind, sign.person, sign.client) == ("many_files", WREN, None)
    assert (sign.starts_at, sign.ends_at) == (MONDAY, MONDAY + timedelta(minutes=50))
    assert (sign.first_event, sign.last_event) == (0, 5)


def test_an_hour_is_any_hour_and_not_one_of_the_clock():
    assert kinds(looks(50, 58, 62, 70)) == ["many_files"]
    assert kinds(looks(0, 25, 50, 75, 100)) == []


def test_the_same_file_again_is_one_file_and_another_person_counts_apart():
    one = uuid4()
    assert kinds(looks(*range(9), files=[one] * 9)) == []
    assert kinds([*looks(0, 10), *looks(5, 15, person=LARK)]) == []


def test_two_bursts_are_two_signs():
    assert kinds([*looks(0, 1, 2, 3), *looks(200, 201, 202, 203)]) == ["many_files", "many_files"]


def test_many_files_in_ten_minutes_are_found_by_their_own_limit():
    assert kinds(looks(*range(6))) == ["many_files", "very_fast"]
    assert "very_fast" not in kinds(looks(*range(0, 18, 3)))


def test_the_limits_we_ship_are_forty_files_in_ten_minutes():
    fast = [n / 5 for n in range(40)]
    assert "very_fast" not in kinds(looks(*fast), rules=UnusualRules())
    assert "very_fast" in kinds(looks(*fast, 8.5), rules=UnusualRules())


def test_refusals_and_reveals_are_counted_by_entries_and_a_refusal_is_no_look():
    one = uuid4()
    assert kinds(looks(0, 1, 2, action="refused", files=[one] * 3)) == ["many_refusals"]
    assert kinds(looks(0, 1, 2, action="revealed", files=[one] * 3)) == ["many_reveals"]
    assert kinds(looks(0, 1, action="revealed", files=[one] * 2)) == []
    assert kinds(looks(*range(9), action="listed")) == []


@pytest.mark.parametrize(
    ("hour", "day", "out"),
    [(6, 23, True), (7, 23, False), (19, 23, False), (20, 23, True), (10, 22, True), (10, 21, True)],
)
def test_the_office_s_hours_are_those_of_its_time_zone(hour, day, out):
    at = datetime(2026, 11, day, hour, tzinfo=OFFICE).astimezone(UTC)
    assert ("out_of_hours" in kinds(looks(0, start=at))) is out


def test_a_weekend_may_be_working_time():
    saturday = datetime(2026, 11, 21, 10, tzinfo=OFFICE)
    assert kinds(looks(0, start=saturday), rules=UnusualRules(weekends=True)) == []


def test_a_night_with_a_pause_under_two_hours_is_one_sign():
    night = datetime(2026, 11, 23, 22, tzinfo=OFFICE)
    assert kinds(looks(0, 90, start=night)) == ["out_of_hours"]
    assert kinds(looks(0, 150, start=night)) == ["out_of_hours"] * 2


def test_looks_and_refusals_after_leaving_the_team_are_found_for_each_file():
    mine, other = uuid4(), uuid4()
    left = {(WREN, mine): MONDAY + timedelta(minutes=30)}
    events = looks(0, 40, 50, files=[mine, mine, other])
    (sign,) = found(events, left=left)
    assert (sign.kind, sign.client, sign.first_event) == ("after_leaving", mine, 1)
    assert kinds(looks(40, action="refused", files=[mine]), left=left) == ["after_leaving"]


def test_what_follows_a_review_counts_from_one():
    reviewed = {("many_files", WREN, None): MONDAY + timedelta(minutes=30)}
    assert kinds(looks(0, 10, 20, 30, 40, 45, 50), closed=reviewed) == []
    assert kinds(looks(0, 10, 20, 30, 40, 45, 50, 55), closed=reviewed) == ["many_files"]


@pytest.mark.parametrize(
    ("staff", "other", "alike_"),
    [
        ("Ana Wren", "Ana Wren", True),
        ("Ana Wren", "Wren, Ana", True),
        ("Ana Wren", "Anna Wren", True),
        ("Ana Wren", "Teal Wren", True),
        ("Ana Wren", "Teal Wren Bittern", True),
        ("Ana Wrén", "Teal wren", True),
        ("Ana Wren", "Teal Lark", False),
        ("Ana Wren", "Ana Lark", False),
        ("Ana Wren", "Wren", False),
        ("Ana Li", "Teal Li", False),
        ("Ana", "Teal Ana", False),
        ("", "Teal Wren", False),
    ],
)
def test_who_is_called_alike(staff, other, alike_):
    assert alike(staff, other) is alike_


# --- Reading the log ---------------------------------------------------------------------------------

pytest_db = pytest.mark.django_db


@pytest.fixture
def strict(db):
    """Small limits, and a log that was read up to last night."""
    UnusualRules(files_an_hour=2, reveals_an_hour=2, refusals_an_hour=2).save()
    UnusualScan(until=MONDAY - timedelta(hours=12)).save()


def open_files(person, count, *, start=MONDAY, every=5):
    files = [make_client() for _ in range(count)]
    for n, survivor in enumerate(files):
        make_event("seen", by=person, at=start + timedelta(minutes=n * every), client=survivor)
    return files


def of_kind(kind):
    return list(UnusualLook.objects.filter(kind=kind).order_by("starts_at"))


@pytest_db
def test_reading_notes_ids_and_an_entry_and_reading_again_notes_nothing(strict):
    lark = make_user(name="Teal Lark")
    open_files(lark, 4)
    now = MONDAY + timedelta(hours=1)
    (look,) = scan.look_for(now)
    assert (look.kind, look.person, look.client_uuid, look.count) == ("many_files", lark, None, 4)
    assert (look.starts_at, look.ends_at) == (MONDAY, MONDAY + timedelta(minutes=15))
    entry = AccessEvent.objects.get(action=Action.UNUSUAL)
    assert (entry.actor_id, entry.object_id, entry.fields) == (None, str(look.pk), ["many_files"])
    assert entry.client_id is None
    assert scan.look_for(now) == []
    assert scan.look_for(now + timedelta(minutes=1)) == []
    assert UnusualLook.objects.count() == 1
    assert UnusualLook.history.count() == 1


@pytest_db
def test_a_stretch_that_goes_on_grows_and_is_no_second_note(strict):
    lark = make_user()
    open_files(lark, 3)
    (first,) = scan.look_for(MONDAY + timedelta(minutes=11))
    open_files(lark, 3, start=MONDAY + timedelta(minutes=20))
    (grown,) = scan.look_for(MONDAY + timedelta(minutes=40))
    assert grown.pk == first.pk
    assert (grown.count, grown.ends_at) == (6, MONDAY + timedelta(minutes=30))


@pytest_db
def test_where_reading_stops_decides_nothing(strict):
    lark = make_user()
    open_files(lark, 6, every=7)
    for minutes in (3, 9, 16, 25, 60):
        scan.look_for(MONDAY + timedelta(minutes=minutes))
    (look,) = UnusualLook.objects.all()
    assert (look.starts_at, look.count) == (MONDAY, 6)


@pytest_db
def test_what_follows_a_review_is_a_note_of_its_own(strict):
    lark, auditor = make_user(), make_user(Role.AUDITOR)
    open_files(lark, 3)
    (first,) = scan.look_for(MONDAY + timedelta(minutes=11))
    services.review(look=first, outcome="fine", note="", by=auditor)
    open_files(lark, 2, start=MONDAY + timedelta(minutes=20))
    assert scan.look_for(MONDAY + timedelta(minutes=30)) == []
    open_files(lark, 1, start=MONDAY + timedelta(minutes=31))
    (second,) = scan.look_for(MONDAY + timedelta(minutes=40))
    assert second.pk != first.pk
    assert second.count == 3


@pytest_db
def test_the_first_reading_goes_back_a_month_and_a_long_pause_is_made_up_for(db):
    lark, survivor = make_user(), make_client()
    night = datetime(2026, 11, 3, 23, tzinfo=OFFICE)
    make_event("seen", by=lark, at=night, client=survivor)
    make_event("seen", by=lark, at=night - timedelta(days=60), client=survivor)
    scan.look_for(MONDAY)
    assert [look.starts_at for look in of_kind("out_of_hours")] == [night]
    make_event("seen", by=lark, at=MONDAY + timedelta(hours=12), client=survivor)
    scan.look_for(MONDAY + timedelta(days=4))
    assert len(of_kind("out_of_hours")) == 2
    assert UnusualScan.objects.get().until == MONDAY + timedelta(days=4)


@pytest_db
def test_a_mark_in_the_future_silences_nothing_and_is_an_alarm(strict, caplog):
    lark = make_user()
    UnusualScan.objects.update_or_create(pk=1, defaults={"until": timezone.now() + timedelta(days=900)})
    assert [finding.kind for finding in proofs.findings()] == ["scan_ahead"]
    assert "unusual" in verify._checks
    night = timezone.localtime().replace(hour=23) - timedelta(days=2)
    make_event("seen", by=lark, at=night, client=make_client())
    now = timezone.now()
    scan.look_for(now)
    assert [look.person for look in of_kind("out_of_hours")] == [lark]
    assert UnusualScan.objects.get().until == now
    assert "lies in the future" in caplog.text
    assert AccessEvent.objects.filter(action="refused", object_kind="forged_scan").count() == 1
    assert list(proofs.findings()) == []


@pytest_db
def test_the_log_is_read_and_names_are_opened_before_anything_is_locked(strict, monkeypatch):
    lark, _survivor = namesake_of("Robin Lark")
    open_files(lark, 3)
    within, outside = [], len(connection.savepoint_ids)

    def watched(real):
        def call(*args, **kwargs):
            within.append(len(connection.savepoint_ids))
            return real(*args, **kwargs)

        return call

    for name in ("_events", "namesakes"):
        monkeypatch.setattr(scan, name, watched(getattr(scan, name)))
    assert len(scan.look_for(MONDAY + timedelta(hours=1))) == 2
    assert len(within) >= 2
    assert set(within) == {outside}


@pytest_db
def test_what_another_reading_noted_or_somebody_reviewed_meanwhile_is_not_noted_again(strict, monkeypatch):
    lark, _survivor = namesake_of("Robin Lark")
    open_files(lark, 3)
    real, quick, auditor = scan._namesakes, [], make_user(Role.AUDITOR)

    def slow(events):
        found = list(real(events))
        if not quick:
            quick.append(True)
            for look in scan.look_for(MONDAY + timedelta(hours=1)):
                services.review(look=look, outcome="fine", note="", by=auditor)
        return found

    monkeypatch.setattr(scan, "_namesakes", slow)
    assert scan.look_for(MONDAY + timedelta(hours=1)) == []
    assert UnusualLook.objects.count() == 2


@pytest_db
def test_leaving_counts_from_its_moment_and_coming_back_ends_it(strict):
    survivor = make_client()
    lark = add_to_team(survivor, TeamRole.ADVOCATE, Role.ADVOCATE)
    make_event("seen", by=lark, at=MONDAY, client=survivor)
    CareTeamMember.objects.filter(user=lark).update(left_on=MONDAY.date(), joined_on=MONDAY.date())
    make_event("seen", by=lark, at=MONDAY + timedelta(hours=1), client=survivor)
    make_event("refused", by=lark, at=MONDAY + timedelta(days=1), client=survivor)
    scan.look_for(MONDAY + timedelta(days=2))
    (look,) = of_kind("after_leaving")
    assert (look.person, look.client_uuid, look.count) == (lark, survivor.pk, 1)
    join_team(client=survivor, user=lark, role=TeamRole.ADVOCATE, by=None)
    make_event("seen", by=lark, at=MONDAY + timedelta(days=4), client=survivor)
    scan.look_for(MONDAY + timedelta(days=5))
    assert len(of_kind("after_leaving")) == 1


@pytest_db
def test_a_look_in_the_minute_after_leaving_is_found(db):
    survivor = make_client()
    lark = add_to_team(survivor, TeamRole.ADVOCATE, Role.ADVOCATE)
    leave_team(member=CareTeamMember.objects.get(user=lark), by=survivor.point_of_contact)
    record(Action.REFUSED, by=lark, target=survivor)
    scan.look_for(timezone.now() + timedelta(minutes=1))
    assert [look.person for look in of_kind("after_leaving")] == [lark]


def namesake_of(client_name="Linnet", **values):
    survivor = make_client(name_used=client_name, **values)
    lark = make_user(name="Teal Lark")
    make_event("seen", by=lark, at=MONDAY, client=survivor)
    return lark, survivor


@pytest_db
def test_the_names_of_a_file_are_compared_with_the_person_s_and_none_is_kept(strict):
    files = [make_client(name_used="Linnet") for _ in range(4)]
    lark, by_name = namesake_of("Robin Lark")
    for survivor in files:
        make_event("seen", by=lark, at=MONDAY, client=survivor)
    files[0].legal_name = "Teal Larke"
    files[0].save()
    Alias.objects.create(client=files[1], name="Teel Lark")
    RelatedPerson.objects.create(client=files[2], relation="trafficker", name="Heron Lark")
    scan.look_for(MONDAY + timedelta(hours=1))
    noted = of_kind("namesake")
    assert {look.client_uuid for look in noted} == {by_name.pk, *(survivor.pk for survivor in files[:3])}
    assert {look.person for look in noted} == {lark}
    kept = str([*UnusualLook.objects.values(), *UnusualLook.history.values(), *AccessEvent.objects.values()])
    assert "Lark" not in kept


@pytest_db
def test_a_namesake_is_noted_once_and_never_again_when_it_was_fine(strict):
    lark, survivor = namesake_of("Robin Lark")
    (look,) = scan.look_for(MONDAY + timedelta(hours=1))
    make_event("seen", by=lark, at=MONDAY + timedelta(hours=2), client=survivor)
    assert scan.look_for(MONDAY + timedelta(hours=3)) == []
    services.review(look=look, outcome="fine", note="", by=make_user(Role.AUDITOR))
    make_event("seen", by=lark, at=MONDAY + timedelta(days=1), client=survivor)
    assert scan.look_for(MONDAY + timedelta(days=2)) == []


@pytest_db
def test_a_namesake_who_was_asked_and_looks_again_is_noted_again(strict):
    lark, survivor = namesake_of("Robin Lark")
    (look,) = scan.look_for(MONDAY + timedelta(hours=1))
    services.review(look=look, outcome="asked", note="A cousin; will hand over.", by=make_user(Role.AUDITOR))
    again = timezone.now() + timedelta(hours=1)
    make_event("seen", by=lark, at=again, client=survivor)
    scan.look_for(again + timedelta(hours=1))
    assert len(of_kind("namesake")) == 2


@pytest_db
def test_names_are_not_compared_where_the_rules_say_so_nor_opened(strict, opened):  # noqa: F811
    UnusualRules.objects.update(namesakes=False)
    namesake_of("Robin Lark")
    opened.clear()
    assert scan.look_for(MONDAY + timedelta(hours=1)) == []
    assert opened == []


@pytest_db
def test_an_erased_file_does_not_stop_the_reading(strict):
    lark, survivor = namesake_of("Robin Lark")
    from vault import datakeys

    DataKey.objects.filter(client_uuid=survivor.pk).update(wrapped=None, destroyed_at=MONDAY)
    datakeys.memory.clear()
    open_files(lark, 3)
    assert [look.kind for look in scan.look_for(MONDAY + timedelta(hours=1))] == ["many_files"]


@pytest_db
def test_reading_asks_the_same_number_of_queries_for_2_and_40_files(strict, django_assert_max_num_queries):
    UnusualRules.objects.update(files_an_hour=500)
    lark = make_user()
    for survivor in [make_client() for _ in range(40)]:
        make_event("seen", by=lark, at=MONDAY, client=survivor)
    with django_assert_max_num_queries(22):
        scan.look_for(MONDAY + timedelta(minutes=1))


@pytest_db
def test_the_timed_work_reads_the_log_and_tells_the_auditors_once_a_day_without_naming_anybody(
    strict, settings, django_capture_on_commit_callbacks
):
    settings.TICKS = ["reports.unusual.scan.tick", "reports.unusual.telling.tick"]
    auditor, lark = make_user(Role.AUDITOR), make_user(name="Teal Lark")
    make_user(Role.AUDITOR, is_active=False)
    files = open_files(lark, 3)
    with django_capture_on_commit_callbacks(execute=True):
        assert all(done for _name, _said, done in timed.run_due(MONDAY + timedelta(hours=1)))
        timed.run_due(MONDAY + timedelta(hours=2))
    (message,) = mail.outbox
    assert message.to == [auditor.email]
    said = message.subject + message.body
    assert "1 look noted as out of the ordinary" in said
    assert not any(word in said for word in ("Lark", lark.email, *(file.file_number for file in files)))
    open_files(lark, 3, start=MONDAY + timedelta(hours=5))
    with django_capture_on_commit_callbacks(execute=True):
        timed.run_due(MONDAY + timedelta(hours=6))
        assert len(mail.outbox) == 1
        timed.run_due(MONDAY + timedelta(days=1))
    assert len(mail.outbox) == 2


@pytest_db
def test_nobody_is_told_at_night_or_of_nothing(strict):
    make_user(Role.AUDITOR)
    assert telling.tick(MONDAY) == ""
    make_unusual(make_user())
    assert telling.tick(MONDAY.replace(hour=6)) == ""
    assert telling.tick(MONDAY) != ""


# --- What the auditor does ---------------------------------------------------------------------------


@pytest_db
def test_a_review_keeps_who_what_and_a_sealed_note_and_is_an_entry():
    look, auditor = make_unusual(make_user()), make_user(Role.AUDITOR)
    services.review(look=look, outcome="asked", note="Asked the lapwing desk.", by=auditor)
    look.refresh_from_db()
    assert (look.state, look.outcome, look.reviewed_by) == ("reviewed", "asked", auditor)
    assert look.note == "Asked the lapwing desk."
    assert b"lapwing" not in bytes(look.note_sealed)
    assert look.history.latest().history_user == auditor
    entry = AccessEvent.objects.get(action=Action.UNUSUAL_CLOSED)
    assert (entry.actor_id, entry.object_id, entry.fields) == (auditor.pk, str(look.pk), ["asked"])


@pytest_db
@pytest.mark.parametrize(
    ("outcome", "note", "problem"),
    [("asked", " ", "note"), ("reported", "", "note"), ("", "x", "outcome"), ("nonsense", "x", "outcome")],
)
def test_a_review_says_what_came_of_it(outcome, note, problem):
    look = make_unusual(make_user())
    with pytest.raises(ValidationError) as error:
        services.review(look=look, outcome=outcome, note=note, by=make_user(Role.AUDITOR))
    assert problem in error.value.error_dict
    assert UnusualLook.objects.get().state == "open"
    assert not AccessEvent.objects.filter(action=Action.UNUSUAL_CLOSED).exists()


@pytest_db
def test_nobody_reviews_twice_nor_themselves_nor_without_being_an_auditor():
    auditor, other = make_user(Role.AUDITOR), make_user(Role.AUDITOR)
    own = make_unusual(auditor)
    with pytest.raises(ValidationError, match="your own"):
        services.review(look=own, outcome="fine", note="", by=auditor)
    services.review(look=own, outcome="fine", note="", by=other)
    with pytest.raises(ValidationError, match="meanwhile"):
        services.review(look=own, outcome="reported", note="x", by=other)
    for role in set(Role.values) - {Role.AUDITOR}:
        with pytest.raises(PermissionDenied):
            services.review(look=make_unusual(make_user()), outcome="fine", note="", by=make_user(role))


@pytest_db
def test_the_rules_are_changed_by_the_auditor_with_history_and_an_entry():
    auditor = make_user(Role.AUDITOR)
    assert services.rules_now().files_in_ten_minutes == 40
    services.change_rules(by=auditor, files_an_hour=10, weekends=True)
    services.change_rules(by=auditor, files_an_hour=12)
    services.change_rules(by=auditor, files_an_hour=12)
    rules = services.rules_now()
    assert (rules.files_an_hour, rules.weekends) == (12, True)
    assert [row.files_an_hour for row in UnusualRules.history.order_by("history_id")] == [10, 12]
    entries = AccessEvent.objects.filter(object_kind="unusualrules", action="changed").order_by("pk")
    assert [entry.fields for entry in entries] == [["files_an_hour", "weekends"], ["files_an_hour"]]
    for wrong in ({"files_an_hour": 0}, {"day_starts": 20, "day_ends": 8}):
        with pytest.raises(ValidationError):
            services.change_rules(by=auditor, **wrong)
    with pytest.raises(PermissionDenied):
        services.change_rules(by=make_user(Role.SUPERVISOR), files_an_hour=500)


# --- The pages ---------------------------------------------------------------------------------------


@pytest_db
def test_the_list_shows_what_is_to_review_with_its_count_in_the_navigation_and_no_client_s_name(client):
    survivor = make_client(name_used="Avocet Lark")
    lark = make_user(name="Teal Lark")
    make_unusual(lark, survivor)
    reviewed = make_unusual(lark)
    services.review(look=reviewed, outcome="fine", note="", by=make_user(Role.AUDITOR))
    client.force_login(make_user(Role.AUDITOR))
    response = client.get(reverse("unusual"))
    page = response.content.decode()
    assert [row["look"].kind for row in response.context["rows"]] == ["namesake"]
    assert survivor.file_number in page
    assert "Avocet" not in page
    assert '<span class="aw-navcount">1<' in page
    shown = {
        state: len(client.get(reverse("unusual"), {"state": state}).context["rows"])
        for state in ("", "reviewed", "all")
    }
    assert shown == {"": 1, "reviewed": 1, "all": 2}
    assert len(client.get(reverse("unusual"), {"state": "all", "kind": "many_files"}).context["rows"]) == 1
    assert client.get(reverse("unusual"), {"kind": "nonsense"}).status_code == 422


@pytest_db
def test_the_page_of_one_shows_the_looks_behind_it_alone_and_takes_a_review(client):
    lark, survivor, other = make_user(name="Teal Lark"), make_client(), make_client()
    make_event("seen", by=lark, at=MONDAY, client=survivor, fields=("statements",))
    make_event("seen", by=lark, at=MONDAY, client=other)
    make_event("seen", by=make_user(), at=MONDAY, client=survivor)
    look = make_unusual(lark, survivor, starts_at=MONDAY, ends_at=MONDAY)
    client.force_login(make_user(Role.AUDITOR))
    url = reverse("unusual-look", args=[look.pk])
    response = client.get(url)
    assert len(response.context["page_obj"].object_list) == 1
    assert "looked at the statements" in response.content.decode()
    wrong = client.post(url, {"outcome": "reported", "note": ""})
    assert wrong.status_code == 422
    assert "Say whom you asked or told" in wrong.content.decode()
    assert client.post(url, {"outcome": "asked", "note": "Lapwing desk"}).url == reverse("unusual")
    assert "Lapwing desk" in client.get(url).content.decode()
    assert client.get(reverse("unusual-look", args=[uuid4()])).status_code == 404


@pytest_db
@pytest.mark.parametrize("kind", UnusualLook.Kind.values)
def test_each_kind_has_words_and_a_query_for_the_looks_behind_it(kind):
    look = make_unusual(make_user(), kind=kind)
    assert said_of(look)["why"]
    assert how_much(look).endswith("in 20 minutes")
    assert scan.behind(look).count() == 0


@pytest_db
def test_the_log_is_read_on_demand(client, db):
    lark, survivor = make_user(), make_client()
    make_event("seen", by=lark, at=timezone.now() - timedelta(days=1), client=survivor)
    make_event("seen", by=lark, at=timezone.now() - timedelta(days=8), client=survivor)
    client.force_login(make_user(Role.AUDITOR))
    assert client.post(reverse("unusual-read")).url == reverse("unusual")
    assert UnusualScan.objects.exists()


@pytest_db
def test_the_rules_page_saves_refuses_and_shows_earlier_rules(client):
    client.force_login(make_user(Role.AUDITOR))
    url = reverse("unusual-rules")
    values = {
        "files_an_hour": 9,
        "files_in_ten_minutes": 40,
        "reveals_an_hour": 15,
        "refusals_an_hour": 5,
        "day_starts": 8,
        "day_ends": 18,
    }
    assert client.post(url, values).url == url
    assert "More than 9 files in an hour" in client.get(url).content.decode()
    backwards = client.post(url, values | {"day_ends": 8})
    assert backwards.status_code == 422
    assert "ends before it begins" in backwards.content.decode()
    assert services.rules_now().day_ends == 18


@pytest_db
@pytest.mark.parametrize("name", ["unusual", "home"])
def test_the_pages_ask_the_same_number_of_queries_for_2_and_50_looks(client, name):
    auditor = make_user(Role.AUDITOR)
    for _ in range(2):
        make_unusual(make_user(), make_client())
    few = queries_of(client, auditor, reverse(name))
    survivor = make_client()
    for _ in range(48):
        make_unusual(make_user(), survivor)
    assert queries_of(client, auditor, reverse(name)) == few


@pytest_db
def test_no_page_of_the_auditor_gives_a_right_on_a_client(client):
    survivor = make_client()
    auditor = make_user(Role.AUDITOR)
    make_unusual(make_user(), survivor)
    client.force_login(auditor)
    client.get(reverse("unusual"))
    assert not Client.objects.visible_to(auditor).exists()
