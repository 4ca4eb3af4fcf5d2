"""From the events of a sheet to arrests and charges, without a database."""

from datetime import date

import pytest

from records import readers
from records.services.courts import agency_words, county_of
from records.services.mapping import Plan, plan_of
from records.services.outcomes import Result, standing_of
from records.services.sheet import empty_settled, masked, numbers_of, pack
from tests.records.sheets_by_hand import ARREST_ONLY, CUSTODY, ITS_COURT, TWO_COUNTS, sheet

YES = date(2016, 4, 19)


def plan(*parts: str) -> Plan:
    return plan_of(pack(readers.read(sheet(*parts).decode())), empty_settled())


def stands(*results: Result, in_court: bool = True):
    return standing_of(results, in_court=in_court)


def test_a_court_count_joins_the_arrest_count_with_its_section_and_others_become_further_charges():
    (arrest,) = plan(TWO_COUNTS).arrests
    assert [
        (charge.citation, charge.standing.kind, charge.standing.standing) for charge in arrest.charges
    ] == [
        ("PC 459.5(a)", "conviction", "convicted"),
        ("PC 484(a)", "arrest", None),
        ("PC 148(a)(1)", "charge", "dismissed"),
    ]


def test_a_court_case_without_an_arrest_in_its_cycle_stands_alone():
    arrests = plan(TWO_COUNTS, "* * * *\n" + ITS_COURT.removeprefix("- - - -\n")).arrests
    assert (arrests[1].on, arrests[1].agency) == (None, "")
    assert arrests[1].charges[0].case_number == "C1804417"


def test_a_court_event_goes_to_the_earlier_arrest_when_only_that_one_shares_a_section():
    second = ARREST_ONLY.replace("* * * *\n", "- - - -\n").replace("647(B)", "594(A)")
    arrests = plan(ARREST_ONLY, second, ITS_COURT).arrests
    assert [arrest.charges[0].standing.kind for arrest in arrests] == ["conviction", "arrest"]


def test_an_attempt_is_another_charge_than_the_completed_offense():
    attempted = ITS_COURT.replace("647(B) PC", "664/647(B) PC")
    (arrest,) = plan(ARREST_ONLY, attempted).arrests
    assert [(charge.attempted, charge.standing.kind) for charge in arrest.charges] == [
        (False, "arrest"),
        (True, "conviction"),
    ]


def test_other_events_are_kept_and_are_no_arrests():
    found = plan(TWO_COUNTS, CUSTODY)
    assert len(found.arrests) == 1
    assert [event.type for event in found.events] == ["applicant"]


def test_a_rejection_under_the_last_count_alone_puts_a_question_to_the_others():
    rejected = (
        ARREST_ONLY + "CNT:02\n  594(A) PC-VANDALISM\n20180305\n DISPO:PROS REJ-INSUFFICIENT EVIDENCE\n"
    )
    (arrest,) = plan(rejected).arrests
    assert [charge.standing.standing for charge in arrest.charges] == [None, "prosecutor_rejected"]
    assert "may mean every count" in arrest.charges[0].reasons[0]
    assert not arrest.is_sure


def test_the_last_outcome_stands_and_the_day_stays_that_of_the_conviction():
    later = date(2020, 3, 2)
    found = stands(Result("convicted", YES, "F"), Result("reduced", later, "M"), Result("set_aside", later))
    assert (found.kind, found.standing, found.disposed_on, found.severity) == (
        "conviction",
        "set_aside",
        YES,
        "M",
    )


def test_a_reduction_whose_level_was_not_read_leaves_the_severity_unknown():
    assert stands(Result("convicted", YES, "F"), Result("reduced", YES)).severity == ""


def test_a_reduction_without_a_conviction_makes_none():
    found = stands(Result("reduced", YES, "M"))
    assert (found.kind, found.standing) == ("charge", None)


def test_a_bench_warrant_opens_a_case_but_not_again_after_a_conviction():
    assert stands(Result("other", YES)).standing == "other"
    assert stands(Result("convicted", YES), Result("other", YES)).standing == "convicted"


def test_a_dismissal_after_a_conviction_is_a_question():
    assert "Check which one stands" in stands(Result("convicted", YES), Result("dismissed", YES)).doubts[0]


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("juvenile_sustained", "juvenile_adjudication"),
        ("diverted", "deferred"),
        ("acquitted", "charge"),
        ("vacated", "conviction"),
    ],
)
def test_the_kind_follows_the_outcome(type, kind):
    assert stands(Result(type, YES)).kind == kind


def test_without_a_court_an_arrest_stays_an_arrest():
    assert stands(in_court=False).kind == "arrest"
    assert stands(Result("detention_only", YES), in_court=False).kind == "arrest"


def test_the_end_of_a_sentence_is_unknown_unless_probation_alone_was_terminated():
    probation = {"probation": "3y", "jail": "20d", "prison": None, "other": []}
    done = Result("probation_terminated", date(2018, 1, 9))
    assert stands(Result("convicted", YES, "M", probation)).sentence_completed == "unknown"
    assert stands(Result("convicted", YES, "M", probation), done).sentence_completed == "2018-01-09"
    assert stands(Result("dismissed", YES)).sentence_completed == ""


def test_prison_is_served_only_where_a_term_is_printed_and_never_ruled_out():
    prison = {"probation": None, "jail": None, "prison": "2y", "other": []}
    suspended = prison | {"other": ["execution suspended"]}
    assert stands(Result("convicted", YES, "F", prison)).prison_served is True
    assert stands(Result("convicted", YES, "F", suspended)).prison_served is None
    assert stands(Result("convicted", YES, "F")).prison_served is None


@pytest.mark.parametrize(
    ("agency", "county"),
    [
        ("CASC ALAMEDA", "Alameda"),
        ("CASC SAN JOSE", "Santa Clara"),
        ("CASC LOS ANGELES METRO", "Los Angeles"),
        ("CASO KERN", "Kern"),
        ("CAPD OAKLAND", "Alameda"),
        ("CAPD ORANGE", ""),
        ("CASC SOMEWHERE", ""),
        (None, ""),
    ],
)
def test_a_county_is_told_only_where_the_name_is_sure(agency, county):
    assert county_of(agency) == county


def test_agencies_are_shown_in_words():
    assert agency_words("CAPD OAKLAND") == "Oakland PD"
    assert agency_words("USMS NORTHERN") == "USMS NORTHERN"


def test_dates_of_birth_and_personal_numbers_in_the_text_are_masked():
    births = {"19900517"}
    assert "1990" not in masked("ARR/DET/CITE:    NAM:02  DOB:19900517", births)
    assert "1990" not in masked("COM: BORN 19900517", births)
    assert "A99011223" not in masked("CII/A99011223", births)
    numbers = numbers_of(["CII/A99011223", "SEX/F RAC/W HGT/505"])
    assert "99011223" not in masked("CA0990099.99011223", numbers)
    assert numbers == {"99011223"}
    assert masked("20160227  CAPD OAKLAND", births) == "20160227  CAPD OAKLAND"
