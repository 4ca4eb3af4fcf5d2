"""Who may do what: grants beside refusals, teams, walls, and the one door to every list."""

import threading
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user

from accounts import services as accounts
from accounts.models import User
from audit.models import AccessEvent
from clients import grants, services
from clients.models import CareTeamMember, Client, ClientUserPermission, Passage, RelatedPerson, TeamRole
from clients.permissions import CHANGE, FILE, RIGHTS_OF_ROLE, STATEMENT, TEAM, VIEW, has_right, rights_on
from tests.factories import (
    add_to_team,
    counsel_of,
    make_client,
    make_office,
    make_user,
    settle_conflicts,
)

pytestmark = pytest.mark.django_db


def acts(client):
    """Every service that writes to a file: name, the right it asks for, the call."""
    counsel = counsel_of(client)
    person = services.save_related_person(client=client, relation="other", name="Jay", by=counsel)
    alias = services.save_alias(client=client, name="Reed", by=counsel)
    passage = services.add_passage(client=client, title="a", text="b", agreed_uses=[], by=counsel)
    due = timezone.now() + timedelta(days=1)
    promise = services.make_commitment(client=client, what="w", due_at=due, owner=counsel, by=counsel)
    check = services.run_conflict_check(client=client, by=counsel)
    member = services.join_team(client=client, user=make_user("paralegal"), role="paralegal", by=counsel)
    wall = services.set_wall(client=client, user=make_user(), reason="ethics", by=counsel)
    later, newcomer, stranger = due + timedelta(days=1), make_user("advocate"), make_user()
    text = {"title": "a", "text": "c", "agreed_uses": []}
    return [
        # First: what is added later makes the check stale.
        ("settle", lambda by: services.decide_conflict(check=check, decision="clear", note="n", by=by)),
        (CHANGE, lambda by: services.change_client(client=client, by=by, pronouns="they")),
        (CHANGE, lambda by: services.answer(client=client, question="pronouns", reply="declined", by=by)),
        (CHANGE, lambda by: services.save_intake(client=client, by=by, values={"hours": "noon"}, replies={})),
        (CHANGE, lambda by: services.save_safe_contact(client=client, by=by, channel="text")),
        (CHANGE, lambda by: services.save_alias(client=client, name="Sedge", by=by)),
        (CHANGE, lambda by: services.remove_alias(alias=alias, by=by)),
        (CHANGE, lambda by: services.save_identifier(client=client, kind="fbi", value="1A", by=by)),
        (CHANGE, lambda by: services.save_related_person(client=client, relation="other", name="K", by=by)),
        (CHANGE, lambda by: services.save_related_person(client=client, person=person, name="J", by=by)),
        (CHANGE, lambda by: services.remove_related_person(person=person, by=by)),
        (
            CHANGE,
            lambda by: services.make_commitment(client=client, what="x", due_at=due, owner=counsel, by=by),
        ),
        (CHANGE, lambda by: services.renegotiate_commitment(commitment=promise, due_at=later, by=by)),
        (STATEMENT, lambda by: services.add_passage(client=client, by=by, **text)),
        (STATEMENT, lambda by: services.change_passage(passage=passage, by=by, **text)),
        ("settle", lambda by: services.run_conflict_check(client=client, by=by)),
        (TEAM, lambda by: services.join_team(client=client, user=newcomer, role="advocate", by=by)),
        (TEAM, lambda by: services.leave_team(member=member, by=by)),
        (TEAM, lambda by: services.change_point_of_contact(client=client, user=counsel, by=by)),
        (TEAM, lambda by: services.set_wall(client=client, user=stranger, reason="former", by=by)),
        (TEAM, lambda by: services.lift_wall(wall=wall, by=by)),
    ]


ROLES = {
    "counsel": ("attorney", TeamRole.COUNSEL),
    "advocate": ("advocate", TeamRole.ADVOCATE),
    "paralegal": ("paralegal", TeamRole.PARALEGAL),
    "supervisor": ("supervisor", TeamRole.SUPERVISION),
    "stranger": ("attorney", None),
    "administrator": ("administrator", None),
}


