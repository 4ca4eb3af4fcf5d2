"""The access log as people read it: sentences, pages of a file, a person, a day; filters; what leaves."""

import csv
import io
import time
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from audit.models import AccessEvent, Checkpoint, Verification
from audit.services import Action, came_from, record
from clients.models import BreakGlass, ClientOwned, TeamRole
from clients.services import glass
from reports.seen import auditor, copy, export, file, words
from reports.seen.lines import by_day, grouped, lines_of, people_in
from tests.factories import add_to_team, make_client, make_user
from tests.reports.factories import make_event, make_unusual
from tests.reports.test_pages import opened, queries_of  # noqa: F401

pytestmark = pytest.mark.django_db
OFFICE = timezone.get_default_timezone()
NOON = datetime(2026, 11, 23, 12, tzinfo=OFFICE)


def today():
    return timezone.localdate()


def event(action, *, by=None, kind="client", fields=(), place="", at=NOON, client=None):
    """An entry that is only read."""
    return AccessEvent(
        at=at,
        actor_id=by.pk if by else None,
        action=action,
        object_kind=kind,
        fields=list(fields),
        place=place,
        client_id=client,
    )


def sentence(entry, *people):
    return lines_of([entry], {person.pk: person for person in people})[0].sentence


def page_text(response):
    return " ".join(response.content.decode().split())


# --- Sentences ---------------------------------------------------------------------------------------


def test_an_entry_reads_as_a_sentence_with_the_page_it_came_from():
    wren = make_user(name="Ana Wren")
    looked = event(Action.SEEN, by=wren, fields=["statements"], place="petition")
    assert sentence(looked, wren) == "Ana Wren looked at the statements, from the petition page"
    opened_one = event(
        Action.FILE_OPENED, by=wren, kind="document", fields=["order"], place="client-documents"
    )
    assert sentence(opened_one, wren) == "Ana Wren opened a document, from the documents page"
    shown = event(Action.REVEALED, by=wren, kind="identifier", fields=["ssn"])
    assert sentence(shown, wren) == "Ana Wren was shown the Social Security number"


@pytest.mark.parametrize("action", [action for action in Action if action in words.WHOLE])
def test_what_says_it_all_has_no_thing_behind_it(action):
    assert words.words_of(event(action, kind="somerow")) == words.ACTS[action]


def test_every_act_has_words_and_every_kind_of_row_a_client_has_is_named():
    assert set(words.ACTS) == set(Action)
    kinds = {model._meta.model_name for model in apps.get_models() if issubclass(model, ClientOwned)}
    unnamed = {"visaevent", "stageevent", "recordevent", "disposition", "nexusevidence"}
    """Rows that no entry is about: they are written with another one."""
    assert kinds - unnamed - set(words.THINGS) == set()


def test_a_sentence_about_nobody_says_who_that_was():
    assert sentence(event(Action.KEPT)) == "The system kept the records in order"
    failed = event(Action.REFUSED, kind="sign_in", fields=["password"])
    assert sentence(failed) == "Somebody not signed in was refused: a sign-in"


def test_the_page_itself_is_not_named_twice():
    wren = make_user(name="Ana Wren")
    reloaded = event(Action.SEEN, by=wren, fields=["overview"], place="client-file")
    assert sentence(reloaded, wren) == "Ana Wren looked at the overview"


def test_the_same_look_within_ten_minutes_is_one_line():
    wren, lark = make_user(name="Ana Wren"), make_user(name="Teal Lark")
    minutes = [(14, wren), (11, wren), (9, lark), (6, wren), (5, wren)]
    entries = [
        event(Action.SEEN, by=who, fields=["overview"], at=NOON + timedelta(minutes=n)) for n, who in minutes
    ]
    found = grouped(lines_of(entries, {wren.pk: wren, lark.pk: lark}))
    assert [(line.who, line.times) for line in found] == [("Ana Wren", 4), ("Teal Lark", 1)]
    assert found[0].clock == "12:05 pm to 12:14 pm"
    assert found[0].sentence.endswith("4 times")


