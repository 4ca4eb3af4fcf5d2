"""The rules of the format that are easy to miss, one by one."""

import pytest

from records.readers import read
from records.readers.ca_doj.charges import parse_charge
from records.readers.ca_doj.outcomes import disposition_type, parse_sentence

HEAD = "* * * *\n{header}NAM:01\n20100105  {agency}\n\n"


def sheet(body, header="COURT:                ", agency="CASC KERN"):
    return read(HEAD.format(header=header, agency=agency) + body).to_json()["events"]


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        ("CONVICTED", "convicted"),
        ("CONVICTED-PROB/JAIL", "convicted"),
        ("CO NVI CTED", "convicted"),
        ("CONVICTION CERT BY CLERK OF THE COURT", "other"),
        ("NOT CONVICTED", "other"),
        ("DISMISSED/PLEA TO OTHER CHARGE", "dismissed"),
        ("DISMISSED ./LACK OF EVIDENCE", "dismissed"),
        ("DISMISSED PER 1203.4 PC", "set_aside"),
        ("PETITION DISMISSED", "dismissed"),
        ("DIVERSION COMPLETED-DISMISSED", "dismissed"),
        ("DIVERTED-PC 1000", "diverted"),
        ("ACQUITTED", "acquitted"),
        ("PROS REJ-INTEREST OF JUSTICE", "prosecutor_rejected"),
        ("RELEASED/DETENTION ONLY", "detention_only"),
        ("RELEASED TO OTHER JURISDICTION", "other"),
        ("HELD TO ANSWER", "held_to_answer"),
        ("PROC SUSP/1368 PC", "proceedings_suspended"),
        ("PETITION SUSTAINED", "juvenile_sustained"),
        ("CONV SET ASIDE & DISM PER 1203.49 PC", "set_aside"),
        ("PETITION FOR 1203.4 DENIED", "other"),
        ("BENCH WARRANT SET ASIDE", "other"),
        ("REDUCED TO MISDEMEANOR PER 17(B)(3) PC", "reduced"),
        ("RESENTENCED/REDUCED TO MISD PER 1170.18 PC", "reduced"),
        ("CONV VACATED PER 236.14 PC", "vacated"),
        ("ARREST SEALED PER 851.91 PC", "sealed"),
        ("SENTENCE MODIFIED", "sentence_modified"),
        ("PROBATION REVOKED", "probation_revoked"),
        ("PROBATION REINSTATED", "probation_reinstated"),
        ("PROBATION TERMINATED", "probation_terminated"),
        ("PAROLED", "paroled"),
        ("PAROLE REVOKED", "other"),
        ("DISCHARGED", "discharged"),
        ("NO LONGER INTERESTED", "no_longer_interested"),
        ("STRICKEN", "other"),
        ("BENCH WARRANT ISSUED", "other"),
        ("", "other"),
    ],
)
def test_result_words_give_their_type(printed, kind):
    assert disposition_type(printed)[0] == kind


@pytest.mark.parametrize(
    ("line", "section", "code", "attempted"),
    [
        ("647(B) PC-DISORDERLY CONDUCT:PROSTITUTION", "647(b)", "PC", False),
        ("647 (B) PC\u2013DISORDERLY CONDUCT:PROSTITUTION", "647(b)", "PC", False),
        ("490,5(A) PC-PETTY THEFT RETAIL/ETC", "490.5(a)", "PC", False),
        ("484(A)/490.5 PC-THEFT", "484(a)/490.5", "PC", False),
        ("664/211 PC-ROBBERY", "211", "PC", True),
        ("487(A)-664 PC-GRAND THEFT", "487(a)", "PC", True),
        ("664/484(A)/490.5 PC-THEFT", "484(a)/490.5", "PC", True),
        ("18 1708 US-THEFT OF MAIL", "18 1708", "US", False),
        ("266H(A) PC-PIMPING TOC:F", "266h(a)", "PC", False),
        ("32 PC-ACCESSORY", "32", "PC", False),
    ],
)
def test_charge_line_gives_section_and_code(line, section, code, attempted):
    charge = parse_charge(line)

    assert (charge.section, charge.code, charge.attempted) == (section, code, attempted)


@pytest.mark.parametrize(
    ("text", "terms", "other"),
    [
        ("003 YEARS PROBATION, 010 DAYS JAIL, FINE", ("3y", "10d", None), ["fine"]),
        ("012 MONTHS PROBATION, FINESS", ("12m", None, None), ["fine suspended"]),
        ("3 YR PROB, 6 MO JL, WORK", ("3y", "6m", None), []),
        ("016 MONTHS PRISON, CONSECUTIVE, RSTN", (None, None, "16m"), ["consecutive", "restitution"]),
        ("IMP SEN SS, EXEC SEN SS, RESTN", (None, None, None),
         ["execution suspended", "imposition suspended", "restitution"]),
        ("\u00a924 MONTHS PROBATION, 905 DAYS JAIL", ("24m", "5d", None), []),
        ("003 YEARS 008 MONTHS PRISON", (None, None, "3y 8m"), []),
    ],
)  # fmt: skip
def test_sentence_gives_terms_as_printed(text, terms, other):
    sentence, _notes = parse_sentence(text)

    assert (sentence.probation, sentence.jail, sentence.prison) == terms
    assert sentence.other == other


