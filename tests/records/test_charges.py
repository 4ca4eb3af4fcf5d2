"""Charges typed in by hand, and the screening other rooms ask for."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from clients.models import Client, TeamRole
from records.facts import charge_facts, nexus_facts
from records.models import Charge, NexusEvidence
from records.queries import charges_not_reviewed, nexus_counts, sheets_to_settle, sheets_with_unread_lines
from records.services import add_charge, add_result, change_charge, decide_nexus, import_sheet, screen_charges
from tests.factories import TODAY, add_to_team, counsel_of, make_client, make_user
from tests.records.sheets_by_hand import FIRST

pytestmark = pytest.mark.django_db
DAY = date(2018, 5, 17)


def a_charge(client: Client, *, result: dict | None = None, arrest=None, **values) -> Charge:
    charge = {"code": "PC", "section": "647(b)", "level": "M"} | values
    new = None if arrest else {"agency": "CAPD OAKLAND", "arrested_on": DAY}
    return add_charge(
        client=client, by=counsel_of(client), arrest=arrest, new_arrest=new, charge=charge, result=result
    )


def convicted(client: Client, **values) -> Charge:
    return a_charge(
        client, court="CASC SAN JOSE", result={"type": "convicted", "on": DAY, "severity": "M"}, **values
    )


def answers(charge: Charge) -> dict[str, str]:
    found = screen_charges([Charge.objects.get(pk=charge.pk)], TODAY)[charge.pk]
    return {finding.statute_id: finding.answer for finding in found}


def test_a_charge_is_numbered_within_its_arrest_and_stands_where_its_result_puts_it():
    client = make_client()
    first = convicted(client)
    second = a_charge(client, arrest=first.arrest, section="148.9(a)")
    assert (first.number, second.number) == ("1.1", "1.2")
    assert (first.kind, first.standing, first.county) == ("conviction", "convicted", "Santa Clara")
    assert (second.kind, second.standing) == ("arrest", None)


def test_an_arrest_of_another_file_is_refused():
    theirs = a_charge(make_client())
    with pytest.raises(ValidationError):
        a_charge(make_client(), arrest=theirs.arrest)


def test_a_later_result_is_added_after_the_others_and_the_charge_stands_anew():
    charge = convicted(make_client())
    charge = add_result(charge=charge, by=counsel_of(charge.client), type="set_aside", on=date(2021, 2, 3))
    assert [row.type for row in charge.dispositions.all()] == ["convicted", "set_aside"]
    assert (charge.standing, charge.disposed_on) == ("set_aside", DAY)


def test_changing_a_charge_writes_what_differs_and_keeps_the_history():
    charge = convicted(make_client())
    before = charge.history.count()
    by = counsel_of(charge.client)
    assert change_charge(charge=charge, by=by, section="647(b)").history.count() == before
    charge = change_charge(charge=charge, by=by, section="653.22(a)", case_number="C1")
    assert charge.history.count() == before + 1
    assert charge.history.first().history_user == by
    assert (charge.section, charge.case_number) == ("653.22(a)", "C1")


def test_who_may_only_read_adds_nothing():
    client = make_client()
    supervisor = add_to_team(client, TeamRole.SUPERVISION, "supervisor")
    with pytest.raises(PermissionDenied):
        add_charge(
            client=client, by=supervisor, new_arrest={"agency": "CAPD OAKLAND"}, charge={"section": "1"}
        )


def test_screening_asks_the_law_of_the_charge_and_never_rounds_a_doubt():
    client = make_client()
    state, federal = convicted(client), a_charge(client, code="US", section="18 1546(a)")
    assert answers(state)["ca-pc-236-14"] == "cannot_tell"
    assert not any(name.startswith("ca-") for name in answers(federal))
    decide_nexus(
        charge=state, nexus="yes", reason="He kept the money.", basis=["direct_result"], by=counsel_of(client)
    )
    assert answers(state)["ca-pc-236-14"] == "reaches"
    decide_nexus(charge=state, nexus="no", reason="Before they met.", by=counsel_of(client))
    assert answers(state)["ca-pc-236-14"] == "does_not_reach"


def test_the_level_as_charged_is_not_the_level_of_a_conviction():
    client = make_client()
    assert charge_facts(a_charge(client, level="F")).severity == "F"
    unknown = a_charge(client, level="F", court="CASC KERN", result={"type": "convicted", "on": DAY})
    assert charge_facts(unknown).severity is None


def test_evidence_is_official_or_not(django_assert_num_queries):
    charge = convicted(make_client())
    from tests.records.test_nexus import a_document

    document = a_document(charge.client)
    NexusEvidence.objects.create(
        client=charge.client, charge=charge, kind="t_visa_approval", document=document
    )
    facts = nexus_facts(Charge.objects.prefetch_related("evidence").get(pk=charge.pk))
    assert (facts.official_documentation, facts.other_evidence) == (("t_visa_approval",), ())


@pytest.mark.parametrize("many", [3, 12])
def test_screening_many_charges_takes_two_queries(many, django_assert_num_queries):
    client = make_client()
    first = convicted(client)
    for number in range(many - 1):
        a_charge(client, arrest=first.arrest, section=f"4{number}0")
    rows = list(Charge.objects.filter(client=client))
    with django_assert_num_queries(2):
        assert len(screen_charges(rows, TODAY)) == many


def test_open_items_are_those_of_files_the_user_sees():
    client = make_client()
    a_charge(client)
    sheet, _ = import_sheet(client=client, content=FIRST, name="a.txt", by=counsel_of(client))
    counsel, stranger = counsel_of(client), make_user()
    assert charges_not_reviewed(counsel).count() == 1
    assert list(sheets_to_settle(counsel)) == [sheet]
    assert not sheets_with_unread_lines(counsel).exists()
    assert not charges_not_reviewed(stranger).exists()
    assert not sheets_to_settle(stranger).exists()
    assert nexus_counts(client) == {"all": 1, "yes": 0, "no": 0, "not_reviewed": 1}