@pytest.mark.parametrize("who", ROLES)
def test_each_service_asks_for_its_right(who):
    client = make_client()
    role, place = ROLES[who]
    if place == TeamRole.COUNSEL:
        user = counsel_of(client)
    else:
        user = add_to_team(client, place, role) if place else make_user(role)
    held = RIGHTS_OF_ROLE.get(place, frozenset())
    for right, act in acts(client):
        if right == "settle":
            may = bool({CHANGE, TEAM} & held)
        elif right == STATEMENT:
            may = {STATEMENT, CHANGE} <= held
        else:
            may = right in held
        events = AccessEvent.objects.filter(actor_id=user.pk)
        before = events.count()
        if may:
            act(user)
            assert events.count() > before
        else:
            with pytest.raises(PermissionDenied):
                act(user)
            assert events.count() == before


@pytest.mark.parametrize("who", ["stranger", "administrator"])
def test_taking_on_asks_for_the_right_to_change(who):
    counsel = make_user()
    client = services.start_intake(name_used="Wren", by=counsel, today=timezone.localdate())
    with pytest.raises(PermissionDenied):
        services.take_on(client=client, by=make_user(ROLES[who][0]), accept=False)


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_who_does_no_casework_opens_no_intake(role):
    with pytest.raises(PermissionDenied, match="Ask a supervisor"):
        services.start_intake(name_used="Wren", by=make_user(role), today=timezone.localdate())
    assert not Client.objects.exists()


# --- Teams ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "account"),
    [
        ("counsel", "attorney"),
        ("co_counsel", "attorney"),
        ("advocate", "advocate"),
        ("paralegal", "paralegal"),
        ("supervision", "supervisor"),
    ],
)
def test_joining_grants_exactly_the_rights_of_the_place_and_leaving_takes_them(role, account):
    client = make_client()
    user = make_user(account)
    member = services.join_team(client=client, user=user, role=role, by=counsel_of(client))
    assert rights_on(user, client) == RIGHTS_OF_ROLE[role]
    services.leave_team(
        member=member,
        by=User.objects.get(team_places__client=client, team_places__role="counsel")
        if role != "counsel"
        else client.point_of_contact,
    )
    assert rights_on(user, client) == frozenset()


def test_a_failed_audit_entry_leaves_neither_place_nor_rights(monkeypatch):
    client = make_client()
    user, counsel = make_user("advocate"), counsel_of(client)

    def broken(*args, **kwargs):
        raise RuntimeError("no log")

    monkeypatch.setattr("clients.services.team.record", broken)
    with pytest.raises(RuntimeError):
        services.join_team(client=client, user=user, role="advocate", by=counsel)
    assert not CareTeamMember.objects.filter(user=user).exists()
    assert not ClientUserPermission.objects.filter(user=user).exists()


def test_a_failed_audit_entry_rolls_a_change_back(monkeypatch):
    client = make_client()

    def broken(*args, **kwargs):
        raise RuntimeError("no log")

    monkeypatch.setattr("clients.services.intake.record", broken)
    rows = client.history.count()
    for act in (
        lambda: services.change_client(client=client, by=counsel_of(client), pronouns="ze"),
        lambda: services.save_related_person(
            client=client, relation="other", name="Jay", by=counsel_of(client)
        ),
        lambda: services.save_identifier(client=client, kind="ssn", value="1", by=counsel_of(client)),
    ):
        with pytest.raises(RuntimeError):
            act()
    assert Client.objects.get(pk=client.pk).pronouns is None
    assert not RelatedPerson.objects.exists()
    assert client.history.count() == rows


def test_the_last_counsel_and_the_point_of_contact_stay_until_somebody_takes_over():
    client = make_client()
    counsel = counsel_of(client)
    place = CareTeamMember.objects.get(client=client, user=counsel)
    with pytest.raises(ValidationError, match="another counsel"):
        services.leave_team(member=place, by=counsel)
    second = add_to_team(client, "counsel", "attorney")
    with pytest.raises(ValidationError, match="another point of contact"):
        services.leave_team(member=place, by=counsel)
    services.change_point_of_contact(client=client, user=second, by=counsel)
    services.leave_team(member=place, by=counsel)
    assert not has_right(counsel, client, VIEW)


@pytest.mark.parametrize("account", ["advocate", "paralegal"])
def test_only_a_lawyers_account_can_be_counsel(account):
    client = make_client()
    with pytest.raises(ValidationError, match="another place"):
        services.join_team(client=client, user=make_user(account), role="counsel", by=counsel_of(client))


