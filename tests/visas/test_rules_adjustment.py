"""When the I-485 may arrive, and what absences do to presence."""

from datetime import date

import pytest

from visas.rules import RuleInputError, Trip, aos_receipt, aos_window, plan_trip, presence


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# admitted, printed end, completion letter -> path, opens, closes, last safe receipt
WINDOWS = [
    ("2023-11-15", None, None, "three_years", "2026-11-15", "2027-11-14", "2027-11-12"),
    ("2024-02-29", None, None, "three_years", "2027-03-01", "2028-02-28", "2028-02-28"),
    (
        "2025-06-02",
        "2029-06-01",
        "2026-09-30",
        "completed_investigation",
        "2026-09-30",
        "2029-06-01",
        "2029-06-01",
    ),
    (
        "2025-06-02",
        "2029-06-01",
        "2028-06-01",
        "completed_investigation",
        "2028-06-01",
        "2029-06-01",
        "2029-06-01",
    ),
    ("2025-06-02", "2029-06-01", "2028-06-02", "three_years", "2028-06-02", "2029-06-01", "2029-06-01"),
    ("2025-06-02", "2029-06-01", "2028-08-01", "three_years", "2028-06-02", "2029-06-01", "2029-06-01"),
    # a letter older than the T-1 opens nothing before there is a T-1
    (
        "2025-06-02",
        "2029-06-01",
        "2025-01-15",
        "completed_investigation",
        "2025-06-02",
        "2029-06-01",
        "2029-06-01",
    ),
    # status ends on New Year's Day 2028, a Saturday whose observed Friday is closed too
    ("2024-01-02", None, None, "three_years", "2027-01-02", "2028-01-01", "2027-12-30"),
    # an extension moves the end
    ("2023-11-15", "2028-11-14", None, "three_years", "2026-11-15", "2028-11-14", "2028-11-14"),
]


@pytest.mark.parametrize(("admitted", "end", "letter", "path", "opens", "closes", "safe"), WINDOWS)
def test_the_window_opens_and_closes(admitted, end, letter, path, opens, closes, safe):
    window = aos_window(
        t1_admission_date=day(admitted), status_end_date=day(end), completion_letter_date=day(letter)
    )
    assert (window.path, window.opens, window.closes, window.last_safe_receipt) == (
        path, day(opens), day(closes), day(safe)
    )  # fmt: skip
    assert window.status_end_source == ("notice" if end else "computed")
    assert not window.never_opens


def test_the_window_says_where_it_comes_from():
    window = aos_window(t1_admission_date=date(2023, 11, 15))
    assert window.steps[0] == "Nov 15, 2023 + 3 years = Sun, Nov 15, 2026."
    assert "INA 245(l)(1)(A)" in window.citation
    assert window.flag == "convention"


def test_a_status_too_short_for_three_years_never_opens():
    window = aos_window(t1_admission_date=date(2024, 5, 1), status_end_date=date(2026, 5, 1))
    assert window.never_opens
    assert window.opens > window.closes
    assert "attorney" in window.steps[-1]


def test_a_window_of_one_weekend_never_opens_on_a_business_day():
    # three years on Saturday 2 May 2026, the last day of status the Sunday after
    window = aos_window(t1_admission_date=date(2023, 5, 2), status_end_date=date(2026, 5, 3))
    assert (window.opens, window.last_safe_receipt) == (date(2026, 5, 2), date(2026, 5, 1))
    assert window.never_opens


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2026-11-14", "too_early"),
        ("2026-11-15", "open"),
        ("2027-11-12", "open"),
        ("2027-11-13", "past_safe_day"),
        ("2027-11-14", "past_safe_day"),
        ("2027-11-15", "closed"),
    ],
)
def test_the_window_on_a_day(on, state):
    assert aos_window(t1_admission_date=date(2023, 11, 15)).state(day(on)) == state


@pytest.mark.parametrize(
    ("admitted", "end", "received", "result"),
    [
        ("2023-11-15", "2027-11-14", "2026-11-14", "premature"),
        ("2023-11-15", "2027-11-14", "2026-11-15", "timely"),
        ("2022-08-22", "2026-08-21", "2026-08-21", "timely"),
        ("2022-08-22", "2026-08-21", "2026-08-22", "late"),
        ("2022-08-22", None, "2026-08-22", "late"),
    ],
)
def test_a_receipt_is_premature_timely_or_late(admitted, end, received, result):
    answer = aos_receipt(
        t1_admission_date=day(admitted), status_end_date=day(end), i485_received_date=day(received)
    )
    assert answer.result == result


def trips(*pairs):
    return [Trip(day(out), day(back)) for out, back in pairs]


