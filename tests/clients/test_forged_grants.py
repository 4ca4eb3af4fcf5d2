"""Rows written into the database behind the program's back: they grant nothing, and lift no wall."""

import logging
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from guardian.shortcuts import assign_perm

from audit.models import AccessEvent
from audit.services import request_id
from clients import grants, proofs, services
from clients.models import CareTeamMember, Client, ClientUserPermission, Wall
from clients.permissions import CHANGE, FILE, RIGHTS, STATEMENT, VIEW, check_can_see, has_right, rights_on
from tests.factories import add_to_team, counsel_of, make_client, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _expected_alarms(caplog):
    caplog.set_level(logging.CRITICAL + 1, logger="clients.grants")


def db(value):
    """A uuid as the database keeps it."""
    return value.hex if connection.vendor == "sqlite" else value


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0


def permission(codename):
    return Permission.objects.get(content_type__app_label="clients", codename=codename)


def insert(user, client, codename, mac):
    sql(
        "INSERT INTO clients_clientuserpermission (user_id, content_object_id, permission_id, mac) "
        "VALUES (%s, %s, %s, %s)",
        user.pk,
        db(client.pk),
        permission(codename).pk,
        mac,
    )


def copied(client, codename):
    """The MAC of counsel's own right."""
    row = ClientUserPermission.objects.get(
        content_object=client, user=counsel_of(client), permission__codename=codename
    )
    return bytes(row.mac)


def no_mac(thief, hers, theirs):
    insert(thief, theirs, VIEW, None)


def random_mac(thief, hers, theirs):
    insert(thief, theirs, VIEW, uuid.uuid4().bytes)


def long_mac(thief, hers, theirs):
    insert(thief, theirs, VIEW, grants.mac_of_grant(thief.pk, theirs.pk, VIEW) + b"0")


def row_of_another_user(thief, hers, theirs):
    insert(thief, theirs, VIEW, copied(theirs, VIEW))


def row_of_another_client(thief, hers, theirs):
    insert(thief, theirs, VIEW, grants.mac_of_grant(thief.pk, hers.pk, VIEW))


def row_of_another_right(thief, hers, theirs):
    insert(thief, theirs, VIEW, grants.mac_of_grant(thief.pk, theirs.pk, CHANGE))


def own_row_moved_to_another_client(thief, hers, theirs):
    sql(
        "UPDATE clients_clientuserpermission SET content_object_id = %s "
        "WHERE user_id = %s AND permission_id = %s",
        db(theirs.pk),
        thief.pk,
        permission(VIEW).pk,
    )


def row_of_counsel_given_to_the_thief(thief, hers, theirs):
    sql(
        "UPDATE clients_clientuserpermission SET user_id = %s WHERE content_object_id = %s AND user_id = %s",
        thief.pk,
        db(theirs.pk),
        counsel_of(theirs).pk,
    )


def guardians_own_shortcut(thief, hers, theirs):
    assign_perm("clients.view_client", thief, theirs)