def test_a_deactivated_person_sees_and_does_nothing():
    client = make_client()
    counsel = counsel_of(client)
    counsel.is_active = False
    counsel.save()
    assert not Client.objects.visible_to(counsel).exists()
    assert not has_right(counsel, client, FILE)
    with pytest.raises(PermissionDenied):
        services.change_client(client=client, by=counsel, pronouns="she")


def test_deactivate_kills_live_sessions():
    """Every session of an ex-colleague ends at once, for reading and for writing, and none comes back."""
    survivor = make_client()
    user = add_to_team(survivor, "advocate", "advocate")
    browsers = [Browser(), Browser()]
    url = reverse("client-file", args=[survivor.pk])
    for browser in browsers:
        browser.force_login(user)
        assert browser.get(url).status_code == 200
    administrator = make_user("administrator")
    accounts.deactivate(user=user, by=administrator)
    for browser in browsers:
        assert browser.get(url).url.startswith("/account/login/")
        answer = browser.post(reverse("passage-add", args=[survivor.pk]), {"title": "a", "text": "b"})
        assert answer.url.startswith("/account/login/")
    user.refresh_from_db()
    assert not Client.objects.visible_to(user).exists()
    accounts.activate(user=user, by=administrator)
    assert all(browser.get(url).url.startswith("/account/login/") for browser in browsers)
    assert not Passage.objects.exists()


def test_supervisors_of_the_office_join_every_intake_and_of_another_office_none():
    office = make_office("Willow Road Legal")
    ours, theirs = make_user("supervisor", office=office), make_user("supervisor")
    client = services.start_intake(
        name_used="Wren", by=make_user("advocate", office=office), today=timezone.localdate()
    )
    assert rights_on(ours, client) == {VIEW, TEAM}
    assert rights_on(theirs, client) == frozenset()


def test_a_supervisor_opens_an_intake_for_a_worker_who_can_fill_it():
    supervisor, worker = make_user("supervisor"), make_user("advocate")
    client = services.start_intake(name_used="Wren", by=supervisor, worker=worker, today=timezone.localdate())
    assert client.point_of_contact == worker
    assert has_right(worker, client, CHANGE)
    assert rights_on(supervisor, client) == {VIEW, TEAM}


# --- Walls ----------------------------------------------------------------------------------------


def test_a_wall_takes_everything_away_everywhere():
    client = make_client(name_used="Linnet Marsh")
    user = add_to_team(client, "advocate", "advocate")
    services.add_passage(client=client, title="a", text="b", agreed_uses=[], by=user)
    other = make_client(counsel=make_user(), name_used="Jay Sorrel")
    services.join_team(client=other, user=user, role="advocate", by=counsel_of(other))
    services.save_alias(client=other, name="Linnet Marsh", by=counsel_of(other))
    services.set_wall(client=client, user=user, reason="client_wish", by=counsel_of(client))

    assert list(Client.objects.visible_to(user)) == [other]
    assert not Passage.objects.visible_to(user).exists()
    assert not CareTeamMember.objects.visible_to(user).filter(client=client).exists()
    assert rights_on(user, client) == frozenset()
    assert [found for found, _ in services.find_visible(text="Linnet Marsh", by=user)] == [other]
    assert services.find_visible(text=client.file_number, by=user) == []
    check = services.run_conflict_check(client=other, by=user)
    assert str(client.pk) not in str(check.hits)
    assert client.file_number not in str(check.hits)


def test_a_wall_beats_a_right_that_was_granted_behind_its_back():
    client = make_client()
    user = make_user()
    services.set_wall(client=client, user=user, reason="ethics", by=counsel_of(client))
    make_user(may=(VIEW,), on=client)  # beside it, a right that counts
    ClientUserPermission.objects.bulk_create(grants.new(user, client, (VIEW,)))
    assert not Client.objects.visible_to(user).exists()
    with pytest.raises(ValidationError, match="wall"):
        services.join_team(client=client, user=user, role="counsel", by=counsel_of(client))


def test_a_wall_waits_for_no_successor():
    client = make_client()
    counsel = counsel_of(client)
    supervisor = add_to_team(client, "supervision", "supervisor")
    services.set_wall(client=client, user=counsel, reason="ethics", by=supervisor)
    client.refresh_from_db()
    assert client.point_of_contact is None
    assert not has_right(counsel, client, VIEW)


