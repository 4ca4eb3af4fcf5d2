"""Break-glass: who may, for how long, what it gives and what not, who is told, and who judges it."""

import logging
import smtplib
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.mail import tell
from audit.models import AccessEvent
from audit.services import request_id
from clients import grants, proofs, services
from clients.models import BreakGlass, Client, ClientUserPermission
from clients.permissions import CHANGE, VIEW, rights_on
from clients.services import glass
from documents.services import store_document
from reports.words import clock
from tests.documents.test_store_and_open import PDF
from tests.factories import add_to_team, counsel_of, make_client, make_office, make_user
from tests.proof import signed_in_fresh

pytestmark = pytest.mark.django_db
REASON = "Counsel is in hospital and the court called: Saltmarsh-canary."
SECOND = timedelta(seconds=1)
URL = "/clients/break-glass/"


def opened(client, by, *, at=None, reason=REASON, category="cover"):
    return glass.open_file(file_number=client.file_number, category=category, reason=reason, by=by, at=at)


def refusals(user):
    events = AccessEvent.objects.filter(action="refused", actor_id=user.pk, object_kind="breakglass")
    return [event.fields[0] for event in events.order_by("pk")]


def asked(client, **changes):
    return {"file_number": client.file_number, "category": "cover", "reason": REASON} | changes


# --- For how long, and what it gives ------------------------------------------------------------------------


def test_it_lasts_fifteen_minutes_to_the_second():
    client, user = make_client(), make_user()
    at = timezone.now()
    row = opened(client, user, at=at)
    assert row.until == at + timedelta(minutes=15)
    assert grants.running(user, at=at) == [row]
    assert grants.running(user, at=row.until - SECOND) == [row]
    assert grants.running(user, at=row.until) == []
    assert grants.running(user, at=at - SECOND) == []


@pytest.mark.parametrize(
    ("ago", "sees"), [(timedelta(minutes=14, seconds=30), True), (glass.OPEN_FOR, False)]
)
def test_lists_and_the_file_follow_it(client, ago, sees):
    survivor, user = make_client(), make_user("advocate")
    opened(survivor, user, at=timezone.now() - ago)
    assert Client.objects.visible_to(user).filter(pk=survivor.pk).exists() is sees
    assert rights_on(user, survivor) == ({VIEW} if sees else frozenset())
    client.force_login(user)
    assert client.get(reverse("client-file", args=[survivor.pk])).status_code == (200 if sees else 404)


def test_it_gives_the_right_to_see_and_no_other(client, tmp_path):
    survivor, user = make_client(), make_user()
    opened(survivor, user)
    assert rights_on(user, survivor) == {VIEW}
    assert not Client.objects.with_right(user, CHANGE).exists()
    with pytest.raises(PermissionDenied):
        services.change_client(client=survivor, by=user, pronouns="ze")
    with pytest.raises(PermissionDenied):
        services.set_wall(client=survivor, user=make_user(), reason="ethics", by=user)
    client.force_login(user)
    assert client.get(reverse("client-statements", args=[survivor.pk])).status_code == 403


def test_nothing_is_exported_meanwhile(client):
    survivor, user = make_client(), make_user()
    row = opened(survivor, user)
    client.force_login(user)
    data = {"period": "year", "format": "csv"}
    assert client.post(reverse("caseload-export"), data).status_code == 403
    assert not AccessEvent.objects.filter(action="exported").exists()
    glass.end(row=row, by=user)
    assert client.post(reverse("caseload-export"), data).status_code != 403


def test_a_document_is_read_and_recorded(client):
    survivor, user = make_client(), make_user()
    document = store_document(
        client=survivor, kind="evidence", title="Letter", content=PDF, by=counsel_of(survivor)
    )
    opened(survivor, user)
    client.force_login(user)
    assert client.get(reverse("document-open", args=[document.pk])).status_code == 200
    assert AccessEvent.objects.filter(action="file_opened", actor_id=user.pk).exists()