FORGERIES = [
    no_mac,
    random_mac,
    long_mac,
    row_of_another_user,
    row_of_another_client,
    row_of_another_right,
    own_row_moved_to_another_client,
    row_of_counsel_given_to_the_thief,
    guardians_own_shortcut,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_forged_assignment_row_grants_nothing(client, forge):
    """In lists, counts, sub-queries, the file itself, its parts, search, and for one client."""
    theirs, hers = make_client(name_used="Kestrel Moss"), make_client(name_used="Dunlin Fern")
    passage = services.add_passage(client=theirs, title="a", text="b", agreed_uses=[], by=counsel_of(theirs))
    thief = add_to_team(hers, "advocate", "advocate")
    stolen = {hers} if forge is own_row_moved_to_another_client else set()
    forge(thief, hers, theirs)

    for number in ("", "a-request"):  # outside of a request, and within one
        token = request_id.set(number)
        try:
            for _ in range(2):  # what was found out is remembered, and stays the same
                assert set(Client.objects.visible_to(thief)) == {hers} - stolen
                assert Client.objects.visible_to(thief).count() == 1 - len(stolen)
                assert not type(passage).objects.visible_to(thief).exists()
                assert not has_right(thief, theirs, VIEW)
        finally:
            request_id.reset(token)
    assert rights_on(thief, theirs) == frozenset()
    assert services.find_visible(text="Kestrel Moss", by=thief) == []
    assert services.find_visible(text=theirs.file_number, by=thief) == []
    assert not thief.has_perm("clients.view_client", theirs)
    with pytest.raises(PermissionDenied):
        check_can_see(thief, theirs)
    client.force_login(thief)
    assert client.get(reverse("client-file", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("client-people", args=[theirs.pk])).status_code == 404
    page = client.get(reverse("clients")).content.decode()
    assert theirs.file_number not in page
    assert "Kestrel" not in page


def test_genuine_rights_count_as_before_beside_a_forged_one():
    theirs, hers = make_client(), make_client()
    thief = add_to_team(hers, "advocate", "advocate")
    random_mac(thief, hers, theirs)
    assert rights_on(thief, hers) == {VIEW, CHANGE, STATEMENT}
    assert set(Client.objects.with_right(thief, STATEMENT)) == {hers}
    assert thief.has_perm("clients.view_statement", hers)
    assert not thief.has_perm("clients.file_for_client", hers)
    assert not thief.has_perm("clients.view_client")


def test_a_right_that_was_renamed_in_the_database_grants_nothing():
    """Every paralegal would be counsel: may change becomes may file."""
    hers = make_client()
    paralegal = add_to_team(hers, "paralegal", "paralegal")
    sql("UPDATE auth_permission SET codename = 'gone' WHERE id = %s", permission(FILE).pk)
    sql("UPDATE auth_permission SET codename = %s WHERE id = %s", FILE, permission(CHANGE).pk)
    assert rights_on(paralegal, hers) == {VIEW}
    assert not Client.objects.with_right(paralegal, FILE).exists()


def test_joining_the_team_puts_genuine_rights_in_the_place_of_forged_ones():
    theirs = make_client()
    user = make_user("paralegal")
    for right in RIGHTS:
        insert(user, theirs, right, b"x" * 16)
    services.join_team(client=theirs, user=user, role="paralegal", by=counsel_of(theirs))
    assert rights_on(user, theirs) == {VIEW, CHANGE}
    assert ClientUserPermission.objects.filter(user=user, content_object=theirs).count() == 2


def test_a_forged_row_is_an_alarm_once_an_hour_without_anything_but_ids(caplog):
    caplog.set_level(logging.ERROR, logger="clients.grants")
    theirs, thief = make_client(name_used="Kestrel Moss"), make_user()
    random_mac(thief, None, theirs)
    for _ in range(3):
        assert not Client.objects.visible_to(thief).exists()
        assert rights_on(thief, theirs) == frozenset()
    event = AccessEvent.objects.get(action="refused", object_kind="forged_grant")
    assert (event.client_id, event.actor_id) == (theirs.pk, None)
    assert event.objects_shown == [f"{thief.pk}:{VIEW}"]
    assert "Forged grant" in caplog.text
    assert "Kestrel" not in caplog.text
    assert thief.name not in caplog.text


# --- Walls ------------------------------------------------------------------------------------------------


def walled():
    client = make_client()
    user = add_to_team(client, "advocate", "advocate")
    wall = services.set_wall(client=client, user=user, reason="client_wish", by=counsel_of(client))
    ClientUserPermission.objects.bulk_create(grants.new(user, client, (VIEW, CHANGE)))
    return client, user, wall


@pytest.mark.parametrize("mac", ["as it was", None, b"x" * 16])
def test_a_wall_that_was_lifted_in_the_database_stands(mac):
    client, user, wall = walled()
    sql("UPDATE clients_wall SET lifted_at = set_at WHERE id = %s", db(wall.pk))
    if mac != "as it was":
        sql("UPDATE clients_wall SET mac = %s WHERE id = %s", mac, db(wall.pk))
    assert not Client.objects.visible_to(user).exists()
    assert rights_on(user, client) == frozenset()
    assert list(Wall.objects.filter(client=client).in_force()) == [wall]
    assert AccessEvent.objects.filter(object_kind="forged_wall", client_id=client.pk).exists()


def test_a_wall_whose_row_says_that_it_was_lifted_is_not_made_genuine_by_lifting_it(caplog):
    caplog.set_level(logging.CRITICAL + 1, logger="clients.services.rows")
    client, user, wall = walled()
    sql("UPDATE clients_wall SET lifted_at = set_at WHERE id = %s", db(wall.pk))
    with pytest.raises(ValidationError, match="behind the log"):
        services.lift_wall(wall=wall, by=counsel_of(client))
    assert rights_on(user, client) == frozenset()
    assert "forged_wall" in [finding.kind for finding in proofs.findings()]
    assert AccessEvent.objects.filter(object_kind="forged_wall", objects_shown=[str(wall.pk)]).exists()


def test_a_wall_against_somebody_else_is_not_made_genuine_by_lifting_it(caplog):
    caplog.set_level(logging.CRITICAL + 1, logger="clients.services.rows")
    client, _user, wall = walled()
    thief = make_user()
    sql("UPDATE clients_wall SET user_id = %s WHERE id = %s", thief.pk, db(wall.pk))
    with pytest.raises(ValidationError, match="behind the log"):
        services.lift_wall(wall=wall, by=counsel_of(client))
    assert Wall.objects.get().lifted_at is None
    assert "forged_wall" in [finding.kind for finding in proofs.findings()]


def test_a_wall_that_was_lifted_by_who_may_is_lifted():
    client, user, wall = walled()
    services.lift_wall(wall=wall, by=counsel_of(client))
    services.join_team(client=client, user=user, role="advocate", by=counsel_of(client))
    assert VIEW in rights_on(user, client)
    assert list(Client.objects.visible_to(user)) == [client]


def test_the_mac_of_another_lifted_wall_lifts_nothing():
    client, user, wall = walled()
    other, _somebody, lifted = walled()
    services.lift_wall(wall=lifted, by=counsel_of(other))
    lifted.refresh_from_db()
    sql("UPDATE clients_wall SET lifted_at = set_at, mac = %s WHERE id = %s", bytes(lifted.mac), db(wall.pk))
    assert rights_on(user, client) == frozenset()


# --- What it costs ----------------------------------------------------------------------------------------


@pytest.fixture
def _known_secret(monkeypatch):
    """As on a site at work, where the installation's secret is in memory: in a test it is never committed."""
    found = grants.secret()
    monkeypatch.setattr(grants, "secret", lambda: found)


@pytest.mark.usefixtures("_known_secret")
def test_rights_on_the_clients_of_a_page_are_one_query(django_assert_num_queries):
    counsel = make_user()
    clients = [make_client(counsel=counsel) for _ in range(4)]
    with django_assert_num_queries(1):
        found = grants.held(counsel, [client.pk for client in clients])
    assert all(rights == set(RIGHTS) for rights in found.values())


@pytest.mark.usefixtures("_known_secret")
def test_a_request_checks_a_right_once(django_assert_num_queries):
    counsel = make_user()
    make_client(counsel=counsel)
    list(Client.objects.visible_to(counsel))
    token = request_id.set("a-request")
    try:
        with django_assert_num_queries(2 + 1):  # the rights, the walls, the list
            list(Client.objects.visible_to(counsel))
        with django_assert_num_queries(1):
            list(Client.objects.visible_to(counsel))
    finally:
        request_id.reset(token)
    with django_assert_num_queries(2 + 1):
        list(Client.objects.visible_to(counsel))


def test_rights_that_were_checked_are_not_checked_again_and_a_new_one_is(monkeypatch):
    counsel = make_user()
    first = make_client(counsel=counsel)
    assert list(Client.objects.visible_to(counsel)) == [first]
    checked = []
    real = grants.mac_of_grant
    monkeypatch.setattr(
        grants, "mac_of_grant", lambda *parts, **key: checked.append(parts[1]) or real(*parts, **key)
    )
    assert list(Client.objects.visible_to(counsel)) == [first]
    assert checked == []
    second = make_client(counsel=counsel)
    assert set(Client.objects.visible_to(counsel)) == {first, second}
    assert set(checked) == {first.pk, second.pk}


def test_another_installations_rows_grant_nothing(monkeypatch):
    """A digest that was kept for one secret says nothing under another."""
    hers = make_client()
    counsel = counsel_of(hers)
    assert Client.objects.visible_to(counsel).exists()
    monkeypatch.setattr(grants, "secret", lambda: b"k" * 32)
    assert not Client.objects.visible_to(counsel).exists()
    assert rights_on(counsel, hers) == frozenset()


# --- verify_audit -----------------------------------------------------------------------------------------


def found():
    return {(finding.kind, finding.row) for finding in proofs.findings()}


def test_verify_names_a_forged_grant_a_forged_wall_and_a_grant_that_was_put_back():
    client, user, wall = walled()
    services.lift_wall(wall=wall, by=counsel_of(client))
    services.join_team(client=client, user=user, role="advocate", by=counsel_of(client))
    other, _somebody, lifted = walled()
    ClientUserPermission.objects.filter(content_object=other, user=lifted.user).delete()
    assert found() == set()

    thief = make_user()
    random_mac(thief, None, client)
    forged = ClientUserPermission.objects.get(user=thief)
    sql("UPDATE clients_wall SET lifted_at = set_at WHERE id = %s", db(lifted.pk))
    member = CareTeamMember.objects.get(client=client, user=user, left_on__isnull=True)
    kept = bytes(ClientUserPermission.objects.get(user=user, permission__codename=VIEW).mac)
    services.leave_team(member=member, by=counsel_of(client))
    insert(user, client, VIEW, kept)
    back = ClientUserPermission.objects.get(user=user)
    assert found() == {
        ("forged_grant", str(forged.pk)),
        ("forged_wall", str(lifted.pk)),
        ("stray_grant", str(back.pk)),
    }


def test_verify_names_a_wall_that_was_given_to_somebody_else():
    _client, user, wall = walled()
    ClientUserPermission.objects.filter(user=user).delete()
    sql("UPDATE clients_wall SET user_id = %s WHERE id = %s", make_user().pk, db(wall.pk))
    assert found() == {("forged_wall", str(wall.pk))}
