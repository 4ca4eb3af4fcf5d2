"""Worked examples: the runner itself, and the shared sets where they stand beside the project."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from deadlines import examples
from deadlines.calendars import get_calendar

SHARED_LAW = Path(__file__).resolve().parents[3] / "shared" / "law"
needs_shared = pytest.mark.skipif(not SHARED_LAW.is_dir(), reason="../shared is not beside the project")


def example(**changes):
    inputs = {
        "statute": "ca-pc-236-14",
        "deadline": "prosecution_response",
        "trigger_date": "2026-10-14",
        "served_by": "personal",
        "court_calendar": "us-ca",
        "printed_date": None,
    }
    expected = {"due_date": "2026-11-30", "reasons": []}
    return {"id": "X-1", "kind": "petition_deadline", "inputs": inputs, "expected": expected, **changes}


def test_actual_holds_the_keys_of_expected():
    assert examples.run(example()) == {
        "id": "X-1",
        "actual": {"due_date": "2026-11-30", "reasons": []},
        "ok": True,
    }


def test_a_wrong_day_is_not_ok():
    assert not examples.run(example(expected={"due_date": "2026-11-29"}))["ok"]


def test_an_unknown_kind_is_named():
    assert examples.run(example(kind="horoscope")) == {
        "id": "X-1",
        "ok": False,
        "error": "unknown kind: horoscope",
    }


def test_a_broken_example_does_not_stop_the_run():
    result = examples.run(example(inputs={"statute": "us-zz"}))
    assert result["ok"] is False
    assert result["error"]


def test_a_kind_can_be_added_but_not_taken_over(monkeypatch):
    monkeypatch.setattr(examples, "KINDS", dict(examples.KINDS))
    examples.register("echo")(lambda inputs: dict(inputs))
    assert examples.run({"id": "E", "kind": "echo", "inputs": {"a": 1}, "expected": {"a": 1}})["ok"]
    with pytest.raises(ValueError, match="two functions"):
        examples.register("echo")(lambda inputs: {})


def test_results_are_plain_json():
    assert json.loads(json.dumps(examples.run(example()))) == examples.run(example())


@needs_shared
@pytest.mark.parametrize("name", ["deadline-examples.yaml", "t-visa.yaml"])
def test_shared_examples(name):
    kinds = ("petition_deadline", "attorney_entered", "order_duty", "appeal_or_cure", "response_deadline")
    data = yaml.safe_load((SHARED_LAW / name).read_text(encoding="utf-8"))
    ours = [item for item in data["examples"] if item["kind"] in kinds]
    assert ours
    assert [result for result in map(examples.run, ours) if not result["ok"]] == []


@needs_shared
def test_calendars_agree_with_the_shared_list_of_holidays():
    data = yaml.safe_load((SHARED_LAW / "deadline-examples.yaml").read_text(encoding="utf-8"))
    for calendar_id in data["court_calendar_words"]:
        listed = {
            date.fromisoformat(holiday["date"])
            for holiday in data["court_holidays"]
            if holiday["closed"] == "all" or calendar_id in holiday["closed"]
        }
        closed = get_calendar(calendar_id).closed_days
        assert {found for found in closed if 2026 <= found.year <= 2028} == listed


def test_command_prints_one_json_line_per_example(tmp_path, capsys):
    file = tmp_path / "examples.yaml"
    file.write_text(yaml.safe_dump({"examples": [example(), example(id="X-2", kind="horoscope")]}), "utf-8")
    call_command("worked_examples", str(file))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["id"], line["ok"]) for line in lines] == [("X-1", True), ("X-2", False)]


def test_command_refuses_a_file_without_examples(tmp_path):
    file = tmp_path / "empty.yaml"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(CommandError, match="holds no list of examples"):
        call_command("worked_examples", str(file))
