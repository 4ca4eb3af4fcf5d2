"""The pages of the record: what they show, what they hide, what they refuse, how much they ask."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AccessEvent
from clients.models import TeamRole
from documents.models import Document
from records.models import Charge, RapSheet
from records.queries import sheets_to_settle, sheets_with_unread_lines
from records.services import (
    accept_sheet,
    add_charge,
    decide_nexus,
    discard_sheet,
    import_sheet,
    settle_lines,
)
from tests.factories import add_to_team, counsel_of, make_client
from tests.records.sheets_by_hand import FIRST, TWO_COUNTS, sheet
from vault import fields as vault_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def yarrow(client):
    """A file whose counsel is signed in."""
    survivor = make_client(name_used="Yarrow")
    client.force_login(counsel_of(survivor))
    return survivor


def upload(survivor, content: bytes = FIRST) -> RapSheet:
    return import_sheet(client=survivor, content=content, name="a.txt", by=counsel_of(survivor))[0]


def on_file(survivor) -> list[Charge]:
    accept_sheet(sheet=upload(survivor), by=counsel_of(survivor), only_sure=False)
    return list(Charge.objects.filter(client=survivor))


def text_of(response) -> str:
    return response.content.decode()


def test_uploading_a_sheet_opens_its_review_and_again_opens_the_same(client, yarrow):
    url = reverse("rapsheet-upload", args=[yarrow.pk])
    for _ in range(2):
        response = client.post(url, {"file": SimpleUploadedFile("sheet.txt", FIRST)}, follow=True)
    assert RapSheet.objects.count() == 1
    assert response.request["PATH_INFO"] == RapSheet.objects.get().get_absolute_url()
    assert "This sheet is on file already" in text_of(response)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF-1.4\nbroken", "broken"),
        ("a.bin", b"\x00\x01\x02" * 500, "neither a PDF nor text"),
        ("a.txt", b"", "empty"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_in_words(client, yarrow, name, content, words):
    response = client.post(
        reverse("rapsheet-upload", args=[yarrow.pk]), {"file": SimpleUploadedFile(name, content)}
    )
    assert response.status_code == 422
    assert words in text_of(response)


def test_a_letter_is_not_called_a_sheet_that_was_read(client, yarrow):
    letter = SimpleUploadedFile("lunch.txt", b"Shall we have lunch on Friday?\n")
    answer = client.post(reverse("rapsheet-upload", args=[yarrow.pk]), {"file": letter}, follow=True)
    assert "Nothing in this file was recognised as a RAP sheet." in text_of(answer)
    assert "Sheet read." not in text_of(answer)


def test_the_review_masks_birth_dates_and_numbers_until_asked_and_records_the_asking(client, yarrow):
    found = upload(yarrow)
    page = text_of(client.get(found.get_absolute_url()))
    assert "19900517" not in page
    assert "A99011223" not in page
    assert "CAPD OAKLAND" in page
    page = text_of(client.post(reverse("rapsheet-reveal", args=[found.pk])))
    assert "19900517" in page
    assert AccessEvent.objects.filter(action="revealed", object_id=str(found.pk)).count() == 1


def test_the_review_lists_unread_lines_first_and_settles_them(client, yarrow):
    garbled = TWO_COUNTS.replace("- - - -\n", "  ~* %% 8 ee QQ ZZ ee\n- - - -\n", 1)
    found = upload(yarrow, sheet(garbled))
    page = text_of(client.get(found.get_absolute_url()))
    assert page.index("1 line not read") < page.index("Oakland PD")
    line = next(entry["n"] for entry in found.reading["lines"] if entry["state"] == "not_read")
    response = client.post(reverse("rapsheet-settle", args=[found.pk]), {"line": [line]}, follow=True)
    assert "Settled: no charge" in text_of(response)
    assert "line not read" not in text_of(response)


def test_typing_in_a_line_adds_its_charge(client, yarrow):
    found = upload(yarrow)
    url = reverse("rapsheet-type", args=[found.pk, 12])
    posted = {"kind": "charge", "to": "e0", "code": "pc", "section": "496 (A)", "result": "", "level": ""}
    assert client.post(url, {"kind": "charge", "to": "e0"}).status_code == 422
    response = client.post(url, posted | {"section": "496(A)"}, follow=True)
    assert "PC 496(a)" in text_of(response)


def test_correcting_a_result_shows_the_corrected_value(client, yarrow):
    found = upload(yarrow)
    url = reverse("rapsheet-correct", args=[found.pk, "d1.0.0"])
    assert 'value="2016-04-19"' in text_of(client.get(url))
    posted = {"type": "convicted", "date": "2016-04-21", "severity": "M"}
    assert "Convicted Apr 21, 2016" in text_of(client.post(url, posted, follow=True))
    assert client.get(reverse("rapsheet-correct", args=[found.pk, "e99"])).status_code == 404


def test_accepting_goes_on_to_the_record(client, yarrow):
    found = upload(yarrow)
    response = client.post(
        reverse("rapsheet-accept", args=[found.pk]), {"what": "all", "number": ["cii"]}, follow=True
    )
    page = text_of(response)
    assert response.request["PATH_INFO"] == reverse("client-record", args=[yarrow.pk])
    assert "Added 2 arrests, 4 charges, 2 results." in page


def test_a_sheet_of_somebody_else_asks_before_accepting(client):
    survivor = make_client(name_used="Sorrel")
    client.force_login(counsel_of(survivor))
    found = upload(survivor)
    assert "somebody else" in text_of(client.get(found.get_absolute_url()))
    url = reverse("rapsheet-accept", args=[found.pk])
    assert client.post(url, {"what": "all"}).status_code == 422
    assert client.post(url, {"what": "all", "same_person": "1"}).status_code == 302


def test_a_wrong_sheet_is_discarded_with_a_reason_and_may_come_again(client, yarrow):
    sheet = upload(yarrow)
    url = reverse("rapsheet-discard", args=[sheet.pk])
    assert url in text_of(client.get(sheet.get_absolute_url()))
    assert client.get(url).status_code == 200
    empty = client.post(url, {"reason": "  "})
    assert empty.status_code == 422
    assert "Say why the sheet is discarded" in text_of(empty)
    assert client.post(url, {"reason": "Sheet of another person."}).url == reverse(
        "client-record", args=[yarrow.pk]
    )
    sheet.refresh_from_db()
    assert (sheet.state, sheet.history.count(), Document.objects.count()) == ("discarded", 2, 1)
    assert AccessEvent.objects.filter(action="stage", object_id=str(sheet.pk)).count() == 1
    by = counsel_of(yarrow)
    assert not sheets_to_settle(by).exists()
    assert not sheets_with_unread_lines(by).exists()
    page = text_of(client.get(sheet.get_absolute_url()))
    assert "Sheet of another person." in page
    for control in ("Accept all", "Type it in", "Correct<", url):
        assert control not in page
    assert "Discarded" in text_of(client.get(reverse("client-record", args=[yarrow.pk])))
    again = upload(yarrow)
    assert (again.pk != sheet.pk, again.state) == (True, "review")
    assert upload(yarrow) == again


def test_a_discarded_sheet_is_worked_on_no_more(client, yarrow):
    sheet, by = upload(yarrow), counsel_of(yarrow)
    discard_sheet(sheet=sheet, reason="Unreadable.", by=by)
    for act in (
        lambda: accept_sheet(sheet=sheet, by=by, only_sure=False, same_person=True),
        lambda: settle_lines(sheet=sheet, lines=[1], by=by),
        lambda: discard_sheet(sheet=sheet, reason="Again.", by=by),
    ):
        with pytest.raises(ValidationError, match="was discarded"):
            act()
    answer = client.post(reverse("rapsheet-accept", args=[sheet.pk]), {"what": "all"})
    assert answer.status_code == 422
    assert "was discarded" in text_of(answer)
    assert not Charge.objects.exists()


def test_a_sheet_with_something_on_the_record_is_not_discarded(client, yarrow):
    on_file(yarrow)
    sheet = RapSheet.objects.get()
    for state in (sheet.state, "review"):
        url = reverse("rapsheet-discard", args=[sheet.pk])
        assert url not in text_of(client.get(sheet.get_absolute_url()))
        assert client.post(url, {"reason": "Wrong."}).url == sheet.get_absolute_url()
        with pytest.raises(ValidationError, match="on the record already"):
            discard_sheet(sheet=sheet, reason="Wrong.", by=counsel_of(yarrow))
        sheet.refresh_from_db()
        assert sheet.state == state
        sheet.state, sheet.accepted_at, sheet.accepted_by = "review", None, None
        sheet._history_user = counsel_of(yarrow)
        sheet.save()


def test_the_record_groups_charges_screens_them_and_filters(client, yarrow):
    first, *_rest = on_file(yarrow)
    decide_nexus(charge=first, nexus="yes", reason="Told to.", basis=["direct_result"], by=counsel_of(yarrow))
    url = reverse("client-record", args=[yarrow.pk])
    page = text_of(client.get(url))
    assert "Arrest 1 · Feb 27, 2016 · Oakland PD" in page
    assert "Convicted Apr 19, 2016" in page
    assert "Told to." in page
    assert "PC 236.14" in page
    assert "Unconfirmed rule" in page
    assert "Screening proposes; an attorney decides." in page
    assert "PC 148(a)(1)" not in text_of(client.get(url, {"show": "yes"}))


def test_the_record_opens_no_case_number_and_no_sheet(client, yarrow, monkeypatch):
    on_file(yarrow)
    opened = []
    real = vault_fields.SealedField.open_bytes

    def spy(self, sealed, *, row, client):
        opened.append(f"{self.context}.{self.seal_name}")
        return real(self, sealed, row=row, client=client)

    monkeypatch.setattr(vault_fields.SealedField, "open_bytes", spy)
    page = text_of(client.get(reverse("client-record", args=[yarrow.pk])))
    assert "607731" not in page
    assert not {
        name for name in opened if name.split(".")[0] in {"charge", "arrest", "rap_sheet", "record_event"}
    }


def queries(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_the_record_asks_as_much_for_three_charges_as_for_twelve(client, yarrow):
    by = counsel_of(yarrow)
    url = reverse("client-record", args=[yarrow.pk])

    def add(many: int) -> None:
        for number in range(many):
            values = {"code": "PC", "section": f"4{number}9"}
            add_charge(client=yarrow, by=by, new_arrest={"agency": "CAPD OAKLAND"}, charge=values)

    add(3)
    few = queries(client, url)
    add(9)
    assert queries(client, url) == few


def test_deciding_on_a_charge_and_going_on(client, yarrow):
    first, second, *_rest = on_file(yarrow)
    response = client.post(first.get_absolute_url(), {"nexus": "no", "reason": ""})
    assert response.status_code == 422
    assert "Say why in a sentence" in text_of(response)
    posted = {"nexus": "yes", "reason": "Told to bring food.", "basis": ["direct_result"], "go_on": "1"}
    posted |= {"violent_elements": "no", "sentence": "date", "sentence_on": "2019-04-19"}
    response = client.post(first.get_absolute_url(), posted)
    assert response.url == second.get_absolute_url()
    first.refresh_from_db()
    assert (first.nexus, first.violent_elements, first.child_victim) == ("yes", False, None)
    page = text_of(client.get(first.get_absolute_url()))
    assert "Told to bring food." in page
    assert "1 of 4 reviewed" in page
    assert "Reaches" in page
    assert "What would change the answer" in text_of(client.get(second.get_absolute_url()))


def test_who_may_only_read_sees_no_control_and_is_refused(client, yarrow):
    (first, *_rest) = on_file(yarrow)
    client.force_login(add_to_team(yarrow, TeamRole.SUPERVISION, "supervisor"))
    page = text_of(client.get(first.get_absolute_url()))
    assert "Record the decision" not in page
    assert client.post(first.get_absolute_url(), {"nexus": "yes", "reason": "x"}).status_code == 403


def test_every_look_is_recorded_before_it_is_shown(client, yarrow):
    first, *_rest = on_file(yarrow)
    for url in (reverse("client-record", args=[yarrow.pk]), first.get_absolute_url()):
        before = AccessEvent.objects.filter(action="seen", client_id=yarrow.pk).count()
        client.get(url)
        assert AccessEvent.objects.filter(action="seen", client_id=yarrow.pk).count() == before + 1


def test_a_charge_is_added_by_hand(client, yarrow):
    url = reverse("charge-new", args=[yarrow.pk])
    assert client.post(url, {"section": "647(b)"}).status_code == 422
    posted = {"agency": "CASO KERN", "jurisdiction": "US-CA", "code": "PC", "section": "647(B)", "type": ""}
    assert client.post(url, posted).status_code == 302
    charge = Charge.objects.get()
    assert (charge.section, charge.arrest.county) == ("647(b)", "Kern")
    change = reverse("charge-change", args=[charge.pk])
    posted = {
        "code": "PC",
        "section": "647(b)",
        "court": "CASC KERN",
        "type": "dismissed",
        "on": "2015-01-09",
    }
    assert client.post(change, posted).status_code == 302
    charge.refresh_from_db()
    assert (charge.kind, charge.standing, charge.county) == ("charge", "dismissed", "Kern")
