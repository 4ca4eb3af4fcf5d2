"""The main job as steps of people at their pages, from the first name to the last agency.

Each step takes a worker who is signed in and does what a person would do: opens a page, types, presses,
reads. A test of one step comes to it through `ready_for`, which does the steps before it by the services.
"""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from docx import Document as Word

from accounts.models import User
from cases import services as cases
from cases.models import Agency, Petition
from cases.services import load_agencies
from cases.stages import ACTS
from clients.models import Client, ConflictCheck, RelatedPerson, SafeContact
from clients.services import add_passage, save_related_person
from records.models import Charge, RapSheet
from records.services import accept_sheet, decide_nexus, import_sheet, settle_lines
from tests.browser.people import Worker
from tests.factories import make_client
from tests.visas.makers import received
from visas import services as visas
from visas.models import TVisa

SHEET = Path(__file__).with_name("sheet.txt")
BORN = date(1993, 7, 4)
LEGAL_NAME = "Plumbago Teaselwort"
HIS_NAME = "Gilbert Sedgewren"
"""The person who must not be met, as another file spells him."""
ACCOUNT = "He kept my papers in the green tin and counted the money twice."
ARRESTED, CONVICTED = date(2015, 6, 18), date(2015, 9, 2)
SIGNED, FILED, SERVED = date(2025, 5, 28), date(2025, 6, 4), date(2025, 6, 12)
ANSWER_RAW, ANSWER_DUE = date(2025, 7, 27), date(2025, 7, 28)
"""45 days after service is a Sunday; due is the Monday after."""
OPPOSED, ORDER = date(2025, 7, 25), date(2025, 9, 15)
COURT = "Superior Court of California, County of Alameda"
LEGAL_DEFECT = "invalid due to legal defect at the time of the arrest or conviction"
SAID = {
    "period": "From about March 2014 to late 2018",
    "means": "The exploiter held the papers and the money, and hurt whoever spoke.",
    "distance": "A new telephone, a new town, and a protective order in 2019.",
    "interests": "Work in a plant nursery asks for a clear record.",
    "timing": "Ended in about May 2019; services were sought in June 2019.",
    "evidence": "T visa approval notice\nDeclaration of the client",
}
CHECKS = ("S04", "S05", "S14", "S15", "S22")


# --- Up to a step by the services ---------------------------------------------------------------------


def make_office_ready(counsel: User) -> None:
    """What a caption needs of the office and of counsel, and the courts and agencies of the state."""
    load_agencies()
    User.objects.filter(pk=counsel.pk).update(bar_number="298114")
    office = counsel.office
    office.address, office.phone = "12 Juniper Street\nOakland, CA 94612", "510 555 0100"
    office.save()


def other_file(counsel: User) -> Client:
    """A file that names the man whom our client must not meet, in another spelling."""
    client = make_client(counsel=counsel, name_used="Bryony")
    save_related_person(
        client=client, relation="trafficker", name=HIS_NAME, her_word="the landlord", by=counsel
    )
    return client


def ready_for(step: str, counsel: User) -> Client:
    """A client whose matter stands before `step`: sheet, flags, petition, acts."""
    make_office_ready(counsel)
    client = make_client(
        counsel=counsel, name_used="Plumbago", legal_name=LEGAL_NAME, date_of_birth=BORN, language="Mam"
    )
    if step == "sheet":
        return client
    sheet, _new = import_sheet(client=client, content=SHEET.read_bytes(), name="sheet.txt", by=counsel)
    unread = [line["n"] for line in sheet.reading["lines"] if line["state"] == "not_read"]
    settle_lines(sheet=sheet, lines=unread, by=counsel)
    accept_sheet(sheet=sheet, by=counsel, only_sure=False, same_person=True, aliases=[], numbers=[])
    if step == "flags":
        return client
    passage = add_passage(
        client=client, title="The green tin", text=ACCOUNT, agreed_uses=["declaration"],
        read_back_on=timezone.localdate(), by=counsel,
    )  # fmt: skip
    decide_nexus(
        charge=solicitation(client), nexus="yes", reason="He set the price and stood at the door.",
        basis=["direct_result"], passages=[passage], facts={"offense_on": ARRESTED}, by=counsel,
    )  # fmt: skip
    if step == "petition":
        return client
    today = timezone.localdate()
    petition = cases.plan_petition(
        client=client,
        statute="ca-pc-236-14",
        court=Agency.objects.get(kind="court", name=COURT),
        prosecutor=Agency.objects.get(kind="prosecutor", name="Alameda County District Attorney"),
        charges=[solicitation(client)],
        by=counsel,
        today=today,
        drafted_on=SIGNED,
    )
    cases.say(petition=petition, said=SAID, by=counsel)
    cases.confirm_checks(
        petition=petition, checked=CHECKS, note="The court purged its file.", by=counsel, today=today
    )
    for kind in ("petition", "declaration", "proposed_order"):
        cases.draft_paper(petition=petition, kind=kind, by=counsel)
    return client


