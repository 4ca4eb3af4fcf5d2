"""The dated rows and calendars as data: they load, they are whole, and a fault is named."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from deadlines import law
from deadlines.calendars import OutsideCalendar, calendar_ids, get_calendar


def test_all_law_files_are_sound():
    assert law.validate() == []


def test_every_row_says_how_it_is_known():
    for statute_id, entry in law.petitions()["statutes"].items():
        for row in (*entry["deadlines"], *entry["order_duties"]):
            assert row["verification"] in ("verified", "recalled"), statute_id
            assert row["citation"], statute_id


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"owner": "nobody"}, "owner is 'nobody'"),
        ({"trigger_event": "a letter"}, "trigger_event is 'a letter'"),
        ({"days": "45"}, "days is neither a whole number nor null"),
    ],
)
def test_a_fault_names_file_entry_and_key(tmp_path, monkeypatch, change, named):
    data = yaml.safe_load((law.LAW_DIR / "petitions.yaml").read_text(encoding="utf-8"))
    data["statutes"]["ca-pc-236-14"]["deadlines"][0].update(change)
    (tmp_path / "petitions.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    monkeypatch.setattr(law, "LAW_DIR", tmp_path)
    law.petitions.cache_clear()
    try:
        with pytest.raises(law.LawError) as raised:
            law.petitions()
    finally:
        law.petitions.cache_clear()
    assert "petitions.yaml: ca-pc-236-14/deadlines/prosecution_response" in str(raised.value)
    assert named in str(raised.value)


def test_a_file_that_is_no_yaml_is_named(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [", encoding="utf-8")
    with pytest.raises(law.LawError, match=r"broken\.yaml"):
        law.load_yaml(broken)


def test_no_calendar_is_called_confirmed_before_a_person_confirmed_it():
    assert not any(get_calendar(name).confirmed for name in calendar_ids())


@pytest.mark.parametrize(
    ("calendar", "day", "why"),
    [
        ("us-federal", date(2026, 7, 3), "Independence Day (observed)"),
        ("us-ca", date(2026, 7, 3), None),
        ("us-ca", date(2028, 3, 31), "Cesar Chavez Day"),
        ("us-ny", date(2028, 3, 31), None),
        ("us-fl", date(2026, 11, 27), "Friday after Thanksgiving"),
        ("us-federal", date(2027, 12, 31), "New Year's Day (observed)"),
        ("us-il", date(2027, 7, 5), "Independence Day (observed)"),
        ("us-tx", date(2026, 5, 25), "Memorial Day"),
        ("us-ny", date(2026, 11, 21), "weekend"),
    ],
)
def test_calendar_says_why_a_day_is_closed(calendar, day, why):
    assert get_calendar(calendar).closed_because(day) == why


def test_a_calendar_does_not_answer_beyond_its_horizon():
    with pytest.raises(OutsideCalendar):
        get_calendar("us-ca").is_closed(date(2029, 1, 2))


def test_an_office_can_close_a_day_of_its_own():
    own = get_calendar("us-ca").with_closed_days({date(2026, 12, 24): "Court closed by order"})
    assert own.closed_because(date(2026, 12, 24)) == "Court closed by order"
    assert not get_calendar("us-ca").is_closed(date(2026, 12, 24))
