import io
import re
import zipfile
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from docx import Document as Word

from audit.models import AccessEvent
from cases import services
from cases.law import statute_paper
from cases.services.agencies import agency_in_papers
from cases.services.bound import bound_agencies
from cases.services.paper_stops import stops
from cases.services.paper_words import KINDS, citation_in_papers, gather
from clients.models import SafeContact
from clients.services import add_passage
from deadlines.rules import deadline_row
from documents.services import open_document
from records.models import Charge
from records.rules.statutes import get_statute
from tests.cases.making import (
    US,
    US_ARREST,
    at_stage,
    give_account,
    make_arrest,
    make_charge,
    make_file,
    make_petition,
    ready,
)
from tests.factories import TODAY, add_to_team, counsel_of

pytestmark = pytest.mark.django_db
LEGAL_DEFECT = "invalid due to legal defect at the time of the arrest or conviction"


def draft(petition, kind):
    by = counsel_of(petition.client)
    return open_document(document=services.draft_paper(petition=petition, kind=kind, by=by), by=by)


def text_of(content):
    word = Word(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def package_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        joined = b"\n".join(package.read(name) for name in package.namelist()).decode("utf-8", "replace")
    return re.sub(r"<[^>]+>", "", joined)


def test_the_petition_holds_its_charges_court_dates_and_the_words_of_the_statute():
    client = make_file()
    first = make_charge(client, make_arrest(client, date(2015, 6, 18)), case_number="554410")
    second = make_charge(client, section="459.5(a)", description="shoplifting", case_number="607731")
    petition = ready(make_petition(client, charges=[first, second]))
    said = text_of(draft(petition, "petition"))
    for words in (
        "SUPERIOR COURT OF CALIFORNIA, COUNTY OF ALAMEDA",
        "554410, 607731",
        "Pen. Code, § 647(b)",
        "Pen. Code, § 459.5(a)",
        "June 18, 2015",
        "February 27, 2016",
        "Oakland Police Department",
        "Convicted, May 2, 2016",
        "direct result",
        "lacked the requisite intent to commit the offense",
        LEGAL_DEFECT,
        "L.R.F.",
        "SBN 298114",
        "under the laws of the State of California",
        "at ______________________________ (city and state)",
        "From about March 2014 to late 2018",
        "CONFIDENTIAL",
    ):
        assert words in said, words
    assert "{{" not in said
    assert "{%" not in said
    assert "[BLANK" not in said


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("statute", ["ca-pc-236-14", US, US_ARREST])
def test_no_paper_leaves_a_placeholder_and_none_names_her_in_initials_mode(statute, kind):
    petition = make_petition_of(statute)
    content = draft(petition, kind)
    whole = package_of(content)
    assert "{{" not in whole
    assert "{%" not in whole
    for name in ("Rosalba", "Fern", "Linnet"):
        assert name not in whole
    assert "L.R.F." in text_of(content)


def make_petition_of(statute):
    if statute != US_ARREST:
        return ready(make_petition(statute=statute))
    client = make_file()
    arrest = make_arrest(client, jurisdiction="US", county="", agency="FBI Oakland")
    charge = make_charge(
        client,
        arrest,
        code="US",
        section="18 1708",
        county="",
        court="USDC ND CA",
        severity="F",
        level="F",
        kind="arrest",
        standing="dismissed",
        dismissed_by="prosecution",
        nexus_basis=["directly_related"],
        case_number=None,
    )
    return ready(make_petition(client, statute=US_ARREST, charges=[charge]))


def test_the_order_holds_both_phrases_every_agency_and_can_be_granted_or_denied_per_charge():
    said = text_of(draft(ready(make_petition()), "proposed_order"))
    assert "lacked the requisite intent to commit the offense" in said
    assert LEGAL_DEFECT in said
    assert "☐ Granted   ☐ Denied" in said
    for agency in (
        "California Department of Justice",
        "Oakland Police Department",
        "Alameda County Sheriff",
        "Alameda County District Attorney",
    ):
        assert agency in said
    for reason in ("rehabilitat", "hardship", "deport", "removal", "immigration"):
        assert reason not in said.lower()


def test_the_order_names_every_agency_that_it_will_bind():
    petition = ready(make_petition())
    assert "Alameda County Probation Department" not in text_of(draft(petition, "proposed_order"))
    charge = petition.charges.get()
    charge.dispositions.create(
        client=petition.client, ordinal=1, type="convicted", sentence={"probation": "3 years"}
    )
    said = text_of(draft(petition, "proposed_order"))
    petition.lines.update(result="granted", result_on=TODAY)
    bound = {found.agency.name for found in bound_agencies(petition).values()}
    assert "Alameda County Probation Department" in bound
    assert [name for name in bound if name not in said] == []


def test_the_day_of_an_arrest_is_never_given_as_the_day_of_the_offense():
    petition = ready(make_petition())
    Charge.objects.filter(pk=petition.charges.get().pk).update(offense_on=None)
    said = text_of(draft(petition, "petition"))
    assert "[BLANK: offense date of charge 1.1]" in said


def test_an_arrest_motion_never_says_direct_result_and_a_vacatur_motion_does():
    arrest, vacatur = make_petition_of(US_ARREST), make_petition_of(US)
    for kind in ("petition", "proposed_order", "declaration"):
        assert "direct result" not in text_of(draft(arrest, kind)).lower()
    assert "directly related" in text_of(draft(arrest, "petition"))
    said = text_of(draft(vacatur, "petition"))
    assert "direct result" in said
    assert "18 U.S.C. § 1708" in said
    assert "vacate the conviction for cause" in said
    assert "28 U.S.C. § 1746" in text_of(draft(vacatur, "declaration"))


def test_what_is_missing_is_a_visible_blank_and_on_the_list():
    petition = make_petition()
    assert "[BLANK: when the trafficking happened]" in text_of(draft(petition, "petition"))
    assert "when the trafficking happened" in gather(petition=petition, kind="petition").blanks


def test_the_declaration_takes_only_passages_agreed_for_a_court():
    petition = make_petition()
    client, by = petition.client, counsel_of(petition.client)
    give_account(client, petition.charges.get(), "I was told where to stand.")
    add_passage(client=client, title="Home", text="What my mother said.", agreed_uses=["t_visa"], by=by)
    said = text_of(draft(petition, "declaration"))
    assert "I was told where to stand." in said
    assert "my mother" not in said


def test_the_declaration_needs_the_right_to_read_the_account():
    petition = make_petition()
    paralegal = add_to_team(petition.client, "paralegal", "paralegal")
    with pytest.raises(PermissionDenied, match="counsel and advocate"):
        services.draft_paper(petition=petition, kind="declaration", by=paralegal)
    assert services.draft_paper(petition=petition, kind="petition", by=paralegal).version == 1


def test_drafting_again_makes_the_next_version_sealed_and_recorded():
    petition, by = make_petition(), None
    by = counsel_of(petition.client)
    first = services.draft_paper(petition=petition, kind="petition", by=by)
    second = services.draft_paper(petition=petition, kind="petition", by=by)
    assert (first.version, second.version, second.replaces) == (1, 2, first)
    assert (
        AccessEvent.objects.filter(
            action="drafted", object_id=str(second.pk), client_id=petition.client_id
        ).count()
        == 1
    )
    assert second.neutral_name == f"{petition.client.file_number}-petition-v2.docx"


def test_a_paper_holds_nothing_of_another_client_and_no_safe_contact():
    other = make_file(name_used="Teasel")
    make_charge(other, section="602(m)", case_number="999111", nexus_reason="Words of somebody else")
    petition = make_petition()
    SafeContact.objects.create(
        client=petition.client, channel="text", number="510 555 0199", email="l@fern.example"
    )
    whole = package_of(draft(ready(petition), "petition"))
    for words in ("Teasel", "602(m)", "999111", "Words of somebody else", "0199", "fern.example"):
        assert words not in whole


def test_the_proof_of_service_keeps_sent_and_received_apart():
    petition = at_stage("served")
    said = text_of(draft(petition, "proof_of_service"))
    assert "Alameda County District Attorney" in said
    assert "July 6, 2026" in said
    assert "over 18 and not a party" in said


def codes(petition):
    return {stop.code for stop in stops(petition=petition, today=TODAY)}


def test_signing_is_refused_with_every_stop_that_stands():
    petition = make_petition()
    assert {"S04", "S05", "S14", "S15", "S17", "drafted"} <= codes(petition)
    with pytest.raises(
        ValidationError, match="Counsel has not confirmed that no charge is on the excluded list"
    ):
        services.sign(petition=petition, on=TODAY, by=counsel_of(petition.client), today=TODAY)


def test_nothing_stands_when_everything_is_on_file():
    assert codes(ready(make_petition())) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"case_number": None}, "S01"),
        ({"section": ""}, "S03"),
        ({"disposed_on": None}, "S03"),
        ({"offense_on": None}, "S03"),
        ({"nexus_reason": None}, "S06"),
        ({"nexus_basis": ["scheme_or_direction"]}, "S06"),
        ({"nexus_reason": "Linnet Rosalba Fern was told to."}, "S02"),
    ],
)
def test_a_stop_comes_back_when_its_fact_is_taken_away(change, code):
    petition = ready(make_petition())
    charge = petition.charges.get()
    for name, value in change.items():
        setattr(charge, name, value)
    charge.save()
    assert code in codes(petition)