def served(client: Client, counsel: User) -> Petition:
    """The client's petition, signed, filed and served: the prosecutor's time has begun."""
    petition, today = Petition.objects.get(client=client), timezone.localdate()
    cases.sign(petition=petition, on=SIGNED, by=counsel, today=today)
    cases.file(petition=petition, on=FILED, court_number="26-SC-01877", by=counsel, today=today)
    cases.record_service(
        petition=petition, recipient=petition.prosecutor, method="personal", sent_on=SERVED,
        received_on=SERVED, by=counsel, today=today,
    )  # fmt: skip
    return petition


def visa_with_open_notice(client: Client, counsel: User) -> TVisa:
    """A T visa that USCIS received, with a request for evidence whose answer is due within two weeks."""
    visa = received(client=client)
    visas.record_notice(
        visa=visa, kind="RFE", form="I-914", served_on=notice_day(), served_by="mail", by=counsel,
        today=timezone.localdate(),
    )  # fmt: skip
    return visa


def notice_day() -> date:
    """The date on a notice whose answer, 84 days and 3 for the mail later, is due in about a week."""
    return timezone.localdate() - timedelta(days=80)


def solicitation(client: Client) -> Charge:
    """The charge that PC 236.14 reaches: convicted in Alameda in 2015."""
    return Charge.objects.get(client=client, section="647(b)", disposed_on=CONVICTED)


# --- 1. Intake ----------------------------------------------------------------------------------------


def intake(at: Worker) -> Client:
    """Name first, then a safe way, then what is known; conflict check; taken on."""
    at.go("intake-start")
    at.press("Open the file")
    assert "Type the name to use. Any name will do." in at.words()
    at.write("Plumbago", into="name_used")
    at.press("Open the file")
    client = Client.objects.latest("created_at")

    at.choose("text", of="channel")
    at.leave("(510) 555-0187", into="number")
    assert SafeContact.objects.get(client=client).number == "(510) 555-0187"  # without any button pressed
    at.write("Weekdays before nine, never on Fridays", into="hours")
    at.choose("none", of="voicemail")
    at.write("the plant nursery on Teal Road", into="say_you_are")
    at.write("quicksilver heron", into="code_word")
    at.write("E-mail, he reads it", into="never")
    at.write("Q’anjob’al", into="language", sealed=False)
    at.choose("interpreter needed", of="interpreter")
    at.choose("declined", of="pronouns_none")
    at.choose("not_asked", of="email_none")
    at.choose("unknown", of="ssn_none")
    at.choose("shelter", of="basic_needs")
    at.choose("papers", of="basic_needs")
    at.choose("hotline", of="referral")
    at.write(LEGAL_NAME, into="legal_name")
    at.date(BORN, into="date_of_birth", sealed=True)
    at.write("Plumbago Dunnockson", into="aliases")
    at.write("A9044", into="a_number", sealed=False)
    at.write("Gilbert Segdewren", into="person-name")
    at.choose("trafficker", of="person-relation")
    at.write("the tin man", into="person-her_word")
    at.tick("person-must_not_meet")
    at.press("Add this person")
    assert "Enter 8 or 9 digits. This has 4." in at.words()
    at.write("A204417733", into="a_number")
    at.press("Save, go on")

    client.refresh_from_db()
    assert client.answers["pronouns"] == "declined"
    assert client.answers["email"] == "not_asked"
    assert client.answers["ssn"] == "unknown"
    his = RelatedPerson.objects.get(client=client)
    assert (his.her_word, his.must_not_meet) == ("the tin man", True)
    at.press("Take on")
    assert "Not done yet" in at.words()
    return client