def test_looks_further_apart_another_thing_or_another_file_stay_lines_of_their_own():
    wren, one, two = make_user(), make_client(), make_client()
    entries = [
        event(Action.SEEN, by=wren, fields=["overview"], at=NOON, client=one.pk),
        event(Action.SEEN, by=wren, fields=["overview"], at=NOON - timedelta(minutes=1), client=two.pk),
        event(Action.SEEN, by=wren, fields=["dates"], at=NOON - timedelta(minutes=2), client=one.pk),
        event(Action.SEEN, by=wren, fields=["overview"], at=NOON - timedelta(minutes=11), client=one.pk),
    ]
    assert [line.times for line in grouped(lines_of(entries, {wren.pk: wren}))] == [1, 1, 1, 1]


def test_looks_before_and_after_midnight_stand_under_their_own_days():
    wren = make_user()
    midnight = datetime(2026, 11, 24, tzinfo=OFFICE)
    entries = [
        event(Action.SEEN, by=wren, fields=["overview"], at=midnight + timedelta(minutes=2)),
        event(Action.SEEN, by=wren, fields=["overview"], at=midnight - timedelta(minutes=2)),
    ]
    days = by_day(grouped(lines_of(entries, {wren.pk: wren})))
    assert [day.day.day for day in days] == [24, 23]


# --- Where a look came from --------------------------------------------------------------------------


def came(client, url, referrer, **extra):
    client.get(url, HTTP_HOST="testserver", HTTP_REFERER=referrer, **extra)
    return AccessEvent.objects.latest("pk").place


def test_the_page_a_look_came_from_is_kept_by_name_without_id_or_query(client):
    survivor = make_client()
    client.force_login(survivor.point_of_contact)
    url = reverse("client-promises", args=[survivor.pk])
    here = f"http://testserver{reverse('client-file', args=[survivor.pk])}?q=Avocet"
    assert came(client, url, here) == "client-file"
    assert not AccessEvent.objects.filter(place__contains=str(survivor.pk)).exists()


@pytest.mark.parametrize(
    "referrer",
    [
        "",
        "https://elsewhere.example/clients/",
        "http://testserver:8001/clients/",
        "http://testserver/no/such/page/",
        "http://[::1/",
        "/clients/",
        "x" * 5000,
    ],
)
def test_a_page_that_is_not_ours_is_not_kept(client, referrer):
    survivor = make_client()
    client.force_login(survivor.point_of_contact)
    assert came(client, reverse("client-promises", args=[survivor.pk]), referrer) == ""


def test_the_page_is_forgotten_with_the_request(client):
    survivor = make_client()
    client.force_login(survivor.point_of_contact)
    came(client, reverse("client-promises", args=[survivor.pk]), "http://testserver/clients/")
    assert came_from.get() == ""
    assert record(Action.SEEN, by=None, target=survivor).place == ""


# --- One file ----------------------------------------------------------------------------------------


def test_a_file_says_who_looked_at_what_in_sentences_and_who_was_not_on_the_team(client):
    survivor = make_client()
    user = survivor.point_of_contact
    record(Action.REVEALED, by=user, target=survivor, fields=["legal_name"])
    record(Action.SEEN, by=make_user(name="Teal Lark"), target=survivor, fields=["promises"])
    client.force_login(user)
    page = page_text(client.get(reverse("client-seen", args=[survivor.pk])))
    assert "was shown the legal name" in page
    assert "looked at the promises" in page
    assert "Teal Lark" in page
    assert file.OFF_TEAM in page


def test_what_the_system_does_for_itself_is_not_on_a_file_nor_on_her_copy_but_in_the_full_log(client):
    survivor = make_client()
    record(Action.KEPT, by=None, client=survivor.pk)
    client.force_login(survivor.point_of_contact)
    for name in ("client-seen", "client-seen-copy"):
        page = page_text(client.get(reverse(name, args=[survivor.pk]) + "?language=en"))
        assert words.ACTS[Action.KEPT] not in page
    client.force_login(make_user(Role.AUDITOR))
    assert words.ACTS[Action.KEPT] not in page_text(client.get(reverse("access-log")))
    assert words.ACTS[Action.KEPT] in page_text(client.get(reverse("access-log") + "?view=entries"))


