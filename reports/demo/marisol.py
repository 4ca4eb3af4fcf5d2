"""Marisol's file: the one of the reference pages, with her thirteen charges, three petitions and T visa."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

from cases.models import Hearing
from clients.models import TeamRole
from documents.models import Document
from records.models import Charge
from reports.demo import people
from reports.demo.batch import Action, Batch
from reports.demo.folder import (
    Folder,
    alias,
    clear_conflicts,
    finish_names,
    identify,
    join,
    look,
    open_folder,
    promise,
    reach,
    relate,
    tell,
    tokens_of,
    wall,
)
from reports.demo.people import Person
from reports.demo.petitions import Course, add_date_by_hand, file_petition, open_matter
from reports.demo.plots import CA, FEDERAL, PetitionPlot
from reports.demo.record import FEDERAL_COURT, Count, Taken, file_record
from reports.demo.visa import Passed, add_relative, keep_ends, keep_visa, notice, permit, receipt
from reports.demo.world import World, at
from visas.models import TVisa
from visas.rules import status_end

FILE_NUMBER = "2026-0142"
FIRST_DAY, LAST_DAY = date(2026, 11, 20), date(2026, 12, 20)
"""Between these days the story stands at its own dates, the answer due over Thanksgiving 2026 among them."""
PERSON = Person("Marisol", "Marisol Alondra Larkspur", "Larkspur", date(1985, 12, 7), "she")

PASSAGES = (
    (
        "How we met",
        ["declaration", "t_visa", "review"],
        (
            "He sold oranges by the jacaranda where my bus stopped. He walked me home nine "
            "evenings before he asked anything."
        ),
    ),
    (
        "The quota and the corner",
        ["declaration", "t_visa", "review"],
        (
            "He set the number for the night and sent me to the corner by the laundry. What I "
            "earned he counted on the bed."
        ),
    ),
    (
        "Food, clothes and the locked door",
        ["declaration", "t_visa", "review"],
        (
            "If I came back without the meat and the two shirts he had asked for, the door with "
            "the green gate stayed locked."
        ),
    ),
    (
        "The card with another name",
        ["declaration", "review"],
        (
            "He bought the card and made me say the name on it until I could say it asleep. When "
            "the man with the dog asked, I said it."
        ),
    ),
    (
        "The bag under the seat",
        ["review"],
        "The bag was his. He put it under my seat because, he said, a woman is never searched.",
    ),
    (
        "The night on Fourteenth Street",
        ["review"],
        (
            "He chose the woman with the red purse. He stood behind me by the fig tree, so near "
            "that I felt his breath."
        ),
    ),
    (
        "How I got away",
        ["t_visa", "review"],
        (
            "At the laundry a woman gave me a number on the back of a heron postcard. I called it "
            "eleven times before I spoke."
        ),
    ),
)

RECORD = (
    Taken(
        date(2012, 5, 21),
        "CAPD FRESNO",
        "P12-004417",
        "CASC FRESNO",
        date(2012, 6, 28),
        "12-CR-020114",
        (
            Count(
                "14601.1(a)",
                "DRIVE WHILE LICENSE SUSPENDED",
                code="VC",
                nexus="no",
                reason="Two years before she met him.",
            ),
        ),
        county="Fresno",
    ),
    Taken(
        date(2014, 11, 7),
        "CAPD SAN LEANDRO",
        "P14-018830",
        "CASC ALAMEDA",
        date(2015, 1, 9),
        "14-CR-551207",
        (
            Count("602(k)", "TRESPASS:INJURE PROPERTY", result="dismissed", nexus=""),
            Count("148(a)(1)", "OBSTRUCT/ETC PUBLIC OFCR/ETC", nexus=""),
        ),
        county="Alameda",
    ),
    Taken(
        date(2015, 6, 18),
        "CAPD OAKLAND",
        "P15-008213",
        "CASC ALAMEDA",
        date(2015, 7, 2),
        "15-CR-554410",
        (
            Count(
                "647(b)",
                "DISORDERLY CONDUCT:PROSTITUTION",
                passage=2,
                reason="He set the quota and kept the money; passage 2, no intent of her own.",
            ),
        ),
        county="Alameda",
    ),
    Taken(
        date(2016, 2, 26),
        "CAPD OAKLAND",
        "P16-010882",
        "CASC ALAMEDA",
        date(2016, 4, 19),
        "16-CR-607731",
        (
            Count(
                "459.5(a)",
                "SHOPLIFTING",
                passage=3,
                reason="Told to bring food and clothes or be locked out; passage 3.",
            ),
            Count(
                "484(a)",
                "THEFT",
                result="dismissed",
                passage=3,
                reason="The same event as the shoplifting count; passage 3.",
            ),
        ),
        county="Alameda",
    ),
    Taken(
        date(2018, 3, 2),
        "CAPD OAKLAND",
        "P18-011920",
        "CASC ALAMEDA",
        date(2018, 5, 17),
        "18-CR-004417",
        (
            Count("211", "ROBBERY", level="F", result="plea", nexus=""),
            Count(
                "487(c)",
                "GRAND THEFT FROM PERSON",
                level="F",
                passage=6,
                reason="He chose the person and stood behind her; passage 6.",
            ),
        ),
        county="Alameda",
        unread={
            2: "CNT:03\n  4\u25af\u25af.7 PC-R\u25af\u25af\u25af STOL\u25af\u25af PR\u25afP\n",
            0: (
                "\u25af\u25af\u25af: W\u25afRK FURL\u25af\u25af\u25af\u25af ELIG\u25af\u25af\u25af\u25af\n"
                "- - - C\u25afMM\u25afNT 20\u25af\u25af0412 SEE SU\u25af\u25af\u25af\u25af\u25af\u25af"
            ),
        },
    ),
    Taken(
        date(2016, 11, 4),
        "CASO LOS ANGELES",
        "P16-220471",
        "CASC LOS ANGELES",
        date(2016, 12, 1),
        "16-CR-310288",
        (
            Count(
                "653.22(a)",
                "LOITER:INTENT:PROSTITUTION",
                passage=2,
                reason="The corner he sent her to; passage 2.",
            ),
            Count(
                "148.9(a)",
                "FALSE ID TO SPECIFIC PEACE OFICERS",
                passage=4,
                reason="Told to give the name on his card; passage 4.",
            ),
        ),
        county="Los Angeles",
        printed=False,
    ),
    Taken(
        date(2017, 8, 11),
        "CAPD LONG BEACH",
        "P17-040915",
        "",
        date(2017, 8, 15),
        "",
        (
            Count(
                "11377(a)",
                "POSSESS CONTROLLED SUBSTANCE",
                code="HS",
                level="F",
                result="prosecutor_rejected",
                passage=5,
                reason="The bag was his; passage 5.",
            ),
        ),
        county="Los Angeles",
        printed=False,
    ),
    Taken(
        date(2017, 9, 29),
        "HSI San Francisco",
        "HSI-17-22810",
        FEDERAL_COURT,
        date(2018, 1, 22),
        "3:17-cr-04417",
        (
            Count(
                "18 1546(a)",
                "Fraud and misuse of visas and permits",
                code="US",
                level="F",
                passage=4,
                reason="He bought the card and made her use it; passage 4.",
            ),
        ),
        printed=False,
        jurisdiction="US",
    ),
)


def tell_marisol(world: World, batch: Batch, index: int, pk: UUID) -> Folder:
    """Her file, moved by whole weeks when the reference day is not of her own weeks."""
    chance = Random(f"{world.seed}:{index}")
    shift = timedelta()
    if not FIRST_DAY <= world.today <= LAST_DAY:
        shift = timedelta(weeks=(world.today - FIRST_DAY).days // 7)

    def day(month: int, number: int, year: int = 2026) -> date:
        return date(year, month, number) + shift

    folder = open_folder(
        world,
        batch,
        chance,
        index=index,
        pk=pk,
        person=PERSON,
        opened=day(1, 5),
        team={TeamRole.ADVOCATE: "ines", TeamRole.COUNSEL: "noor", TeamRole.PARALEGAL: "theo"},
        steps=[
            (day(1, 8), "noor", {"state": "open"}),
            (day(1, 12), "noor", {"point_of_contact": "ines"}),
        ],
        first_contact="samuel",
        file_number=FILE_NUMBER if day(1, 5).year == 2026 else "",
        pronouns="she / ella",
        language="Spanish",
        interpreter="interpreter needed",
        her_words={
            "him": "my ex, Beto the orange seller",
            "that time": "when I was with him",
            "the police in 2018": "the man with the dog",
            "please avoid": "rescue, prostitution, pimp",
        },
        referral="shelter",
        trafficking="sex",
        basic_needs=["children", "papers"],
    )
    join(folder, TeamRole.CO_COUNSEL, world.user("samuel"), day(1, 5), left=day(1, 12))
    ines = folder.advocate
    join(folder, TeamRole.ADVOCATE, world.user("grace"), day(2, 2))
    folder.team[TeamRole.ADVOCATE] = ines
    _people(folder)
    _account(folder, day)
    file_record(
        folder,
        list(RECORD),
        sheet="review",
        imported=day(11, 12),
        reviewed=day(11, 13),
        cii=people.cii(index),
        names=[PERSON.legal, "Marisol Larkspur", "Luz Mirlo"],
    )
    _petitions(folder, day)
    _visa(folder, day)
    _promises(folder, day)
    wall(folder, world.user("priya"), "client_wish", day(1, 12))
    look(folder, 40, world.today)
    return folder


def _people(folder: Folder) -> None:
    contact = reach(
        folder,
        channel="text",
        number="(510) 555-0142",
        email="orange.jacaranda@mail.example",
        hours="Mon–Fri 4–6 pm",
        voicemail="none",
        say_you_are="Juniper Street",
        code_word="nine evenings",
        never="the number ending in 71",
        note="An interpreter who is a woman, not from Puebla.",
    )
    numbers = [
        identify(folder, "ssn", people.ssn(folder.index)),
        identify(folder, "a_number", people.a_number(folder.index)),
        identify(folder, "cii", people.cii(folder.index)),
    ]
    alias(folder, "Marisol Larkspur", "rap_sheet")
    alias(folder, "Luz Mirlo", "rap_sheet")
    related = {
        "Humberto Buckthorn": (
            "trafficker",
            True,
            "my ex, Beto the orange seller",
            "Out since the spring; his cousin works near the courthouse.",
        ),
        "Hortensia Buckthorn": (
            "co_defendant",
            True,
            "la señora of the green gate",
            "His mother. She kept the door.",
        ),
        "Andrés Tanager": ("family", False, "my husband Andrés", None),
        "Consuelo Larkspur": ("family", False, "my mother in Puebla", "Threatened twice at her own door."),
    }
    for name, (relation, avoid, word, note) in related.items():
        relate(folder, relation, name, must_not_meet=avoid, her_word=word, note=note)
    finish_names(folder)
    clear_conflicts(folder, related, tokens_of(contact, numbers))


def _account(folder: Folder, day) -> None:  # type: ignore[no-untyped-def]
    for number, (title, uses, text) in enumerate(PASSAGES):
        on = day(11, 17) if number == 5 else day(1, 20) + timedelta(days=6 * number)
        tell(folder, title, text, on=on, uses=uses, read_back=number != 5)
    folder.papers["letter"] = folder.document(
        Document.Kind.EVIDENCE,
        "Letter of the clinic",
        (
            "I have seen Marisol nineteen times. What she tells of the green gate is consistent "
            "with control by another."
        ),
        on=day(2, 20),
        by=folder.advocate,
        name="larkspur-clinic.txt",
    )


def _petitions(folder: Folder, day) -> None:  # type: ignore[no-untyped-def]
    charges = {charge.section: charge for charge in folder.charges if charge.nexus == Charge.Nexus.YES}
    matter = open_matter(folder, "vacatur", day(1, 20), folder.lead)
    first = file_petition(
        folder,
        matter,
        1,
        PetitionPlot("partly_granted", 0, "Alameda", CA, charges=4, confirmed=3),
        [charges[section] for section in ("647(b)", "459.5(a)", "484(a)", "487(c)")],
        Course(
            "partly_granted",
            day(6, 12),
            day(6, 22),
            day(6, 29),
            day(7, 6),
            day(8, 18),
            True,
            day(10, 6),
            True,
            day(10, 6),
            results=["granted", "granted", "granted", "open"],
        ),
        court_number="26-SC-01877",
        department="Dept. 11",
        issue="Four charges: direct result of the trafficking",
    )
    hearing = Hearing(
        client=folder.client,
        petition=first,
        court=first.court,
        starts_at=at(day(12, 15), 9),
        department="Dept. 11",
        judge="Hon. A. Quillwort",
        issue="Charge 5.2: direct result of the trafficking",
        client_appears="in_person",
        interpreter_booked=True,
    )
    folder.batch.add(hearing, at=folder.moment(day(10, 7)), by=folder.lead)
    folder.batch.event(
        Action.CREATED, at=folder.moment(day(10, 7)), by=folder.lead, client=folder.client.pk, target=hearing
    )
    add_date_by_hand(
        folder,
        matter,
        "Second declaration to the court",
        day(12, 1),
        "printed in the minute order of October 6",
        written=day(10, 7),
        petition=first,
    )
    file_petition(
        folder,
        matter,
        2,
        PetitionPlot("served", 0, "Los Angeles", CA, charges=3),
        [charges[section] for section in ("653.22(a)", "148.9(a)", "11377(a)")],
        Course("served", day(9, 14), day(9, 28), day(10, 7), day(10, 14)),
        court_number="26-SC-09231",
    )
    file_petition(
        folder,
        matter,
        3,
        PetitionPlot("draft", 0, "", FEDERAL, charges=1),
        [charges["18 1546(a)"]],
        Course("draft", day(11, 9)),
    )
    folder.document(
        Document.Kind.DECLARATION,
        "Second declaration, version 2",
        "I tell here what passage 6 holds and nothing more: he stood behind me by the fig tree.",
        on=day(11, 18),
        by=folder.lead,
    )


def _visa(folder: Folder, day) -> None:  # type: ignore[no-untyped-def]
    matter = open_matter(folder, "t_visa", day(3, 3, 2022), folder.lead)
    steps = [
        Passed("accept_case", "preparing", day(3, 3, 2022)),
        Passed("send_package", "filed", day(5, 6, 2022)),
        Passed("receipt_notice", "receipted", day(5, 24, 2022)),
        Passed("biometrics", "biometrics_done", day(8, 2, 2022)),
        Passed("approval", "approved", day(11, 15, 2023)),
    ]
    approved, received = day(11, 15, 2023), day(5, 10, 2022)
    visa = TVisa(
        client=folder.client,
        matter=matter,
        stage="approved",
        sent_on=day(5, 6, 2022),
        received_on=received,
        approved_on=approved,
        status_ends_on=status_end(printed=None, approved=approved).ends,
        waiting_from=received,
    )
    keep_visa(folder, visa, day(3, 3, 2022), steps)
    receipt(folder, visa, "I-914", received)
    receipt(folder, visa, "I-192", received)
    permit(folder, visa, "(a)(16)", approved, visa.status_ends_on or approved)
    add_relative(folder, visa, "spouse", "Andrés Tanager", date(1982, 6, 5), "approved_in_us")
    ximena = add_relative(
        folder,
        visa,
        "child",
        "Ximena Tanager Larkspur",
        date(2006, 1, 8),
        "rfe_open",
        sent=day(3, 26),
        mailed=day(8, 31),
    )
    add_relative(
        folder,
        visa,
        "parent",
        "Consuelo Larkspur",
        date(1962, 4, 8),
        "planned",
        in_united_states=False,
        in_danger=True,
    )
    add_relative(
        folder,
        visa,
        "sibling",
        "Lucía Larkspur",
        date(2005, 2, 12),
        "planned",
        in_united_states=False,
        in_danger=True,
    )
    add_relative(
        folder,
        visa,
        "child_of_derivative",
        "Paola Tanager",
        date(2002, 3, 9),
        "planned",
        in_united_states=False,
    )
    notice(
        folder,
        visa,
        "RFE",
        "I-914A",
        day(8, 31),
        person=ximena,
        owner=folder.lead,
        asks=(
            "Birth record from the civil registry of Puebla.\nCertified translation.\nWhy the "
            "birth was registered late."
        ),
    )
    keep_ends(folder, visa)


def _promises(folder: Folder, day) -> None:  # type: ignore[no-untyped-def]
    today = folder.world.today
    promise(
        folder,
        "Text what the DA said about charge 5.2",
        due=at(today, 16),
        made=day(11, 19),
        owner=folder.lead,
    )
    promise(
        folder,
        "Read the second declaration with her, slowly",
        due=at(today + timedelta(days=2), 10),
        made=day(11, 17),
    )
    grace = folder.world.user("grace")
    promise(
        folder,
        "Tell her what the letter about Ximena asks",
        due=at(day(11, 10), 12),
        made=day(11, 3),
        state="kept",
        owner=grace,
        settled=at(day(11, 10), 11),
    )
    promise(
        folder,
        "Bring the gift card for the interview",
        due=at(day(10, 27), 12),
        made=day(10, 20),
        state="kept",
        settled=at(day(10, 30), 10),
    )
    first = promise(
        folder,
        "Bring the signed order",
        due=at(day(10, 8), 15),
        made=day(10, 6),
        state="renegotiated",
        owner=folder.lead,
        settled=at(day(10, 8), 9),
    )
    promise(
        folder,
        "Bring the signed order",
        due=at(day(10, 9), 15),
        made=day(10, 8),
        state="kept",
        owner=folder.lead,
        settled=at(day(10, 9), 14),
        follows=first,
    )
