"""Somebody behind a wall meets nothing of the file, whatever address is asked (security.md, T4)."""

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse

from clients.models import Client
from clients.services import find_visible, glass, run_conflict_check, set_wall
from documents.models import Document
from tests.factories import add_to_team, counsel_of, make_client, make_user
from tests.rights.objects import load
from tests.rights.test_matrix import ask, rows

pytestmark = pytest.mark.django_db
NAME = "Corncrake Saltmarsh"


def walled_from(client, role="advocate", account="advocate"):
    """Somebody who worked on the file until the wall was set."""
    user = add_to_team(client, role, account)
    set_wall(client=client, user=user, reason="client_wish", by=counsel_of(client))
    return user


def nothing_of(client, page):
    text = page.content.decode(errors="replace") + str(dict(page.headers))
    return client.file_number not in text and "Corncrake" not in text


def test_screen_in_every_surface(client):
    """Every address with an object answers as to a stranger; every other leaves the file out."""
    survivor = make_client(name_used=NAME)
    client.force_login(walled_from(survivor))
    makers, asked = load(), 0
    for wanted in sorted({row["object"] for row in rows()}):
        with transaction.atomic():
            kwargs = makers[wanted](survivor) if wanted else {}
            for row in rows():
                if row["object"] != wanted or (wanted and row["foreign"] == "-"):
                    continue  # "-": not open to this role at all, tests/rights
                with transaction.atomic():
                    page = ask(client, row, kwargs)
                    transaction.set_rollback(True)
                if wanted:
                    assert str(page.status_code) == row["foreign"], row
                assert nothing_of(survivor, page), row
                asked += 1
            transaction.set_rollback(True)
    assert asked > 60


def test_screen_in_search_conflict_check_and_break_glass(client):
    survivor = make_client(name_used=NAME)
    user = walled_from(survivor)
    client.force_login(user)
    for text in (NAME, "Corncrake", survivor.file_number):
        assert find_visible(text=text, by=user) == []
        page = client.post(reverse("find"), {"q": text})
        assert str(survivor.pk) not in page.content.decode()
    other = make_client(counsel=make_user(), name_used="Corncrake Saltmarch")
    check = run_conflict_check(client=other, by=counsel_of(other))
    assert check.hit_count  # somebody without a wall hears of it
    assert not glass.queue(walled_from(survivor, "supervision", "supervisor")).exists()
    assert not Client.objects.visible_to(user).exists()
    assert not Document.objects.visible_to(user).exists()


def test_screen_in_notices(django_capture_on_commit_callbacks):
    survivor = make_client(name_used=NAME)
    user = walled_from(survivor, "supervision", "supervisor")
    with django_capture_on_commit_callbacks(execute=True):
        glass.open_file(
            file_number=survivor.file_number,
            category="cover",
            reason="Counsel is away and the court called.",
            by=make_user(),
        )
    assert mail.outbox
    assert user.email not in {address for letter in mail.outbox for address in letter.to}


def test_a_screen_that_is_set_acts_at_the_next_request(client):
    survivor = make_client(name_used=NAME)
    user = add_to_team(survivor, "advocate", "advocate")
    client.force_login(user)
    url = reverse("client-file", args=[survivor.pk])
    assert client.get(url).status_code == 200
    set_wall(client=survivor, user=user, reason="ethics", by=counsel_of(survivor))
    assert client.get(url).status_code == 404