def test_a_file_asks_the_same_number_of_queries_for_1_and_60_looks(client):
    survivor = make_client()
    user, url = survivor.point_of_contact, reverse("client-seen", args=[survivor.pk])
    few = queries_of(client, user, url)
    for _ in range(60):
        record(Action.SEEN, by=make_user(), target=survivor)
    assert queries_of(client, user, url) == few


def test_a_file_s_page_opens_nothing_but_the_frame(client, opened):  # noqa: F811
    survivor = make_client(legal_name="Avocet Bittern")
    client.force_login(survivor.point_of_contact)
    opened.clear()
    client.get(reverse("client-seen", args=[survivor.pk]))
    assert "legal_name" not in opened
    assert opened.count("name_used") == 1


# --- Her copy ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", copy.LANGUAGES)
def test_every_act_thing_field_and_role_has_words_in_each_language(language):
    said = copy.words_in(language)
    assert set(said["acts"]) == set(Action.values)
    assert set(said["things"]) == set(words.THINGS)
    assert set(said["fields"]) == set(words.FIELDS)
    assert set(said["roles"]) == set(Role.values)
    english = copy.words_in("en")
    assert set(said["page"]) == set(english["page"])
    assert len(said["page"]["means"]) == len(english["page"]["means"])
    assert all(
        text.strip() for group in ("acts", "things", "fields", "roles") for text in said[group].values()
    )


def test_the_spanish_words_are_spanish_and_not_the_english_ones():
    english, spanish = copy.words_in("en"), copy.words_in("es")
    for group in ("acts", "things", "fields", "roles"):
        same = {key for key, text in spanish[group].items() if text == english[group][key]}
        assert same == set(), group


@pytest.mark.parametrize(
    ("spoken", "language"),
    [
        ("Spanish", "es"),
        ("español", "es"),
        ("Spanish; does not read English", "es"),
        ("Castellano", "es"),
        ("English", "en"),
        ("Mixteco, no Spanish", "en"),
        ("", "en"),
    ],
)
def test_the_copy_opens_in_the_language_of_the_file(client, spoken, language):
    assert copy.language_for(spoken) == language
    survivor = make_client(language=spoken or None)
    client.force_login(survivor.point_of_contact)
    page = page_text(client.get(reverse("client-seen-copy", args=[survivor.pk])))
    assert f'class="aw-card copy" lang="{language}"' in page
    assert copy.words_in(language)["page"]["title"] in page


def test_the_language_and_the_naming_are_switched_on_the_page(client):
    survivor = make_client(name_used="Avocet", language="Spanish")
    record(Action.SEEN, by=make_user(name="Teal Lark"), target=survivor, fields=["statements"])
    client.force_login(survivor.point_of_contact)
    url = reverse("client-seen-copy", args=[survivor.pk])
    spanish = page_text(client.get(url))
    assert "Avocet: esto es sobre su expediente" in spanish
    assert "Teal Lark (abogado/a)" in spanish
    assert "vio lo que usted nos contó" in spanish
    english = page_text(client.get(url + "?language=en"))
    assert "Teal Lark (attorney)" in english
    assert "looked at what you told us" in english
    roles = page_text(client.get(url + "?language=es&names=roles"))
    assert "Teal Lark" not in roles
    assert "Abogado/a" in roles


def test_the_copy_names_days_as_each_language_does():
    day = date(2026, 11, 30)
    assert copy.day_in("en", day) == "Monday, November 30, 2026"
    assert copy.day_in("es", day) == "lunes 30 de noviembre de 2026"


def test_the_copy_has_no_word_of_the_office_and_none_of_the_machine():
    survivor = make_client()
    make_event("seen", by=survivor.point_of_contact, at=NOON, client=survivor, fields=("rapsheet_internal",))
    make_event("changed", by=survivor.point_of_contact, at=NOON, client=survivor, kind="nexusevidence")
    for language in copy.LANGUAGES:
        days = copy.copy_days(survivor, language=language, roles_only=False)
        text = " ".join(act for day in days for _who, acts in day.people for act in acts)
        assert "internal" not in text
        assert "nexus" not in text
        assert copy.words_in(language)["page"]["something"] in text