def test_the_banner_stands_on_every_page_and_ends_it(client):
    survivor, user = make_client(), make_user()
    row = opened(survivor, user)
    client.force_login(user)
    for url in ("/", reverse("clients"), reverse("find"), reverse("calendar"), "/clients/nothing/", URL):
        page = client.get(url).content.decode()
        assert "open to you by break-glass" in page, url
        assert f"{clock(row.until)}</time>" in page
        assert f'data-until="{timezone.localtime(row.until).isoformat(timespec="microseconds")[:19]}' in page
    client.force_login(make_user())
    assert "by break-glass</strong>" not in client.get(reverse("clients")).content.decode()
    assert client.post(reverse("glass-end", args=[row.pk])).status_code == 404
    client.force_login(user)
    assert client.post(reverse("glass-end", args=[row.pk])).status_code == 302
    assert client.get(reverse("client-file", args=[survivor.pk])).status_code == 404
    assert "by break-glass</strong>" not in client.get(reverse("clients")).content.decode()
    assert list(proofs.findings()) == []


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_who_does_no_casework_opens_nothing(role):
    with pytest.raises(PermissionDenied):
        opened(make_client(), make_user(role))
    assert not BreakGlass.objects.exists()


def test_a_closed_account_opens_nothing_and_what_it_had_open_is_shut():
    survivor, user = make_client(), make_user()
    opened(survivor, user)
    user.is_active = False
    user.save()
    assert rights_on(user, survivor) == frozenset()
    with pytest.raises(PermissionDenied):
        opened(make_client(), user)


def test_a_file_that_is_open_anyway_is_said_to_be_and_nothing_was_refused():
    survivor = make_client()
    colleague = add_to_team(survivor, "advocate", "advocate")
    with pytest.raises(ValidationError, match="open to you already"):
        opened(survivor, colleague)
    assert refusals(colleague) == []


def test_a_wall_refuses_as_a_number_that_nobody_has():
    survivor = make_client()
    walled, stranger = make_user(), make_user()
    services.set_wall(client=survivor, user=walled, reason="ethics", by=counsel_of(survivor))
    said = set()
    for user, number in ((walled, survivor.file_number), (stranger, "1999-9")):
        with pytest.raises(ValidationError) as refused:
            glass.open_file(file_number=number, category="cover", reason=REASON, by=user)
        said.add(str(refused.value.message_dict))
        assert refusals(user) == ["number"]
    assert len(said) == 1
    assert mail.outbox == []
    assert not BreakGlass.objects.exists()


def test_a_wall_beats_what_is_open_already():
    survivor, user = make_client(), make_user()
    row = opened(survivor, user)
    services.set_wall(client=survivor, user=user, reason="client_wish", by=counsel_of(survivor))
    assert not Client.objects.visible_to(user).exists()
    assert rights_on(user, survivor) == frozenset()
    row.refresh_from_db()
    assert row.ended_at is not None
    with pytest.raises(ValidationError):
        opened(survivor, user)


def test_two_a_day_and_the_refusals_are_on_record():
    user = make_user()
    at = timezone.localtime().replace(hour=10, minute=0)
    for number in range(2):
        opened(make_client(), user, at=at + timedelta(minutes=number))
    third = make_client()
    with pytest.raises(ValidationError, match="two files"):
        opened(third, user, at=at + timedelta(hours=2))
    assert refusals(user) == ["often"]
    opened(third, user, at=at + timedelta(days=1))


def test_whoever_tries_number_after_number_is_stopped():
    user, survivor = make_user(), make_client()
    for number in range(glass.REFUSED_A_DAY):
        with pytest.raises(ValidationError, match="No file was opened"):
            glass.open_file(file_number=f"1999-{number}", category="cover", reason=REASON, by=user)
    with pytest.raises(ValidationError, match="Too many"):
        opened(survivor, user)


@pytest.mark.parametrize(
    ("changes", "why"), [({"reason": "x " * 9}, "reason"), ({"category": "whim"}, "category")]
)
def test_a_reason_and_a_category_are_asked_for(changes, why):
    user = make_user()
    with pytest.raises(ValidationError):
        opened(make_client(), user, **changes)
    assert refusals(user) == [why]


