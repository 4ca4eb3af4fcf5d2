"""The pages about keeping and erasing, and the command."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from clients.models import Client, ConflictCheck, Erasure, ErasureRequest, LegalHold, Passage
from clients.services import add_passage, hits_for, make_commitment, run_conflict_check
from clients.services.holds import set_hold
from documents.services import store_document
from tests.clients.erasing import asked, close, closed_client, decided, erase
from tests.clients.test_purge import erase_part
from tests.factories import add_to_team, counsel_of, make_client, make_user
from tests.proof import signed_in_fresh

pytestmark = pytest.mark.django_db
CANARY = "Ashgrove"


def page(browser, user, name, *args):
    browser.force_login(user)
    return browser.get(reverse(name, args=args))


def test_counsel_closes_a_file_today_and_opens_it_again(client):
    file = make_client()
    client.force_login(counsel_of(file))
    client.post(reverse("file-close", args=[file.pk]), {"closed_on": "2001-01-01"})
    file.refresh_from_db()
    assert (file.state, file.closed_on) == ("closed", timezone.localdate())
    client.post(reverse("file-reopen", args=[file.pk]))
    file.refresh_from_db()
    assert (file.state, file.closed_on) == ("open", None)


def test_a_file_with_a_promise_owed_is_not_closed_and_one_asked_to_be_erased_not_opened(client):
    file = make_client()
    counsel = counsel_of(file)
    due = timezone.now() + timedelta(days=1)
    make_commitment(client=file, what="Call the court", due_at=due, owner=counsel, by=counsel)
    client.force_login(counsel)
    shown = client.post(reverse("file-close", args=[file.pk]), follow=True)
    assert "still owed" in shown.content.decode()
    asked(close(file))
    shown = client.post(reverse("file-reopen", args=[file.pk]), follow=True)
    assert "Withdraw that first" in shown.content.decode()
    file.refresh_from_db()
    assert file.state == "closed"


def test_a_hold_stands_in_the_frame_of_every_page_and_its_reason_is_for_who_manages_the_team(client):
    file = make_client()
    counsel, advocate = counsel_of(file), add_to_team(file, "advocate", "advocate")
    client.force_login(counsel)
    client.post(reverse("hold-set", args=[file.pk]), {"hold-reason": f"Suit by {CANARY}"})
    hold = LegalHold.objects.get(client=file)
    assert (hold.reason, hold.set_by) == (f"Suit by {CANARY}", counsel)
    assert "Legal hold" in page(client, advocate, "client-promises", file.pk).content.decode()
    assert CANARY in page(client, counsel, "client-keeping", file.pk).content.decode()
    assert CANARY not in page(client, advocate, "client-keeping", file.pk).content.decode()

    client.force_login(counsel)
    client.post(reverse("hold-lift", args=[hold.pk]))
    hold.refresh_from_db()
    assert hold.lifted_by == counsel


def test_the_page_names_what_is_missing_before_a_file_can_be_erased(client):
    file = make_client()
    counsel = counsel_of(file)
    set_hold(client=file, reason="A suit", by=counsel)
    shown = page(client, counsel, "client-keeping", file.pk).content.decode()
    assert "The file is not closed" in shown
    assert "A legal hold stands" in shown
    assert "Ask that it be erased" not in shown


def ask_by_page(browser, file):
    browser.force_login(counsel_of(file))
    sent = {"file-reason": "client_wish", "file-note": f"She said so, {CANARY}"}
    answer = browser.post(reverse("erasure-ask", args=[file.pk]), sent)
    assert answer.status_code == 302
    return ErasureRequest.objects.get(client=file)


def test_who_decides_sees_number_dates_and_reason_and_nothing_sealed(client):
    file = closed_client(legal_name=f"Linnet {CANARY}")
    request = ask_by_page(client, file)
    for user in (make_user(Role.ADMINISTRATOR), make_user(Role.SUPERVISOR)):
        assert page(client, user, "client-keeping", file.pk).status_code == 404
        shown = page(client, user, "erasure-decide", request.pk).content.decode()
        assert file.file_number in shown
        assert "The client asked for it" in shown
        assert counsel_of(file).name in shown
        assert CANARY not in shown
        assert "Linnet" not in shown
        listed = page(client, user, "erased").content.decode()
        assert file.file_number in listed
        assert CANARY not in listed


def test_erasing_asks_for_the_second_step_first_and_for_the_number_of_the_file(client):
    file = closed_client()
    request = ask_by_page(client, file)
    administrator, address = make_user(Role.ADMINISTRATOR), reverse("erasure-decide", args=[request.pk])
    sent = {"decision": "erase", "file_number": file.file_number}

    client.force_login(administrator)
    client.post(address, sent)
    assert Client.objects.filter(pk=file.pk).exists()

    signed_in_fresh(client, administrator, seconds_ago=301)
    client.post(address, sent)
    assert Client.objects.filter(pk=file.pk).exists()

    signed_in_fresh(client, administrator)
    assert client.post(address, sent | {"file_number": "2001-0001"}).status_code == 422
    assert Client.objects.filter(pk=file.pk).exists()

    answer = client.post(address, sent)
    assert (answer.status_code, answer.url) == (302, reverse("erased"))
    assert not Client.objects.filter(pk=file.pk).exists()
    assert Erasure.objects.get().decided_by == administrator


def test_the_supervisor_who_asked_is_told_that_somebody_else_decides(client):
    file = closed_client()
    supervisor = add_to_team(file, "supervision", Role.SUPERVISOR)
    request = asked(file, by=supervisor)
    signed_in_fresh(client, supervisor)
    address = reverse("erasure-decide", args=[request.pk])
    assert "You asked for this" in client.get(address).content.decode()
    answer = client.post(address, {"decision": "erase", "file_number": file.file_number})
    assert answer.status_code == 422
    assert Client.objects.filter(pk=file.pk).exists()


def test_keeping_it_needs_a_reason_that_the_team_reads(client):
    file = closed_client()
    request = ask_by_page(client, file)
    administrator, address = make_user(Role.ADMINISTRATOR), reverse("erasure-decide", args=[request.pk])
    client.force_login(administrator)
    assert client.post(address, {"decision": "refuse", "stay-answer": ""}).status_code == 422
    assert (
        client.post(address, {"decision": "refuse", "stay-answer": "The appeal is open."}).status_code == 302
    )
    shown = page(client, counsel_of(file), "client-keeping", file.pk).content.decode()
    assert "The appeal is open." in shown


def test_every_address_of_an_erased_file_is_gone_for_everybody(client):
    file = closed_client()
    counsel = counsel_of(file)
    erase(file)
    for user in (counsel, make_user(Role.SUPERVISOR), make_user(Role.ADMINISTRATOR)):
        for name in ("client-file", "client-team", "client-keeping", "client-seen"):
            assert page(client, user, name, file.pk).status_code == 404
    assert file.file_number not in page(client, counsel, "clients").content.decode()


def test_the_list_shows_a_tombstone_to_the_office_to_administrators_and_auditors(client):
    file = closed_client()
    supervisor = make_user(Role.SUPERVISOR)
    number = Client.objects.get(pk=file.pk).file_number
    erase(file, decided_by=supervisor)
    from tests.factories import make_office

    elsewhere = make_user(Role.SUPERVISOR, office=make_office("Another office"))
    for user, sees in (
        (supervisor, True),
        (make_user(Role.ADMINISTRATOR), True),
        (make_user(Role.AUDITOR), True),
        (elsewhere, False),
    ):
        shown = page(client, user, "erased").content.decode()
        assert (number in shown) is sees
        assert (f"{supervisor.name}</td>" in shown) is sees
    assert page(client, make_user(), "erased").status_code == 403


def test_the_auditor_reads_the_log_of_an_erased_file_by_its_number(client):
    file = closed_client(name_used="Linnet Ashgrove")
    number, counsel = Client.objects.get(pk=file.pk).file_number, counsel_of(file)
    erase(file)
    client.force_login(make_user(Role.AUDITOR))
    answer = client.get(reverse("access-log"), {"file_number": number})
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert counsel.name in shown
    assert number in shown
    assert CANARY not in shown


def test_a_conflict_hit_in_an_erased_file_says_so_and_nothing_more(client):
    gone, other = make_client(name_used="Linnet Ashgrove"), make_client(name_used="Linnet Ashgrove")
    reader = counsel_of(other)
    from clients.services.team import join_team

    join_team(client=gone, user=reader, role="co_counsel", by=counsel_of(gone))
    run_conflict_check(client=other, by=reader)
    check = ConflictCheck.objects.filter(client=other).latest("run_at")
    assert hits_for(check, reader)[0].client == str(gone.pk)
    number = gone.file_number
    ErasureRequest.objects.all().delete()
    request = asked(close_of(gone))
    from clients.services import erasure

    erasure.approve(request=request, by=make_user(Role.SUPERVISOR), fresh=True)

    hit = hits_for(ConflictCheck.objects.get(pk=check.pk), reader)[0]
    assert (hit.erased, hit.client, hit.file_number) == (True, "", "")
    shown = page(client, reader, "intake", other.pk).content.decode()
    assert "A file that was erased" in shown
    assert number not in shown


def close_of(file):
    return close(Client.objects.get(pk=file.pk))


def test_an_erased_passage_and_document_say_so_on_their_pages(client):
    file = make_client()
    counsel = counsel_of(file)
    passage = add_passage(client=file, title="The corner", text=CANARY, agreed_uses=[], by=counsel)
    document = store_document(client=file, kind="evidence", title=CANARY, content=b"Dear", by=counsel)
    erase_part(passage)
    erase_part(document)

    shown = page(client, counsel, "client-statements", file.pk).content.decode()
    assert "Erased on" in shown
    assert f"passage-{passage.pk}" not in shown
    assert client.post(reverse("passage-change", args=[passage.pk])).status_code == 403
    shown = page(client, counsel, "client-documents", file.pk).content.decode()
    assert "Erased on" in shown
    assert reverse("document-open", args=[document.pk]) not in shown
    opened = page(client, counsel, "document-open", document.pk)
    assert opened.status_code == 410
    assert "Erased on" in opened.content.decode()
    assert page(client, counsel, "document-version", document.pk).status_code == 403
    for name in ("client-file", "client-record", "client-keeping"):
        assert page(client, counsel, name, file.pk).status_code == 200


def test_a_passage_is_asked_for_and_decided_on_the_pages(client):
    file = make_client()
    counsel = counsel_of(file)
    passage = add_passage(client=file, title="The corner", text=CANARY, agreed_uses=[], by=counsel)
    client.force_login(counsel)
    shown = client.get(reverse("client-keeping", args=[file.pk])).content.decode()
    assert "Passage 1 of the statement" in shown
    assert "The corner" not in shown
    sent = {"part-what": f"passage-{passage.pk}", "part-reason": "mistake"}
    assert client.post(reverse("erasure-ask-part", args=[file.pk]), sent).status_code == 302
    request = ErasureRequest.objects.get(client=file)
    supervisor = make_user(Role.SUPERVISOR)
    signed_in_fresh(client, supervisor)
    address = reverse("erasure-decide", args=[request.pk])
    decision = client.get(address).content.decode()
    assert "Passage 1 of the statement" in decision
    stay = "Papers drafted from it are documents of their own and stay; erase them one by one."
    assert f"<strong>{stay}</strong>" in shown
    assert f"<strong>{stay}</strong>" in decision
    client.post(address, {"decision": "erase", "file_number": file.file_number})
    assert stay in client.get(reverse("erased")).content.decode()
    assert Passage.objects.get(pk=passage.pk).erased_at is not None


# --- The command ----------------------------------------------------------------------------------


def destroy(number):
    out = StringIO()
    call_command("keyring", "destroy-client", number, stdout=out)
    return out.getvalue()


def test_the_command_names_what_is_missing():
    file = make_client()
    with pytest.raises(CommandError, match="Nobody has asked"):
        destroy(file.file_number)
    asked(close(file))
    set_hold(client=file, reason="A suit", by=counsel_of(file))
    with pytest.raises(CommandError, match=r"A second person has not decided it yet.*A legal hold stands"):
        destroy(file.file_number)
    assert Client.objects.filter(pk=file.pk).exists()


def test_the_command_carries_out_what_two_people_decided():
    file = closed_client()
    decided(file)
    assert "is erased for good" in destroy(file.file_number)
    assert not Client.objects.filter(pk=file.pk).exists()