def test_the_copy_counts_what_one_person_did_on_one_day():
    survivor, lark = make_client(), make_user(name="Teal Lark")
    for hour in (9, 12, 15):
        make_event("seen", by=lark, at=NOON.replace(hour=hour), client=survivor, fields=("dates",))
    make_event("seen", by=lark, at=NOON + timedelta(days=-1), client=survivor, fields=("dates",))
    days = copy.copy_days(survivor, language="en", roles_only=False)
    found = {day.day: dict(day.people).get("Teal Lark (attorney)") for day in days}
    assert found["Monday, November 23, 2026"] == ["looked at the dates we have to keep, 3 times"]
    assert found["Sunday, November 22, 2026"] == ["looked at the dates we have to keep"]


def test_the_copy_says_whom_to_ask_and_has_a_title_that_says_nothing(client):
    survivor = make_client(name_used="Avocet")
    client.force_login(survivor.point_of_contact)
    page = page_text(client.get(reverse("client-seen-copy", args=[survivor.pk])))
    assert f"Ask {survivor.point_of_contact.name}, {survivor.office.name}." in page
    assert "<title>Copy</title>" in page


def test_the_copy_asks_the_same_number_of_queries_for_1_and_60_looks(client):
    survivor = make_client()
    user, url = survivor.point_of_contact, reverse("client-seen-copy", args=[survivor.pk])
    few = queries_of(client, user, url)
    for _ in range(60):
        record(Action.SEEN, by=make_user(), target=survivor)
    assert queries_of(client, user, url) == few


# --- The auditor's log -------------------------------------------------------------------------------


def test_the_log_is_filtered_by_person_act_file_day_refusals_and_exports(client):
    first, second = make_client(), make_client()
    lark = make_user(name="Teal Lark")
    make_event("refused", by=lark, at=NOON, client=first)
    make_event("exported", by=lark, at=NOON, kind="caseload")
    client.force_login(make_user(Role.AUDITOR))

    def shown(**asked):
        return client.get(reverse("access-log"), asked).context["page_obj"].object_list

    assert {entry.action for entry in shown(only="refused")} == {"refused"}
    assert {entry.action for entry in shown(only="exports")} == {"exported"}
    assert {entry.actor_id for entry in shown(person=lark.pk)} == {lark.pk}
    assert {entry.client_id for entry in shown(file_number=first.file_number)} == {first.pk}
    assert {entry.action for entry in shown(action="exported")} == {"exported"}
    assert len(shown(start="2026-11-23", end="2026-11-23")) == 2
    assert not any(entry.client_id == second.pk for entry in shown(file_number=first.file_number))
    assert "No event matches" in page_text(client.get(reverse("access-log"), {"end": "2001-01-01"}))
    for wrong in ({"file_number": "1999-0001"}, {"only": "x"}, {"start": "2026-11-24", "end": "2026-11-23"}):
        assert client.get(reverse("access-log"), wrong).status_code == 422


def test_the_raw_log_is_one_click_away_and_has_every_entry(client):
    survivor, lark = make_client(), make_user(name="Teal Lark")
    for minute in range(3):
        make_event("seen", by=lark, at=NOON + timedelta(minutes=minute), client=survivor, fields=("dates",))
    client.force_login(make_user(Role.AUDITOR))
    said = client.get(reverse("access-log"), {"person": lark.pk})
    assert page_text(said).count("looked at the dates") == 1
    assert "3 times" in page_text(said)
    raw = next(view["url"] for view in said.context["views"] if view["label"] == "Entry by entry")
    assert page_text(client.get(raw)).count("looked at the dates") == 3
    assert f"person={lark.pk}" in raw


