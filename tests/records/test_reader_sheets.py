"""The California reader on whole sheets: our own, made ones, and the shared examples where they are."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from records.readers import read
from tests.records.scoring import Score, score_sheet
from tests.records.sheet_maker import imitate_noise, imitate_scan, make_sheet

SHEETS = Path(__file__).parent / "sheets"
SHARED = Path(__file__).parents[3] / "shared" / "rapsheets"
FLOORS = {1: 0.99, 2: 0.99, 3: 0.99, 4: 0.97, 5: 0.97, 6: 0.95}


def convictions(record):
    return sum(
        outcome["type"] == "convicted"
        for event in record["events"]
        for count in event["counts"]
        for outcome in count["dispositions"]
    )


@pytest.mark.parametrize("path", sorted(SHEETS.glob("*.txt")), ids=lambda path: path.stem)
def test_own_sheet_is_read_exactly(path):
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))

    assert read(path.read_text(encoding="utf-8")).to_json() == expected


def test_made_sheets_are_read_exactly():
    for seed in range(25):
        text, expected = make_sheet(seed)
        score = score_sheet(expected, read(text).to_json(), str(seed))
        assert score.wrong == []


def test_damaged_keywords_change_nothing():
    for seed in range(25):
        text, expected = make_sheet(seed)
        score = score_sheet(expected, read(imitate_noise(text, seed)).to_json(), str(seed))
        assert score.wrong == []


@pytest.mark.parametrize(("rate", "floor"), [(0.0, 0.999), (0.004, 0.99), (0.015, 0.97), (0.04, 0.94)])
def test_scanned_sheets_keep_their_record(rate, floor):
    total = Score()
    for seed in range(25):
        text, expected = make_sheet(seed)
        for event in expected["events"]:
            del event["cycle"]  # the rows that carry it are lost
        total.add(score_sheet(expected, read(imitate_scan(text, seed, rate)).to_json(), str(seed)))

    assert total.f1() >= floor
    assert not [error for error in total.grave if error.endswith("convicted invented")]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared examples are not beside the project")
def test_shared_examples_reach_the_floor_of_their_level():
    levels = defaultdict(Score)
    for path in sorted(SHARED.glob("*.expected.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        text = (SHARED / path.name.replace(".expected.json", ".txt")).read_text(encoding="utf-8")
        levels[expected["meta"]["level"]].add(score_sheet(expected, read(text).to_json(), path.name[:3]))

    assert levels
    for level, score in levels.items():
        assert score.f1() >= FLOORS[level], score.wrong
        assert not [error for error in score.grave if "convicted" in error]
        if level <= 5:
            assert score.grave == []


@pytest.mark.skipif(
    not (SHARED.parent / "rapsheets-fbi").is_dir(), reason="the shared examples are not beside the project"
)
def test_sheet_of_another_layout_gives_no_conviction_and_says_so():
    for path in (SHARED.parent / "rapsheets-fbi").glob("*.txt"):
        reading = read(path.read_text(encoding="utf-8"))
        assert reading.layout is None
        assert reading.notices
        assert convictions(reading.to_json()) == 0
