"""What the reader keeps beside the record: every line, its state, and the reasons for doubt."""

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from records.readers import read
from tests.records.sheet_maker import imitate_noise, imitate_scan, make_sheet

STATES = {"read", "check", "not_read", "page"}
CLEAR, _ = make_sheet(7)
LINES = CLEAR.split("\n")
SCRAPS = st.sampled_from(
    [*LINES, "* * * *", "- - - -", "CNT:", "CNT:01-99 #", "DISPO:", "SEN:", "COM:", "TOC:F",
     "CONV STATUS:",
     "COM: CNT 01 CHRG-", "COM: SEN-X", "20990231 CAPD X", "NAM:01", "COURT:", "#", "-WARRANT",
     "\u25af\u25af",
     "664/ PC-X", "CNT:99-01", "20010101", "CASC X", "CII/", "DOB/", "NAM/", "\f", "\u00c7NT:O\u00df"]
)  # fmt: skip


def is_whole(text):
    reading = read(text)
    json.dumps(reading.to_json())
    lines = [line for line in reading.lines if line.text.strip()]
    assert all(line.state in STATES for line in lines)
    kept = "".join("".join(line.text for line in reading.lines).split())
    assert kept == "".join(text.split())
    assert [line.number for line in reading.lines] == list(range(1, len(reading.lines) + 1))
    return reading


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_is_read_without_an_error_and_kept_whole(text):
    is_whole(text)


@settings(max_examples=100, deadline=None)
@given(st.binary())
def test_any_bytes_are_read_without_an_error(data):
    is_whole(data.decode("latin-1"))
    is_whole(data.decode("utf-8", errors="surrogateescape"))


@settings(max_examples=300, deadline=None)
@given(st.lists(SCRAPS, max_size=40))
def test_any_order_of_lines_is_read_and_kept_whole(lines):
    is_whole("\n".join(lines))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(CLEAR)), st.integers(0, 10_000))
def test_cut_and_shuffled_sheets_are_read_and_kept_whole(cut, seed):
    is_whole(CLEAR[:cut])
    is_whole(CLEAR[cut:])
    lines = LINES[:]
    random.Random(seed).shuffle(lines)  # noqa: S311 - repeatable chance
    is_whole("\n".join(lines))


def test_every_line_of_a_damaged_sheet_is_kept():
    for seed in range(10):
        is_whole(imitate_scan(make_sheet(seed)[0], seed, 0.03))


def test_no_conviction_without_its_word_on_a_result_line():
    """Shuffled, damaged or cut: a sheet without the word holds no conviction."""
    for seed in range(10):
        text = make_sheet(seed)[0].replace("CONVICTED", "DISMISSED")
        lines = imitate_scan(text, seed, 0.03).split("\n")
        for attempt in range(5):
            random.Random(attempt).shuffle(lines)  # noqa: S311 - repeatable chance
            types = [d.type for e in read("\n".join(lines)).events for c in e.counts for d in c.dispositions]
            assert "convicted" not in types


def test_clear_sheet_has_no_doubt_and_no_unread_line():
    reading = read(CLEAR)

    assert reading.lines_in("not_read") == []
    assert reading.lines_in("check") == []
    assert {event.confidence for event in reading.events} == {"sure"}
    assert {count.confidence for event in reading.events for count in event.counts} == {"sure"}


def test_lines_of_an_event_and_its_counts_are_known():
    reading = read(CLEAR)
    first = next(n for n, line in enumerate(LINES, 1) if line.startswith("ARR/DET/CITE"))

    assert reading.events[0].line_range[0] == first
    for event in reading.events:
        for count in event.counts:
            low, high = count.line_range
            assert event.line_range[0] <= low <= high <= event.line_range[1]


SMALL = """* * * *
COURT:                NAM:01
{date}  CASC KERN

CNT:01     #69811
  459 PC-BURGLARY
*DISPO:{result}
   CONV STATUS:FELONY
   SEN: {sentence}
"""


def small(date="20180517", result="CONVICTED", sentence="003 YEARS PROBATION"):
    return read(SMALL.format(date=date, result=result, sentence=sentence))


def test_letter_in_a_date_is_repaired_shown_and_explained():
    reading = small(date="2018O517")

    assert reading.events[0].date == "2018-05-17"
    assert reading.events[0].confidence == "check"
    assert reading.events[0].reasons == ["Line 3 reads 2018O517; we read it as 20180517."]
    line = reading.lines[2]
    assert line.state == "check"
    assert [line.text[repair.start : repair.end] for repair in line.repairs] == ["2018O517"]


def test_date_that_is_none_is_left_out_and_asked_for():
    reading = small(date="20181399")

    assert reading.events[0].date is None
    assert reading.events[0].confidence == "weak"


def test_damaged_result_is_marked_for_checking():
    reading = small(result="COMVICTED")

    assert [d.type for d in reading.events[0].counts[0].dispositions] == ["convicted"]
    assert reading.events[0].counts[0].confidence == "check"
    assert reading.lines[6].state == "check"


def test_unreadable_term_is_left_out_and_named():
    count = small(sentence="0X3 YEARS PROBATION, 010 DAYS JAIL").events[0].counts[0]

    assert count.dispositions[0].sentence.probation is None
    assert count.dispositions[0].sentence.jail == "10d"


def test_unknown_line_inside_a_count_is_kept_as_not_read_and_weakens_it():
    reading = read(SMALL.format(date="20180517", result="CONVICTED", sentence="FINE") + "  zz qq ~ 17 ..\n")

    assert [line.text.strip() for line in reading.lines_in("not_read")] == ["zz qq ~ 17 .."]
    assert reading.events[0].counts[0].confidence == "weak"


def test_damage_is_never_passed_off_as_sure():
    """A noisy sheet read right still says which lines it had to repair."""
    text, _expected = make_sheet(3)
    noisy = imitate_noise(text, 3)

    assert noisy != text
    assert read(noisy).lines_in("check")


def test_lines_are_numbered_as_an_editor_numbers_them():
    reading = read("one\r\ntwo\n\fPage 2 of 3\rfour")

    assert [(line.number, line.text.strip()) for line in reading.lines] == [
        (1, "one"),
        (2, "two"),
        (3, "Page 2 of 3"),
        (4, "four"),
    ]
