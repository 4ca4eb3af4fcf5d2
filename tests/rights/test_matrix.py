"""Every address × every role × (own client, another's client, signed out).

The expected answers stand in tests/rights/<room>.csv, one row an address and method:

    name, object, method, attorney … auditor   status for somebody of that role; where the address
                                               has an object, the casework roles are on the client's team
    foreign                                    status for every role that is not on the team ("-": no object,
                                               or what the address shows is not the team's alone)
    signed_out                                 "login" for a redirect to the sign-in page, or a status

An address without a row fails, and so does a row without an address.
"""

import csv
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Role
from clients.models import TeamRole
from tests.factories import add_to_team, counsel_of, make_client, make_user
from tests.rights.objects import load

FOLDER = Path(__file__).parent
TEAM_ROLE = {
    Role.ADVOCATE: TeamRole.ADVOCATE,
    Role.PARALEGAL: TeamRole.PARALEGAL,
    Role.SUPERVISOR: TeamRole.SUPERVISION,
}
OUTSIDE = ("account_", "mfa_", "reauthenticate")  # allauth's own addresses; tests/accounts covers them


def rows():
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as stream:
            yield from csv.DictReader(stream)


def addresses(patterns=None):
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)


def own():
    return {name for name in addresses() if not name.startswith(OUTSIDE)}


def test_every_address_has_a_row_and_every_row_an_address():
    written = {row["name"] for row in rows()}
    assert own() - written == set(), "addresses without a row in tests/rights/*.csv"
    assert written - own() == set(), "rows without an address"


def ask(browser, row, kwargs):
    url = reverse(row["name"], kwargs=kwargs)
    return browser.get(url) if row["method"] == "GET" else browser.post(url)


def label(row):
    return f"{row['name']}-{row['method']}"


def on_the_team(survivor, role):
    """Somebody of this role who works for the client, as far as the role does casework."""
    if survivor is not None and role == Role.ATTORNEY:
        return counsel_of(survivor)
    if survivor is not None and role in TEAM_ROLE:
        return add_to_team(survivor, TEAM_ROLE[role], role)
    return make_user(role)


def answers(browser, row, kwargs, askers):
    """{who: status} of one address; what an act changed is rolled back before the next one asks."""
    found = {}
    for who, user in askers.items():
        with transaction.atomic():
            browser.force_login(user)
            found[who] = str(ask(browser, row, kwargs).status_code)
            transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("row", list(rows()), ids=label)
def test_the_address_answers_each_role_as_written(client, row):
    survivor = make_client() if row["object"] else None
    kwargs = load()[row["object"]](survivor) if survivor else {}

    signed_out = ask(client, row, kwargs)
    if row["signed_out"] == "login":
        assert signed_out.status_code == 302
        assert signed_out.url.startswith("/account/login/")
    else:
        assert str(signed_out.status_code) == row["signed_out"]

    team = {role: on_the_team(survivor, role) for role in Role.values}
    assert answers(client, row, kwargs, team) == {role: row[role] for role in Role.values}
    if row["foreign"] != "-":
        strangers = {role: make_user(role) for role in Role.values}
        assert answers(client, row, kwargs, strangers) == dict.fromkeys(Role.values, row["foreign"])
