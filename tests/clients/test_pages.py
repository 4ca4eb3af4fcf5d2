"""Pages of clients: what is kept, what comes back, what is recorded, and what is nowhere to be read."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.forms import CharField
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessEvent
from clients import services
from clients.forms import (
    DecisionForm,
    IntakeForm,
    PassageForm,
    PromiseForm,
    RelatedPersonDetailForm,
    RelatedPersonForm,
    SettleForm,
)
from clients.models import (
    Alias,
    CareTeamMember,
    Client,
    Commitment,
    ConflictCheck,
    Identifier,
    Passage,
    RelatedPerson,
    SafeContact,
)
from tests.factories import TODAY, add_to_team, counsel_of, make_client, make_user, settle_conflicts
from vault.fields import SealedField

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def by(client):
    user = make_user("advocate")
    client.force_login(user)
    return user


@pytest.fixture
def intake(by):
    return services.start_intake(name_used="Wren", by=by, today=TODAY)


def at(name, row):
    return reverse(name, args=[row.pk])


def body(response):
    return response.content.decode()


# --- Intake ---------------------------------------------------------------------------------------


def test_an_intake_opens_with_a_name_and_goes_on(client, by):
    answer = client.post(reverse("intake-start"), {"name_used": " Wren "})
    opened = Client.objects.get()
    assert answer.url == at("intake", opened)
    assert opened.name_used == "Wren"
    assert "<title>" + opened.file_number in re.sub(r"\s+", " ", body(client.get(answer.url)))


def test_a_supervisor_says_who_does_the_intake(client):
    client.force_login(make_user("supervisor"))
    worker = make_user("paralegal")
    assert client.post(reverse("intake-start"), {"name_used": "Wren"}).status_code == 422
    client.post(reverse("intake-start"), {"name_used": "Wren", "worker": worker.pk})
    assert Client.objects.get().point_of_contact == worker


def whole(**changed):
    return {
        "name_used": "Wren",
        "pronouns": "she",
        "channel": "text",
        "number": "(510) 555-0143",
        "hours": "noon",
        "voicemail": "none",
        "language_none": "declined",
        "referral": "unknown",
        "basic_needs": ["shelter", "food"],
        "legal_name": "Wren Marsh",
        "date_of_birth": "1998-03-14",
        "aliases": "Reed\nSedge Marsh",
        "ssn": "000-12-3456",
        "fbi_none": "unknown",
    } | changed


def test_the_whole_intake_is_kept_without_script(client, intake):
    answer = client.post(at("intake", intake), whole())
    assert answer.url == at("client-file", intake)
    kept = Client.objects.get()
    assert (kept.pronouns, kept.legal_name, kept.basic_needs) == ("she", "Wren Marsh", ["shelter", "food"])
    assert kept.answers == {"language": "declined", "referral": "unknown", "fbi": "unknown"}
    contact = SafeContact.objects.get()
    assert (contact.channel, contact.number, contact.hours) == ("text", "(510) 555-0143", "noon")
    assert {alias.name for alias in Alias.objects.all()} == {"Reed", "Sedge Marsh"}
    assert Identifier.objects.get().value == "000-12-3456"


def test_a_wrong_value_comes_back_as_typed_and_the_rest_is_kept(client, intake):
    answer = client.post(at("intake", intake), whole(number="(510) 555-014", date_of_birth="1898-03-14"))
    assert answer.status_code == 422
    page = body(answer)
    assert "Enter 10 digits. This has 9." in page
    assert 'value="(510) 555-014"' in page
    assert "Look at the year" in page
    assert "Error: " in page
    assert Client.objects.get().pronouns == "she"
    contact = SafeContact.objects.get()
    assert (contact.number, contact.hours) == (None, "noon")


def test_one_field_is_saved_as_it_is_left(client, intake):
    form = {"autosave": "hours", "hours": "noon", "pronouns": "not sent by this field", "name_used": ""}
    answer = client.post(at("intake", intake), form, **HTMX)
    assert answer.status_code == 200
    assert re.search(r'id="saved" hx-swap-oob="innerHTML">Saved \d+:\d\d [ap]m\.', body(answer))
    assert body(answer).count("hx-post") == 1
    assert SafeContact.objects.get().hours == "noon"
    kept = Client.objects.get()
    assert (kept.pronouns, kept.name_used) == (None, "Wren")


def test_one_wrong_field_says_so_and_saves_nothing(client, intake):
    answer = client.post(at("intake", intake), {"autosave": "ssn", "ssn": "12"}, **HTMX)
    assert answer.status_code == 422
    assert "Enter 9 digits. This has 2." in body(answer)
    assert "Not saved" in body(answer)
    assert not Identifier.objects.exists()


TEXTS = [n for n, f in IntakeForm.base_fields.items() if isinstance(f, CharField)]


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_of_the_intake_is_without_end(client, intake, name):
    typed = "x" * 20_000
    answer = client.post(at("intake", intake), {"autosave": name, name: typed}, **HTMX)
    assert answer.status_code == 422
    assert typed in body(answer)
    assert "Not saved" in body(answer)
    if name != "email":
        assert "This has 20000 letters" in body(answer)
    assert not Alias.objects.exists()


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (RelatedPersonDetailForm, ["name", "her_word", "note"]),
        (DecisionForm, ["note"]),
        (PassageForm, ["title", "text"]),
        (PromiseForm, ["what"]),
    ],
)
def test_no_text_about_people_is_without_end(form, fields):
    texts = [name for name, field in form.base_fields.items() if isinstance(field, CharField)]
    assert texts == fields
    assert all(form.base_fields[name].max_length for name in texts)


def test_one_other_name_is_no_longer_than_a_name(client, intake):
    several = "\n".join(["Sedge Marsh"] * 5 + ["x" * 161])
    answer = client.post(at("intake", intake), {"autosave": "aliases", "aliases": several}, **HTMX)
    assert answer.status_code == 422
    assert "One of these has more than 160 letters" in body(answer)
    longest = client.post(at("intake", intake), {"autosave": "aliases", "aliases": "x" * 160}, **HTMX)
    assert longest.status_code == 200
    assert Alias.objects.get().name == "x" * 160


@pytest.mark.parametrize("typed", ["zz", "A123456", "A12345678901", "AA12345678", "12345678A", "A1234567O"])
def test_a_cii_number_of_another_form_is_refused_and_stays_typed(client, intake, typed):
    answer = client.post(at("intake", intake), {"autosave": "cii", "cii": typed}, **HTMX)
    assert answer.status_code == 422
    assert "such as A12345678" in body(answer)
    assert f'value="{typed}"' in body(answer)
    assert not Identifier.objects.exists()


@pytest.mark.parametrize(
    "typed", ["A99011223", "a99 011 223", "H-12345678", "A1234567", "A1234567890", "99011223"]
)
def test_a_cii_number_is_kept_as_typed(client, intake, typed):
    assert client.post(at("intake", intake), {"autosave": "cii", "cii": typed}, **HTMX).status_code == 200
    assert Identifier.objects.get().value == typed


def test_what_is_masked_is_not_in_the_page_and_an_empty_box_keeps_it(client, intake):
    client.post(at("intake", intake), whole(email="wren@marsh.example", code_word="teasel"))
    page = body(client.get(at("intake", intake)))
    for secret in ("555-0143", "wren@marsh.example", "teasel", "Wren Marsh", "1998", "Sedge", "000-12"):
        assert secret not in page
    client.post(at("intake", intake), {"name_used": "Wren", "pronouns": "they"})
    kept = Client.objects.get()
    assert (kept.legal_name, kept.pronouns) == ("Wren Marsh", "they")
    assert SafeContact.objects.get().number == "(510) 555-0143"
    assert Identifier.objects.get().value == "000-12-3456"


def test_a_person_typed_beside_the_rest_is_added_and_checked(client, intake):
    person = {"person-name": "Jay Sorrel", "person-relation": "trafficker", "person-must_not_meet": "on"}
    answer = client.post(at("intake", intake), whole(go_on="check", **person))
    assert answer.url == at("intake", intake) + "#conflict"
    kept = RelatedPerson.objects.get()
    assert (kept.name, kept.must_not_meet) == ("Jay Sorrel", True)
    assert "Jay Sorrel" in ConflictCheck.objects.get().names_checked["names"]
    incomplete = client.post(at("intake", intake), {"name_used": "Wren", "person-name": "Kite"})
    assert incomplete.status_code == 422
    assert 'value="Kite"' in body(incomplete)


def test_the_intake_ends_only_when_everything_is_settled(client, intake, by):
    answer = client.post(at("intake-end", intake), {"accept": "1"})
    assert answer.status_code == 422
    assert "Run the conflict check." in body(answer)
    services.answer(client=intake, question="channel", reply="not_asked", by=by)
    settle_conflicts(intake, by=by)
    assert client.post(at("intake-end", intake), {"accept": "1"}).status_code == 302
    assert Client.objects.get().state == "open"


def test_a_restricted_hit_shows_whom_to_ask_and_nothing_else(client, intake, by):
    supervisor = make_user("supervisor", name="Robin Abernathy")
    hidden = make_client(name_used="Gilbert Sedge")
    services.save_related_person(client=intake, relation="trafficker", name="Gilbert Segde", by=by)
    client.post(at("conflict-run", intake))
    page = body(client.get(at("intake", intake)))
    assert "A file you may not open" in page
    assert f"Ask {supervisor}" in page
    for secret in ("Gilbert Sedge", hidden.file_number, str(hidden.pk), "one letter"):
        assert secret not in page


def test_a_decision_needs_a_note_when_somebody_was_found(client, intake, by):
    make_client(counsel=make_user(), name_used="Wren")
    check = services.run_conflict_check(client=intake, by=by)
    answer = client.post(at("conflict-decide", check), {"decision": "clear", "note": ""})
    assert answer.status_code == 422
    assert "Say why" in body(answer)
    client.post(at("conflict-decide", check), {"decision": "clear", "note": "Another Wren"})
    check.refresh_from_db()
    assert (check.decision, check.note) == ("clear", "Another Wren")


# --- Lists and search -----------------------------------------------------------------------------


def test_the_list_shows_ones_own_files_by_state_and_records_which(client):
    mine = make_client(name_used="Linnet")
    make_client(name_used="Bittern")
    user = counsel_of(mine)
    newer = services.start_intake(name_used="Teal", by=user, today=TODAY)
    client.force_login(user)
    page = body(client.get(reverse("clients")))
    assert "Linnet" in page
    assert "Teal" in page
    assert "Bittern" not in page
    shown = AccessEvent.objects.filter(action="listed").latest("pk").objects_shown
    assert set(shown) == {str(mine.pk), str(newer.pk)}
    assert "Linnet" not in body(client.get(reverse("clients") + "?state=intake"))
    assert "No file fits" in body(client.get(reverse("clients") + "?state=closed"))
    client.force_login(make_user())
    assert "No files yet" in body(client.get(reverse("clients")))


def test_mine_are_those_whose_point_of_contact_one_is(client):
    shared = make_client(name_used="Linnet")
    user = add_to_team(shared, "advocate", "advocate")
    services.start_intake(name_used="Teal", by=user, today=TODAY)
    client.force_login(user)
    page = body(client.get(reverse("clients") + "?mine=1"))
    assert "Teal" in page
    assert "Linnet" not in page


def test_the_list_asks_as_often_for_twelve_files_as_for_three(client, by):
    counts = []
    for more in (3, 9):
        for _ in range(more):
            services.start_intake(name_used="Wren", by=by, today=TODAY)
        client.get(reverse("clients"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("clients"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_search_leads_nowhere_that_names_anybody(client):
    survivor = make_client(name_used="Linnet Marsh")
    client.force_login(counsel_of(survivor))
    answer = client.post(reverse("find"), {"q": "Linet Marsh"})
    assert answer.status_code == 200
    assert at("client-file", survivor) in body(answer)
    assert "One letter different" in body(answer)
    assert not re.search(r'(href|action)="[^"]*(Lin|Marsh)', body(answer))
    exact = client.post(reverse("find"), {"q": survivor.file_number})
    assert exact.url == at("client-file", survivor)


def test_nothing_found_is_the_same_for_nobody_and_for_a_file_one_may_not_see(client, by):
    make_client(name_used="Linnet Marsh")

    def answer(text):
        page = body(client.post(reverse("find"), {"q": text}))
        return re.sub(r'value="[^"]{64}"', "", page.replace(text, ""))

    assert answer("Linnet Marsh") == answer("Kestrel Vale")
    assert "conflict check" in answer("Kestrel Vale")


# --- Reveals --------------------------------------------------------------------------------------


@pytest.fixture
def full(client, by, intake):
    client.post(at("intake", intake), whole(email="wren@marsh.example", code_word="teasel"))
    return intake


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("number", "(510) 555-0143", "safecontact"),
        ("email", "wren@marsh.example", "safecontact"),
        ("code_word", "teasel", "safecontact"),
        ("ssn", "000-12-3456", "identifier"),
        ("legal_name", "Wren Marsh", "client"),
        ("date_of_birth", "March 14, 1998", "client"),
        ("aliases", "Sedge Marsh", "client"),
    ],
)
def test_a_masked_value_is_shown_once_and_recorded(client, full, by, key, value, kind):
    people = at("client-people", full)
    assert value not in body(client.get(people))
    answer = client.post(
        at("client-reveal", full), {"reveal": key}, HTTP_REFERER=f"http://testserver{people}"
    )
    assert answer.status_code == 200
    assert value in body(answer)
    assert f'href="{people}"' in body(answer)
    assert "no-store" in answer["Cache-Control"]
    event = AccessEvent.objects.get(action="revealed")
    assert (event.actor_id, event.object_kind, event.fields) == (by.pk, kind, [key])
    assert event.client_id == full.pk
    assert value not in str(dict(client.session))
    assert value not in body(client.get(people))


def test_what_is_not_on_file_cannot_be_revealed(client, full):
    for key in ("", "fbi", "passage-", "person-nonsense", "password", "name_used"):
        assert client.post(at("client-reveal", full), {"reveal": key}).status_code == 404
    assert client.get(at("client-reveal", full)).url == at("client-file", full)
    assert not AccessEvent.objects.filter(action="revealed").exists()


def test_without_its_record_a_value_is_not_shown(client, full, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no log")

    monkeypatch.setattr("clients.views.people.record", broken)
    client.raise_request_exception = False
    answer = client.post(at("client-reveal", full), {"reveal": "ssn"})
    assert answer.status_code == 500
    assert "000-12-3456" not in body(answer)


def test_a_referer_from_elsewhere_is_not_followed(client, full):
    answer = client.post(
        at("client-reveal", full), {"reveal": "ssn"}, HTTP_REFERER="https://elsewhere.example/clients/"
    )
    assert "elsewhere" not in body(answer)
    assert at("client-file", full) in body(answer)


def test_a_row_of_another_file_is_not_revealed_through_this_one(client, by, intake):
    other = services.start_intake(name_used="Teal", by=by, today=TODAY)
    person = services.save_related_person(client=other, relation="other", name="Jay", by=by)
    assert client.post(at("client-reveal", intake), {"reveal": person.reveal_key}).status_code == 404


# --- People, statements, promises, team -----------------------------------------------------------


def test_people_are_added_masked_changed_and_removed(client, intake):
    add = {"person-name": "Jay Sorrel", "person-relation": "trafficker", "person-her_word": "my ex"}
    client.post(at("person-add", intake), add)
    person = RelatedPerson.objects.get()
    page = body(client.get(at("client-people", intake)))
    assert "Jay Sorrel" not in page
    assert "my ex" in page
    assert "Jay Sorrel" in body(client.post(at("person-change", person)))
    assert AccessEvent.objects.filter(action="revealed", object_id=str(person.pk)).count() == 1
    client.post(at("person-change", person), {"name": "Jay Sorrell", "relation": "employer"})
    person.refresh_from_db()
    assert (person.name, person.relation, person.her_word) == ("Jay Sorrell", "employer", None)
    client.post(at("person-remove", person))
    assert not RelatedPerson.objects.exists()
    assert RelatedPerson.history.count() == 3


def test_a_passage_is_masked_until_it_is_asked_for(client, intake):
    text = {"title": "The house", "text": "There was a locked door.", "agreed_uses": ["t_visa"]}
    client.post(at("passage-add", intake), text)
    passage = Passage.objects.get()
    page = body(client.get(at("client-statements", intake)))
    assert "locked door" not in page
    assert "Court declaration: no" in page
    assert "locked door" in body(
        client.post(at("client-reveal", intake), {"reveal": f"passage-{passage.pk}"})
    )
    assert "locked door" in body(client.post(at("passage-change", passage)))
    assert AccessEvent.objects.filter(action="revealed", object_id=str(passage.pk)).count() == 2
    client.post(at("passage-change", passage), text | {"agreed_uses": []})
    passage.refresh_from_db()
    assert passage.agreed_uses == []
    assert passage.history.count() == 2


def test_a_supervisor_cannot_reach_a_passage_by_its_key(client, intake, by):
    passage = services.add_passage(client=intake, title="a", text="locked", agreed_uses=[], by=by)
    client.force_login(add_to_team(intake, "paralegal", "paralegal"))
    answer = client.post(at("client-reveal", intake), {"reveal": f"passage-{passage.pk}"})
    assert answer.status_code == 403
    assert "locked" not in body(answer)


def test_promises_are_kept_broken_or_moved(client, intake, by):
    due = timezone.localtime() + timedelta(days=2)
    address = at("client-promises", intake)
    form = {"what": "Call the court", "due_at": due.strftime("%Y-%m-%dT%H:%M"), "owner": by.pk}
    for _ in range(3):
        assert client.post(address, form).status_code == 302
    kept, broken, moved = Commitment.objects.order_by("pk")
    client.post(at("promise-settle", kept), {"state": "kept"})
    client.post(at("promise-settle", broken), {"state": "broken"})
    assert client.post(at("promise-settle", moved), {"state": "renegotiated"}).status_code == 422
    later = (due + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    client.post(at("promise-settle", moved), {"state": "renegotiated", "due_at": later})
    assert [Commitment.objects.get(pk=row.pk).state for row in (kept, broken, moved)] == [
        "kept",
        "broken",
        "renegotiated",
    ]
    following = Commitment.objects.get(state="owed")
    assert (following.follows, following.what) == (moved, "Call the court")
    assert "1 of 2" in body(client.get(address))
    past = form | {"due_at": "2020-01-01T10:00"}
    assert "passed" in body(client.post(address, past))


def test_the_team_page_adds_hands_over_and_walls(client):
    survivor = make_client()
    counsel = counsel_of(survivor)
    client.force_login(counsel)
    helper, shut_out = make_user("advocate"), make_user()
    client.post(at("team-join", survivor), {"join-user": helper.pk, "join-role": "advocate"})
    client.post(at("point-of-contact", survivor), {"contact-user": helper.pk})
    client.post(at("wall-set", survivor), {"wall-user": shut_out.pk, "wall-reason": "ethics"})
    survivor.refresh_from_db()
    assert survivor.point_of_contact == helper
    assert "Ethics screen" in body(client.get(at("client-team", survivor)))
    place = CareTeamMember.objects.get(user=helper)
    refused = client.post(at("team-leave", place), follow=True)
    assert "another point of contact" in body(refused)
    client.force_login(helper)
    assert "Ethics screen" not in body(client.get(at("client-team", survivor)))


def test_every_page_of_a_file_is_recorded_before_it_is_shown(client, monkeypatch):
    survivor = make_client()
    user = counsel_of(survivor)
    client.force_login(user)
    for name in ("intake", "client-people", "client-statements", "client-promises", "client-team"):
        client.get(at(name, survivor))
    seen = AccessEvent.objects.filter(action="seen", actor_id=user.pk, client_id=survivor.pk)
    assert [event.fields for event in seen.order_by("pk")] == [
        ["intake"],
        ["people"],
        ["statements"],
        ["promises"],
        ["team"],
    ]


def test_no_message_names_anybody(client):
    """Messages wait in the session table, in the clear."""
    survivor = make_client(name_used="Linnet Marsh")
    counsel = counsel_of(survivor)
    client.force_login(counsel)
    helper = make_user("advocate", name="Sedge Warbler")
    posts = [
        ("team-join", survivor, {"join-user": helper.pk, "join-role": "advocate"}),
        ("point-of-contact", survivor, {"contact-user": helper.pk}),
        ("person-add", survivor, {"person-name": "Jay Sorrel", "person-relation": "other"}),
    ]
    for name, row, data in posts:
        assert client.post(at(name, row), data).status_code == 302, name
    place = CareTeamMember.objects.get(client=survivor, user=helper)
    client.post(at("team-leave", place))  # refused: the point of contact
    services.change_point_of_contact(client=survivor, user=counsel, by=counsel)
    client.post(at("team-leave", place))
    waiting = client.session["_messages"]
    assert len(json.loads(waiting)) == 5
    for name in ("Linnet", "Marsh", "Sedge", "Warbler", "Jay", "Sorrel", counsel.name):
        assert name not in waiting


def test_the_frame_opens_nothing_that_stays_masked(client, full, by, monkeypatch):
    read = []
    original = SealedField.open_bytes

    def open_bytes(field, *args, **kwargs):
        read.append(field.seal_name)
        return original(field, *args, **kwargs)

    monkeypatch.setattr(SealedField, "open_bytes", open_bytes)
    assert "Show number" in body(client.get(at("client-team", full)))
    assert not {"number", "email", "code_word", "legal_name", "dob"} & set(read)
    assert "name_used" in read


def test_one_value_that_does_not_open_takes_no_page_down_and_is_reported(client, intake, by, caplog):
    services.save_safe_contact(client=intake, by=by, channel="text", hours="noon", number="5105550143")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_safecontact SET hours_sealed = number_sealed")
    page = body(client.get(at("client-team", intake)))
    assert "cannot be opened" in page
    assert "safe_contact.hours" in caplog.text
    assert "5105550143" not in page + caplog.text


@pytest.mark.parametrize(
    ("table", "column", "taken_from"),
    [
        ("clients_alias", "name_sealed", "(SELECT legal_name_sealed FROM clients_client)"),
        ("clients_relatedperson", "name_sealed", "her_word_sealed"),
        ("clients_relatedperson", "her_word_sealed", "name_sealed"),
        ("clients_client", "legal_name_sealed", "name_used_sealed"),
        ("clients_conflictcheck", "names_sealed", "hits_sealed"),
        ("clients_conflictcheck", "hits_sealed", "names_checked_sealed"),
        ("clients_conflictcheck", "note_sealed", "hits_sealed"),
        ("clients_safecontact", "hours_sealed", "number_sealed"),
        ("clients_safecontact", "channel_sealed", "number_sealed"),
    ],
)
def test_the_intake_shows_a_value_that_does_not_open_as_such(
    client, full, by, caplog, table, column, taken_from
):
    services.save_related_person(client=full, relation="other", name="Jay Sorrel", her_word="my ex", by=by)
    settle_conflicts(full, by=by)
    column = column.replace("names_sealed", "names_checked_sealed")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {taken_from}")
    answer = client.get(at("intake", full))
    assert answer.status_code == 200
    assert "This value cannot be opened: reported" in body(answer)
    assert "cannot be opened" in caplog.text
    assert "Jay Sorrel" not in caplog.text


def test_the_conflict_check_says_why_it_was_not_run(client, intake, by):
    services.save_alias(client=intake, name="Sedge Marsh", by=by)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_alias SET name_sealed = (SELECT name_used_sealed FROM clients_client)")
    answer = client.post(at("conflict-run", intake))
    assert answer.status_code == 422
    assert "a name cannot be opened" in body(answer)
    assert not ConflictCheck.objects.exists()
    assert "waits until it is restored" in body(client.post(at("intake-end", intake), {"accept": "1"}))


def test_a_check_says_when_names_of_other_files_were_not_compared(client, intake, by):
    others = [make_client(name_used="Wren Sycamore Thistle") for _ in range(2)]
    services.change_client(client=intake, by=by, name_used="Wren Thistel")
    sealed = bytes(Client.objects.get(pk=others[1].pk).name_used_sealed)
    with connection.cursor() as cursor:
        key = others[0].pk.hex if connection.vendor == "sqlite" else others[0].pk
        cursor.execute("UPDATE clients_client SET name_used_sealed = %s WHERE id = %s", [sealed, key])
    client.post(at("conflict-run", intake))
    page = body(client.get(at("intake", intake)))
    assert "1 name in other files could not be opened and was not compared" in page
    assert page.count("A file you may not open") == 1


def test_the_people_whom_a_conflict_check_names_are_on_record(client, intake, by):
    other = make_client(counsel=make_user(), name_used="Wren")
    services.join_team(client=other, user=by, role="advocate", by=counsel_of(other))
    services.run_conflict_check(client=intake, by=by)
    before = AccessEvent.objects.latest("pk").pk
    assert other.file_number in body(client.get(at("intake", intake)))
    listed = AccessEvent.objects.get(action="listed", pk__gt=before)
    assert (listed.object_kind, listed.objects_shown) == ("conflictcheck", [str(other.pk)])


@pytest.mark.parametrize("moment", ["9999-12-31T23:59", "2099-01-01T10:00", "0001-01-01T00:00", "tomorrow"])
def test_a_promise_lies_ahead_and_within_reach(client, intake, by, moment):
    data = {"what": "Call", "owner": by.pk, "due_at": moment}
    assert client.post(at("client-promises", intake), data).status_code == 422
    assert not Commitment.objects.exists()


@pytest.mark.parametrize("value", ["\x00", "x" * 10_000, "9" * 20, "0000-00-00", "-1", "\ud83e"])
def test_no_form_of_a_file_breaks_on_what_is_posted(client, full, by, value):
    passage = services.add_passage(client=full, title="a", text="b", agreed_uses=[], by=by)
    due = timezone.now() + timedelta(days=1)
    promise = services.make_commitment(client=full, what="w", due_at=due, owner=by, by=by)
    person = RelatedPerson.objects.filter(client=full).first() or services.save_related_person(
        client=full, relation="other", name="Jay", by=by
    )
    forms = [
        ("intake", full, IntakeForm, ""),
        ("person-add", full, RelatedPersonForm, "person-"),
        ("person-change", person, RelatedPersonDetailForm, ""),
        ("passage-add", full, PassageForm, ""),
        ("passage-change", passage, PassageForm, ""),
        ("client-promises", full, PromiseForm, ""),
        ("promise-settle", promise, SettleForm, ""),
    ]
    for name, row, form, prefix in forms:
        data = {prefix + field: value for field in form.base_fields}
        data = {field: given.encode("utf-8", "replace").decode() for field, given in data.items()}
        assert client.post(at(name, row), data).status_code in {302, 422}, name
    for key in (value, f"person-{value}", f"passage-{value}"):
        posted = key.encode("utf-8", "replace").decode()
        assert client.post(at("client-reveal", full), {"reveal": posted}).status_code == 404
