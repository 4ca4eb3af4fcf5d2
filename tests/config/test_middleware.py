"""What becomes of an address that shows nothing: the nearest page, and the trace of a refused look."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from accounts.models import Role
from audit.models import AccessEvent
from config import middleware
from tests.factories import make_client, make_user
from tests.reports.factories import make_petition, make_promise
from tests.visas.makers import make_visa
from vault.ids import uuid7

pytestmark = pytest.mark.django_db


# --- The nearest page -----------------------------------------------------------------------------


def test_an_address_that_only_takes_forms_leads_to_the_nearest_page(client):
    survivor = make_client()
    client.force_login(survivor.point_of_contact)
    for name, kwargs, page in (
        ("client-reveal", {"pk": survivor.pk}, reverse("client-file", args=[survivor.pk])),
        ("team-join", {"pk": survivor.pk}, reverse("client-team", args=[survivor.pk])),
        ("tvisa-open", {"pk": survivor.pk}, reverse("client-tvisa", args=[survivor.pk])),
        ("alias-remove", {"pk": uuid7()}, reverse("clients")),
        ("caseload-export", {}, reverse("caseload")),
    ):
        response = client.get(reverse(name, kwargs=kwargs), follow=True)
        assert response.redirect_chain[-1] == (page, 302), name
        assert response.status_code == 200


def test_the_way_up_tells_nobody_what_exists(client):
    survivor = make_client()
    client.force_login(make_user())
    for pk in (survivor.pk, uuid7()):
        response = client.get(reverse("client-reveal", args=[pk]), follow=True)
        assert response.redirect_chain == [(reverse("client-file", args=[pk]), 302)]
        assert response.status_code == 404


def test_signed_out_or_with_another_method_nothing_is_sent_elsewhere(client):
    url = reverse("caseload-export")
    assert client.get(url).url == f"{reverse('account_login')}?next={url}"
    client.force_login(make_user())
    assert client.put(url).status_code == 405
    assert client.head(url).status_code == 405


# --- Refused looks --------------------------------------------------------------------------------


def refusals():
    return [
        (one.actor_id, one.client_id, one.object_kind, one.object_id, one.fields)
        for one in AccessEvent.objects.filter(action="refused").order_by("pk")
    ]


def test_a_refused_look_at_a_file_or_a_row_of_it_leaves_an_entry(client):
    survivor = make_client()
    petition, visa = make_petition(survivor), make_visa(survivor)
    stranger, administrator = make_user(), make_user(Role.ADMINISTRATOR)
    client.force_login(stranger)
    assert client.get(reverse("client-file", args=[survivor.pk])).status_code == 404
    assert client.get(reverse("petition", args=[petition.pk])).status_code == 404
    client.force_login(administrator)
    assert client.get(reverse("tvisa", args=[visa.pk])).status_code == 404
    assert refusals() == [
        (stranger.pk, survivor.pk, "client", str(survivor.pk), ["404", "client-file"]),
        (stranger.pk, survivor.pk, "petition", str(petition.pk), ["404", "petition"]),
        (administrator.pk, survivor.pk, "tvisa", str(visa.pk), ["404", "tvisa"]),
    ]


def test_an_act_that_one_may_not_do_leaves_an_entry_too(client):
    survivor = make_client()
    reader = make_user(may=("view_client",), on=survivor)
    client.force_login(reader)
    assert client.post(reverse("wall-set", args=[survivor.pk]), {"user": reader.pk}).status_code == 403
    [(actor, owner, kind, _id, fields)] = refusals()
    assert (actor, owner, kind, fields) == (reader.pk, survivor.pk, "client", ["403", "wall-set"])


def test_guessing_an_id_leaves_an_entry_about_nobody_that_the_auditor_can_read(client):
    stranger = make_user()
    client.force_login(stranger)
    assert client.get(reverse("client-file", args=[uuid7()])).status_code == 404
    assert refusals() == [(stranger.pk, None, "nothing", "", ["404", "client-file"])]
    client.force_login(make_user(Role.AUDITOR))
    said = client.get(reverse("access-log")).content.decode()
    assert "was refused: an address that shows nothing" in said


def test_what_was_shown_and_who_is_not_signed_in_leave_none(client):
    survivor = make_client()
    url = reverse("client-file", args=[survivor.pk])
    client.get(url)
    client.force_login(survivor.point_of_contact)
    assert client.get(url).status_code == 200
    assert client.get("/nowhere/").status_code == 404
    assert refusals() == []


def test_who_may_see_the_client_was_refused_nothing_by_an_address_that_is_not_there(client):
    petition = make_petition(make_client())
    client.force_login(petition.client.point_of_contact)
    assert client.get(reverse("petition-act", args=[petition.pk, "nonsense"])).status_code == 404
    assert refusals() == []


def test_a_form_without_its_token_is_no_refused_look():
    survivor = make_client()
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(survivor.point_of_contact)
    assert strict.post(reverse("wall-set", args=[survivor.pk])).status_code == 403
    assert refusals() == []


def test_the_same_refusal_again_is_one_entry_until_ten_minutes_have_passed(client, monkeypatch):
    survivor, nobody = make_client(), uuid7()
    client.force_login(make_user())
    for pk in (survivor.pk, nobody) * 3:
        client.get(reverse("client-file", args=[pk]))
    assert [kind for _actor, _client, kind, _id, _fields in refusals()] == ["client", "nothing"]
    monkeypatch.setattr(middleware, "AGAIN", timedelta(0))  # as if they had passed
    client.get(reverse("client-file", args=[survivor.pk]))
    assert len(refusals()) == 3


def answered(monkeypatch, rf, pk):
    """A refusal as the middleware hands it on, not yet sent; and the list of what was entered so far."""
    entered = []
    monkeypatch.setattr(middleware, "record_refusal", lambda *args: entered.append(args))
    request = rf.get(reverse("client-file", args=[pk]))
    request.user, request.csrf_processing_done = make_user(), True
    request.resolver_match = resolve(request.path)
    return middleware.RefusedLooks(lambda _request: HttpResponse(status=404))(request), entered


def test_the_entry_is_made_after_the_answer_was_sent(monkeypatch, rf):
    pk = make_client().pk
    response, entered = answered(monkeypatch, rf, pk)
    assert entered == []
    response.close()
    assert [args[1:] for args in entered] == [(pk, "client-file", 404)]


def test_an_entry_that_fails_changes_nothing_and_is_logged(client, monkeypatch, caplog):
    def broken(*_args):
        raise DatabaseError

    monkeypatch.setattr(middleware, "record_refusal", broken)
    survivor = make_client()
    client.force_login(make_user())
    there, nowhere = (reverse("client-file", args=[pk]) for pk in (survivor.pk, uuid7()))
    client.get(nowhere)
    answers = []
    for url in (there, nowhere):
        with CaptureQueriesContext(connection) as asked:
            response = client.get(url)
        answers.append((response.status_code, len(asked), len(response.content)))
    assert answers[0] == answers[1]
    assert "A refusal could not be recorded" in caplog.text


def test_a_row_of_a_client_is_found_by_its_id():
    survivor = make_client()
    promise, petition = make_promise(survivor, survivor.created_at), make_petition(survivor)
    rows = [middleware.row_of(pk) for pk in (survivor.pk, promise.pk, petition.matter_id)]
    assert [row._meta.model_name for row in rows] == ["client", "commitment", "matter"]
    assert [row.client_id for row in rows[1:]] == [survivor.pk, survivor.pk]
    assert middleware.row_of(uuid7()) is None
