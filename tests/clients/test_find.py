"""The search page: what it asks of the database, what it hides, and what it says while it reads."""

import logging
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AccessEvent
from clients import grants, services
from clients.models import ConflictCheck, Wall
from clients.services import scan as reading
from clients.views import waiting
from config.logs import IdsOnly
from tests.factories import TODAY, counsel_of, make_client, make_user, settle_conflicts

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return make_user()


@pytest.fixture
def signed_in(client, by):
    client.force_login(by)
    return client


def wall_off(walled, user):
    """A wall against somebody who still holds rights on the file: it subtracts from them."""
    wall = Wall(client=walled, user=user, reason="client_wish")
    grants.sign_wall(wall)
    wall.save()


def page(answer):
    """The page without what differs between any two answers: the form's token."""
    whole = answer.getvalue().decode()
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", whole)


def asked(client, typed, **headers):
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(reverse("find"), {"q": typed}, headers=headers)
    assert answer.status_code == 200
    return page(answer).replace(typed, "—"), len(queries)


@pytest.fixture(params=["few files", "many files"])
def few_or_many(request, monkeypatch):
    if request.param == "many files":
        monkeypatch.setattr(reading, "MOST_AT_ONCE", 0)
    return request.param


@pytest.mark.usefixtures("few_or_many")
def test_a_number_or_address_in_a_strangers_or_walled_file_answers_like_none(signed_in, by):
    stranger, walled, own = make_client(), make_client(counsel=by), make_client(counsel=by)
    for number, kept in (("2135550141", stranger), ("2135550142", walled), ("2135550143", own)):
        services.save_safe_contact(
            client=kept, number=number, email=f"{number}@marsh.example", by=counsel_of(kept)
        )
    wall_off(walled, by)
    asked(signed_in, "2135550149")
    for suffix in ("", "@marsh.example"):
        nobody = asked(signed_in, "2135550149" + suffix)
        for hidden in ("2135550141", "2135550142"):
            assert asked(signed_in, hidden + suffix) == nobody, hidden
        assert own.file_number in asked(signed_in, "2135550143" + suffix)[0]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.usefixtures("few_or_many")
def test_nobody_a_strangers_file_and_a_walled_file_answer_alike(signed_in, by, headers):
    stranger = make_client(name_used="Linnet Marsh")
    services.save_related_person(
        client=stranger, relation="trafficker", name="Gilbert Sedge", by=counsel_of(stranger)
    )
    walled = make_client(counsel=by, name_used="Bittern Alder")
    own = make_client(counsel=by, name_used="Siskin Rush")
    wall_off(walled, by)
    asked(signed_in, "Nightjar Heath", **headers)  # the first time, keys are fetched
    nobody = asked(signed_in, "Nightjar Heath", **headers)
    for hidden in (
        "Linnet Marsh",
        "Linet Marsh",
        "Marsh Linnet",
        "Gilbert Sedge",
        "Bittern Alder",
        "Bitern Aldr",
    ):
        assert asked(signed_in, hidden, **headers) == nobody, hidden
    assert own.file_number in asked(signed_in, "Siskin Rush", **headers)[0]


def test_the_number_of_files_changes_nothing_in_what_is_asked(signed_in, by):
    counts = []
    for more in (2, 4):
        for _ in range(more):
            made = make_client(counsel=by, name_used="Linnet Marsh", legal_name="Rosa Sedge")
            services.save_alias(client=made, name="Kestrel Vale", by=by)
        asked(signed_in, "Linnet Marsh")
        counts.append(asked(signed_in, "Linnet Marsh")[1])
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("few_or_many")
def test_where_there_are_many_files_rights_are_asked_only_for_those_that_the_index_brings(by, monkeypatch):
    monkeypatch.setattr(reading, "MOST_AT_ONCE", 1)
    own = make_client(counsel=by, name_used="Linnet Marsh")
    make_client(counsel=by, name_used="Teal Dunlin")
    for typed in ("Linet Marsh", "linnet@marsh.example"):
        with CaptureQueriesContext(connection) as queries:
            found = services.finished(services.finding(text=typed, by=by, in_full=False)).rows
        assert [client for client, _nearness in found] == [own] * (typed == "Linet Marsh")
        statements = [query["sql"] for query in queries]
        assert not any("LIKE" in statement for statement in statements)  # no digit, no file number
        probe, *others = [one for one in statements if 'FROM "clients_clientuserpermission"' in one]
        assert "LIMIT 1 OFFSET 1" in probe
        assert len(others) == 1
        assert all('"content_object_id" IN (' in statement for statement in others)


