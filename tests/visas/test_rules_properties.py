"""What must hold for every date: windows in order, no due date on a closed day, waits inside their span."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.calendars import get_calendar
from deadlines.rules import response_deadline
from visas.rules import (
    Card,
    Trip,
    address_change,
    age_out,
    aos_receipt,
    aos_window,
    bona_fide_track,
    days_without,
    ead,
    extension,
    period,
    presence,
    renewal_window,
    status_end,
)
from visas.rules.dates import age_on, birthday

OFFICES = get_calendar("us-federal-offices")
DAYS = st.dates(date(2010, 1, 1), date(2045, 12, 31))
SETTINGS = settings(max_examples=120, deadline=None)


@st.composite
def card_lists(draw):
    starts = draw(st.lists(DAYS, max_size=6))
    lengths = draw(st.lists(st.integers(0, 1500), min_size=len(starts), max_size=len(starts)))
    return [Card(first, first + timedelta(days=n)) for first, n in zip(starts, lengths, strict=True)]


@st.composite
def trip_lists(draw, start=date(2024, 1, 1)):
    """Trips one after another, as a passport shows them."""
    trips, day = [], start
    for home, away in draw(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 120)), max_size=6)):
        out = day + timedelta(days=home)
        day = out + timedelta(days=away)
        trips.append(Trip(out, day))
    return trips


@SETTINGS
@given(DAYS, st.sampled_from(["RFE", "NOID", "NOIR", "DENIAL_APPEAL", "DENIAL_MOTION"]),
       st.sampled_from(["I-914", "I-485", "I-539"]), st.sampled_from(["mail", "personal"]))  # fmt: skip
def test_an_answer_is_never_due_on_a_closed_day_nor_before_the_notice(served, notice, form, how):
    answer = response_deadline(notice, form, served, how)
    assert not OFFICES.is_closed(answer.due)
    assert not OFFICES.is_closed(answer.safe)
    assert served < answer.safe <= answer.due
    assert served < answer.raw <= answer.due


@SETTINGS
@given(DAYS, st.one_of(st.none(), st.integers(0, 2200)))
def test_a_computed_window_never_inverts(admitted, letter_after):
    letter = None if letter_after is None else admitted + timedelta(days=letter_after)
    window = aos_window(t1_admission_date=admitted, completion_letter_date=letter)
    assert admitted <= window.opens <= window.last_safe_receipt <= window.closes
    assert not window.never_opens
    assert not OFFICES.is_closed(window.last_safe_receipt)


@SETTINGS
@given(DAYS, st.integers(0, 3000))
def test_a_printed_window_is_either_in_order_or_said_never_to_open(admitted, length):
    window = aos_window(t1_admission_date=admitted, status_end_date=admitted + timedelta(days=length))
    assert window.never_opens is (window.opens > window.last_safe_receipt)
    assert window.last_safe_receipt <= window.closes


@SETTINGS
@given(DAYS, st.integers(-500, 3000))
def test_a_receipt_is_timely_exactly_inside_the_window(admitted, after):
    received = admitted + timedelta(days=after)
    window = aos_window(t1_admission_date=admitted)
    result = aos_receipt(t1_admission_date=admitted, i485_received_date=received).result
    assert (result == "timely") is (window.opens <= received <= window.closes)


@SETTINGS
@given(DAYS)
def test_no_period_ends_before_it_begins(start):
    assert start < status_end(printed=None, approved=start).ends
    assert start < extension(status_end_date=start).new_status_end_date
    assert start < address_change(move_date=start).due_date
    for what in ("continued_presence", "child_interim_assistance", "receipt_chaser", "t_status"):
        assert start < period(what=what, start_date=start).end_date


@SETTINGS
@given(DAYS, st.integers(1, 5))
def test_an_extension_gives_at_least_whole_years(ends, years):
    longer = extension(status_end_date=ends, years=years).new_status_end_date
    assert longer.year == ends.year + years
    assert 365 * years <= (longer - ends).days <= 366 * years


@SETTINGS
@given(trip_lists(), st.integers(0, 120))
def test_one_more_absence_never_shortens_the_total(trips, extra):
    order = ["ok", "borderline", "breaks"]
    last = trips[-1].returned if trips else date(2024, 1, 1)
    added = Trip(last + timedelta(days=1), last + timedelta(days=1 + extra))
    seen = {"t1_admission_date": date(2023, 6, 1), "as_of": date(2045, 1, 1)}
    before, after = presence(trips=trips, **seen), presence(trips=[*trips, added], **seen)
    assert after.aggregate_elapsed == before.aggregate_elapsed + extra
    assert after.longest_elapsed >= before.longest_elapsed
    assert order.index(after.result) >= order.index(before.result)
    assert after.days_left <= before.days_left


@SETTINGS
@given(trip_lists(), st.integers(0, 1500))
def test_presence_gets_no_better_as_days_pass(trips, later):
    admitted, first = date(2023, 6, 1), date(2024, 6, 1)
    now = presence(t1_admission_date=admitted, as_of=first, trips=trips)
    then = presence(t1_admission_date=admitted, as_of=first + timedelta(days=later), trips=trips)
    assert then.aggregate_elapsed >= now.aggregate_elapsed
    assert 0 <= now.longest_elapsed <= now.aggregate_elapsed <= (first - admitted).days
    assert now.longest_full <= now.longest_elapsed


@SETTINGS
@given(card_lists(), DAYS, DAYS)
def test_a_wait_lies_between_nothing_and_its_span(cards, start, as_of):
    wait = days_without(cards, start=start, as_of=as_of)
    assert 0 <= wait.streak <= wait.days <= max(0, (as_of - start).days)
    every_day = (start + timedelta(days=n) for n in range(max(0, (as_of - start).days)))
    assert wait.days == sum(not any(card.covers(day) for card in cards) for day in every_day)


@SETTINGS
@given(card_lists(), card_lists(), DAYS, DAYS)
def test_one_more_card_never_lengthens_the_wait(cards, more, start, as_of):
    fewer = days_without(cards, start=start, as_of=as_of).days
    assert days_without([*cards, *more], start=start, as_of=as_of).days <= fewer


@SETTINGS
@given(card_lists(), DAYS, DAYS)
def test_a_card_entered_twice_changes_nothing(cards, start, as_of):
    once = days_without(cards, start=start, as_of=as_of)
    assert days_without([*cards, *cards], start=start, as_of=as_of).gaps == once.gaps


@SETTINGS
@given(DAYS, st.integers(0, 2000))
def test_a_renewal_window_is_in_order(first, length):
    last = first + timedelta(days=length)
    window = renewal_window(Card(first, last, "(c)(40)"))
    assert window.opens == last - timedelta(days=180)
    assert window.opens <= window.last_safe_receipt <= window.ends == last


@SETTINGS
@given(DAYS, st.one_of(st.none(), DAYS))
def test_nothing_extends_a_card_renewed_since_the_rule_ended(last, filed):
    stretched = ead(category="(c)(9)", valid_to=last, renewal_filed_date=filed).auto_extended_to
    in_time = filed is not None and filed <= last and filed < date(2025, 10, 30)
    assert stretched == (last + timedelta(days=540) if in_time else None)


@SETTINGS
@given(st.dates(date(1950, 1, 1), date(2024, 12, 31)), st.integers(0, 30000))
def test_an_age_changes_on_the_birthday(born, later):
    day = born + timedelta(days=later)
    age = age_on(born, day)
    assert birthday(born, age) <= day < birthday(born, age + 1)


@SETTINGS
@given(st.dates(date(1995, 1, 1), date(2023, 12, 31)), st.dates(date(2024, 1, 1), date(2026, 12, 31)),
       st.integers(0, 3000))  # fmt: skip
def test_a_later_decision_never_harms_a_child(born, received, pending):
    decided = received + timedelta(days=pending)
    facts = {"relationship": "child", "dob": born, "i914_received_date": received}
    early = age_out(**facts, i914_decision_date=decided)
    late = age_out(**facts, i914_decision_date=decided + timedelta(days=400))
    if early.result == "protected":
        assert late.result == "protected"
    assert (early.file_before is not None) is (early.result == "attorney_review")
    if early.file_before:
        assert early.last_safe_receipt < early.file_before
        assert decided < early.file_before


@SETTINGS
@given(DAYS, st.one_of(st.none(), st.integers(0, 2000)))
def test_an_rfe_never_takes_the_bona_fide_review_away(received, after):
    rfe = None if after is None else received + timedelta(days=after)
    if bona_fide_track(received_date=received).track == "automatic":
        assert bona_fide_track(received_date=received, rfe_date=rfe).track == "automatic"
