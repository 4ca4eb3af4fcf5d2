"""Intake: answers and non-answers, taking on, file numbers."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import AccessEvent
from clients import services
from clients.models import Alias, Client, Identifier, RelatedPerson, SafeContact
from tests.factories import TODAY, counsel_of, make_client, make_user, settle_conflicts

pytestmark = pytest.mark.django_db


def begin(name="Wren", **user):
    by = make_user(**user)
    return services.start_intake(name_used=name, by=by, today=TODAY), by


def test_three_ways_of_no_answer_stay_three():
    client, by = begin()
    for question, reply in (("pronouns", "declined"), ("ssn", "unknown"), ("hours", "not_asked")):
        client = services.answer(client=client, question=question, reply=reply, by=by)
    assert client.answers == {"pronouns": "declined", "ssn": "unknown", "hours": "not_asked"}
    assert client.answer_for("pronouns") == "declined"
    assert client.answer_for("language") == "not_asked"
    with pytest.raises(ValidationError):
        services.answer(client=client, question="pronouns", reply="maybe", by=by)
    with pytest.raises(ValueError, match="shoe_size"):
        services.answer(client=client, question="shoe_size", reply="declined", by=by)


def test_a_value_takes_the_place_of_a_reply_and_back():
    client, by = begin()
    client = services.answer(client=client, question="hours", reply="declined", by=by)
    client = services.save_intake(client=client, by=by, values={"hours": "noon"}, replies={})
    assert "hours" not in client.answers
    client = services.save_intake(client=client, by=by, values={"hours": ""}, replies={"hours": "unknown"})
    assert client.answers["hours"] == "unknown"
    assert SafeContact.objects.get(client=client).hours is None


def test_saving_what_is_there_already_writes_nothing():
    client, by = begin()
    values = {"pronouns": "she", "hours": "noon", "aliases": ["Reed"], "ssn": "000-12-3456"}
    services.save_intake(client=client, by=by, values=values, replies={})
    rows, events = client.history.count(), AccessEvent.objects.count()
    services.save_intake(client=client, by=by, values=values, replies={})
    assert client.history.count() == rows
    assert AccessEvent.objects.count() == events
    assert Alias.objects.filter(client=client).count() == 1


def test_everything_of_one_save_is_kept_or_nothing():
    client, by = begin()
    with pytest.raises(ValidationError):
        services.save_intake(
            client=client, by=by, values={"pronouns": "she", "referral": "nobody"}, replies={}
        )
    assert Client.objects.get(pk=client.pk).pronouns is None


def test_an_empty_contact_leaves_no_row():
    client, by = begin()
    services.save_intake(client=client, by=by, values={"hours": "", "channel": ""}, replies={})
    assert not SafeContact.objects.exists()


def test_a_number_can_be_changed_and_removed():
    client, by = begin()
    services.save_identifier(client=client, kind="a_number", value="A012345678", by=by)
    changed = services.save_identifier(client=client, kind="a_number", value="A087654321", by=by)
    assert Identifier.objects.get(client=client).pk == changed.pk
    assert services.save_identifier(client=client, kind="a_number", value=" ", by=by) is None
    assert not Identifier.objects.exists()
    assert [row.history_type for row in Identifier.history.order_by("history_id")] == ["+", "~", "-"]


def missing(client, by):
    with pytest.raises(ValidationError) as refused:
        services.take_on(client=client, by=by)
    return " ".join(refused.value.messages)


def test_taking_on_needs_a_decided_check_and_a_safe_way():
    client, by = begin()
    assert "Run the conflict check" in missing(client, by)
    check = services.run_conflict_check(client=client, by=by)
    assert "Decide the conflict check" in missing(client, by)
    services.decide_conflict(check=check, decision="clear", note="", by=by)
    assert missing(client, by) == "Say how to reach the client safely, or that it was not asked yet."
    services.save_safe_contact(client=client, by=by, channel="text")
    assert services.take_on(client=client, by=by).state == "open"
    assert "ended already" in missing(client, by)


@pytest.mark.parametrize(
    "add",
    [
        lambda client, by: services.save_alias(client=client, name="Reed", by=by),
        lambda client, by: services.save_related_person(
            client=client, relation="trafficker", name="Jay", by=by
        ),
        lambda client, by: services.save_identifier(client=client, kind="ssn", value="000-12-3456", by=by),
        lambda client, by: services.save_safe_contact(client=client, by=by, number="510 555 0143"),
        lambda client, by: services.change_client(client=client, by=by, legal_name="Wren Marsh"),
    ],
)
def test_a_name_or_number_added_later_asks_for_another_check(add):
    client, by = begin()
    services.answer(client=client, question="channel", reply="not_asked", by=by)
    settle_conflicts(client, by=by)
    add(client, by)
    assert "again" in missing(client, by)
    settle_conflicts(client, by=by)
    assert services.take_on(client=client, by=by).state == "open"


def test_a_conflict_is_not_taken_on_but_can_be_declined():
    client, by = begin()
    check = services.run_conflict_check(client=client, by=by)
    services.decide_conflict(check=check, decision="conflict", note="Opposing side", by=by)
    assert "cannot be taken on" in missing(client, by)
    declined = services.take_on(client=client, by=by, accept=False)
    assert declined.state == "declined"
    assert declined.closed_on is not None


def test_a_related_person_of_another_file_is_not_changed_through_this_one():
    client, by = begin()
    other = make_client(counsel=by)
    person = services.save_related_person(client=other, relation="other", name="Jay", by=by)
    with pytest.raises(ValidationError, match="meanwhile"):
        services.save_related_person(client=client, person=person, name="Kite", by=by)


def test_file_numbers_count_on_past_four_digits():
    client, _by = begin()
    assert client.file_number == "2026-0001"
    Client.objects.filter(pk=client.pk).update(file_number="2026-9999")
    assert services.next_file_number(2026) == "2026-10000"
    second, _ = begin()
    assert second.file_number == "2026-10000"
    assert services.next_file_number(2026) == "2026-10001"
    assert services.next_file_number(2027) == "2027-0001"


def test_a_date_of_birth_is_kept_as_a_day():
    client, by = begin()
    services.save_intake(client=client, by=by, values={"date_of_birth": date(1998, 3, 14)}, replies={})
    assert Client.objects.get(pk=client.pk).date_of_birth == date(1998, 3, 14)


@pytest.mark.parametrize(
    ("day", "said"),
    [(timezone.localdate() + timedelta(days=1), "still to come"), (date(1899, 12, 31), "before 1900")],
)
def test_nobody_is_born_on_an_impossible_day(day, said):
    client = make_client()
    by = counsel_of(client)
    with pytest.raises(ValidationError, match=said) as refused:
        services.change_client(client=client, by=by, date_of_birth=day)
    assert "date_of_birth" in refused.value.error_dict
    with pytest.raises(ValidationError, match=said):
        services.save_related_person(client=client, by=by, relation="other", name="Jay", date_of_birth=day)
    assert not RelatedPerson.objects.exists()
