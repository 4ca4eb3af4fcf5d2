"""Deciding how a charge ties to the trafficking."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from audit.models import AccessEvent
from clients.models import Client, TeamRole
from clients.services import add_passage
from documents.models import Document
from documents.services import store_document
from records.models import Charge, NexusEvidence
from records.services import add_charge, decide_nexus, decisions_on, link_document, unlink
from tests.factories import add_to_team, counsel_of, make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def charge() -> Charge:
    client = make_client()
    values = {"code": "PC", "section": "647(b)"}
    return add_charge(
        client=client, by=counsel_of(client), new_arrest={"agency": "CAPD OAKLAND"}, charge=values
    )


def a_document(client: Client) -> Document:
    return store_document(
        client=client, kind="evidence", title="Shelter letter", content=b"words", by=counsel_of(client)
    )


def a_passage(client: Client, title: str = "The corner"):
    by = counsel_of(client)
    return add_passage(client=client, title=title, text="Synthetic.", agreed_uses=["review"], by=by)


def decide(charge: Charge, nexus: str = "yes", reason: str = "He kept the money.", **more) -> Charge:
    return decide_nexus(charge=charge, nexus=nexus, reason=reason, by=counsel_of(charge.client), **more)


@pytest.mark.parametrize("nexus", ["yes", "no"])
def test_yes_and_no_need_a_reason(charge, nexus):
    with pytest.raises(ValidationError, match="Say why"):
        decide(charge, nexus, "  ")
    assert Charge.objects.get(pk=charge.pk).nexus == "not_reviewed"


def test_a_decision_keeps_who_when_and_why_and_the_reason_is_sealed(charge):
    decided = decide(charge, basis=["direct_result"])
    assert (decided.nexus, decided.nexus_by, decided.nexus_basis) == (
        "yes",
        counsel_of(charge.client),
        ["direct_result"],
    )
    assert decided.nexus_reason == "He kept the money."
    with connection.cursor() as cursor:
        cursor.execute("SELECT nexus_reason_sealed FROM records_charge")
        assert b"money" not in bytes(cursor.fetchone()[0])
    assert "nexus" in AccessEvent.objects.filter(action="changed", object_kind="charge").latest("id").fields


def test_earlier_decisions_are_shown_newest_first(charge):
    decide(charge)
    decide(charge, "no", "Before they met.")
    assert [(found.label, found.reason) for found in decisions_on(Charge.objects.get(pk=charge.pk))] == [
        ("No", "Before they met."),
        ("Yes", "He kept the money."),
    ]


def test_the_same_decision_again_writes_nothing(charge):
    decided = decide(charge)
    assert decide(charge).nexus_at == decided.nexus_at
    assert charge.history.count() == decided.history.count()


def test_a_decision_can_be_reopened(charge):
    decide(charge, basis=["direct_result"])
    opened = decide(charge, "not_reviewed", "Ask again.")
    assert (opened.nexus_at, opened.nexus_by, opened.nexus_basis) == (None, None, [])


def test_a_basis_is_one_of_the_laws_words(charge):
    with pytest.raises(ValidationError):
        decide(charge, basis=["felt right"])


def test_facts_are_kept_beside_the_decision_and_none_is_never_false(charge):
    decided = decide(charge, facts={"violent_elements": False, "sentence_completed": "2019-04-15"})
    assert decided.violent_elements is False
    assert decided.child_victim is None
    assert decided.sentence_completed == "2019-04-15"


def test_passages_are_linked_and_unlinked_as_chosen(charge):
    first, second = a_passage(charge.client), a_passage(charge.client, "The quota")
    decide(charge, passages=[first])
    decide(charge, passages=[second])
    (row,) = NexusEvidence.objects.filter(charge=charge)
    assert (row.passage, row.kind) == (second, "client_declaration")


def test_a_document_is_linked_once_and_its_kind_can_change(charge):
    document, by = a_document(charge.client), counsel_of(charge.client)
    link_document(charge=charge, document=document, kind="provider_affidavit", by=by)
    row = link_document(charge=charge, document=document, kind="prosecutor_letter", by=by)
    assert NexusEvidence.objects.filter(charge=charge).count() == 1
    assert row.kind in NexusEvidence.OFFICIAL
    unlink(evidence=row, by=by)
    assert NexusEvidence.history.count() == 3


def test_nothing_of_another_file_can_be_leaned_on(charge):
    other = make_client(name_used="Sorrel")
    with pytest.raises(ValidationError):
        link_document(
            charge=charge, document=a_document(other), kind="hhs_certification", by=counsel_of(charge.client)
        )
    with pytest.raises(ValidationError):
        decide(charge, passages=[a_passage(other)])


def test_who_may_only_read_decides_nothing(charge):
    supervisor = add_to_team(charge.client, TeamRole.SUPERVISION, "supervisor")
    with pytest.raises(PermissionDenied):
        decide_nexus(charge=charge, nexus="yes", reason="Because.", by=supervisor)