def test_a_fresh_second_step_is_asked_for_and_what_was_typed_comes_back(client):
    survivor, user = make_client(), make_user()
    user.set_password("a heron stands in the reeds")
    user.save()
    client.force_login(user)
    answer = client.post(URL, asked(survivor))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not BreakGlass.objects.exists()
    back = client.post(answer.url, {"password": "a heron stands in the reeds", "next": URL})
    assert (back.status_code, back.url) == (302, URL)
    page = client.get(URL).content.decode()
    assert "Saltmarsh-canary" in page
    answer = client.post(URL, asked(survivor))
    assert (answer.status_code, answer.url) == (302, reverse("client-file", args=[survivor.pk]))
    row = BreakGlass.objects.get()
    assert (row.reason, row.user) == (REASON, user)


def test_pages_refuse_alike(client):
    survivor, user = make_client(), make_user()
    services.set_wall(client=survivor, user=user, reason="ethics", by=counsel_of(survivor))
    signed_in_fresh(client, user)
    session = client.session
    answers = []
    for number in (survivor.file_number, "1999-0001"):
        answer = client.post(URL, asked(survivor, file_number=number))
        assert answer.status_code == 422
        answers.append(answer.content.decode().replace(number, "N"))
    token = 'name="csrfmiddlewaretoken" value="'
    plain = ["".join(part.split('"', 1)[1] for part in page.split(token)[1:]) for page in answers]
    assert session.session_key
    assert plain[0] == plain[1]


# --- A forged row -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["until", "client", "user", "ended"])
def test_a_row_that_was_altered_or_prolonged_in_the_database_opens_nothing(caplog, change):
    caplog.set_level(logging.CRITICAL + 1, logger="clients.grants")
    survivor, other, user, thief = make_client(), make_client(), make_user(), make_user()
    began = timezone.now() - timedelta(minutes=20 if change == "until" else 1)
    row = opened(survivor, user, at=began)
    if change == "ended":
        glass.end(row=row, by=user)
    column, value = {
        "until": ("until", timezone.now() + timedelta(days=9)),
        "client": ("client_id", other.pk.hex if connection.vendor == "sqlite" else other.pk),
        "user": ("user_id", thief.pk),
        "ended": ("ended_at", None),
    }[change]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE clients_breakglass SET {column} = %s", [value])
    for person in (user, thief):
        assert not Client.objects.visible_to(person).exists()
        assert rights_on(person, survivor) == rights_on(person, other) == frozenset()
    assert [finding.kind for finding in proofs.findings()] == ["forged_glass"]
    assert AccessEvent.objects.filter(object_kind="forged_glass").exists()


def altered(row, caplog):
    """The row runs for nine days, behind the log."""
    caplog.set_level(logging.CRITICAL + 1, logger="clients")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_breakglass SET until = %s", [row.until + timedelta(days=9)])


@pytest.mark.parametrize("act", ["end", "review", "escalate"])
def test_a_forged_row_is_not_made_genuine_by_the_next_change(client, caplog, act):
    survivor, user, supervisor = make_client(), make_user(), make_user("supervisor")
    row = opened(survivor, user)
    altered(row, caplog)
    if act == "escalate":
        assert glass.tick(timezone.now() + timedelta(days=9)) == ""
    elif act == "end":
        with pytest.raises(ValidationError, match="behind the log: tell the auditor"):
            glass.end(row=row, by=user)
        client.force_login(user)
        assert client.post(reverse("glass-end", args=[row.pk])).url == reverse("clients")
    else:
        with pytest.raises(ValidationError, match="behind the log: tell the auditor"):
            glass.review(row=row, outcome="justified", note="Rightly so.", by=supervisor)
    row.refresh_from_db()
    assert (row.ended_at, row.reviewed_at, row.escalated_at) == (None, None, None)
    assert rights_on(user, survivor) == frozenset()
    assert [finding.kind for finding in proofs.findings()] == ["forged_glass"]
    assert AccessEvent.objects.filter(object_kind="forged_glass", objects_shown=[str(row.pk)]).count() == 1


def test_a_forged_row_keeps_no_wall_from_standing(caplog):
    survivor, user = make_client(), make_user()
    row = opened(survivor, user)
    altered(row, caplog)
    services.set_wall(client=survivor, user=user, reason="ethics", by=counsel_of(survivor))
    assert rights_on(user, survivor) == frozenset()
    assert AccessEvent.objects.filter(object_kind="forged_glass").exists()


# --- At the same moment -------------------------------------------------------------------------------------


