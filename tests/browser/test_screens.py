"""Every page of casework roles and auditors, wide and narrow: axe, one h1, no sideways scroll, a mute title.

The pages are the GET rows of the rights matrix (tests/rights/*.csv), which fails when an address of the
resolver has none; so a new page is looked at here without a line written.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.models import Role, User
from clients.models import CareTeamMember, Client, ClientOwned
from clients.services import join_team
from reports.demo.manifest import MUTED, texts_of
from tests.browser import walk
from tests.browser.people import person
from tests.factories import make_client
from tests.rights.objects import load
from tests.rights.test_matrix import TEAM_ROLE, own, rows
from vault.fields import SealedField

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROLES = (Role.ATTORNEY, Role.ADVOCATE, Role.SUPERVISOR, Role.AUDITOR)
WIDTHS = (1440, 390)
NO_PAGE = {
    "document-open": "a download",
    "components": "the gallery, which tests/ui looks at; production has none",
}
# axe looks at a narrow page once, as the attorney where they may open it; these pages are other ones by role.
OWN_FOR_EACH_ROLE = {"home", "caseload"}
SHORTEST_NAME = 4


def pages(role: str) -> list[dict[str, str]]:
    """The rows of the matrix that answer this role with a page."""
    addresses = own() - set(NO_PAGE)
    return [
        row for row in rows() if row["name"] in addresses and row["method"] == "GET" and row[role] == "200"
    ]


def worked_on(counsel: User) -> Client:
    """A file with something in every card: record, petition with a date, T visa with a notice."""
    client = walk.ready_for("signing", counsel)
    walk.other_file(counsel)
    walk.served(client, counsel)
    walk.visa_with_open_notice(client, counsel)
    return client


def personal(client: Client) -> set[str]:
    """Every sealed text of a client that is long enough to be told from other words."""
    found: set[str] = set()
    for model in apps.get_models():
        if not (issubclass(model, ClientOwned) or model is Client):
            continue
        owned = {"pk": client.pk} if model is Client else {"client": client}
        fields = [f for f in model._meta.local_concrete_fields if isinstance(f, SealedField)]
        fields = [f for f in fields if f"{f.context}.{f.seal_name}" not in MUTED]
        for row in model._default_manager.filter(**owned) if fields else ():
            for field in fields:
                value = field.read(row)
                found |= {text for text in texts_of(value) if len(text) >= SHORTEST_NAME}
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_page_passes_axe_fits_both_widths_and_its_title_tells_nothing(role, sign_in, site, findings):
    counsel = person(Role.ATTORNEY)
    user = counsel if role == Role.ATTORNEY else person(role)
    clients: list[Client] = []

    def on_team(client: Client) -> Client:
        if role in TEAM_ROLE and not CareTeamMember.objects.filter(client=client, user=user).exists():
            join_team(client=client, user=user, role=TEAM_ROLE[role], by=counsel)
        clients.append(client)
        return client

    makers, whole = load(), on_team(worked_on(counsel))
    objects = {"": {}, "client": {"pk": whole.pk}}
    rows_of_role = pages(role)
    for word in {row["object"] for row in rows_of_role} - set(objects):
        objects[word] = makers[word](on_team(make_client(counsel=counsel)))
    names = set().union(*(personal(client) for client in clients))

    page, wrong = sign_in(user), []
    for row in rows_of_role:
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        answer = page.goto(site + reverse(row["name"], kwargs=objects[row["object"]]))
        said = [f"answered {answer.status}"] if answer.status != 200 else []
        title = page.title()
        said += [f"title: {title!r}"] if not title or any(name in title for name in names) else []
        headings = page.locator("h1").count()
        said += [f"{headings} h1"] if headings != 1 else []
        differs = row["name"] in OWN_FOR_EACH_ROLE or row[Role.ATTORNEY] != "200"
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            said += [f"{width} px: scrolls to {wide}"] if wide > width else []
            if width == WIDTHS[0] or role == Role.ATTORNEY or differs:
                said += [f"{width} px: {finding}" for finding in findings(page)]
        wrong += [f"{row['name']} ({row['object']}): {fault}" for fault in said]
    assert not wrong, "\n".join(wrong)


def test_the_pages_before_signing_in_pass_as_well(strict_page, site, findings):
    for name in ("account_login", "account_reset_password"):
        strict_page.goto(site + reverse(name))
        assert strict_page.locator("h1").count() == 1
        for width in WIDTHS:
            strict_page.set_viewport_size({"width": width, "height": 900})
            assert strict_page.evaluate("document.documentElement.scrollWidth") <= width
            assert findings(strict_page) == []