def test_a_walled_file_takes_no_place_of_one_that_is_shown(signed_in, by, monkeypatch):
    monkeypatch.setattr("clients.services.search.MOST_SHOWN", 1)
    walled = make_client(counsel=by, name_used="Linnet Marsh")
    own = make_client(counsel=by, name_used="Linnet Marsh")
    wall_off(walled, by)
    assert [found for found, _ in services.find_visible(text="Linet Marsh", by=by)] == [own]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Lupe Sedge", "Short form of the same name"),
        ("Guadalupe Segde", "One letter different"),
        ("Sedje Lupe", "Short form of the same name, sounds alike"),
        ("G. Sedge", "An initial fits"),
        ("G S", "An initial fits"),
        ("Lupe", "All words typed are part of the name, short form of the same name"),
        ("Sed", "Begins with what was typed"),
        ("Gonsales", "Trafficker in this file"),
        ("Memo Gonzalez", "Trafficker in this file: short form of the same name"),
    ],
)
def test_people_type_names_as_they_know_them(signed_in, by, typed, why):
    own = make_client(counsel=by, name_used="Guadalupe Sedge")
    services.save_related_person(client=own, relation="trafficker", name="Guillermo González", by=by)
    make_client(counsel=by, name_used="Teal Dunlin")
    found = asked(signed_in, typed)[0]
    assert why in found
    assert own.file_number in found
    assert found.count('class="aw-nowrap"') == 1


def test_where_there_are_many_files_the_index_answers_and_every_name_is_read_only_where_it_finds_nobody(
    by, monkeypatch
):
    for name in ("Guadalupe Sedge Rush", "Linnet Marsh"):
        make_client(counsel=by, name_used=name)
    monkeypatch.setattr(reading, "MOST_AT_ONCE", 0)
    steps = list(services.finding(text="Linet Marsh", by=by))
    assert steps == []
    work = services.finding(text="Lupe Rush", by=by)
    assert next(work) == services.Progress(2, 2)
    assert len(services.finished(work).rows) == 1
    typing = services.finished(services.finding(text="Lupe Rush", by=by, in_full=False))
    assert (typing.rows, typing.in_full) == ([], False)