def conflict_check(at: Worker, client: Client, *, other: Client) -> None:
    """The hit says which name matched and why; the decision and its note are kept; the file opens."""
    at.go("intake", client.pk)
    at.press("Save and check")
    found = at.card("Conflict check")
    assert other.file_number in found
    assert "Gilbert Segdewren" in found
    assert "is in that file as" in found
    at.choose("clear", of="decision")
    at.write("Same man; Bryony agreed in writing that we act for both.", into="note")
    at.press("Keep the decision")
    check = ConflictCheck.objects.filter(client=client).latest("run_at")
    assert (check.decision, check.decided_by) == ("clear", client.point_of_contact)
    assert "agreed in writing" in check.note
    at.press("Take on")
    client.refresh_from_db()
    assert client.state == Client.State.OPEN
    at.go("client-people", client.pk)
    assert "“the tin man”" in at.words()
    assert "Must not meet" in at.words()
    assert "Segdewren" not in at.words()


# --- 2. RAP sheet -------------------------------------------------------------------------------------


def upload_and_accept(at: Worker, client: Client) -> None:
    """Read, look at what was not read, put right what was half read, accept."""
    at.go("rapsheet-upload", client.pk)
    at.press("Read this sheet")
    assert "Choose a file." in at.words()
    at.page.locator("input[type=file]").set_input_files(SHEET)
    at.press("Read this sheet")
    sheet = RapSheet.objects.get(client=client)
    assert "1 line not read" in at.words()
    assert BORN.strftime("%Y%m%d") not in at.words()
    assert not Charge.objects.filter(client=client).exists()

    unread = next(line["n"] for line in sheet.reading["lines"] if line["state"] == "not_read")
    at.follow(f"Type it in: line {unread}")
    at.write("PC", into="code", sealed=False)
    at.write("602(m)", into="section", sealed=False)
    at.write("TRESPASS", into="description", sealed=False)
    at.press("Add this charge")
    assert f"Line {unread} is settled." in at.words("body")
    assert "line not read" not in at.words()

    half = at.page.get_by_role("link", name=re.compile(r"charge 2, PC\s*$"))
    at.follow(half)
    at.write("484(a)", into="section", sealed=False)
    at.write("THEFT OF PROPERTY", into="description", sealed=False)
    at.press("Save beside the source")
    at.press("Accept all", exact=False)
    if RapSheet.objects.get(pk=sheet.pk).state != RapSheet.State.ACCEPTED:
        at.tick("same_person")
        at.press("Accept all", exact=False)
    assert [charge.citation for charge in Charge.objects.filter(client=client)] == [
        "PC 647(b)", "PC 484(a)", "PC 484(a)", "PC 211", "PC 647(b)", "PC 602(m)",
    ]  # fmt: skip


def upload_again(at: Worker, client: Client) -> None:
    """The same sheet opens the review that exists and adds nothing."""
    before = Charge.objects.filter(client=client).count()
    at.go("rapsheet-upload", client.pk)
    at.page.locator("input[type=file]").set_input_files(SHEET)
    at.press("Read this sheet")
    assert "This sheet is on file already. Nothing was added" in at.words("body")
    assert RapSheet.objects.filter(client=client).count() == 1
    assert Charge.objects.filter(client=client).count() == before


# --- 3 and 4. Charges and screening -------------------------------------------------------------------


