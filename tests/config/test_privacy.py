"""Logs, headers and error pages tell nothing."""

import io
import logging
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AccessEvent
from config.logs import IdsOnly, LineFormatter
from tests.factories import make_client, make_user

CANARY = "Canary Plumbago Teasel"


@pytest.fixture
def log():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    handler.addFilter(IdsOnly())
    logger = logging.getLogger("test.privacy")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)


def test_a_logged_exception_keeps_its_type_and_place_and_loses_its_text(log):
    logger, stream = log
    try:
        raise ValueError(CANARY)
    except ValueError:
        logger.exception("Internal Server Error: %s", "/clients/?q=" + CANARY)
    said = stream.getvalue()
    assert "ValueError" in said
    assert "test_privacy.py" in said
    assert "/clients/" in said
    assert CANARY not in said


def test_a_query_string_is_cut_from_request_lines(log):
    logger, stream = log
    logger.info('"%s" %s %s', f"GET /find/?q={CANARY} HTTP/1.1", "200", "512")
    assert CANARY not in stream.getvalue()
    assert "GET /find/ HTTP/1.1" in stream.getvalue()


@pytest.mark.django_db
def test_a_page_that_fails_logs_no_sealed_value(client, monkeypatch, caplog):
    """A view that raises with a name in its message: neither the page nor the log repeats it."""
    user = make_user()
    client.force_login(user)
    client.raise_request_exception = False

    def fail(request, **kwargs):
        raise RuntimeError(CANARY)

    monkeypatch.setattr("config.gallery.render", fail)
    response = client.get("/components/")
    assert response.status_code == 500
    assert CANARY not in response.content.decode()
    formatter = LineFormatter()
    assert CANARY not in "\n".join(formatter.format(record) for record in caplog.records)


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_response_is_private_and_strict(client, signed_in):
    if signed_in:
        client.force_login(make_user())
    response = client.get("/components/")
    assert "no-store" in response["Cache-Control"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_absent_and_forbidden_answer_the_same_bytes(client):
    forbidden = make_client()
    client.force_login(make_user())
    absent = "01234567-89ab-7def-8123-456789abcdef"
    answers = [client.get(f"/clients/{pk}/") for pk in (forbidden.pk, absent)]
    assert [a.status_code for a in answers] == [404, 404]
    # A page holds its own mask of the same CSRF token; everything else is equal to the byte.
    pages = [re.sub(rb'value="[A-Za-z0-9]{64}"', b"", answer.content) for answer in answers]
    assert pages[0] == pages[1]
    assert b"csrfmiddlewaretoken" in pages[0]


@pytest.mark.django_db
def test_absent_and_forbidden_cost_the_same_queries(client):
    forbidden = make_client()
    client.force_login(make_user())
    client.get("/clients/")  # the session is warm
    asked = []
    for pk in (forbidden.pk, "01234567-89ab-7def-8123-456789abcdef"):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/clients/{pk}/")
        # PostgreSQL writes the type behind a value, and none behind NULL.
        value = r"(?:'[^']*'|NULL|[0-9a-f]{32}|\d+)(?:::\w+)?"
        asked.append([re.sub(value, "", query["sql"]) for query in queries])
    assert asked[0] == asked[1]


@pytest.mark.django_db
def test_an_address_searches_for_nothing(client):
    """What is typed is posted: a term in the address is neither looked for nor repeated."""
    make_client(counsel=(counsel := make_user()), name_used=CANARY)
    client.force_login(counsel)
    page = client.get("/clients/find/", {"q": CANARY})
    assert CANARY not in page.content.decode()
    assert not AccessEvent.objects.filter(action="searched").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "shown"), [("attorney", True), ("supervisor", True), ("auditor", False)])
def test_the_search_is_offered_to_who_may_use_it(client, role, shown):
    client.force_login(make_user(role))
    page = client.get("/components/").content.decode()
    assert ('role="search"' in page.partition("</header>")[0]) == shown
