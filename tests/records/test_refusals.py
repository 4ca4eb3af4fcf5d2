"""What nobody should post: rows of another file, broken values, files that are no sheets."""

import io
import zipfile
import zlib
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clients.models import TeamRole
from clients.services import add_passage
from documents.services import store_document
from records.models import Arrest, Charge, NexusEvidence, RapSheet
from records.services import (
    accept_sheet,
    add_charge,
    add_result,
    correct_part,
    decide_nexus,
    import_sheet,
    link_document,
    type_in,
)
from records.services import sheet as sheets
from tests.factories import add_to_team, counsel_of, make_client
from tests.records.sheets_by_hand import FIRST

pytestmark = pytest.mark.django_db
UGLY = ("\x00", "x" * 10_000, "9999-12-31", "0001-01-01", "²", "9" * 5_000, "' OR 1=1 --", "{{ 7*7 }}")


def make_charge(survivor, **values) -> Charge:
    return add_charge(
        client=survivor,
        by=counsel_of(survivor),
        new_arrest={"arrested_on": "2016-02-27", "agency": "CAPD OAKLAND"},
        charge={"code": "PC", "section": "647(b)", **values},
    )


def upload(survivor) -> RapSheet:
    return import_sheet(client=survivor, content=FIRST, name="a.txt", by=counsel_of(survivor))[0]


def passage_of(survivor):
    return add_passage(
        client=survivor, title="The loft above the bakery", text="…", agreed_uses=[], by=counsel_of(survivor)
    )


def document_of(survivor):
    return store_document(
        client=survivor, kind="evidence", title="Letter", content=b"words", by=counsel_of(survivor)
    )


# --- Rows of another file -------------------------------------------------------------------------


def test_services_refuse_rows_of_another_file():
    mine, other = make_client(), make_client()
    charge, by = make_charge(mine), counsel_of(mine)
    foreign = make_charge(other)
    with pytest.raises(ValidationError, match="another file"):
        add_charge(client=mine, by=by, arrest=foreign.arrest, charge={"code": "PC", "section": "484"})
    with pytest.raises(ValidationError, match="another file"):
        decide_nexus(charge=charge, nexus="yes", reason="Told to.", passages=[passage_of(other)], by=by)
    with pytest.raises(ValidationError, match="another file"):
        link_document(charge=charge, document=document_of(other), kind="witness_statement", by=by)
    assert not NexusEvidence.objects.exists()
    assert Charge.objects.filter(client=mine).count() == 1


def test_pages_refuse_posted_ids_of_another_file(client):
    mine, other = make_client(), make_client()
    charge, foreign = make_charge(mine), make_charge(other)
    client.force_login(counsel_of(mine))
    posts = {
        reverse("charge-new", args=[mine.pk]): {"arrest": foreign.arrest_id, "section": "484"},
        charge.get_absolute_url(): {"nexus": "yes", "reason": "So.", "passages": [passage_of(other).pk]},
        reverse("charge-evidence", args=[charge.pk]): {
            "document": document_of(other).pk,
            "kind": "witness_statement",
        },
    }
    for url, data in posts.items():
        assert client.post(url, data).status_code == 422, url
    assert not NexusEvidence.objects.exists()
    assert not Charge.objects.get(pk=charge.pk).nexus_at
    assert Arrest.objects.filter(client=mine).count() == 1


# --- Titles of passages belong to the account -----------------------------------------------------


@pytest.mark.parametrize(("role", "user_role", "shown"), [(TeamRole.PARALEGAL, "paralegal", False),
                                                          (TeamRole.SUPERVISION, "supervisor", False),
                                                          (TeamRole.ADVOCATE, "advocate", True)])  # fmt: skip
def test_the_title_of_a_passage_is_for_those_who_may_read_the_account(client, role, user_role, shown):
    survivor = make_client()
    charge = make_charge(survivor)
    decide_nexus(
        charge=charge, nexus="yes", reason="So.", passages=[passage_of(survivor)], by=counsel_of(survivor)
    )
    client.force_login(add_to_team(survivor, role, user_role))
    said = client.get(charge.get_absolute_url()).content.decode()
    assert "Passage 1" in said
    assert ("The loft above the bakery" in said) is shown