def test_lifting_a_wall_brings_no_right_back():
    client = make_client()
    user = add_to_team(client, "advocate", "advocate")
    wall = services.set_wall(client=client, user=user, reason="ethics", by=counsel_of(client))
    services.lift_wall(wall=wall, by=counsel_of(client))
    assert rights_on(user, client) == frozenset()
    with pytest.raises(ValidationError, match="already"):
        services.lift_wall(wall=wall, by=counsel_of(client))


# --- The one door ---------------------------------------------------------------------------------


def test_visible_to_says_what_guardian_says_for_everybody():
    clients = [make_client() for _ in range(4)]
    users = [counsel_of(client) for client in clients] + [make_user("administrator"), make_user("auditor")]
    users += [
        add_to_team(clients[0], "advocate", "advocate"),
        add_to_team(clients[1], "paralegal", "paralegal"),
    ]
    users.append(make_user(may=(CHANGE,), on=clients[2]))  # a right, but not that of seeing
    ContentType.objects.clear_cache()
    for user in users:
        by_guardian = get_objects_for_user(
            user, "clients.view_client", Client, accept_global_perms=False, with_superuser=False
        )
        for client in clients:
            ours = Client.objects.visible_to(user).filter(pk=client.pk).exists()
            assert ours == by_guardian.filter(pk=client.pk).exists(), (user, client)
    assert not Client.objects.visible_to(users[-1]).exists()


def test_an_open_intake_is_settled_before_it_counts_as_open():
    counsel = make_user()
    client = services.start_intake(name_used="Wren", by=counsel, today=timezone.localdate())
    services.answer(client=client, question="channel", reply="not_asked", by=counsel)
    settle_conflicts(client, by=counsel)
    assert services.take_on(client=client, by=counsel).state == Client.State.OPEN


# --- What somebody else did meanwhile --------------------------------------------------------------


def test_taking_off_twice_records_one_removal():
    client = make_client()
    counsel = counsel_of(client)
    alias = services.save_alias(client=client, name="Reed", by=counsel)
    person = services.save_related_person(client=client, relation="other", name="Jay", by=counsel)
    for _ in range(2):
        services.remove_alias(alias=alias, by=counsel)
        services.remove_related_person(person=person, by=counsel)
    removals = AccessEvent.objects.filter(client_id=client.pk, fields=["removed"])
    assert sorted(removals.values_list("object_kind", flat=True)) == ["alias", "relatedperson"]
    with pytest.raises(ValidationError, match="meanwhile"):
        services.save_related_person(client=client, person=person, name="Jay", by=counsel)


def test_a_wall_that_stands_is_not_set_twice():
    client = make_client()
    user, counsel = make_user(), counsel_of(client)
    services.set_wall(client=client, user=user, reason="ethics", by=counsel)
    with pytest.raises(ValidationError, match="already"):
        services.set_wall(client=client, user=user, reason="former", by=counsel)


def test_a_closed_account_takes_over_nothing():
    client = make_client()
    counsel, gone = counsel_of(client), add_to_team(client, "advocate", "advocate")
    gone.is_active = False
    gone.save()
    due = timezone.now() + timedelta(days=1)
    for act in (
        lambda: services.change_point_of_contact(client=client, user=gone, by=counsel),
        lambda: services.make_commitment(client=client, what="Call", due_at=due, owner=gone, by=counsel),
    ):
        with pytest.raises(ValidationError, match="not on this client"):
            act()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_of_two_counsel_who_leave_at_the_same_moment_one_stays():
    client = make_client()
    first, second = counsel_of(client), add_to_team(client, "counsel", "attorney")
    supervisor = add_to_team(client, "supervision", "supervisor")
    helper = add_to_team(client, "advocate", "advocate")
    services.change_point_of_contact(client=client, user=helper, by=supervisor)
    places = [CareTeamMember.objects.get(client=client, user=user) for user in (first, second)]
    gate, refused = threading.Barrier(2), []

    def leave(place):
        try:
            gate.wait(10)
            services.leave_team(member=place, by=supervisor)
        except ValidationError as problem:
            refused.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(place,)) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    assert CareTeamMember.objects.filter(client=client, role="counsel", left_on__isnull=True).count() == 1