def add_account(at: Worker, client: Client) -> None:
    """A passage in the client's words, agreed for a declaration and read back."""
    at.go("passage-add", client.pk)
    at.write("The green tin", into="title")
    at.write(ACCOUNT, into="text")
    at.choose("declaration", of="agreed_uses")
    at.date(timezone.localdate(), into="read_back_on")
    at.press("Keep the passage")
    assert ACCOUNT not in at.words()


def flag(at: Worker, client: Client) -> None:
    """One charge tied, one not, the others left open; each decision with its reason."""
    tied = solicitation(client)
    at.go("charge-nexus", tied.pk)
    at.choose("yes", of="nexus")
    at.press("Record the decision")
    assert "Say why in a sentence" in at.words()
    at.write("He set the price and stood at the door.", into="reason")
    at.choose("direct_result", of="basis")
    passage = at.page.locator("input[name=passages]").get_attribute("value")
    assert passage
    at.choose(passage, of="passages")
    at.date(ARRESTED, into="offense_on")
    at.press("Record the decision")
    tied.refresh_from_db()
    assert (tied.nexus, tied.nexus_by) == ("yes", client.point_of_contact)
    assert tied.evidence.get().passage_id == UUID(passage)

    theft = Charge.objects.get(client=client, section="484(a)", disposed_on__isnull=False)
    at.go("charge-nexus", theft.pk)
    at.choose("no", of="nexus")
    at.write("Before he came; the client says so plainly.", into="reason")
    at.press("Record the decision")
    assert "Not tied" in at.words()


def screening(at: Worker, client: Client) -> None:
    """Reaches, does not reach, cannot tell, each with a reason, a burden and the mark of the rule."""
    at.go("client-record", client.pk)
    rows = {
        number: " ".join(at.page.locator(f"#c-{pk}").inner_text().split())
        for number, pk in ((c.number, c.pk) for c in Charge.objects.filter(client=client))
    }
    assert "Reaches PC 236.14" in rows["1.1"]
    assert "Unconfirmed rule." in rows["1.1"]
    assert "Does not reach PC 236.14" in rows["3.1"]
    assert "667.5(c)" in rows["3.1"]
    assert "Cannot tell PC 236.14 no outcome is on file" in rows["4.1"]
    at.go("charge-nexus", solicitation(client).pk)
    said = at.card("What each statute says")
    for words in ("Burden", "Presumption", "Unconfirmed: confirm before use."):
        assert words in said


# --- 5. Petition --------------------------------------------------------------------------------------


def plan(at: Worker, client: Client) -> Petition:
    """The charge that the law reaches is chosen already; what is left out says why."""
    at.go("petition-new", client.pk)
    words = at.words()
    assert "Unconfirmed rule." in words
    assert "667.5(c)" in words
    assert at.page.locator(f"input[name=charges][value='{solicitation(client).pk}']").is_checked()
    for box in at.page.locator("input[name=charges]:checked").all():
        if box.get_attribute("value") != str(solicitation(client).pk):
            at.page.locator(f"label[for='{box.get_attribute('id')}']").click()
    at.date(SIGNED, into="drafted_on")
    at.press("Make the draft")
    petition = Petition.objects.get(client=client)
    assert [line.charge for line in petition.lines.all()] == [solicitation(client)]
    assert petition.court.name == COURT
    return petition


def draft(at: Worker, petition: Petition) -> None:
    """Signing is refused until the words, the drafts and counsel's confirmations are there."""
    at.go("petition-act", petition.pk, "sign")
    assert "Signing is refused while these stand" in at.words()
    at.go("petition-papers", petition.pk)
    for key, words in SAID.items():
        at.write(words, into=key)
    at.press("Save these words")
    for code in CHECKS:
        at.choose(code, of="checked")
    at.write("The court purged its file in 2021.", into="note")
    at.press("Keep these confirmations")
    for paper in ("Petition or motion", "Client’s declaration", "Proposed order", "Proof of service"):
        at.press(f"Draft it: {paper}")
    assert "Nothing that the program can see stops signing." in at.words()