# trips -> longest and summed elapsed days, result
PRESENCE = [
    ([], 0, 0, "ok"),
    ([("2025-01-15", "2025-04-15")], 90, 90, "ok"),
    ([("2025-01-15", "2025-04-16")], 91, 91, "borderline"),
    ([("2025-01-15", "2025-04-17")], 92, 92, "breaks"),
    ([("2024-02-01", "2024-05-01"), ("2025-01-15", "2025-04-15")], 90, 180, "ok"),  # over 29 February
    (
        [("2024-06-01", "2024-08-30"), ("2025-01-15", "2025-04-15"), ("2026-03-01", "2026-03-02")],
        90,
        181,
        "borderline",
    ),
    (
        [("2024-06-01", "2024-08-30"), ("2025-01-15", "2025-04-15"), ("2026-03-01", "2026-03-04")],
        90,
        183,
        "borderline",
    ),
    (
        [("2024-06-01", "2024-08-30"), ("2025-01-15", "2025-04-15"), ("2026-03-01", "2026-03-05")],
        90,
        184,
        "breaks",
    ),
    ([("2025-03-01", "2025-03-01")], 0, 0, "ok"),  # out and back on one day
    ([("2023-01-01", "2023-06-01")], 0, 0, "ok"),  # before there was a T-1
    ([("2023-12-01", "2024-01-20")], 10, 10, "ok"),  # counted from T-1 admission
    ([("2027-03-01", "2027-09-01")], 0, 0, "ok"),  # after the day asked about
    ([("2027-01-15", "2027-09-01")], 17, 17, "ok"),  # not yet back on the day asked about
]


@pytest.mark.parametrize(("pairs", "longest", "total", "result"), PRESENCE)
def test_absences_are_counted(pairs, longest, total, result):
    answer = presence(t1_admission_date=date(2024, 1, 10), as_of=date(2027, 2, 1), trips=trips(*pairs))
    assert (answer.longest_elapsed, answer.aggregate_elapsed, answer.result) == (longest, total, result)


@pytest.mark.parametrize("excuse", ["needed_for_investigation_or_prosecution", "certified_by_official"])
def test_an_excused_trip_is_listed_and_left_out(excuse):
    answer = presence(
        t1_admission_date=date(2023, 5, 1),
        as_of=date(2026, 10, 1),
        trips=[Trip(date(2024, 3, 1), date(2024, 6, 29), excuse), Trip(date(2025, 7, 1), date(2025, 8, 15))],
    )
    assert (answer.longest_elapsed, answer.aggregate_elapsed, answer.result) == (45, 45, "ok")
    assert answer.excused_elapsed == (120,)
    assert answer.days_left == 135


def test_someone_abroad_is_counted_to_today_and_told_when_to_be_back():
    answer = presence(
        t1_admission_date=date(2024, 1, 10), as_of=date(2026, 11, 21), trips=[Trip(date(2026, 11, 1))]
    )
    assert (answer.longest_elapsed, answer.must_return_by, answer.return_by) == (
        20, date(2027, 1, 30), date(2027, 1, 30)
    )  # fmt: skip


def test_earlier_trips_shorten_the_one_that_is_open():
    answer = presence(
        t1_admission_date=date(2024, 1, 10),
        as_of=date(2026, 11, 21),
        trips=[*trips(("2024-06-01", "2024-08-30"), ("2025-01-15", "2025-03-16")), Trip(date(2026, 11, 1))],
    )
    assert (answer.must_return_by, answer.return_by) == (date(2027, 1, 30), date(2026, 12, 1))


def test_a_planned_trip_is_judged_on_its_return():
    taken = trips(("2024-12-12", "2025-01-20"), ("2025-07-01", "2025-08-15"), ("2026-02-02", "2026-04-13"))
    fine = plan_trip(
        t1_admission_date=date(2023, 11, 15), trips=taken, planned=Trip(date(2026, 12, 1), date(2026, 12, 27))
    )
    assert (fine.aggregate_elapsed, fine.days_left, fine.result) == (180, 0, "ok")
    too_long = plan_trip(
        t1_admission_date=date(2023, 11, 15), trips=taken, planned=Trip(date(2026, 12, 1), date(2027, 1, 10))
    )
    assert too_long.result == "breaks"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([Trip(date(2025, 2, 1), date(2025, 1, 1))], "ends before it begins"),
        (
            [Trip(date(2025, 2, 1), date(2025, 3, 1)), Trip(date(2025, 2, 28), date(2025, 3, 5))],
            "entered twice",
        ),
        ([Trip(date(2025, 2, 1)), Trip(date(2025, 6, 1), date(2025, 6, 5))], "entered twice"),
        ([Trip(date(2025, 2, 1), date(2025, 3, 1), "wedding")], "does not excuse"),
    ],
)
def test_trips_that_cannot_be_are_refused_in_words(bad, message):
    with pytest.raises(RuleInputError, match=message):
        presence(t1_admission_date=date(2024, 1, 10), as_of=date(2027, 2, 1), trips=bad)
