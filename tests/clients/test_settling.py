"""What has to stand before a client is taken on, and what a file says when somebody is missing."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from clients import services
from clients.models import CareTeamMember, Client
from tests.factories import TODAY, add_to_team, counsel_of, make_client, make_user

pytestmark = pytest.mark.django_db


def in_intake():
    by = make_user()
    client = services.start_intake(name_used="Wren", by=by, today=TODAY)
    services.save_intake(client=client, by=by, values={"channel": "text"}, replies={})
    return client, by


def test_behind_a_wall_means_that_a_wall_stands():
    client, by = in_intake()
    other = make_user()
    check = services.run_conflict_check(client=client, by=by)
    services.decide_conflict(check=check, decision="screened", note="Her cousin was ours.", by=by)
    with pytest.raises(ValidationError, match="no wall stands"):
        services.take_on(client=client, by=by)
    services.set_wall(client=client, user=other, reason="ethics", by=by)
    assert services.take_on(client=client, by=by).state == Client.State.OPEN


def test_a_check_that_misses_a_name_is_run_again_before_it_is_decided():
    client, by = in_intake()
    check = services.run_conflict_check(client=client, by=by)
    services.save_alias(client=client, name="Teal Marsh", by=by)
    with pytest.raises(ValidationError, match="Run it again"):
        services.decide_conflict(check=check, decision="clear", note="", by=by)


def test_an_open_file_without_counsel_says_so_on_every_page(client):
    survivor = make_client()
    supervisor = add_to_team(survivor, "supervision", "supervisor")
    client.force_login(supervisor)
    page = reverse("client-team", args=[survivor.pk])
    assert "No counsel of record" not in client.get(page).content.decode()
    wall = {"wall-user": counsel_of(survivor).pk, "wall-reason": "ethics"}
    answer = client.post(reverse("wall-set", args=[survivor.pk]), wall, follow=True).content.decode()
    assert "This file has no counsel of record now." in answer
    assert "No counsel of record" in client.get(page).content.decode()
    assert not CareTeamMember.objects.filter(client=survivor, role="counsel", left_on=None).exists()


def test_a_file_is_found_by_its_number_without_the_year():
    survivor = make_client()
    by = counsel_of(survivor)
    number = survivor.file_number.split("-")[1]
    assert [found.pk for found, _why in services.find_visible(text=number, by=by)] == [survivor.pk]