def test_while_somebody_types_the_rows_alone_come_back(signed_in, by):
    own = make_client(counsel=by, name_used="Linnet Marsh")
    answer = signed_in.post(reverse("find"), {"q": "Lin"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert own.file_number in text
    assert "<h1" not in text
    assert "1 file found" in text
    # The whole number is no reason to leave the page under somebody who is still typing.
    number = signed_in.post(reverse("find"), {"q": own.file_number}, headers={"HX-Request": "true"})
    assert number.status_code == 200


def test_search_term_not_in_url_or_access_log(signed_in, by, caplog):
    make_client(counsel=by, name_used="Linnet Marsh")
    caplog.set_level(logging.DEBUG)
    form = page(signed_in.get(reverse("find")))
    boxes = re.findall(r'<form[^>]*role="search"[^>]*>', form)
    assert len(boxes) == 2
    assert all('method="post"' in box for box in boxes)
    assert "hx-get" not in form
    for headers in ({}, {"HX-Request": "true"}):
        answer = signed_in.post(reverse("find"), {"q": "Zeldanight Marshq"}, headers=headers)
        assert not any("Zeldanight" in str(value) for value in answer.headers.values())
        assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
        assert answer.headers["Cache-Control"] == "no-store, private"
    assert not re.search(r'(href|action|hx-post)="[^"]*Zeldanight', page(answer))
    assert "Zeldanight" not in caplog.text
    assert "Zeldanight" not in str(list(AccessEvent.objects.values()))
    # A name that somebody puts into an address by hand is not searched for, and no log line keeps it.
    assert "Zeldanight" not in page(signed_in.get(reverse("find"), {"q": "Zeldanight"}))
    line = logging.LogRecord(
        "access", logging.INFO, "", 0, '"GET /find/?q=Zeldanight HTTP/1.1" 200', (), None
    )
    assert IdsOnly().filter(line)
    assert "Zeldanight" not in line.getMessage()


# --- While it reads -------------------------------------------------------------------------------


@pytest.fixture
def slow(monkeypatch):
    """Every step takes longer than anybody waits; a step a file."""
    monkeypatch.setattr(waiting, "PATIENCE", -1)
    monkeypatch.setattr(reading, "BATCH", 1)
    monkeypatch.setattr(reading, "MOST_AT_ONCE", 0)


@pytest.mark.usefixtures("slow")
def test_a_long_search_says_how_far_it_is_and_ends_with_what_it_found(signed_in, by):
    own = make_client(counsel=by, name_used="Guadalupe Sedge Rush")
    make_client(counsel=by, name_used="Linnet Marsh")
    make_client(name_used="Guadalupe Sedge Rush")
    answer = signed_in.post(reverse("find"), {"q": "Lupe Rush"})
    assert answer.streaming
    assert answer.headers["Cache-Control"] == "no-store, private"
    text = page(answer)
    assert "2 of 2" in text
    assert text.count("client-file") == 0
    assert own.file_number in text
    assert text.count('class="aw-nowrap"') == 1
    assert text.rstrip().endswith("</html>")
    event = AccessEvent.objects.filter(action="searched").latest("pk")
    assert event.objects_shown == [str(own.pk)]


@pytest.mark.usefixtures("slow")
def test_a_long_conflict_check_is_kept_at_its_end_and_leads_to_the_hits(signed_in, by):
    for _ in range(3):
        make_client(counsel=by, name_used="Wren Sycamore Thistle")
    newer = services.start_intake(name_used="Wren Thistle", by=by, today=TODAY)
    answer = signed_in.post(reverse("conflict-run", args=[newer.pk]))
    assert not ConflictCheck.objects.filter(client=newer).exists()
    text = page(answer)
    assert "2 of 3" in text
    assert f"url={reverse('intake', args=[newer.pk])}#conflict" in text
    assert ConflictCheck.objects.get(client=newer).hit_count == 3


@pytest.mark.usefixtures("slow")
def test_whoever_leaves_a_long_conflict_check_has_checked_nothing(signed_in, by):
    for _ in range(3):
        make_client(counsel=by, name_used="Wren Sycamore Thistle")
    newer = services.start_intake(name_used="Wren Thistle", by=by, today=TODAY)
    answer = signed_in.post(reverse("conflict-run", args=[newer.pk]))
    steps = iter(answer.streaming_content)
    assert "Conflict check" in next(steps).decode()
    next(steps)
    assert not ConflictCheck.objects.filter(client=newer).exists()


def test_a_scan_opens_each_name_once_and_asks_four_times_a_batch(by):
    for _ in range(3):
        made = make_client(counsel=by, name_used="Wren Thistle", legal_name="Rosa Sedge")
        services.save_alias(client=made, name="Kestrel Vale", by=by)
        services.save_related_person(client=made, relation="family", name="Jay Sorrel", by=by)
        settle_conflicts(made, by=by)
    with CaptureQueriesContext(connection) as queries:
        read = reading.scan(typed=["Nightjar Heath", "Teal Dunlin"], files=reading.Files())
    assert read.opened == 12
    assert len(queries) == 6  # how many there are; files, aliases, people, keys; no further batch


def test_only_ones_own_granted_files_are_opened_when_somebody_types(by):
    make_client(counsel=by, name_used="Wren Thistle")
    make_client(name_used="Wren Thistle")
    read = services.finished(
        reading.reading(
            typed=["Wren"],
            files=reading.VisibleFiles(by),
            compare=lambda typed, name: None,
            beginnings=True,
        )
    )
    assert read.opened == 1