def test_a_passage_not_agreed_not_read_back_or_holding_a_phone_number_stops_signing():
    petition = ready(make_petition())
    passage = petition.charges.get().evidence.get().passage
    SafeContact.objects.create(client=petition.client, channel="text", number="510 555 0199")
    passage.text, passage.read_back_on = "Call me on 510 555 0199.", None
    passage.save()
    assert {"S08", "S21"} <= codes(petition)
    passage.agreed_uses = []
    passage.save()
    assert "S07" in codes(petition)


def test_only_counsel_of_record_confirms_signs_and_files():
    petition = ready(make_petition())
    for role in ("advocate", "paralegal", "supervision"):
        user = add_to_team(petition.client, role, "supervisor" if role == "supervision" else role)
        with pytest.raises(PermissionDenied):
            services.confirm_checks(petition=petition, checked=["S05"], note="", by=user, today=TODAY)
        with pytest.raises(PermissionDenied, match="Only counsel of record"):
            services.sign(petition=petition, on=TODAY, by=user, today=TODAY)


def note_of(content):
    """The paragraphs of the page for the attorney, and those of the paper itself."""
    note, paper = [], []
    for paragraph in Word(io.BytesIO(content)).paragraphs:
        (note if paragraph.style.name.startswith("Attorney Note") else paper).append(paragraph.text)
    return note, paper


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("statute", ["ca-pc-236-14", US, US_ARREST])
def test_a_page_before_each_paper_lists_the_rules_that_nobody_confirmed(statute, kind):
    note, paper = note_of(draft(make_petition_of(statute), kind))
    assert note[0] == "FOR THE ATTORNEY: REMOVE THIS PAGE BEFORE FILING"
    assert any("No attorney has confirmed this rule." in line for line in note)
    assert any(get_statute(statute).citation in line for line in note)
    assert "unconfirmed" not in "\n".join(paper).lower()
    if kind == "petition":
        row = deadline_row(statute, statute_paper(statute).answer)
        assert any(row["citation"] in line and "unconfirmed" in line for line in note)