def test_dates_in_comments_open_nothing_and_updates_belong_where_they_stand():
    counts = sheet(
        "CNT:01     #1\n  459 PC-BURGLARY\n*DISPO:CONVICTED\n   CONV STATUS:FELONY\n"
        "   COM: DATE OF PLEA 20091201\n\n20120301\n DISPO:CONV VACATED PER 236.14 PC\n\n"
        "CNT:02\n  484(A) PC-THEFT\n DISPO:DISMISSED\n"
    )[0]["counts"]

    assert [(d["type"], d["date"]) for d in counts[0]["dispositions"]] == [
        ("convicted", "2010-01-05"),
        ("vacated", "2012-03-01"),
    ]
    assert [(d["type"], d["date"]) for d in counts[1]["dispositions"]] == [("dismissed", "2010-01-05")]


def test_sentence_goes_on_over_a_page_break_and_a_stray_mark():
    counts = sheet(
        "CNT:01     #1\n  459 PC-BURGLARY\n*DISPO:CONVICTED\n   SEN: 003 YEARS PROBATION,\n"
        "          Page 2 of 4\n\fA\n        010 DAYS JAIL\n"
    )[0]["counts"]

    assert counts[0]["dispositions"][0]["sentence"]["jail"] == "10d"


def test_sentence_without_a_result_is_an_outcome_in_custody_only():
    body = "CNT:01     #1\n  459 PC-BURGLARY\n   SEN: 016 MONTHS PRISON\n"

    custody = sheet(body, "CUSTODY:CDC           ", "CASD CORRECTIONS")
    court = sheet(body)

    assert [d["type"] for d in custody[0]["counts"][0]["dispositions"]] == ["sentence"]
    assert court[0]["counts"][0]["dispositions"] == []


def test_status_line_alone_invents_no_conviction():
    events = sheet("CNT:01     #1\n  459 PC-BURGLARY\n   CONV STATUS:FELONY\n   SEN: 3 YEARS PROBATION\n")

    assert events[0]["counts"][0]["dispositions"] == []


def test_swapped_heading_lines_belong_to_the_event():
    text = (
        "* * * *\nNAM:002\nARR/DET/CITE:\n20100304 CAPD CONCORD\nTOC:M\n"
        "CNT:001\n#1003-2206\n459 PC-BURGLARY\n"
    )

    event = read(text).to_json()["events"][0]

    assert (event["name_id"], event["date"], event["numbers"]) == ("02", "2010-03-04", ["1003-2206"])
    assert event["counts"][0]["level"] == "M"


def test_event_without_header_takes_the_kind_before_it():
    events = sheet(
        "CNT:01     #1\n  290 PC-REGISTRATION\n- - - -\n20110612  CAPD ONTARIO\n\nCNT:01     #2\n"
        "  290 PC-REGISTRATION\n",
        "REGISTRATION:         ",
        "CASO KERN",
    )

    assert [(e["type"], e["date"], e["name_id"]) for e in events] == [
        ("registration", "2010-01-05", "01"),
        ("registration", "2011-06-12", None),
    ]


def test_words_of_a_notice_in_a_charge_do_not_hide_it():
    counts = sheet("CNT:01     #1\n  298.1(A) PC-REFUSE DNA SPECIMEN\n DISPO:DISMISSED\n")[0]["counts"]

    assert counts[0]["section"] == "298.1(a)"


def test_header_word_as_the_words_of_a_count_opens_no_event():
    events = sheet("CNT:01     #1\n  REGISTRATION\n\n20120301\n DISPO:DISCHARGED\n", "REGISTRATION:         ")

    assert [event["counts"][0]["description"] for event in events] == ["REGISTRATION"]


def test_unknown_header_is_an_event_of_kind_other():
    events = sheet("CNT:01     #1\n  CONTACT SHERIFF\n", "WANTED PERSON:        ", "CASO KERN")

    assert [(e["type"], e["counts"][0]["description"]) for e in events] == [("other", "CONTACT SHERIFF")]


def test_case_number_that_lost_letters_in_the_scan_is_withheld():
    text = (
        "COURT: NAM: 01\n19970501 CASC SAN DIEGO\nCNT: 01 #793213\n211 PC-ROBBERY\n"
        "*DISPO: CONVICTED\nCONV STATUS: FELONY\n"
    )
    reading = read(text)

    assert reading.events[0].numbers == []
    assert "793213" in reading.events[0].reasons[0]


def test_noise_behind_the_end_of_the_message_is_no_record():
    events = sheet(
        "CNT:01     #1\n  459 PC-BURGLARY\n DISPO:DISMISSED\n * * END OF MESSAGE * *\n"
        "CNT:07 #99\n DISPO:CONVICTED\n7 wee ae\n"
    )

    assert [d["type"] for c in events[0]["counts"] for d in c["dispositions"]] == ["dismissed"]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "NO RECORD FOUND\n", "Dear Sir,\nthe person was convicted in 2009.\n"]
)
def test_text_without_a_record_gives_no_event(text):
    assert read(text).to_json()["events"] == []
