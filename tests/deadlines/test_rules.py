"""The date engine: golden dates, the arithmetic in words, and properties that hold for every row."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import law, rules
from deadlines.calendars import get_calendar
from deadlines.counting import add_court_days, add_months, add_years
from deadlines.types import REASON_WORDS, day_words

GOLDEN = Path(__file__).with_name("golden_dates.csv")
TODAY = date(2026, 11, 23)
COURTS = {"us": "us-federal", "ca": "us-ca", "ny": "us-ny", "fl": "us-fl", "tx": "us-tx", "il": "us-il"}
COUNTED = [
    (statute_id, row["name"])
    for statute_id, entry in law.petitions()["statutes"].items()
    for row in entry["deadlines"]
    if row["days"] is not None
]


def day(text):
    return date.fromisoformat(text) if text else None


def golden_rows():
    with GOLDEN.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("row", golden_rows(), ids=lambda row: row["why"])
def test_golden_dates(row):
    answer = rules.petition_deadline(
        row["statute"],
        row["deadline"],
        trigger_date=day(row["trigger"]),
        served_by=row["served_by"] or None,
        court_calendar=row["calendar"],
        printed_date=day(row["printed"]),
    )
    assert (answer.raw, answer.due, answer.safe) == (day(row["raw"]), day(row["due"]), day(row["safe"]))
    assert ";".join(answer.reasons) == row["reasons"]
    assert answer.ask == bool(row["reasons"])


def prosecution_response(trigger=date(2026, 10, 14), **changes):
    return rules.petition_deadline(
        "ca-pc-236-14", "prosecution_response", trigger_date=trigger, court_calendar="us-ca", **changes
    )


def test_steps_show_a_rolled_day():
    assert prosecution_response().steps(TODAY) == (
        ("Wed, Oct 14", "prosecutor received service", None),
        ("+ 45 days", "trigger day not counted", None),
        ("= Sat, Nov 28", "raw: weekend", None),
        ("Mon, Nov 30", "next court day", "due"),
    )


def test_steps_show_a_day_that_needs_no_rolling():
    assert prosecution_response(date(2026, 7, 6)).steps(TODAY)[-1] == (
        "= Thu, Aug 20",
        "a court day, not rolled",
        "due",
    )


def test_steps_of_a_mailed_notice_show_safe_raw_and_due():
    answer = rules.response_deadline("RFE", "I-914", date(2026, 8, 31), "mail")
    assert answer.steps(TODAY) == (
        ("Mon, Aug 31", "notice mailed", None),
        ("+ 84 days", "longest an RFE may give", None),
        ("= Mon, Nov 23", "safe: work to this date", "soon"),
        ("+ 3 days", "served by mail", None),
        ("= Thu, Nov 26", "raw: Thanksgiving", None),
        ("Fri, Nov 27", "due: USCIS must have it", "due"),
    )


def test_day_words_name_the_year_only_when_it_differs():
    assert day_words(date(2026, 11, 27), TODAY) == "Fri, Nov 27"
    assert day_words(date(2027, 1, 4), TODAY) == "Mon, Jan 4, 2027"


def test_row_is_confirmed_only_when_an_attorney_signed_that_row():
    row = "ca-pc-236-14/deadlines/prosecution_response"
    assert not prosecution_response().confirmed
    assert prosecution_response(confirmed={row: "Noor Haddad"}).confirmed
    assert not prosecution_response(confirmed={"ca-pc-236-15/deadlines/prosecution_response"}).confirmed


def test_notice_on_i539_has_its_own_period():
    assert rules.response_deadline("RFE", "I-539", date(2026, 10, 9), "mail").days == 30


@pytest.mark.parametrize(
    ("printed", "due", "source"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), "printed"),
        (date(2026, 12, 20), date(2026, 11, 27), "computed"),
        (date(2026, 11, 27), date(2026, 11, 27), "computed"),
    ],
)
def test_of_two_days_for_our_own_answer_the_earlier_counts(printed, due, source):
    answer = rules.response_deadline("RFE", "I-914", date(2026, 8, 31), "mail", printed)
    assert (answer.due, answer.due_source) == (due, source)
    assert answer.safe <= answer.due
    assert ("printed_date_differs" in answer.reasons) == (printed != date(2026, 11, 27))


def test_notice_without_a_known_way_of_service_gets_no_mailing_days_and_asks():
    answer = rules.response_deadline("NOID", "I-914", date(2026, 11, 23), None)
    assert answer.mail_days == 0
    assert answer.reasons == ("service_not_recorded",)


def test_unknown_names_are_refused():
    with pytest.raises(law.LawError, match="no deadline"):
        rules.petition_deadline("ca-pc-236-14", "reply", trigger_date=TODAY, court_calendar="us-ca")
    with pytest.raises(law.LawError, match="no dates on file"):
        rules.order_duty("us-zz", 0, events={}, court_calendar="us-ca")
    with pytest.raises(law.LawError, match="no court calendar"):
        rules.petition_deadline(
            "ca-pc-236-14", "prosecution_response", trigger_date=TODAY, court_calendar="us-zz"
        )
    with pytest.raises(law.LawError, match="no period on file"):
        rules.response_deadline("LETTER", "I-914", TODAY, "mail")


def duty(statute, index, part=None, **events):
    court = COURTS[statute.split("-")[0]]
    return rules.order_duty(statute, index, events=events, court_calendar=court, part=part)


def test_immediate_duty_is_due_on_the_day_of_the_order():
    answer = duty("ca-pc-236-14", 0, order_entered=date(2026, 11, 16))
    assert (answer.rule, answer.due, answer.safe) == ("immediate", date(2026, 11, 16), date(2026, 11, 17))


def test_later_of_needs_every_event():
    answer = duty("ca-pc-236-14", 1, order_entered=date(2026, 11, 16))
    assert (answer.due, answer.reasons) == (None, ("trigger_missing",))
    assert answer.candidates == {"arrest_date": None, "order_entered": date(2027, 2, 14)}


def test_readings_that_meet_give_the_day_and_ask_to_be_read():
    answer = duty("ca-pc-236-14", 2, arrest_date=date(2014, 3, 8), order_entered=date(2026, 11, 16))
    assert (answer.due, answer.reasons) == (date(2027, 11, 16), ("confirm_before_use",))


def test_readings_that_differ_give_no_day():
    answer = duty("ca-pc-236-14", 2, arrest_date=date(2025, 9, 1), order_entered=date(2026, 11, 16))
    assert (answer.due, answer.safe, answer.reasons) == (None, None, ("text_conflict",))


def test_a_duty_taken_from_another_statute_keeps_its_own_citation_and_mark():
    events = {"arrest_date": date(2014, 3, 8), "order_entered": date(2026, 11, 16)}
    own = duty("ca-pc-236-15", 0, part="seal", **events)
    assert own.due == duty("ca-pc-236-14", 1, **events).due
    assert (own.citation_id, own.flag) == ("ca-pc-236-15/order_duties/0", "recalled")
    with pytest.raises(law.LawError, match="which part"):
        duty("ca-pc-236-15", 0, **events)


def test_duty_without_a_number_gives_no_day():
    answer = duty("fl-943-0583", 3, order_entered=date(2026, 11, 16))
    assert (answer.rule, answer.due, answer.reasons) == ("none", None, ("no_number_found",))


def after_denial(statute, what, trigger=date(2027, 6, 21), **changes):
    court = COURTS[statute.split("-")[0]]
    return rules.appeal_or_cure(statute, what, trigger_date=trigger, court_calendar=court, **changes)


def test_no_statute_borrows_another_ones_appeal():
    answer = after_denial("ca-pc-236-14", "appeal")
    assert (answer.due, answer.citation_id, answer.flag) == (None, None, None)
    assert answer.reasons == ("not_in_facts",)


def test_federal_appeal_works_to_the_shorter_clock():
    answer = after_denial("us-18usc3771a-vacatur", "appeal")
    assert (answer.days, answer.due, answer.safe) == (14, date(2027, 7, 6), date(2027, 7, 2))
    assert answer.outer == date(2027, 8, 20)
    assert answer.reasons == ("clock_unsettled",)


def test_cure_takes_the_day_that_the_denial_prints():
    answer = after_denial("us-18usc3771a-vacatur", "cure", printed_date=date(2027, 7, 11))
    assert (answer.due, answer.safe, answer.due_source) == (date(2027, 7, 11), date(2027, 7, 9), "printed")
    assert answer.reasons == ()


def test_entered_day_is_kept_even_when_the_court_is_closed():
    answer = rules.attorney_entered(
        "fl-943-0583",
        "prosecution_or_agency_response",
        court_calendar="us-fl",
        entered_date=date(2026, 12, 25),
        entered_source="agreement",
    )
    assert (answer.due, answer.safe) == (date(2026, 12, 25), date(2026, 12, 29))
    assert answer.reasons == ("entered_on_closed_day",)


def test_29_february_becomes_1_march():
    assert add_years(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert add_months(date(2026, 1, 31), 1) == date(2026, 3, 1)
    assert add_months(date(2026, 2, 10), 18) == date(2027, 8, 10)


def test_court_days_skip_what_is_closed():
    assert add_court_days(date(2026, 11, 25), 1, get_calendar("us-ca")) == date(2026, 11, 30)
    assert add_court_days(date(2026, 11, 25), 1, get_calendar("us-ny")) == date(2026, 11, 27)


@given(
    which=st.sampled_from(COUNTED),
    trigger=st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    printed=st.none() | st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    served_by=st.sampled_from(["personal", "mail", "email", None]),
)
def test_what_holds_for_every_computed_date(which, trigger, printed, served_by):
    statute_id, name = which
    court = get_calendar(COURTS[statute_id.split("-")[0]])
    answer = rules.petition_deadline(
        statute_id,
        name,
        trigger_date=trigger,
        court_calendar=court,
        served_by=served_by,
        printed_date=printed,
    )
    assert answer.raw >= trigger
    assert set(answer.reasons) <= set(REASON_WORDS)
    assert answer.steps(trigger)
    if answer.due is None:
        assert answer.safe is None
        assert "calendar_not_loaded" in answer.reasons
        return
    if answer.due_source == "computed":
        assert answer.due >= answer.raw
        if answer.direction == "by":
            assert not court.is_closed(answer.due)
        else:
            assert answer.due == answer.raw
    assert sum(line.role == "due" for line in answer.lines) == 1
    if answer.safe is not None:
        assert not court.is_closed(answer.safe)
        if answer.owner == "ours" and answer.direction == "by":
            assert answer.safe <= min(answer.due, answer.raw)
        else:
            assert answer.safe > answer.due


@given(
    notice=st.sampled_from(["RFE", "NOID", "NOIR", "DENIAL_APPEAL", "DENIAL_MOTION"]),
    service=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    served_by=st.sampled_from(["mail", "personal"]),
)
def test_what_holds_for_every_notice(notice, service, served_by):
    answer = rules.response_deadline(notice, "I-914", service, served_by)
    office = get_calendar("us-federal-offices")
    assert answer.safe <= service + timedelta(days=answer.days) <= answer.raw <= answer.due
    assert not office.is_closed(answer.due)
    assert not office.is_closed(answer.safe)
    assert answer.rolled == (answer.raw != answer.due)