def test_a_wall_that_comes_while_a_review_is_written_loses_nothing_of_it(monkeypatch):
    survivor, user, supervisor = make_client(), make_user(), make_user("supervisor")
    row = opened(survivor, user)
    real, quick = glass._again, []

    def again(found):
        if not quick:
            quick.append(found)
            glass.review(row=row, outcome="justified", note="Rightly so.", by=supervisor)
        return real(found)

    monkeypatch.setattr(glass, "_again", again)
    services.set_wall(client=survivor, user=user, reason="ethics", by=counsel_of(survivor))
    row.refresh_from_db()
    assert (row.outcome, row.reviewed_by) == ("justified", supervisor)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_the_file_is_locked_before_what_hangs_on_it_and_a_person_without_their_key():
    survivor, user, supervisor = make_client(), make_user(), make_user("supervisor")

    def locks(act):
        with CaptureQueriesContext(connection) as captured:
            act()
        said = [query["sql"] for query in captured if " FOR " in query["sql"]]
        words = ("FOR UPDATE", "FOR NO KEY UPDATE")
        return [
            (sql.split('FROM "')[1].split('"')[0], next(word for word in words if word in sql))
            for sql in said
            if 'FROM "clients_' in sql or 'FROM "accounts_' in sql
        ]

    file, row_ = ("clients_client", "FOR UPDATE"), ("clients_breakglass", "FOR UPDATE")
    row = opened(survivor, user)
    assert locks(lambda: opened(make_client(), user))[-2:] == [("accounts_user", "FOR NO KEY UPDATE"), file]
    assert locks(lambda: glass.tick(timezone.now() + timedelta(days=9)))[:2] == [file, row_]
    assert locks(lambda: glass.end(row=row, by=user))[:2] == [file, row_]
    review = locks(lambda: glass.review(row=row, outcome="justified", note="Well.", by=supervisor))
    assert review[:2] == [file, row_]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_guesses_at_the_same_moment_are_counted_one_by_one():
    user, at_once = make_user(), glass.REFUSED_A_DAY + 4
    gate, said = threading.Barrier(at_once), []

    def guess(number):
        try:
            gate.wait(10)
            glass.open_file(file_number=f"1999-{number}", category="cover", reason=REASON, by=user)
        except ValidationError as problem:
            said.append("Too many" in str(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(said) == [False] * glass.REFUSED_A_DAY + [True] * 4


# --- Who is told ----------------------------------------------------------------------------------


def test_team_and_supervisors_are_told_at_once_with_the_file_number_at_most(
    client, django_capture_on_commit_callbacks
):
    survivor = make_client(name_used="Kestrel Moss")
    advocate = add_to_team(survivor, "advocate", "advocate")
    supervisor, walled = make_user("supervisor"), make_user("supervisor")
    make_user("supervisor", office=make_office("Willow Road Legal"))
    services.set_wall(client=survivor, user=walled, reason="ethics", by=counsel_of(survivor))
    user = make_user()
    with django_capture_on_commit_callbacks(execute=True):
        opened(survivor, user)
    assert {tuple(letter.to) for letter in mail.outbox} == {
        (person.email,) for person in (advocate, supervisor, counsel_of(survivor))
    }
    for letter in mail.outbox:
        text = letter.subject + letter.body
        assert survivor.file_number in letter.body
        assert survivor.file_number not in letter.subject
        for secret in ("Kestrel", "Saltmarsh", user.name, user.email, str(survivor.pk)):
            assert secret not in text
    client.force_login(advocate)
    page = client.get(reverse("client-file", args=[survivor.pk])).content.decode()
    assert "Opened by break-glass, review waits" in page


def test_where_a_file_has_nobody_else_the_auditors_are_told(django_capture_on_commit_callbacks):
    survivor, user, auditor = make_client(), make_user("supervisor"), make_user("auditor")
    make_user("auditor", is_active=False)
    counsel = counsel_of(survivor)
    counsel.is_active = False
    counsel.save()
    with django_capture_on_commit_callbacks(execute=True):
        opened(survivor, user)
    assert [letter.to for letter in mail.outbox] == [[auditor.email]]


@pytest.mark.parametrize(
    "error", [smtplib.SMTPRecipientsRefused({"wren@marsh.example": (550, b"no")}), ValueError("wren")]
)
def test_one_address_that_refuses_loses_nobody_else_s_mail(monkeypatch, caplog, error):
    sent = []

    def send(subject, message, sender, to):
        if to == ["wren@marsh.example"]:
            raise error
        sent.extend(to)

    monkeypatch.setattr("accounts.mail.send_mail", send)
    tell(["wren@marsh.example", "teal@marsh.example"], "Subject", "Text")
    assert sent == ["teal@marsh.example"]
    assert "could not be sent" in caplog.text
    assert "wren" not in caplog.text


def test_a_mail_server_that_does_not_answer_holds_nobody_up(settings):
    assert settings.EMAIL_TIMEOUT == 10


# --- Review ---------------------------------------------------------------------------------------


def test_a_second_person_closes_it_with_an_outcome_and_a_note():
    survivor, user, supervisor = make_client(), make_user(), make_user("supervisor")
    row = opened(survivor, user)
    for wrong in ({"outcome": "fine", "note": "x"}, {"outcome": "justified", "note": " "}):
        with pytest.raises(ValidationError):
            glass.review(row=row, by=supervisor, **wrong)
    row = glass.review(row=row, outcome="not_justified", note="Counsel was there.", by=supervisor)
    assert (row.outcome, row.reviewed_by, row.note) == ("not_justified", supervisor, "Counsel was there.")
    assert rights_on(user, survivor) == frozenset()  # judged while it ran: it ends
    event = AccessEvent.objects.get(action="break_glass_closed")
    assert (event.actor_id, event.client_id, event.fields) == (supervisor.pk, survivor.pk, ["not_justified"])
    with pytest.raises(ValidationError, match="already"):
        glass.review(row=row, outcome="justified", note="Again.", by=make_user("auditor"))


def test_nobody_closes_her_own():
    survivor, supervisor = make_client(), make_user("supervisor")
    row = opened(survivor, supervisor)
    with pytest.raises(ValidationError, match="second person"):
        glass.review(row=row, outcome="justified", note="All well.", by=supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=row.pk).update(
            reviewed_by=supervisor, reviewed_at=timezone.now(), outcome="justified"
        )


@pytest.mark.parametrize("role", ["attorney", "advocate", "paralegal", "administrator"])
def test_other_roles_review_nothing(role):
    row = opened(make_client(), make_user())
    with pytest.raises(PermissionDenied):
        glass.review(row=row, outcome="justified", note="All well.", by=make_user(role))


def test_the_queue_is_that_of_the_office_and_leaves_out_what_a_wall_keeps():
    survivor = make_client()
    row = opened(survivor, make_user())
    here, elsewhere = (
        make_user("supervisor"),
        make_user("supervisor", office=make_office("Willow Road Legal")),
    )
    walled, auditor = make_user("supervisor"), make_user("auditor")
    services.set_wall(client=survivor, user=walled, reason="ethics", by=counsel_of(survivor))
    assert list(glass.queue(here)) == list(glass.queue(auditor)) == [row]
    assert list(glass.queue(elsewhere)) == list(glass.queue(walled)) == []
    assert (glass.waiting(here), glass.waiting(walled)) == (1, 0)
    with pytest.raises(PermissionDenied):
        glass.review(row=row, outcome="justified", note="All well.", by=walled)


def test_the_reason_is_read_by_who_may_see_the_file_and_by_nobody_else(client):
    survivor = make_client(name_used="Kestrel Moss")
    inside, outside = add_to_team(survivor, "supervision", "supervisor"), make_user("supervisor")
    opened(survivor, make_user())
    for user, reads in ((inside, True), (outside, False), (make_user("auditor"), False)):
        client.force_login(user)
        page = client.get(reverse("glass-queue")).content.decode()
        assert survivor.file_number in page
        assert "Kestrel" not in page
        assert ("Saltmarsh-canary" in page) is reads
        seen = AccessEvent.objects.filter(action="seen", object_kind="breakglass", actor_id=user.pk)
        assert seen.exists() is reads


def test_the_page_closes_one(client):
    row, supervisor = opened(make_client(), make_user()), make_user("supervisor")
    client.force_login(supervisor)
    url = reverse("glass-review", args=[row.pk])
    assert client.post(url, {f"{row.pk}-outcome": "justified"}).status_code == 422
    answer = client.post(url, {f"{row.pk}-outcome": "justified", f"{row.pk}-note": "Rightly so."})
    assert answer.status_code == 302
    page = client.get(reverse("glass-queue")).content.decode()
    assert "Nothing waits" in page
    assert "Rightly so" not in page


@pytest.mark.parametrize(
    ("days", "late"),
    [(0, False), (1, False), (4, False), (5, True)],  # opened on a Friday: Monday 1, Tuesday 2, Wednesday 3
)
def test_after_two_working_days_it_goes_before_everybody(days, late, django_capture_on_commit_callbacks):
    friday = timezone.make_aware(timezone.datetime(2026, 11, 20, 15, 0))
    survivor, user = make_client(name_used="Kestrel Moss"), make_user("supervisor")
    supervisor, auditor = make_user("supervisor"), make_user("auditor")
    row = opened(survivor, user, at=friday)
    now = friday + timedelta(days=days)
    with django_capture_on_commit_callbacks(execute=True):
        said = glass.tick(now)
        glass.tick(now)
    assert bool(said) is late
    told = {tuple(letter.to) for letter in mail.outbox}
    assert told == ({(supervisor.email,), (auditor.email,)} if late else set())
    assert all("Kestrel" not in letter.body for letter in mail.outbox)
    row.refresh_from_db()
    assert glass.is_late(row, timezone.localtime(now).date()) is late


def test_it_is_ticked(settings):
    assert "clients.services.glass.tick" in settings.TICKS


def test_what_was_opened_and_closed_stands_in_history_and_in_the_log():
    survivor, user = make_client(), make_user()
    row = opened(survivor, user)
    glass.end(row=row, by=user)
    glass.review(row=row, outcome="justified", note="Rightly so.", by=make_user("auditor"))
    assert [version.history_type for version in row.history.order_by("history_id")] == ["+", "~", "~"]
    event = AccessEvent.objects.get(action="break_glass")
    assert (event.actor_id, event.client_id, event.fields) == (user.pk, survivor.pk, ["cover"])


def test_within_a_request_opening_takes_effect_at_once():
    survivor, user = make_client(), make_user()
    token = request_id.set("a-request")
    try:
        assert not Client.objects.visible_to(user).exists()
        row = opened(survivor, user)
        assert list(Client.objects.visible_to(user)) == [survivor]
        glass.end(row=row, by=user)
        assert not Client.objects.visible_to(user).exists()
    finally:
        request_id.reset(token)


def test_the_words_are_plain(client):
    row, supervisor = opened(make_client(), make_user()), make_user("supervisor")
    client.force_login(supervisor)
    assert "Why is it urgent?" in client.get(URL).content.decode()
    page = client.get(reverse("glass-queue")).content.decode()
    assert "Record the review" in page
    assert f'id="id_{row.pk}-note"' in page


def test_a_supervisor_s_first_page_shows_what_waits_for_review_and_nothing_when_nothing_does(client):
    survivor, other, finch = make_client(), make_client(), make_user(name="Reed Finch")
    supervisor = make_user("supervisor")  # after the files: supervisors join at intake
    client.force_login(supervisor)
    assert "Opened by break-glass" not in client.get("/").content.decode()
    row, own = opened(survivor, finch), opened(other, supervisor)
    page = client.get("/").content.decode()
    assert "Opened by break-glass" in page
    for words in (survivor.file_number, "Reed Finch", "Waits for review", reverse("glass-queue")):
        assert words in page
    assert client.get("/").context["glass_waiting"][0]["late"] is False
    assert len(client.get("/").context["glass_waiting"]) == 1
    glass.tick(timezone.now() + timedelta(days=9))
    assert client.get("/").context["glass_waiting"][0]["late"] is True
    for one, by in ((row, supervisor), (own, make_user("auditor"))):
        glass.review(row=one, outcome="justified", note="Rightly so.", by=by)
    assert "Opened by break-glass" not in client.get("/").content.decode()


def test_it_leaves_no_right_behind():
    survivor, user = make_client(), make_user()
    opened(survivor, user)
    assert not ClientUserPermission.objects.filter(user=user).exists()