def read_petition(at: Worker, petition: Petition) -> str:
    """Download the drafted petition and give its text; the name of the file says nothing of a person."""
    at.go("petition-papers", petition.pk)
    with at.page.expect_download() as download:
        at.page.get_by_role("link", name="v1 of Petition or motion").click()
    name = download.value.suggested_filename
    assert name.startswith(petition.client.file_number)
    assert name.endswith(".docx")
    at.titles.append(name)
    word = Word(io.BytesIO(Path(download.value.path()).read_bytes()))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def _act(at: Worker, petition: Petition, key: str) -> None:
    """Open the form of an act by the links that lead to it."""
    at.go("petition-record", petition.pk)
    at.follow(ACTS[key].label, exact=True)


def sign_and_file(at: Worker, petition: Petition) -> None:
    _act(at, petition, "sign")
    at.press("Record it")
    assert at.page.locator(".aw-error__msg").count() == 1
    at.date(SIGNED, into="on")
    at.write("Signed at the office, Wren interpreting.", into="note")
    at.press("Record it")
    _act(at, petition, "file")
    at.date(FILED, into="on")
    at.write("26-SC-01877", into="court_number")
    at.press("Record it")


def serve(at: Worker, petition: Petition) -> None:
    """Sent and received are two facts; the answer's time runs from the second."""
    _act(at, petition, "serve")
    at.choose("personal", of="method")
    at.date(date(2025, 6, 10), into="sent_on")
    at.write("Teal Larkspur", into="server")
    at.press("Record it")
    assert "No receipt" in at.card("Served on")
    assert not petition.deadlines.filter(due_on=ANSWER_DUE).exists()
    at.follow("Record the receipt", exact=False)
    at.date(SERVED, into="received_on")
    at.press("Record the receipt")
    rail = " ".join(at.page.locator("aside").first.inner_text().split())
    for words in ("Jul 28, 2025", "Jul 27, 2025", "+ 45 days", "Penal Code 236.14(c)", "Unconfirmed"):
        assert words in rail, words


def no_answer(at: Worker, petition: Petition) -> None:
    _act(at, petition, "answer")
    at.choose("silent", of="opposed")
    at.date(ANSWER_DUE + timedelta(days=1), into="on")
    at.press("Record it")
    petition.refresh_from_db()
    assert petition.stage == "unopposed"
    assert "Unopposed" in at.words()


def oppose_hear_decide(at: Worker, petition: Petition) -> None:
    _act(at, petition, "answer")
    at.choose("yes", of="opposed")
    at.date(OPPOSED, into="on")
    at.write("Says that the tie is not shown.", into="note")
    at.press("Record it")
    _act(at, petition, "hearing")
    at.page.locator("[name=starts_at]").fill(f"{ORDER.isoformat()}T09:00")
    at.write("Dept. 11", into="department", sealed=False)
    at.press("Record it")
    assert "Dept. 11" in at.words()
    _act(at, petition, "heard")
    at.choose("held", of="outcome")
    at.press("Record it")
    _act(at, petition, "decide")
    line = petition.lines.get()
    at.choose("granted", of=f"result_{line.pk}")
    at.write(LEGAL_DEFECT, into=f"words_{line.pk}")
    at.date(ORDER, into="on")
    at.press("Record it")
    petition.refresh_from_db()
    assert petition.stage == "granted"
    assert LEGAL_DEFECT in at.words()


def tell_agencies(at: Worker, petition: Petition) -> None:
    """Every agency has its due date; one is sent, received and confirmed."""
    agencies = at.card("After the order of")
    for name in ("California Department of Justice", "Alameda County Sheriff", "Oakland"):
        assert name.lower() in agencies.lower(), name
    assert "0 confirmed" in agencies
    duty = petition.duties.filter(deadline__isnull=False).first()
    at.follow(at.page.locator(f"a[href='{reverse('agency-duty', args=[duty.pk])}']"))
    assert "By when" in at.words()
    at.date(ORDER + timedelta(days=3), into="sent_on")
    at.date(ORDER + timedelta(days=6), into="received_on")
    at.date(ORDER + timedelta(days=40), into="confirmed_on")
    at.press("Save")
    assert "1 confirmed" in at.card("After the order of")