def test_one_person_s_page_has_all_they_did_by_day_and_nobody_else_s(client):
    survivor, lark = make_client(name_used="Avocet"), make_user(name="Teal Lark")
    make_event("seen", by=lark, at=NOON, client=survivor, fields=("dates",))
    make_event("revealed", by=lark, at=NOON - timedelta(days=1), client=survivor, fields=("legal_name",))
    client.force_login(make_user(Role.AUDITOR))
    response = client.get(reverse("access-log-person", args=[lark.pk]))
    assert [day.day.day for day in response.context["days"]] == [23, 22]
    assert {entry.actor_id for entry in response.context["page_obj"].object_list} == {lark.pk}
    page = page_text(response)
    assert survivor.file_number in page
    assert "Avocet" not in page
    seen = AccessEvent.objects.get(object_kind="access_log_person")
    assert seen.object_id == str(lark.pk)


def test_one_day_of_the_office_counts_files_values_refusals_and_exports(client):
    first, second, lark = make_client(), make_client(), make_user(name="Teal Lark")
    make_event("seen", by=lark, at=NOON, client=first)
    make_event("seen", by=lark, at=NOON, client=second)
    make_event("revealed", by=lark, at=NOON + timedelta(hours=1), client=second, fields=("legal_name",))
    make_event("refused", by=lark, at=NOON, client=make_client())
    make_event("exported", by=lark, at=NOON, kind="caseload")
    make_event("seen", by=lark, at=NOON + timedelta(days=1), client=first)
    client.force_login(make_user(Role.AUDITOR))
    response = client.get(reverse("access-log-day"), {"day": "2026-11-23"})
    row = next(row for row in response.context["people"] if row["person"] == lark)
    assert (row["files"], row["reveals"], row["refused"], row["exports"], row["entries"]) == (2, 1, 1, 1, 5)
    assert row["last"] - row["first"] == timedelta(hours=1)


@pytest.mark.parametrize("day", ["", "nonsense", "9999-12-31", "0001-01-01", "\x00"])
def test_any_day_in_the_address_gives_a_page(client, day):
    client.force_login(make_user(Role.AUDITOR))
    response = client.get(reverse("access-log-day"), {"day": day})
    assert response.status_code == 200
    assert response.context["day"] == today()


@pytest.mark.parametrize("name", ["access-log", "access-log-day", "home"])
def test_the_auditor_s_pages_ask_the_same_number_of_queries_for_3_and_60_entries(client, name):
    auditor_user, lark = make_user(Role.AUDITOR), make_user()
    for action in ("seen", "refused", "exported"):
        record(Action(action), by=lark, target=make_client())
    few = queries_of(client, auditor_user, reverse(name))
    for _ in range(20):
        for action in ("seen", "refused", "exported"):
            record(Action(action), by=make_user(), target=make_client())
    assert queries_of(client, auditor_user, reverse(name)) == few


def test_the_log_opens_no_sealed_value(client, opened):  # noqa: F811
    survivor, lark = make_client(name_used="Avocet"), make_user()
    record(Action.SEEN, by=lark, target=survivor)
    client.force_login(make_user(Role.AUDITOR))
    opened.clear()
    for url in (
        reverse("home"),
        reverse("access-log"),
        reverse("access-log") + "?view=entries",
        reverse("access-log-day"),
        reverse("access-log-person", args=[lark.pk]),
        reverse("unusual"),
    ):
        assert "Avocet" not in page_text(client.get(url))
    assert opened == []


# --- The file that leaves ----------------------------------------------------------------------------


