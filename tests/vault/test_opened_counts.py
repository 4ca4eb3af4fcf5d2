"""Lists open what they show and nothing else, and do not ask the database more often for more rows.

Their cost is measured in benchmarks/; what may be asserted anywhere is the number of openings and queries.
"""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from tests.cases.making import make_file, make_petition
from tests.factories import make_user
from vault import datakeys, fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(monkeypatch):
    """How often a request opened each column: (context, column) -> times."""
    counts = Counter()
    real = fields.open_sealed

    def look(sealed, binding):
        counts[binding.context, binding.column] += 1
        return real(sealed, binding)

    monkeypatch.setattr(fields, "open_sealed", look)
    return counts


@pytest.fixture
def attorney():
    return make_user(Role.ATTORNEY)


def visit(browser, address, opened):
    """(openings, queries) of a page whose keys are not in memory."""
    browser.get(address)  # caches of the process: content types, permissions
    datakeys.memory.clear()
    opened.clear()
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return dict(opened), len(captured)


def more_files(attorney, count):
    """Files with a petition each, as a busy person has them."""
    for number in range(count):
        make_petition(make_file(counsel=attorney, name_used=f"Linnet {number}"))


@pytest.mark.parametrize(
    ("place", "may_open"),
    [
        ("clients", {("client", "name_used")}),
        ("petitions", {("client", "name_used")}),
        ("home", {("client", "name_used"), ("client", "language"), ("client", "interpreter")}),
        ("caseload", set()),
    ],
)
def test_a_list_opens_only_what_it_shows_and_asks_no_more_for_more_rows(
    client, attorney, opened, place, may_open
):
    client.force_login(attorney)
    more_files(attorney, 2)
    few, queries_of_few = visit(client, reverse(place), opened)
    more_files(attorney, 3)
    many, queries_of_many = visit(client, reverse(place), opened)
    assert set(many) <= may_open
    assert queries_of_many <= queries_of_few
    for column in many:
        assert many[column] <= 5
        assert few[column] <= 2
    if may_open:
        assert many["client", "name_used"] == 5
