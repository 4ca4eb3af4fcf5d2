"""Finding people: among one's own files, and, for the conflict check, among everybody."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessEvent
from clients import services
from clients.models import Client
from clients.services.scan import Files, scan
from tests.factories import TODAY, add_to_team, counsel_of, make_client, make_office, make_user
from vault import datakeys, names
from vault.errors import SealBroken
from vault.models import DataKey, Installation, NameToken

pytestmark = pytest.mark.django_db


def found(text, by):
    return [
        (client.file_number, nearness.why) for client, nearness in services.find_visible(text=text, by=by)
    ]


@pytest.mark.parametrize(
    "typed",
    ["Linnet Marsh", "linnet marsh", "Lin", "Linnet Mrash", "Linet Marsh", "Marsh Linnet", "Línnet Marsh"],
)
def test_a_file_is_found_by_a_name_however_it_is_typed(typed):
    client = make_client(name_used="Linnet Marsh")
    make_client(counsel=counsel_of(client), name_used="Bittern Alder")
    assert [number for number, _ in found(typed, counsel_of(client))] == [client.file_number]


def test_aliases_legal_name_related_people_and_numbers_find_the_file_and_say_why():
    client = make_client(name_used="Linnet", legal_name="Rosa Sedge")
    by = counsel_of(client)
    services.save_alias(client=client, name="Kestrel Vale", by=by)
    services.save_related_person(client=client, relation="trafficker", name="Jay Sorrel", by=by)
    services.save_identifier(client=client, kind="a_number", value="A012 345 678", by=by)
    services.save_safe_contact(client=client, by=by, number="(510) 555-0143", email="lin@marsh.example")
    for typed, why in {
        "Rosa Sedge": "begins",
        "Kestral Vale": "one letter",
        "Jay Sorel": "trafficker in this file: one letter different",
        "A12345678": "identifier",
        "+1 510 555 0143": "phone number",
        "LIN@marsh.example": "e-mail address",
        client.file_number: "file number",
    }.items():
        ((number, said),) = found(typed, by)
        assert number == client.file_number
        assert why in said, typed


def test_nothing_of_a_strangers_file_is_found():
    client = make_client(name_used="Linnet Marsh")
    by = counsel_of(client)
    services.save_related_person(client=client, relation="family", name="Jay Sorrel", by=by)
    services.save_identifier(client=client, kind="ssn", value="000-12-3456", by=by)
    stranger = make_user()
    for typed in ("Linnet Marsh", "Jay Sorrel", "000-12-3456", client.file_number, "Lin"):
        assert found(typed, stranger) == []


def test_a_search_is_recorded_without_what_was_typed():
    client = make_client(name_used="Linnet Marsh")
    found("Linnet Marsh", counsel_of(client))
    event = AccessEvent.objects.filter(action="searched").latest("pk")
    assert event.objects_shown == [str(client.pk)]
    assert "Linnet" not in str(vars(event))


def test_one_letter_is_too_little_to_search_for():
    assert found("L", counsel_of(make_client())) == []


# --- Conflict check -------------------------------------------------------------------------------


def two_files(**names_used):
    """A file whose maker also sees an older one."""
    by = make_user()
    older = make_client(counsel=by, name_used="Gilbert Sedge")
    newer = services.start_intake(name_used="Wren", by=by, today=TODAY)
    return older, newer, by


def test_a_hit_says_why_and_what_part_the_person_plays():
    older, newer, by = two_files()
    services.save_related_person(client=newer, relation="trafficker", name="Gilbert Segde", by=by)
    check = services.run_conflict_check(client=newer, by=by)
    (hit,) = services.hits_for(check, by)
    assert (hit.typed, hit.role, hit.who) == ("Gilbert Segde", "trafficker", "client")
    assert hit.why == "one letter different"
    assert hit.file_number == older.file_number


def test_swapped_words_aliases_and_related_people_of_other_files_are_hits():
    older, newer, by = two_files()
    services.save_alias(client=older, name="Kestrel Vale", by=by)
    services.save_related_person(client=older, relation="employer", name="Jay Sorrel", by=by)
    for name in ("Sedge Gilbert", "Vale Kestrel", "Jay Sorel"):
        services.save_related_person(client=newer, relation="other", name=name, by=by)
    hits = services.hits_for(services.run_conflict_check(client=newer, by=by), by)
    assert {(hit.typed, hit.who) for hit in hits} == {
        ("Sedge Gilbert", "client"),
        ("Vale Kestrel", "client"),
        ("Jay Sorel", "employer"),
    }


def test_numbers_and_addresses_are_compared_exactly():
    older, newer, by = two_files()
    for client in (older, newer):
        services.save_identifier(client=client, kind="ssn", value="000-12-3456", by=by)
        services.save_safe_contact(client=client, by=by, number="5105550143", email="x@marsh.example")
    hits = services.hits_for(services.run_conflict_check(client=newer, by=by), by)
    assert {hit.why for hit in hits} == {"the same SSN", "the same phone number", "the same e-mail address"}


def test_a_restricted_hit_reveals_nothing_but_that_there_is_one():
    stranger = make_client(name_used="Gilbert Sedge")
    services.save_related_person(
        client=stranger, relation="family", name="Gilbert Sedge", by=counsel_of(stranger)
    )
    by = make_user()
    newer = services.start_intake(name_used="Wren", by=by, today=TODAY)
    services.save_related_person(client=newer, relation="trafficker", name="Gilbert Segde", by=by)
    check = services.run_conflict_check(client=newer, by=by)
    (hit,) = services.hits_for(check, by)
    assert hit.restricted
    assert hit == services.Hit(typed="Gilbert Segde", role="trafficker", who="restricted", restricted=True)
    stored = str(check.hits)
    for secret in (str(stranger.pk), stranger.file_number, "Gilbert Sedge", "family", "one letter"):
        assert secret not in stored


def test_a_hit_is_closed_again_to_a_reader_who_may_not_see_that_file():
    older, newer, by = two_files()
    services.save_related_person(client=newer, relation="other", name="Gilbert Sedge", by=by)
    check = services.run_conflict_check(client=newer, by=by)
    reader = add_to_team(newer, "advocate", "advocate")
    assert [hit.client for hit in services.hits_for(check, by)] == [str(older.pk)]
    (hit,) = services.hits_for(check, reader)
    assert hit.restricted
    assert hit.client == hit.file_number == hit.why == ""


def test_the_one_to_ask_is_a_supervisor_of_the_same_office():
    office = make_office("Willow Road Legal")
    by = make_user(office=office)
    make_user("supervisor")
    assert services.whom_to_ask(by) is None
    supervisor = make_user("supervisor", office=office)
    assert services.whom_to_ask(by) == supervisor


def test_the_supervisor_who_sees_both_files_runs_and_decides():
    supervisor = make_user("supervisor")
    older = make_client(name_used="Gilbert Sedge")
    newer = services.start_intake(name_used="Gilbert Sedge", by=make_user(), today=TODAY)
    check = services.run_conflict_check(client=newer, by=supervisor)
    (hit,) = services.hits_for(check, supervisor)
    assert hit.client == str(older.pk)
    with pytest.raises(ValidationError, match="Say why"):
        services.decide_conflict(check=check, decision="clear", note=" ", by=supervisor)
    decided = services.decide_conflict(check=check, decision="screened", note="Walled", by=supervisor)
    assert (decided.decided_by, decided.note) == (supervisor, "Walled")
    assert decided.history.first().history_user == supervisor


def test_an_older_check_cannot_be_decided_and_no_decision_is_no_decision():
    client = make_client()
    by = counsel_of(client)
    first = services.run_conflict_check(client=client, by=by)
    with pytest.raises(ValidationError, match="Choose"):
        services.decide_conflict(check=first, decision="open", note="", by=by)
    services.run_conflict_check(client=client, by=by)
    with pytest.raises(ValidationError, match="newer"):
        services.decide_conflict(check=first, decision="clear", note="", by=by)


# --- A part of a name ----------------------------------------------------------------------------


def test_a_part_of_a_name_with_a_typing_error_finds_the_file():
    client = make_client(name_used="Wren Sycamore Thistle")
    by = counsel_of(client)
    make_client(counsel=by, name_used="Wren Sycamore Marsh")
    services.save_related_person(client=client, relation="family", name="Gilbert Alder Sedge", by=by)
    why = "all words typed are part of the name, one letter different"
    assert found("Wren Thistel", by) == [(client.file_number, why)]
    assert found("Gilbert Segde", by) == [(client.file_number, f"family in this file: {why}")]
    assert found("Gilbert Sedge", by) != []


def test_a_part_of_a_name_finds_nothing_in_a_strangers_file():
    client = make_client(name_used="Wren Sycamore Thistle")
    services.save_related_person(
        client=client, relation="family", name="Gilbert Alder Sedge", by=counsel_of(client)
    )
    for typed in ("Wren Thistel", "Gilbert Segde"):
        assert found(typed, make_user()) == []


@pytest.mark.parametrize("part", ["client", "legal name", "alias", "employer"])
def test_the_conflict_check_reads_every_name_when_the_index_finds_nobody(part):
    older, newer, by = two_files()
    whole = "Wren Sycamore Thistle"
    if part == "client":
        services.change_client(client=older, by=by, name_used=whole)
    elif part == "legal name":
        services.change_client(client=older, by=by, legal_name=whole)
    elif part == "alias":
        services.save_alias(client=older, name=whole, by=by)
    else:
        services.save_related_person(client=older, relation=part, name=whole, by=by)
    services.save_related_person(client=newer, relation="trafficker", name="Wren Thistel", by=by)
    (hit,) = services.hits_for(services.run_conflict_check(client=newer, by=by), by)
    assert (hit.typed, hit.role, hit.file_number) == ("Wren Thistel", "trafficker", older.file_number)
    assert hit.who == ("employer" if part == "employer" else "client")
    assert hit.why == "all words typed are part of the name, one letter different"


def test_a_part_of_a_name_in_a_file_one_may_not_see_is_a_restricted_hit():
    stranger = make_client(name_used="Wren Sycamore Thistle")
    by = make_user()
    newer = services.start_intake(name_used="Teal", by=by, today=TODAY)
    services.save_related_person(client=newer, relation="trafficker", name="Wren Thistel", by=by)
    check = services.run_conflict_check(client=newer, by=by)
    assert services.hits_for(check, by) == [
        services.Hit(typed="Wren Thistel", role="trafficker", who="restricted", restricted=True)
    ]
    for secret in (str(stranger.pk), "Sycamore", "part of the name"):
        assert secret not in str(check.hits)


def test_a_scan_asks_as_often_for_nine_files_as_for_three_and_ends_at_its_bound(monkeypatch):
    by = make_user()
    counts = []
    for more in (3, 6):
        for _ in range(more):
            make_client(counsel=by, name_used="Wren Sycamore Thistle")
        with CaptureQueriesContext(connection) as queries:
            read = scan(typed=["Wren Thistel"], files=Files())
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert (len(read.near), read.cut) == (9, False)

    monkeypatch.setattr("clients.services.scan.BATCH", 2)
    assert len(scan(typed=["Wren Thistel"], files=Files()).near) == 9
    monkeypatch.setattr("clients.services.scan.MOST_FILES", 3)
    cut = scan(typed=["Wren Thistel"], files=Files())
    newest = Client.objects.order_by("-pk").values_list("pk", flat=True)[:3]
    assert ([match.client for match in cut.near], cut.cut) == (list(newest), True)


def test_a_scan_counts_and_reports_a_name_that_does_not_open_and_leaves_out_what_was_erased(caplog):
    broken, erased, whole = (make_client(name_used="Wren Sycamore Thistle") for _ in range(3))
    swap_names(broken, whole)
    DataKey.objects.filter(client_uuid=erased.pk).update(wrapped=None, destroyed_at=timezone.now())
    datakeys.memory.clear()
    read = scan(typed=["Wren Thistel"], files=Files())
    assert [match.client for match in read.near] == [whole.pk]
    assert read.not_opened == 1
    assert str(broken.pk) in caplog.text
    assert str(erased.pk) not in caplog.text


# --- The index ------------------------------------------------------------------------------------


def whole_index():
    return sorted(NameToken.objects.values_list("person", "token"))


def test_the_index_kept_by_the_services_equals_a_rebuilt_one_to_the_last_token():
    client = make_client(name_used="Linnet Marsh")
    by = counsel_of(client)
    services.change_client(client=client, by=by, legal_name="Rosa Sedge")
    alias = services.save_alias(client=client, name="Kestrel Vale", by=by)
    services.save_alias(client=client, name="Bittern", by=by)
    person = services.save_related_person(client=client, relation="family", name="Jay Sorrel", by=by)
    gone = services.save_related_person(client=client, relation="family", name="Teal", by=by)
    services.save_related_person(client=client, person=person, name="Jay Sorrell", by=by)
    services.remove_related_person(person=gone, by=by)
    services.remove_alias(alias=alias, by=by)

    kept = whole_index()
    assert {number for number, _token in kept} == {client.person_number, person.person_number}
    assert client.person_number not in names.candidates("Kestrel Vale")

    NameToken.objects.filter(person=person.person_number).delete()
    NameToken.objects.create(person=5, token=7)
    call_command("rebuild_name_index", verbosity=0)
    assert whole_index() == kept


def test_the_key_of_the_index_is_changed_and_searches_find_both_meanwhile(settings, monkeypatch):
    first, second = make_client(name_used="Linnet Marsh"), make_client(name_used="Kestrel Vale")
    old = whole_index()
    settings.NAME_TOKEN_BITS = 20
    assert names.begin_rotation()
    services.save_alias(client=second, name="Bittern Alder", by=counsel_of(second))
    assert names.candidates("Linet Marsh") == [first.person_number]
    assert names.candidates("Kestrl Vale") == [second.person_number]
    call_command("rebuild_name_index", "--rotate", verbosity=0)  # goes on with what was begun
    new = whole_index()
    assert not set(old) & set(new)
    assert max(token for _person, token in new) < 2**20
    assert names.candidates("Linet Marsh") == [first.person_number]
    assert Installation.objects.get().name_bits_before == 0
    call_command("rebuild_name_index", verbosity=0)
    assert whole_index() == new


def test_a_name_that_does_not_open_stops_no_rebuild(capsys):
    broken, whole = make_client(name_used="Linnet Marsh"), make_client(name_used="Siskin Alder")
    swap_names(broken, whole)
    call_command("rebuild_name_index", verbosity=0)
    assert names.candidates("Siskin Alder") == [whole.person_number]
    assert names.candidates("Linnet Marsh") == []
    assert "client.name_used" in capsys.readouterr().err


def test_the_index_rolls_back_with_the_save(monkeypatch):
    client = make_client(name_used="Linnet Marsh")

    def broken(*args, **kwargs):
        raise RuntimeError("no log")

    monkeypatch.setattr("clients.services.intake.record", broken)
    with pytest.raises(RuntimeError):
        services.save_alias(client=client, name="Kestrel Vale", by=counsel_of(client))
    assert client.person_number not in names.candidates("Kestrel Vale")


@pytest.mark.parametrize("typed", ["\x00\x00", "Lin\x00net", "x" * 10_000, "\u202e\u200b", "%_%", "'; --"])
def test_whatever_is_typed_is_searched_for_without_an_error(client, typed):
    survivor = make_client(name_used="Linnet")
    client.force_login(counsel_of(survivor))
    answer = client.post(reverse("find"), {"q": typed})
    assert answer.status_code == 200
    assert "\x00" not in answer.content.decode()


def swap_names(broken, whole):
    """Puts the sealed name of `whole` where that of `broken` stood: it does not open there."""
    sealed = bytes(Client.objects.get(pk=whole.pk).name_used_sealed)
    with connection.cursor() as cursor:
        key = broken.pk.hex if connection.vendor == "sqlite" else broken.pk
        cursor.execute("UPDATE clients_client SET name_used_sealed = %s WHERE id = %s", [sealed, key])


def test_a_name_that_does_not_open_stops_no_search_but_stops_a_conflict_check():
    counsel = make_user()
    broken, whole = make_client(counsel=counsel), make_client(counsel=counsel, name_used="Siskin")
    swap_names(broken, whole)
    assert [client for client, _ in services.find_visible(text="Siskin", by=counsel)] == [whole]
    with pytest.raises(SealBroken):
        services.run_conflict_check(client=broken, by=counsel)