# --- 6. T visa ----------------------------------------------------------------------------------------


def open_and_file_visa(at: Worker, client: Client) -> TVisa:
    """Opened, accepted, sent; a receipt number of the wrong form is refused, the right one kept."""
    today = timezone.localdate()
    at.go("client-tvisa", client.pk)
    at.press("Open a T visa matter")
    visa = TVisa.objects.get(client=client)
    _happened(at, visa, "accept_case", "preparing", engagement_date=today - timedelta(days=260))
    _happened(at, visa, "send_package", "filed", sent_date=today - timedelta(days=230))
    received = today - timedelta(days=220)
    _happened(
        at, visa, "receipt_notice", "receipted",
        received_date=received, notice_date=received + timedelta(days=9), receipt_number="EAC12345",
    )  # fmt: skip
    assert "three letters and ten digits" in at.words()
    at.write("EAC2590417733", into="receipt_number")
    at.press("Record it")
    visa.refresh_from_db()
    assert (visa.stage, visa.received_on) == ("receipted", received)
    assert "EAC2590417733" not in at.words()
    assert "days" in at.words()
    return visa


def _happened(at: Worker, visa: TVisa, event: str, to: str, **typed: object) -> None:
    at.go("tvisa-record", visa.pk)
    at.follow(at.page.locator(f"a[href='{reverse('tvisa-event', args=[visa.pk, event, to])}']"))
    for name, value in typed.items():
        if isinstance(value, date):
            at.date(value, into=name)
        else:
            at.write(str(value), into=name)
    at.press("Record it")


def request_for_evidence(at: Worker, visa: TVisa) -> date:
    """An RFE shows the raw, the due and the safe day with their working; gives the due day."""
    at.go("notice-new", visa.pk)
    at.choose("RFE", of="kind")
    at.choose("I-914", of="form")
    at.date(notice_day(), into="served_on")
    at.write("A statement of somebody who saw the green tin", into="asks_for")
    at.press("Record the notice")
    notice = visa.notices.get()
    visa.refresh_from_db()
    assert visa.stage == "rfe_open"
    card = at.page.locator("#notices").inner_text()
    for words in ("Safe: work to this", "Raw", "Due: USCIS has it", "green tin"):
        assert words.lower() in card.lower(), words
    assert notice.deadline.safe_on < notice.deadline.due_on
    return notice.deadline.due_on


def family_and_permit(at: Worker, visa: TVisa) -> None:
    """A daughter who may follow; the wait runs until the card begins."""
    waited = at.page.locator("main").inner_text()
    assert "220" in waited
    at.go("relative-new", visa.pk)
    at.write("Tansy Wagtail", into="name")
    at.choose("child", of="relationship")
    at.date(date(2012, 4, 9), into="date_of_birth", sealed=True)
    at.press("Add the relative")
    assert "Tansy Wagtail" in at.card("Family")
    assert "T-3" in at.card("Family")
    at.go("permit-new", visa.pk)
    at.choose("(c)(40)", of="category")
    at.date(timezone.localdate() - timedelta(days=20), into="valid_from")
    at.date(timezone.localdate() + timedelta(days=710), into="valid_to")
    at.press("Add the card")
    assert "200" in at.words()
    assert "(c)(40)" in at.card("Work permits")


# --- 7 and 8. Reports and home pages -------------------------------------------------------------------


def caseload(at: Worker, client: Client) -> None:
    at.go("caseload")
    assert client.file_number in at.card("Late now")
    assert client.file_number in at.card("Due in 14 days")
    for figure in at.page.locator(".aw-fig__n").all():
        assert re.search(r"\bof\b|^median, ", figure.inner_text()), figure.inner_text()
    assert "Plumbago" not in at.words()


def home(at: Worker, client: Client, *cards: str) -> None:
    """The first page names the client's work in its cards."""
    at.go("home")
    words = at.words()
    assert client.file_number in words
    for card in cards:
        assert card in words, card