# --- Broken values --------------------------------------------------------------------------------


@pytest.mark.parametrize("ugly", UGLY)
def test_no_value_takes_a_page_of_the_record_down(client, ugly):
    survivor = make_client()
    charge, sheet = make_charge(survivor), upload(survivor)
    client.force_login(counsel_of(survivor))
    forms = {
        reverse("charge-new", args=[survivor.pk]): (
            *("arrest", "arrested_on", "agency", "jurisdiction", "number", "code", "section", "description"),
            *("level", "court", "county", "case_number", "type", "on", "severity"),
        ),
        reverse("charge-change", args=[charge.pk]): ("code", "section", "on", "type", "court", "case_number"),
        charge.get_absolute_url(): (
            *("nexus", "reason", "basis", "passages", "violent_elements", "child_victim", "sentence"),
            *("dismissed_by", "prison_served", "sentence_on", "offense_on"),
        ),
        reverse("charge-evidence", args=[charge.pk]): ("document", "kind"),
        reverse("rapsheet-settle", args=[sheet.pk]): ("line", "reopen"),
        reverse("rapsheet-accept", args=[sheet.pk]): ("what", "alias", "number"),
        reverse("rapsheet-type", args=[sheet.pk, 1]): ("kind", "to", "section", "result", "date", "severity"),
        reverse("rapsheet-correct", args=[sheet.pk, "e0"]): ("date", "agency", "numbers"),
    }
    for url, names in forms.items():
        response = client.post(url, dict.fromkeys(names, ugly))
        assert response.status_code in {302, 422}, url
    assert client.post(reverse("rapsheet-settle", args=[sheet.pk]), {"line": ugly}).status_code == 422
    for url in (
        reverse("client-record", args=[survivor.pk]),
        charge.get_absolute_url(),
        sheet.get_absolute_url(),
    ):
        assert client.get(url, {"show": ugly, "nexus": ugly, "as": ugly}).status_code == 200


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
def test_the_furthest_days_that_may_stand_on_a_record_can_be_screened(client, day):
    """Nobody may type them, but a sheet may print them."""
    survivor = make_client()
    charge = make_charge(survivor, court="CASC ALAMEDA")
    counsel = counsel_of(survivor)
    decide_nexus(charge=charge, nexus="yes", reason="So.", basis=["direct_result"], by=counsel)
    charge.refresh_from_db()
    charge.kind, charge.standing, charge.severity = "conviction", "convicted", "M"
    charge.offense_on = charge.disposed_on = date.fromisoformat(day)
    charge.sentence_completed = day
    charge._history_user = counsel
    charge.save()
    client.force_login(counsel)
    assert client.get(charge.get_absolute_url()).status_code == 200
    assert client.get(reverse("client-record", args=[survivor.pk])).status_code == 200
    kept = {"sentence": "date", "sentence_on": day, "offense_on": day}
    data = {"nexus": "yes", "reason": "Otherwise.", "basis": ["direct_result"], **kept}
    assert client.post(charge.get_absolute_url(), data).status_code == 302


# --- Days that cannot be --------------------------------------------------------------------------

TOMORROW = timezone.localdate() + timedelta(days=1)
ENDS = timezone.localdate().replace(day=1)