def proved(browser, user, *, ago=0):
    """Sign in with a password that was typed so many seconds ago."""
    user.set_password("bittern-heron-lapwing-1")
    user.save()
    browser.force_login(user)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def rows_in(response, kind):
    if kind == "csv":
        return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    return [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_has_what_the_filters_show_with_file_numbers_and_is_an_entry(client, kind):
    survivor = make_client(name_used="Avocet")
    lark = make_user(name="=Teal Lark")
    make_event("seen", by=lark, at=NOON, client=survivor, fields=("dates",))
    make_event("refused", by=lark, at=NOON, client=survivor)
    user = make_user(Role.AUDITOR)
    proved(client, user)
    response = client.post(reverse("access-log-export"), {"format": kind, "only": "refused"})
    assert response.headers["Content-Disposition"] == f'attachment; filename="access-log-{today()}.{kind}"'
    head, *rows = rows_in(response, kind)
    assert tuple(head) == export.HEAD
    assert len(rows) == 1
    assert rows[0][0] == "2026-11-23 12:00:00"
    assert rows[0][1] == "'=Teal Lark"
    assert rows[0][3] == "was refused: the file"
    assert rows[0][6] == survivor.file_number
    assert "Avocet" not in str(rows)
    entry = AccessEvent.objects.get(action="exported")
    assert (entry.actor_id, entry.object_kind, entry.fields) == (
        user.pk,
        "access_log",
        sorted([kind, "only"]),
    )


def test_an_export_asks_who_it_is_when_the_proof_is_old_and_then_goes_on(client):
    user = make_user(Role.AUDITOR)
    proved(client, user, ago=3600)
    response = client.post(reverse("access-log-export"), {"format": "csv"})
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_reauthenticate"))
    assert not AccessEvent.objects.filter(action="exported").exists()
    again = client.post(response.url, {"password": "bittern-heron-lapwing-1"}, follow=True)
    assert again.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert AccessEvent.objects.filter(action="exported", actor_id=user.pk).exists()


@pytest.mark.parametrize("asked", [{}, {"format": "pdf"}, {"format": "csv", "file_number": "1999-0001"}])
def test_an_export_that_cannot_be_made_says_why_and_is_none(client, asked):
    proved(client, make_user(Role.AUDITOR))
    assert client.post(reverse("access-log-export"), asked).status_code == 422
    assert not AccessEvent.objects.filter(action="exported").exists()


def test_too_much_for_one_file_is_refused(client, monkeypatch):
    monkeypatch.setattr(export, "MOST", 2)
    make_client()
    proved(client, make_user(Role.AUDITOR))
    response = client.post(reverse("access-log-export"), {"format": "csv"})
    assert response.status_code == 422
    assert "Ask for a shorter time" in page_text(response)


def test_an_export_asks_two_queries_for_each_batch():
    lark = make_user()
    survivor = make_client()
    for _ in range(30):
        record(Action.SEEN, by=lark, target=survivor)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert len(list(export.rows_of(auditor.all_events()))) > 30
    assert len(captured) == 3


def test_a_supervisor_reads_the_log_of_the_file_but_not_of_everybody(client):
    survivor = make_client()
    user = add_to_team(survivor, TeamRole.SUPERVISION, Role.SUPERVISOR)
    client.force_login(user)
    assert client.get(reverse("client-seen", args=[survivor.pk])).status_code == 200
    for name in ("access-log", "access-log-day", "unusual", "unusual-rules"):
        assert client.get(reverse(name)).status_code == 403


def test_the_people_of_a_page_are_asked_for_once(django_assert_num_queries):
    entries = [event(Action.SEEN, by=make_user()) for _ in range(5)]
    with django_assert_num_queries(1):
        people_in(entries)


def test_the_auditor_s_page_says_what_waits_and_whether_the_log_is_whole(client):
    survivor, lark = make_client(name_used="Avocet"), make_user(name="Teal Lark")
    client.force_login(make_user(Role.AUDITOR))
    empty = page_text(client.get(reverse("home")))
    assert "Never verified" in empty
    assert "None yet" in empty
    make_unusual(lark, survivor)
    glass.open_file(
        by=lark,
        file_number=survivor.file_number,
        category=BreakGlass.Category.values[0],
        reason="The counsel is away and the court called about today.",
    )
    Verification.objects.create(events=12, history_rows=34, findings=1, first="Link 3 was altered.")
    Checkpoint.objects.create(number=7, chains=2, events=12, sha256="0" * 64, written_to="folder")
    page = page_text(client.get(reverse("home")))
    assert "Not whole" in page
    assert "Link 3 was altered." in page
    assert "Number 7" in page
    assert page.count('<span class="aw-navcount">1<') >= 2
    assert survivor.file_number in page
    assert "Avocet" not in page