def test_the_page_before_an_order_names_the_clock_of_the_agencies_and_what_was_recalled():
    note, _paper = note_of(draft(ready(make_petition()), "proposed_order"))
    said = "\n".join(note)
    assert "Seal arrest records (Penal Code 236.14(k)): read in a summary, not the code, unconfirmed." in said
    assert "recalled, not read" in said
    assert "Penal Code 236.14(k), the destruction date" in said


def test_before_signing_counsel_is_reminded_to_take_the_page_out(client):
    petition = ready(make_petition())
    client.force_login(counsel_of(petition.client))
    page = client.get(reverse("petition-act", args=[petition.pk, "sign"])).content.decode()
    assert "remove before filing" in page


def dismissed(client, **values):
    return make_charge(
        client,
        kind="charge",
        standing="dismissed",
        dismissed_by="prosecution",
        case_number="554499",
        **values,
    )


def test_what_was_only_dismissed_is_never_called_a_conviction():
    client = make_file()
    petition = ready(make_petition(client, charges=[dismissed(client)]))
    for kind in ("petition", "proposed_order"):
        said = "\n".join(note_of(draft(petition, kind))[1])
        for quoted in (LEGAL_DEFECT, "lacked the requisite intent to commit the offense"):
            assert quoted in said
            said = said.replace(quoted, "")
        assert "conviction" not in said.lower()
        assert "adjudication" not in said.lower()
        assert "vacate" not in said.lower().replace("vacatur", "")
        assert "arrest and charge" in said


def test_a_petition_of_both_asks_for_both_and_names_no_adjudication_that_is_not_there():
    client = make_file()
    petition = ready(make_petition(client, charges=[make_charge(client), dismissed(client)]))
    said = "\n".join(note_of(draft(petition, "petition"))[1])
    assert (
        "vacate the convictions listed below, to grant relief from the arrests and charges listed below"
        in said
    )
    assert "adjudication" not in said


def test_a_police_department_is_named_as_a_court_would_in_every_paper_and_duty():
    client = make_file()
    charge = make_charge(client, make_arrest(client, agency="CAPD OAKLAND"))
    petition = ready(make_petition(client, charges=[charge]))
    for kind in ("petition", "proposed_order"):
        said = text_of(draft(petition, kind))
        assert "Oakland Police Department" in said
        assert "CAPD" not in said
    assert agency_in_papers("Oakland PD") == agency_in_papers("capd  oakland") == "Oakland Police Department"
    assert agency_in_papers("CASO OAKLAND") == "Alameda County Sheriff"
    assert agency_in_papers("FBI Oakland") == "FBI Oakland"
    at_stage("granted", petition)
    assert petition.duties.filter(agency__name="Oakland Police Department").exists()


def test_citations_are_written_as_courts_write_them():
    assert citation_in_papers(Charge(code="PC", section="647(b)")) == "Pen. Code, § 647(b)"
    assert citation_in_papers(Charge(code="US", section="18 1708")) == "18 U.S.C. § 1708"
    assert citation_in_papers(Charge(code="PC", section="")) == ""


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("petition", "PETITION FOR VACATUR RELIEF"),
        ("declaration", "DECLARATION OF"),
        ("proposed_order", "[PROPOSED] ORDER"),
        ("proof_of_service", "PROOF OF SERVICE OF"),
    ],
)
def test_each_paper_carries_its_own_title(kind, words):
    petition = ready(make_petition())
    found = gather(petition=petition, kind=kind)
    assert found.words["title"].startswith(words)