@pytest.mark.parametrize(
    ("field", "day", "said"),
    [
        ("offense_on", "2099-03-01", "still to come"),
        ("offense_on", TOMORROW.isoformat(), "still to come"),
        ("offense_on", "1920-03-01", "100 years ago"),
        ("offense_on", "1979-12-31", "before the client’s date of birth"),
        ("sentence_on", "1900-01-01", "100 years ago"),
        ("sentence_on", "2016-02-26", "before the arrest"),
        ("sentence_on", "2016-02-28", "before the outcome of this charge"),
        ("offense_on", "2016-02-28", "after the arrest"),
        ("sentence_on", ENDS.replace(year=ENDS.year + 61).isoformat(), "60 years ahead"),
    ],
)
def test_an_attorney_cannot_record_an_impossible_day(client, field, day, said):
    survivor = make_client(date_of_birth="1980-01-01")
    charge = make_charge(survivor)
    client.force_login(counsel_of(survivor))
    Charge.objects.filter(pk=charge.pk).update(disposed_on="2016-03-10")
    data = {"nexus": "yes", "reason": "So.", "sentence": "", "offense_on": "2016-02-20"}
    data |= {field: day} | ({"sentence": "date"} if field == "sentence_on" else {})
    answer = client.post(charge.get_absolute_url(), data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert f'value="{day}"' in page
    charge.refresh_from_db()
    assert (charge.nexus, charge.offense_on, charge.sentence_completed) == ("not_reviewed", None, "")


def test_a_sentence_may_end_long_after_today(client):
    survivor = make_client(date_of_birth="1980-01-01")
    charge = make_charge(survivor)
    client.force_login(counsel_of(survivor))
    day = ENDS.replace(year=ENDS.year + 59).isoformat()
    data = {"nexus": "yes", "reason": "So.", "sentence": "date", "sentence_on": day}
    assert client.post(charge.get_absolute_url(), data).status_code == 302
    charge.refresh_from_db()
    assert charge.sentence_completed == day


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"arrested_on": "2099-01-01"}, "still to come"),
        ({"arrested_on": "1979-06-01"}, "before the client’s date of birth"),
        ({"type": "dismissed", "on": "2099-01-01"}, "still to come"),
        ({"type": "dismissed", "on": "2016-02-26"}, "before the arrest"),
    ],
)
def test_a_charge_typed_in_has_no_impossible_day(client, changed, said):
    survivor = make_client(date_of_birth="1980-01-01")
    client.force_login(counsel_of(survivor))
    data = {"arrested_on": "2016-02-27", "jurisdiction": "US-CA", "section": "647(b)"}
    answer = client.post(reverse("charge-new", args=[survivor.pk]), data | changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Charge.objects.exists()
    assert client.post(reverse("charge-new", args=[survivor.pk]), data).status_code == 302
    if "on" in changed:
        change = reverse("charge-change", args=[Charge.objects.get().pk])
        answer = client.post(change, {"section": "647(b)", **changed})
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_an_odd_day_on_file_stands_in_nobodys_way(client):
    survivor = make_client()
    charge = make_charge(survivor)
    arrest = charge.arrest
    arrest.arrested_on, arrest._history_user = date(2099, 1, 1), counsel_of(survivor)
    arrest.save()
    add_result(charge=charge, type="dismissed", on=date(2016, 5, 1), by=counsel_of(survivor))
    charge.refresh_from_db()
    assert charge.disposed_on == date(2016, 5, 1)


def test_a_correction_of_a_sheet_is_no_impossible_day_but_what_it_prints_may_be_confirmed(client):
    survivor = make_client()
    sheet = upload(survivor)
    client.force_login(counsel_of(survivor))
    first = sheets.part_named(sheets.corrected_events(sheet.reading, sheet.settled), "e0")
    url = reverse("rapsheet-correct", args=[sheet.pk, "e0"])
    typed = {"date": "2099-01-01", "agency": first["agency"], "numbers": ""}
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert "still to come" in answer.content.decode()
    assert 'value="2099-01-01"' in answer.content.decode()

    odd = first["date"]
    reading = sheet.reading
    reading["events"][0]["date"] = "2099-02-01"
    sheet.reading, sheet._history_user = reading, counsel_of(survivor)
    sheet.save()
    assert client.post(url, typed | {"date": "2099-02-01"}).status_code == 302
    assert client.post(url, typed | {"date": odd}).status_code == 302
    line = {"kind": "result", "to": first["counts"][0]["id"], "type": "dismissed", "date": "2099-01-01"}
    answer = client.post(reverse("rapsheet-type", args=[sheet.pk, 1]), line)
    assert answer.status_code == 422


def pdf_bomb() -> bytes:
    """A page whose content unpacks to 200 MB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"(wren) Tj " * 100_000) for _ in range(200)) + packer.flush()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
    ]
    out = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (n, o) for n, o in enumerate(objects, start=1))
    return out + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF"


def word_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\x00" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "CII/A99000101\n".encode("utf-16")),
        ("a.txt", b"CII/A99000101\x08 back\n" * 40),
        ("a.docx", word_bomb()),
        ("a.pdf", b"\n" + b"%PDF-1.4 later"),
        ("a.pdf", pdf_bomb()),
    ],
    ids=["utf-16", "backspace", "word-bomb", "late-signature", "pdf-bomb"],
)
def test_a_strange_upload_is_refused_in_words(client, name, content):
    survivor = make_client()
    client.force_login(counsel_of(survivor))
    url = reverse("rapsheet-upload", args=[survivor.pk])
    response = client.post(url, {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert not RapSheet.objects.exists()


def test_nul_characters_of_a_sheet_do_not_reach_the_record():
    survivor = make_client()
    content = b"x" * 5_000 + b"\n" + FIRST.replace(b"OAKLAND", b"OAK\x00LAND")
    sheet, _new = import_sheet(client=survivor, content=content, name="a.txt", by=counsel_of(survivor))
    accept_sheet(sheet=sheet, by=counsel_of(survivor), only_sure=False, same_person=True)
    assert "\x00" not in sheet.text
    assert not [row for row in Arrest.objects.filter(client=survivor) if "\x00" in row.agency]


# --- Twice ----------------------------------------------------------------------------------------


def test_a_double_click_adds_no_second_result_and_no_second_typed_in_charge():
    survivor = make_client()
    by, charge, sheet = counsel_of(survivor), make_charge(survivor), upload(survivor)
    add_result(charge=charge, by=by, type="dismissed")
    with pytest.raises(ValidationError, match="on file already"):
        add_result(charge=charge, by=by, type="dismissed")
    values = {
        "code": "PC",
        "section": "484(a)",
        "description": None,
        "level": None,
        "flags": [],
        "result": None,
    }
    type_in(sheet=sheet, line=1, kind="charge", to="e0", values=values, by=by)
    with pytest.raises(ValidationError, match="already"):
        type_in(sheet=sheet, line=1, kind="charge", to="e0", values=values, by=by)


@pytest.mark.parametrize(
    ("kind", "to"), [("result", "e0"), ("charge", "c0.0"), ("story", "e0"), ("result", "")]
)
def test_what_is_typed_in_joins_only_a_part_that_can_hold_it(kind, to):
    survivor = make_client()
    with pytest.raises(ValidationError, match="where this belongs"):
        type_in(sheet=upload(survivor), line=1, kind=kind, to=to, values={}, by=counsel_of(survivor))


def test_the_result_of_a_typed_in_charge_can_be_corrected():
    survivor = make_client()
    by, sheet = counsel_of(survivor), upload(survivor)
    result = {"type": "dismissed", "date": "2016-04-19", "severity": None}
    values = {
        "code": "PC",
        "section": "484(a)",
        "description": None,
        "level": None,
        "flags": [],
        "result": result,
    }
    sheet = type_in(sheet=sheet, line=1, kind="charge", to="e0", values=values, by=by)
    sheet = correct_part(sheet=sheet, part="a1r", values={**result, "type": "acquitted"}, by=by)
    events = sheets.corrected_events(sheet.reading, sheet.settled)
    assert sheets.part_named(events, "a1r")["type"] == "acquitted"


def test_numbers_written_two_ways_on_one_sheet_do_not_block_accepting():
    survivor = make_client()
    by, sheet = counsel_of(survivor), upload(survivor)
    arrest = {"type": "arrest", "date": "2019-03-04", "agency": "CAPD FRESNO", "note": ""}
    sheet = type_in(sheet=sheet, line=1, kind="event", to="", values={**arrest, "numbers": ["12-34"]}, by=by)
    sheet = type_in(sheet=sheet, line=2, kind="event", to="", values={**arrest, "numbers": ["1234"]}, by=by)
    accept_sheet(sheet=sheet, by=by, only_sure=False, same_person=True)
    assert Arrest.objects.filter(client=survivor, agency="CAPD FRESNO").count() == 2


def test_birth_dates_and_social_security_numbers_are_masked_however_they_are_printed():
    births = sheets.dates_of_birth(
        {"subject": {"dob": "1990-02-14", "other_dobs": []}, "events": [{"dob": None}]}
    )
    for printed in ("19900214", "02/14/1990", "02141990", "1990-02-14", "123-45-6789"):
        assert printed not in sheets.masked(f"SEEN {printed} THERE", births)
