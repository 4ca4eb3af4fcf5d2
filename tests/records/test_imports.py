"""A sheet from upload to the record: nothing twice, nothing lost, nothing of somebody else."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AccessEvent
from clients.models import Alias, Client, Identifier, TeamRole
from documents.models import Document
from records.models import Arrest, Charge, Disposition, RapSheet, RecordEvent
from records.readers import ReaderError
from records.services import (
    accept_sheet,
    add_charge,
    correct_part,
    import_sheet,
    reopen_line,
    review_of,
    settle_lines,
    type_in,
)
from records.services.imports import offered_names, person_doubts
from records.services.sheet import unsettled_lines
from tests.factories import add_to_team, counsel_of, make_client
from tests.records.sheet_maker import imitate_noise, make_sheet
from tests.records.sheets_by_hand import ARREST_ONLY, CUSTODY, FIRST, TWO_COUNTS, UPDATED, sheet

pytestmark = pytest.mark.django_db
GARBLED = TWO_COUNTS.replace("- - - -\n", "  ~* %% 8 ee QQ ZZ ee\n- - - -\n", 1)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "rapsheets"


@pytest.fixture
def yarrow() -> Client:
    return make_client(name_used="Yarrow")


def upload(client: Client, content: bytes = FIRST) -> RapSheet:
    return import_sheet(client=client, content=content, name="sheet.txt", by=counsel_of(client))[0]


def accept(sheet: RapSheet, *, only_sure: bool = False, **more):
    return accept_sheet(sheet=sheet, by=counsel_of(sheet.client), only_sure=only_sure, **more)


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Arrest, Charge, Disposition, RecordEvent))


def test_accepting_puts_arrests_charges_results_and_other_events_on_file(yarrow):
    accepted = accept(upload(yarrow, sheet(TWO_COUNTS, ARREST_ONLY, CUSTODY)))
    assert (accepted.arrests, accepted.charges, accepted.results, accepted.events) == (2, 4, 2, 1)
    charge = Charge.objects.get(section="459.5(a)")
    assert (charge.number, charge.kind, charge.standing, charge.severity) == (
        "1.1",
        "conviction",
        "convicted",
        "M",
    )
    assert (charge.court, charge.county, charge.case_number) == ("CASC ALAMEDA", "Alameda", "607731")
    assert charge.sentence_completed == "unknown"
    assert charge.arrest.number == "16-010882"
    assert charge.arrest.name_on_record == "DUNLIN,TANSY"
    assert charge.history.count() == 1
    assert AccessEvent.objects.filter(action="created", object_kind="record").get().client_id == yarrow.pk


def test_the_same_sheet_again_opens_its_review_and_stores_nothing(yarrow):
    first = upload(yarrow)
    documents = Document.objects.count()
    again, new = import_sheet(
        client=yarrow, content=FIRST.replace(b"  ", b" "), name="copy.txt", by=counsel_of(yarrow)
    )
    assert (again.pk, new) == (first.pk, False)
    assert Document.objects.count() == documents


def test_accepting_twice_adds_nothing_twice(yarrow):
    found = upload(yarrow)
    accept(found)
    before = rows()
    again = accept(RapSheet.objects.get(pk=found.pk))
    assert rows() == before
    assert (again.arrests, again.charges, again.results, again.changed) == (0, 0, 0, 0)


def test_a_newer_sheet_adds_the_new_result_to_the_known_charge_and_nothing_else(yarrow):
    accept(upload(yarrow))
    newer = upload(yarrow, UPDATED)
    plan, compared = review_of(newer)
    assert [compared.status_of(arrest) for arrest in plan.arrests] == ["on_file", "changed"]
    before = rows()
    accepted = accept(newer)
    assert rows() == (before[0], before[1], before[2] + 1, before[3])
    assert accepted.results == 1
    charge = Charge.objects.get(section="647(b)")
    assert (charge.kind, charge.standing, charge.case_number) == ("conviction", "convicted", "C1804417")


def test_a_newer_sheet_leaves_what_an_attorney_recorded(yarrow):
    accept(upload(yarrow))
    Charge.objects.filter(section="647(b)").update(prison_served=False)
    accept(upload(yarrow, UPDATED))
    assert Charge.objects.get(section="647(b)").prison_served is False


def test_an_arrest_typed_in_before_is_known_when_a_sheet_brings_it(yarrow):
    typed = {"arrested_on": "2018-03-03", "agency": "CAPD OAKLAND"}
    charge = {"code": "PC", "section": "647(b)"}
    add_charge(client=yarrow, by=counsel_of(yarrow), new_arrest=typed, charge=charge)
    accept(upload(yarrow))
    assert Charge.objects.filter(section="647(b)").count() == 1
    assert Arrest.objects.get(arrested_on="2018-03-03").number == "18-011920"


def test_somebody_elses_sheet_is_not_accepted_without_a_word(yarrow):
    other = make_client(name_used="Sorrel", legal_name="Sorrel Godwit")
    found = upload(other)
    assert person_doubts(found.reading, other) == ["No name on this sheet is near a name in the file."]
    with pytest.raises(ValidationError, match="this client"):
        accept(found)
    assert not Arrest.objects.exists()
    accept(found, same_person=True)
    assert Arrest.objects.filter(client=other).count() == 2


def test_another_date_of_birth_is_a_warning():
    client = make_client(name_used="Yarrow", date_of_birth="1988-01-02")
    assert "date of birth" in person_doubts(upload(client).reading, client)[0]


def test_names_and_number_of_the_sheet_go_to_the_file_when_chosen(yarrow):
    found = upload(yarrow)
    assert offered_names(found.reading, yarrow) == ["DUNLIN,YARROW", "DUNLIN,TANSY"]
    accept(found, aliases=["DUNLIN,TANSY", "NOT,ONTHESHEET"], numbers=["cii"])
    assert [alias.name for alias in Alias.objects.filter(client=yarrow)] == ["DUNLIN, TANSY"]
    assert Identifier.objects.get(client=yarrow).value == "A99011223"


def test_an_unread_line_stays_until_it_is_settled_and_its_arrest_is_not_sure(yarrow):
    found = upload(yarrow, sheet(GARBLED))
    (line,) = unsettled_lines(found.reading, found.settled)
    plan, _compared = review_of(found)
    assert not plan.arrests[0].is_sure
    assert accept(found, only_sure=True).waiting == 1
    accept(found)
    found.refresh_from_db()
    assert found.state == RapSheet.State.REVIEW
    found = settle_lines(sheet=found, lines=[line["n"]], by=counsel_of(yarrow))
    assert found.lines_not_read == 0
    accept(found)
    found.refresh_from_db()
    assert found.state == RapSheet.State.ACCEPTED


def test_a_settled_line_can_be_opened_again(yarrow):
    found = upload(yarrow, sheet(GARBLED))
    (line,) = unsettled_lines(found.reading, found.settled)
    found = settle_lines(sheet=found, lines=[line["n"]], by=counsel_of(yarrow))
    found = reopen_line(sheet=found, line=line["n"], by=counsel_of(yarrow))
    assert found.lines_not_read == 1
    with pytest.raises(ValidationError):
        settle_lines(sheet=found, lines=[1], by=counsel_of(yarrow))


def test_a_charge_typed_in_for_a_line_is_accepted_with_its_arrest(yarrow):
    found = upload(yarrow, sheet(GARBLED))
    (line,) = unsettled_lines(found.reading, found.settled)
    values = {"code": "PC", "section": "496(a)", "description": "RECEIVING", "level": "M", "flags": []}
    result = {"type": "dismissed", "date": "2016-04-19", "severity": None}
    found = type_in(
        sheet=found,
        line=line["n"],
        kind="charge",
        to="e0",
        values=values | {"result": result},
        by=counsel_of(yarrow),
    )
    accept(found)
    charge = Charge.objects.get(section="496(a)")
    assert (charge.standing, charge.lines) == ("dismissed", str(line["n"]))
    assert charge.arrest.ordinal == 1


def test_a_correction_is_kept_beside_the_reading_and_reaches_the_record_once(yarrow):
    found = upload(yarrow)
    accept(found)
    found = correct_part(sheet=found, part="e0", values={"date": "2016-02-28"}, by=counsel_of(yarrow))
    assert found.reading["events"][0]["date"] == "2016-02-27"
    before = rows()
    assert accept(found).changed == 1
    assert rows() == before
    assert Arrest.objects.get(ordinal=1).arrested_on.isoformat() == "2016-02-28"


def test_a_corrected_result_replaces_its_row(yarrow):
    found = upload(yarrow)
    accept(found)
    found = correct_part(sheet=found, part="d1.0.0", values={"date": "2016-04-20"}, by=counsel_of(yarrow))
    accept(found)
    charge = Charge.objects.get(section="459.5(a)")
    assert [row.on.isoformat() for row in charge.dispositions.all()] == ["2016-04-20"]
    assert charge.disposed_on.isoformat() == "2016-04-20"


def test_confirming_a_doubtful_part_makes_it_sure(yarrow):
    text, _expected = make_sheet(7)
    found = upload(yarrow, imitate_noise(text, 7).encode())
    plan, _ = review_of(found)
    doubtful = [
        part for arrest in plan.arrests for part in (arrest, *arrest.charges) if part.confidence != "sure"
    ]
    assert doubtful
    for part in doubtful:
        found = correct_part(sheet=found, part=part.id, values={}, by=counsel_of(yarrow))
    plan, _ = review_of(found)
    parts = [part for arrest in plan.arrests for part in (arrest, *arrest.charges)]
    # A charge stays in doubt where its result does; that is a part of its own.
    left = {part.id for part in parts if part.confidence != "sure"}
    assert left < {part.id for part in doubtful}
    assert not left & {arrest.id for arrest in plan.arrests}


def test_files_that_hold_no_sheet_say_what_to_do_and_store_nothing(yarrow):
    for content, name in ((b"\x00\x01" * 99, "x.bin"), (b"%PDF-1.4 broken", "x.pdf"), (b"text", "x.pdf")):
        with pytest.raises(ReaderError):
            import_sheet(client=yarrow, content=content, name=name, by=counsel_of(yarrow))
    assert not Document.objects.exists()


def test_importing_needs_the_right_to_change_the_file(yarrow):
    supervisor = add_to_team(yarrow, TeamRole.SUPERVISION, "supervisor")
    with pytest.raises(PermissionDenied):
        import_sheet(client=yarrow, content=FIRST, name="a.txt", by=supervisor)
    found = upload(yarrow)
    with pytest.raises(PermissionDenied):
        accept_sheet(sheet=found, by=supervisor, only_sure=False)


@pytest.mark.parametrize("seed", range(6))
def test_sheets_of_every_make_import_whole_and_once(yarrow, seed):
    text, expected = make_sheet(seed)
    found = upload(yarrow, text.encode())
    accepted = accept(found, same_person=True)
    arrests = [event for event in expected["events"] if event["type"] == "arrest"]
    assert accepted.arrests >= len(arrests)
    results = [
        result["type"]
        for event in expected["events"]
        if event["type"] in {"arrest", "court"}
        for count in event["counts"]
        for result in count["dispositions"]
    ]
    assert sorted(row.type for row in Disposition.objects.all()) == sorted(results)
    before = rows()
    accept(upload(yarrow, text.encode() + b"\nPAGE 9\n"), same_person=True)
    assert rows() == before


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
@pytest.mark.parametrize("name", ["020", "046", "062", "067", "080"])
def test_shared_sheets_import_once(yarrow, name):
    content = (SHARED / f"{name}.txt").read_bytes()
    accept(upload(yarrow, content), same_person=True)
    before = rows()
    accept(upload(yarrow, content + b"\nPAGE 9\n"), same_person=True)
    assert rows() == before
